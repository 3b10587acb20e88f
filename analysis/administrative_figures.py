"""All administrative figures of a study: its file of counts, and the registers that it received."""

from collections.abc import Iterator

from analysis.administrative import Administrative, UnitShare, UnitYear
from analysis.administrative_file import read_administrative
from analysis.administrative_registers import count_registers
from analysis.errors import refuse
from instruments.errors import Problem
from instruments.language import say
from survey.registers.received import received
from survey.study import Study


def administrative_figures(study: Study) -> Administrative | None:
    """The figures, or None where the study has neither.

    Raises:
        AnalysisError: a unit's figure for one target and time stands in both.
    """
    name = study.settings.administrative
    file = None if name is None else read_administrative(study.folder / name, plan=study.plan)
    returns = [one.content for one in received(study) if not one.withdrawn]
    if not returns:
        return file
    counted = count_registers(returns, plan=study.plan, terms=study.settings.registers)
    if file is None:
        return counted
    refuse(_told_twice(file, counted))
    return Administrative(shares=(*file.shares, *counted.shares),
                          years=(*file.years, *counted.years), forces=file.forces)  # fmt: skip


def _told_twice(file: Administrative, counted: Administrative) -> Iterator[Problem]:
    known = {_place(one) for one in _all(file)}
    for one in _all(counted):
        if _place(one) in known:
            yield Problem(
                where="administrative",
                what=say("{target}, unit '{unit}', {when}: the file of counts and the registers "
                         "both give a figure.", target=one.target, unit=one.unit,
                         when=_when(one)),
                hint=say("Take the row out of the file of counts, or withdraw the register."),
            )  # fmt: skip


def _all(figures: Administrative) -> Iterator[UnitShare | UnitYear]:
    yield from figures.shares
    yield from figures.years


def _place(one: UnitShare | UnitYear) -> tuple[str, str, str, str]:
    return one.target, one.unit, one.force, _when(one)


def _when(one: UnitShare | UnitYear) -> str:
    return one.as_of.isoformat() if isinstance(one, UnitShare) else f"{one.year} {one.kind}"
