"""What ``study.yaml`` says: which definitions, which sample, which population, which groups.

Form paths name items of the instrument (``ca_nhan/gioi_tinh``); files are relative to the study
folder. The model is data only; `survey.study` opens the folder and checks that all of it exists.
"""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from instruments.language import Language, Text, say
from instruments.model import Definition, Id
from survey.bridge import ModeBridge
from survey.recipe import RecipeStep

SERVERS = ("postgresql://", "postgres://")
"""How a store on a server begins."""
Words = Annotated[
    Text, BeforeValidator(lambda given: {"": given} if isinstance(given, str) else given)
]
"""A text by language, or one text that stands in every language."""


class Wave(Definition):
    """The time of one fielding."""

    id: str
    begins: date | None = None
    ends: date | None = None
    mode: str | None = None
    """How people are asked, such as ``face to face``; waves of different modes are not joined."""


class EarlierWave(Definition):
    """A wave before this one: the ``result.json`` of its report, in the study's folder.

    `mode` is how its people were asked, where the file does not say. `linking_se` is the standard
    error, as a share, of putting the waves on one scale where their instruments differ.
    """

    result: str
    label: Text
    mode: str | None = None
    no_anchors: dict[str, str] = Field(default_factory=dict)
    """Form paths of items that are not to link the waves, each with its documented cause."""
    bridge: ModeBridge | None = None
    """What the mode does by itself, where it is another one now; without it no change is told."""
    linking_se: Annotated[float, Field(ge=0, lt=1)] | None = None


class SampleDesign(Definition):
    """How the sample was drawn: columns of `table` where one is given, else form paths.

    `key` joins a response (form path) to a row of the table (column). Without `weight` every
    response counts alike and the report says so; without `psu` each response is its own PSU.
    `cases` lists who was drawn and gave no interview: the key's column, an AAPOR code in the column
    `status`, and variables of the study that are known of them. `weight` is then that of a case.
    """

    weight: str | None = None
    strata: tuple[str, ...] = ()
    psu: tuple[str, ...] = ()
    fpc: tuple[str, ...] = ()
    table: str | None = None
    key: "Join | None" = None
    frame: Text = Field(default_factory=dict)
    """In words, the list that the sample was drawn from, and how; the quality page prints it."""
    cases: str | None = None
    dispositions: str | None = None
    """The list of all units drawn with the outcome of each, for response rates."""
    back_checks: str | None = None
    """Interviews that were asked again, for agreement."""
    lonely_psu: Literal["fail", "remove", "certainty", "adjust", "average"] = "fail"


class Join(Definition):
    """A form path and the column of a table that hold the same code."""

    item: str
    column: str


class Variable(Definition):
    """A grouping variable of respondents; exactly one of `item`, `unit`, `areas` says from what.

    `item`: the answer's code; with `bands`, age in whole years cut at these lower limits, from a
    birth year at the interview's date when `birth_year`. `unit`: a column of the units table, by
    the unit of residence. `areas`: membership in the plan's areas, as a partition whose levels are
    the areas' ids joined by ``+``, or ``rest``.
    """

    label: Text
    item: str | None = None
    birth_year: bool = False
    bands: tuple[int, ...] = ()
    unit: str | None = None
    areas: tuple[Id, ...] = ()
    levels: dict[str, Text] = Field(default_factory=dict)
    report: bool = True


class AreaList(Definition):
    """A dated list of units that belong to an area of the plan, and the paper that says so."""

    area: Id
    id: Id
    label: Text
    document: Text
    valid_from: date
    valid_to: date | None = None
    fictitious: bool = False
    column: str | None = None
    """Column of the units table that `members` name; the unit's own code when absent."""
    members: tuple[str, ...]


class Margin(Definition):
    """Population shares of the categories of one variable, or of several crossed."""

    id: Id
    variables: tuple[Id, ...]
    shares: tuple[dict[str, str | float], ...]
    """Per category: the level of each variable, and `share` of the base (they sum to 1)."""
    source: Words
    as_of: date
    base: Words
    """Whom the figures count."""
    fictitious: bool = False


class WeightingStep(RecipeStep):
    """One step of a study's recipe.

    Its variables are those of the study, form paths, or columns of the sample table.
    """

    margins: tuple[Id, ...] = ()
    """Which margins of the population it aims at, in this order."""


class Weighting(Definition):
    """How design weights become final ones: by `steps`, or by raking to `margins` alone."""

    margins: tuple[Id, ...] = ()
    tolerance: Annotated[float, Field(gt=0)] = 1e-10
    max_iterations: Annotated[int, Field(gt=0)] = 500
    steps: tuple[WeightingStep, ...] = ()

    @model_validator(mode="after")
    def _says_it_once(self) -> Self:
        if self.steps and self.margins:
            raise ValueError(say("Name the margins in the steps, or leave the steps out."))
        return self

    def recipe(self) -> tuple[WeightingStep, ...]:
        """The steps in order."""
        if self.steps or not self.margins:
            return self.steps
        return (WeightingStep(method="rake", margins=self.margins, tolerance=self.tolerance,
                              max_iterations=self.max_iterations),)  # fmt: skip

    def used_margins(self) -> tuple[Id, ...]:
        """Every margin that a step aims at."""
        return tuple(dict.fromkeys(name for step in self.recipe() for name in step.margins))


