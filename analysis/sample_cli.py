"""The command `sample`: before a sample is drawn."""

from typing import TYPE_CHECKING, Any

import click

from instruments.terminal import format_option, language_of, language_option, show_json

if TYPE_CHECKING:
    from analysis.sample_size import Interval

_many: dict[str, Any] = {"multiple": True, "type": float}


@click.group()
def sample() -> None:
    """Plan a sample before it is drawn."""


@sample.command()
@click.option("--share", "shares", **_many, metavar="P", help="Share to estimate, such as 0.7.")
@click.option("--half-width", "half_widths", **_many, metavar="D",
              help="Wanted half-width of its interval, such as 0.03.")  # fmt: skip
@click.option("--interval", type=click.Choice(["mean", "logit"]), default="mean", show_default=True,
              help="Estimate ± t·se, or the interval that reports print.")  # fmt: skip
@click.option("--target", "targets", **_many, metavar="T", help="Target to decide, such as 0.9.")
@click.option("--above", **_many, metavar="D",
              help="How far the truth is above the target, below it with a minus; "
                   "0.03, 0.05 and 0.08 when left out.")  # fmt: skip
@click.option("--power", "powers", **_many, default=(0.8, 0.9), show_default=True, metavar="P",
              help="Wanted probability of deciding it.")  # fmt: skip
@click.option("--level", type=float, default=0.95, show_default=True, help="Of the interval.")
@click.option("--take", type=int, metavar="N", help="Interviews per PSU.")
@click.option("--icc", type=float, default=0.0, show_default=True,
              help="Intraclass correlation within PSUs.")  # fmt: skip
@click.option("--strata", type=int, default=1, show_default=True, help="Number of strata.")
@click.option("--weighting", type=float, default=1.0, show_default=True,
              help="Design effect of unequal weights.")  # fmt: skip
@click.option("--deff", type=float, help="Design effect in all, in place of icc and weighting.")
@click.option("--population", type=float, default=float("inf"), show_default=True,
              help="Size of the population.")  # fmt: skip
@click.option("--response", type=float, default=1.0, show_default=True,
              help="Share of approached persons who are interviewed.")  # fmt: skip
@format_option
@language_option
@click.pass_context
def size(
    ctx: click.Context, *, shares: tuple[float, ...], half_widths: tuple[float, ...],
    interval: "Interval", targets: tuple[float, ...], above: tuple[float, ...],
    powers: tuple[float, ...], level: float, take: int | None, icc: float, strata: int,
    weighting: float, deff: float | None, population: float, response: float, form: str,
    language: str | None,
) -> None:  # fmt: skip
    """Say how many interviews give an interval of a width, or decide a target.

    A target is decided as reports decide it: met when the lower limit of the printed interval
    reaches it. Repeat an option to compare several of its values.
    """
    del language
    from analysis.sample_assumptions import Assumptions
    from analysis.sample_table import Wanted, as_text, sizes

    if not targets and not (shares and half_widths):
        raise click.UsageError("Give --share with --half-width, or --target.")
    wanted = Wanted(shares=shares, half_widths=half_widths, interval=interval, targets=targets,
                    above=above, powers=powers, level=level)  # fmt: skip
    given = Assumptions(take=take, icc=icc, strata=strata, weighting=weighting, deff=deff,
                        population=population, response=response)  # fmt: skip
    document = sizes(wanted, given)
    if form == "json":
        show_json(document)
    else:
        click.echo(as_text(document, language_of(ctx)))


COMMANDS: dict[str, click.Command] = {"sample": sample}
