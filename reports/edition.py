"""An edition: one analysis under one plan, told in one language; it knows what things are called."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from analysis.result import Analysis, Estimate, MarginFit, TargetResult
from instruments.language import Language, Message, Text, in_language, nfc, say
from instruments.plan import Indicator, Phase, Plan, Reading, Target
from reports.format import Formatter


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Edition:
    """What every part of a report is made from."""

    analysis: Analysis
    plan: Plan
    language: Language

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
        """What every sheet and chart of a simulated study says; empty for a real one."""
        if not self.analysis.provenance.simulated:
            return ""
        return self.tell(say("SIMULATED DATA: about no real people or places"))

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
        """What a category of a margin is called; of crossed variables, every part."""
        parts = fit.category.split(" × ")
        levels = [self._level(fit.margin, part) for part in parts]
        return " × ".join(levels)

    def name(self, of: str) -> str:
        """What a dimension, item or answer is called; its id when nothing names it."""
        return self.read(self.analysis.labels.get(of, {})) or of

    def share(self, estimate: Estimate, *, against: float | None = None) -> str:
        """An estimated share, rounded as its standard error and its target allow."""
        return self.numbers.percent(estimate.estimate, se=estimate.se, against=against)

    def interval(self, estimate: Estimate, *, against: float | None = None) -> str:
        """The interval of an estimated share, rounded alike."""
        return self.numbers.interval(estimate.ci, se=estimate.se, against=against)

    def _level(self, variable: str, level: str) -> str:
        for domain in self.analysis.domains:
            if domain.variable == variable and level in domain.levels:
                return self.read(domain.levels[level])
        areas: dict[str, Text] = {area.id: area.label for area in self.plan.areas}
        return self._listed([self.read(areas.get(one, {})) or one for one in level.split("+")])

    def _listed(self, names: list[str]) -> str:
        """Names in one line; from the second on, their first letters are small."""
        first, *others = names
        return ", ".join([first, *(name[:1].lower() + name[1:] for name in others)])
