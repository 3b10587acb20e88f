"""The sentence twin: conditions in words that a person with a paper form can follow."""

from random import Random

import pytest

from instruments.expression.functions import ARITY
from instruments.expression.parse import parse
from instruments.expression.sentence import Wording, condition, only_if, value
from instruments.language import LANGUAGES, Language
from tests.instruments.vectors import Maker

LABELS = {
    ("dong_y", "co"): {"vi": "Có", "en": "Yes"},
    ("nguon", "loa"): {"vi": "Loa phường", "en": "Ward loudspeaker"},
    ("hoc_van", "1"): {"vi": "Tiểu học", "en": "Primary"},
}


def wording(language: Language) -> Wording:
    names = {"vi": "câu", "en": "question"}
    return Wording(
        language=language,
        question=lambda item: f"{names[language]} {item.upper()}",
        option=lambda item, code: LABELS.get((item, code), {}).get(language, code),
        current="nguon",
    )


@pytest.mark.parametrize(
    ("text", "vi", "en"),
    [
        ("${dong_y} = 'co'", "câu DONG_Y trả lời “Có”", "question DONG_Y is answered “Yes”"),
        ("'co' != ${dong_y}", "câu DONG_Y không trả lời “Có”", "question DONG_Y is not answered “Yes”"),
        ("not(${dong_y} = 'co')", "câu DONG_Y không trả lời “Có”", "question DONG_Y is not answered “Yes”"),
        ("${hoc_van} = 1", "câu HOC_VAN trả lời “Tiểu học”", "question HOC_VAN is answered “Primary”"),
        ("${tuoi} = 18", "câu trả lời của câu TUOI bằng 18", "the answer to question TUOI equals 18"),
        ("${tuoi} >= 18", "câu trả lời của câu TUOI từ 18 trở lên", "the answer to question TUOI is 18 or more"),
        ("${a} < ${b}", "câu trả lời của câu A nhỏ hơn câu trả lời của câu B",
         "the answer to question A is less than the answer to question B"),
        ("${a} = ''", "câu A bỏ trống", "question A is left blank"),
        ("${a} != '' and ${b}", "câu A có câu trả lời và câu B có câu trả lời",
         "question A is answered and question B is answered"),
        ("selected(., 'loa')", "câu này có chọn “Loa phường”", "“Ward loudspeaker” is chosen in this question"),
        ("count-selected(.) <= 3", "(số phương án đã chọn ở câu này) từ 3 trở xuống",
         "(the number of options chosen in this question) is 3 or less"),
        ("not(selected(${nguon}, 'loa') or ${a} > 0.5)",
         "không xảy ra việc (câu NGUON có chọn “Loa phường” hoặc câu trả lời của câu A trên 0,5)",
         "it is not so that (“Ward loudspeaker” is chosen in question NGUON or the answer to question A"
         " is above 0.5)"),
        ("(${a} = 'x' or ${a} = 'y') and ${b} = ''",
         "(câu A trả lời “x” hoặc câu A trả lời “y”) và câu B bỏ trống",
         "(question A is answered “x” or question A is answered “y”) and question B is left blank"),
        (". <= today() - 365", "câu trả lời của câu này nhỏ hơn hoặc bằng (ngày hôm nay − 365)",
         "the answer to this question is at most (today’s date − 365)"),
        (". >= date('2026-03-01')", "câu trả lời của câu này lớn hơn hoặc bằng ngày 1/3/2026",
         "the answer to this question is at least 2026-03-01"),
        ("true()", "luôn luôn", "always"),
        ("not(true())", "không bao giờ", "never"),
        ("${a} + 1", "câu trả lời của câu A + 1 khác 0",
         "the answer to question A + 1 is not 0"),
    ],
)  # fmt: skip
def test_a_condition_is_told_in_both_languages(text: str, vi: str, en: str) -> None:
    assert condition(parse(text), wording("vi")) == vi
    assert condition(parse(text), wording("en")) == en


def test_a_skip_becomes_an_instruction() -> None:
    assert (
        only_if(parse("${dong_y} = 'co'"), wording("vi"))
        == "Chỉ trả lời nếu câu DONG_Y trả lời “Có”."
    )


def test_a_computed_value_is_told() -> None:
    told = value(parse("if(${a} = 'x', 2 * (${b} - 1), round(${c}, 2))"), wording("vi"))
    assert told == (
        "(2 × (câu trả lời của câu B − 1)) nếu câu A trả lời “x”, nếu không thì"
        " (câu trả lời của câu C làm tròn đến 2 chữ số thập phân)"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_of_the_grammar_has_words(language: Language) -> None:
    maker, words = Maker(Random(7)), wording(language)
    drawn = [maker.expression() for _ in range(2000)] + ["random()", "uuid()"]
    for text in drawn:
        tree = parse(text)
        for told in (condition(tree, words), value(tree, words)):
            assert told
            assert "${" not in told.replace("${code}", "")
    assert all(any(f"{name}(" in text for text in drawn) for name in ARITY)


def test_texts_of_a_definition_are_inserted_and_not_interpreted() -> None:
    hostile = "{0} {a} %s <b> {{7*7}}"
    told = condition(parse(f"${{a}} = '{hostile}' or contains(${{a}}, '{hostile}')"), wording("vi"))
    assert told.count(hostile) == 2
