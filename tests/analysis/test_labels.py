"""What groups and categories are called."""

from datetime import date

from analysis.labels import domain_labels, labels
from analysis.study_margins import UNKNOWN
from instruments.model import Instrument, Item, Option
from instruments.plan import Plan
from survey.settings import Margin, Population, StudySettings, Variable, Wave

PLAN = Plan.model_validate(
    {
        "kind": "plan", "id": "p", "version": "1", "title": {"en": "P"}, "phases": [],
        "populations": [], "targets": [],
        "areas": [{"id": "suburban", "label": {"vi": "Ngoại thành", "en": "Suburban"}, "lists": []}],
    }
)  # fmt: skip
INSTRUMENT = Instrument(
    id="i", version="1", title={"en": "I"}, languages=("vi", "en"),
    items=(Item(id="gender", type="single", label={"vi": "Giới tính?", "en": "Sex?"},
                options=(Option(code="1", label={"vi": "Nam", "en": "Men"}),
                         Option(code="2", label={"vi": "Nữ", "en": "Women"}))),),
)  # fmt: skip
SETTINGS = StudySettings(
    id="s", title={"en": "S"}, plan="p", instruments=("i",), wave=Wave(id="1"),
    population=Population(label={"en": "adults"}, margins=(
        Margin(id="sex.age", variables=("sex", "age"), source="census", as_of=date(2019, 4, 1),
               base="18+", shares=({"sex": "1", "age": "18-39", "share": 1.0},)),
    )),
    variables={
        "sex": Variable(label={"vi": "Giới tính", "en": "Sex"}, item="gender"),
        "age": Variable(label={"vi": "Tuổi", "en": "Age"}, item="born", bands=(18, 40)),
        "area": Variable(label={"vi": "Địa bàn", "en": "Area"}, areas=("suburban",)),
    },
)  # fmt: skip


def levels_of(variable: str):
    found = domain_labels(SETTINGS, PLAN, (INSTRUMENT,))
    return next(one for one in found if one.variable == variable)


def test_levels_of_an_item_are_called_as_its_options():
    assert levels_of("sex").levels["2"] == {"vi": "Nữ", "en": "Women"}


def test_a_crossed_margin_names_its_variables_and_each_category():
    crossed = levels_of("sex.age")
    assert crossed.label == {"vi": "Giới tính × Tuổi", "en": "Sex × Age"}
    assert crossed.levels["1 × 18-39"] == {"vi": "Nam, 18-39", "en": "Men, 18-39"}


def test_an_area_without_others_beside_it_is_not_called_only():
    levels = levels_of("area").levels
    assert levels["suburban"] == {"vi": "Ngoại thành", "en": "Suburban"}
    assert levels["rest"] == {"vi": "Địa bàn còn lại", "en": "Elsewhere"}
    assert levels[UNKNOWN]["vi"] == "không rõ"


def test_answers_are_called_by_item_and_code():
    names = labels(SETTINGS, PLAN, (INSTRUMENT,))
    assert names["gender=1"] == {"vi": "Nam", "en": "Men"}
    assert names["sex.age"]["en"] == "Sex × Age"
    assert names["suburban"]["en"] == "Suburban"