class Population(Definition):
    """Whom the sample stands for and what is known of them."""

    label: Text
    age_from: int | None = None
    age: Id | None = None
    """The variable that holds age; respondents below `age_from` leave the base, counted."""
    residence: Join | None = None
    """The item with the unit of residence, and the code column of `units`."""
    units: str | None = None
    areas: tuple[AreaList, ...] = ()
    margins: tuple[Margin, ...] = ()
    wanted_margins: tuple[str, ...] = ()
    """Margins that a complete weighting would use; those not loaded are named in the report."""


class Retention(Definition):
    """How long what identifies respondents is kept after the field period."""

    contact_days: Annotated[int, Field(ge=0)] | None = None
    """Days after the wave's end on which contact data and original files are deleted."""


class RegisterTerms(Definition):
    """How the registers of one administrative target are counted."""

    required: tuple[str, ...]
    """Codes of the contents that a person must have completed, all of them."""


class JudgedAreas(Definition):
    """Areas to be judged at once: every level that `variable` has in the table of units.

    Their number is that of the levels, whoever is interviewed, and so is fixed with the settings
    before the data come.
    """

    variable: Id
    target: Id


class Claim(Definition):
    """What was officially said of a target; it stands beside the verdict, with its source, untested."""

    target: Id
    phase: Id
    said: Text
    source: Text
    day: date | None = None


class AnalysisPlan(Definition):
    """What the report will tell; all else is exploratory (`survey.analysis_plan`).

    `indicators` may name dimensions too, `groups` are variables of the study, `readings` those of
    the plan whose alternatives are judged.
    """

    indicators: tuple[Id, ...] = ()
    groups: tuple[Id, ...] = ()
    targets: tuple[Id, ...] = ()
    readings: tuple[Id, ...] = ()
    tables: tuple[Literal["items", "topics", "reach", "cuts", "answers", "gaps"], ...] = ()


class StudySettings(Definition):
    """A whole ``study.yaml``."""

    kind: Literal["study"] = "study"
    id: Id
    title: Text
    simulated: bool = False
    language: Language = "vi"
    plan: str
    instruments: tuple[str, ...]
    """Frozen copies, oldest version first."""
    wave: Wave
    sample: SampleDesign = SampleDesign()
    population: Population
    variables: dict[Id, Variable] = Field(default_factory=dict)
    weighting: Weighting = Weighting()
    judge_areas: tuple[JudgedAreas, ...] = ()
    analysis_plan: AnalysisPlan | None = None
    claims: tuple[Claim, ...] = ()
    standards: dict[Id, str] = Field(default_factory=dict)
    """By dimension, the judges' file that sets its cut; frozen before the first answers."""
    earlier: tuple[EarlierWave, ...] = ()
    """Waves with which this one is compared."""
    exposure: str | None = None
    """Form path of the multiple-choice item on which activities reached the respondent."""
    adjust_for: tuple[Id, ...] = ()
    """Variables in which people are to be alike when activities are compared."""
    administrative: str | None = None
    registers: dict[Id, RegisterTerms] = Field(default_factory=dict)
    """By target, how what ``hieuluat register`` received is counted."""
    streams: dict[Id, Literal["contest"]] = Field(default_factory=dict)
    """Instruments whose answers are open contest entries and never a sample."""
    contest_store: str = "contest.db"
    """Where contest entries are kept, apart from the answers of the sample."""
    store: str = "store.db"
    """A file in the study folder, or a PostgreSQL database: ``postgresql://user@server/database``.

    The password stands in the environment (``PGPASSWORD``) or in ``~/.pgpass``, never here.
    """
    retention: Retention = Retention()

    @field_validator("store")
    @classmethod
    def _names_a_store(cls, store: str) -> str:
        if not store.startswith(SERVERS):
            return store
        try:
            url = make_url(store)
        except ArgumentError:
            raise ValueError(
                say("A database is written postgresql://user@server/database.")
            ) from None
        if url.password is not None:
            raise ValueError(say("A password does not belong into study.yaml: put it into the "
                                 "environment as PGPASSWORD, or into ~/.pgpass."))  # fmt: skip
        return store

    @model_validator(mode="after")
    def _keeps_entries_apart(self) -> Self:
        if self.contest_store == self.store and "://" not in self.store:
            raise ValueError(say("Contest entries need a store of their own."))
        return self
