"""An edition: one analysis under one plan, told in one language; it knows what things are called."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from analysis.disclosure.screen import code_of
from analysis.exploratory import EXPLORATORY
from analysis.result import Analysis, Estimate, TargetResult
from analysis.standard_plan import plan_under
from analysis.weighting_result import MarginFit
from instruments.language import Language, Message, Text, in_language, nfc, say
from instruments.plan import Indicator, Phase, Plan, Reading, Target
from reports.format import Formatter
from reports.release_standing import Standing

_FEW = say("few sampling units")
_DOUBTS: dict[str, Message] = {
    "one_psu": _FEW,
    "few_psus": _FEW,
    "low_df": _FEW,
    "n_eff<30": say("small effective sample"),
    "p_at_bound": say("all or none in the sample"),
    "empty": say("no respondents"),
    "normal_model_differs": say("the trait is not normal, see the annex"),
    "law_in_transition": say("asked while its law changed"),
    "not_conditioned": say("leans towards everybody's share"),
}
"""Flags of an estimate that a reader must know of; the others concern its making."""


def small(text: str) -> str:
    """`text` with its first letter small, unless the word is an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Edition:
    """What every part of a report is made from."""

    analysis: Analysis
    plan: Plan
    language: Language
    standing: Standing | None = None
    """Draft or release; None where a page is made for itself."""

    def __post_init__(self) -> None:
        """The plan is told with the cuts that the study's standards set."""
        object.__setattr__(self, "plan", plan_under(self.plan, self.analysis.standards))

    @property
    def numbers(self) -> Formatter:
        """The formatter of this edition's language."""
        return Formatter(self.language)

    @property
    def today(self) -> date:
        """The day as of which verdicts are given."""
        return self.analysis.provenance.today

    @property
    def stamp(self) -> str:
        """What every page, sheet and chart says: the report's standing, and that data are simulated."""
        said = [] if self.standing is None else [self.standing.stamp]
        if self.analysis.provenance.simulated:
            said.append(say("SIMULATED DATA: about no real people or places"))
        return "; ".join(map(self.tell, said))

    @property
    def is_public(self) -> bool:
        """Whether it is for everybody: plain words, and nothing that is internal."""
        return self.standing is not None and self.standing.audience == "public"

    def tell(self, message: Message) -> str:
        """A message in this edition's language."""
        return nfc(message.text(self.language))

    def read(self, text: Mapping[str, str]) -> str:
        """A definition's text in this edition's language, as one line."""
        return nfc(" ".join(in_language(text, self.language).split()))

    def target(self, target_id: str) -> Target:
        """The plan's target of that id."""
        return next(target for target in self.plan.targets if target.id == target_id)

    def phase(self, phase_id: str) -> Phase:
        """The plan's phase of that id."""
        return next(phase for phase in self.plan.phases if phase.id == phase_id)

    def reading(self, reading_id: str) -> Reading | None:
        """The plan's reading of that id, or None for one that only the analysis knows."""
        return next((reading for reading in self.plan.readings if reading.id == reading_id), None)

    def indicator(self, target: Target) -> Indicator | None:
        """What a survey target measures of a person."""
        return next((each for each in self.plan.indicators if each.id == target.indicator), None)

    def current_phase(self) -> Phase:
        """The phase whose deadline is next, or the last one."""
        phases = sorted(self.plan.phases, key=lambda phase: phase.ends)
        return next((phase for phase in phases if phase.ends >= self.today), phases[-1])

    def results(self, phase: Phase) -> tuple[TargetResult, ...]:
        """The results of one phase, in the plan's order."""
        order = [target.id for target in self.plan.targets]
        found = [result for result in self.analysis.targets if result.phase == phase.id]
        return tuple(sorted(found, key=lambda result: order.index(result.target)))

    def whom(self, target: Target) -> str:
        """The short name of whom a target is about: its areas, or its population."""
        if target.within:
            areas = {area.id: area.label for area in self.plan.areas}
            return self._listed([self.read(areas[area]) for area in target.within])
        populations = {each.id: each.label for each in self.plan.populations}
        return self.read(populations[target.population])

    def group(self, by: Mapping[str, str]) -> str:
        """What a group of respondents is called."""
        if not by:
            return self.tell(say("All"))
        return ", ".join(self._level(variable, level) for variable, level in by.items())

    def category(self, fit: MarginFit) -> str:
        """What a category of a margin is called."""
        return self._level(fit.margin, fit.category)

    def name(self, of: str) -> str:
        """What a dimension, item or answer is called; its id when nothing names it.

        Variables that are crossed are joined by dots in an id, each of them named.
        """
        labels, parts = self.analysis.labels, of.split(".")
        if of in labels and not labels.keys() >= set(parts):
            parts = [of]
        return self._listed([self.read(labels.get(one, {})) or one for one in parts], " × ")

    def inline(self, of: str) -> str:
        """The same name as it stands inside a sentence."""
        return small(self.name(of))

    def variable(self, by: Mapping[str, str]) -> str:
        """What the variables of a group are called."""
        labels = {domain.variable: domain.label for domain in self.analysis.domains}
        return ", ".join(self.read(labels[each]) for each in by if each in labels)

    def doubts(self, estimate: Estimate) -> str:
        """Why a reader should take care with an estimate, in words; empty where nothing is wrong."""
        found = [self.tell(_DOUBTS[flag]) for flag in estimate.flags if flag in _DOUBTS]
        return "; ".join(dict.fromkeys(found))

    def as_planned(self, text: str, estimates: Iterable[Estimate]) -> str:
        """`text`, saying that what it names is exploratory where nothing shown was planned."""
        if not self.is_exploratory(estimates):
            return text
        return self.tell(say("{text} (exploratory)", text=text))

    def is_exploratory(self, estimates: Iterable[Estimate]) -> bool:
        """Whether some estimates are shown, and none of these was planned."""
        shown = [one for one in estimates if code_of(one) is None]
        return bool(shown) and all(EXPLORATORY in one.flags for one in shown)

    def share(self, estimate: Estimate, *, against: float | None = None) -> str:
        """An estimated share, rounded as its standard error and its target allow, or its code."""
        code = code_of(estimate)
        if code is not None:
            return f"[{code}]"
        return self.numbers.percent(estimate.estimate, se=estimate.se, against=against)

    def interval(self, estimate: Estimate, *, against: float | None = None) -> str:
        """The interval of an estimated share, rounded alike."""
        return self.numbers.interval(estimate.ci, se=estimate.se, against=against)

    def respondents(self, estimate: Estimate) -> str:
        """How many answered, or the code where that is withheld too."""
        hidden = code_of(estimate) == "c" and not estimate.n
        return "[c]" if hidden else self.numbers.count(estimate.n)

    def _level(self, variable: str, level: str) -> str:
        for domain in self.analysis.domains:
            if domain.variable == variable and level in domain.levels:
                return self.read(domain.levels[level])
        areas: dict[str, Text] = {area.id: area.label for area in self.plan.areas}
        parts = level.split("+")
        if not areas.keys() >= set(parts):
            return level
        return self._listed([self.read(areas[part]) for part in parts])

    def _listed(self, names: list[str], between: str = ", ") -> str:
        """Names in one line; from the second on, their first letters are small."""
        first, *others = names
        return between.join([first, *map(small, others)])
