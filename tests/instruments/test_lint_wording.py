"""Advice on words, in Vietnamese and English."""

from typing import Any

import pytest

from instruments.check.findings import path
from instruments.check.view import view
from instruments.laws import shipped_laws
from instruments.lint import wording
from instruments.lint.advice import Subject
from instruments.lint.plain import grade, negations, sentences, syllables
from instruments.model import Instrument


def subject(item: dict[str, Any], *languages: str) -> Subject:
    head = {"id": "f", "version": "1", "title": {"vi": "F"}, "languages": languages or ("vi",)}
    instrument = Instrument.model_validate({**head, "items": [item]})
    return Subject(view=view(instrument, where=path), laws=shipped_laws(), fieldwork=None)


def question(label: dict[str, str], **fields: Any) -> dict[str, Any]:
    return {"id": "q", "type": "text", "label": label, **fields}


@pytest.mark.parametrize(
    ("sentence", "count"),
    [
        ("Ông có được lái xe không?", 0),
        ("Ông đã khiếu nại hay chưa?", 0),
        ("Ông/bà có tham gia, giúp đỡ ai không?", 0),
        ("Người không có giấy phép lái xe có được lái xe không?", 1),
        ("Không ai được phép làm như vậy.", 1),
        ("Người không đội mũ, không có bằng lái thì bị phạt.", 1),
        ("Không phải là ông không biết quy định.", 2),
        ("Ai chưa đủ 18 tuổi thì không được uống rượu.", 2),
        ("Trên không gian mạng không được tung tin giả.", 1),
        ("Chọn phương án “Không biết” nếu ông/bà không chắc chắn.", 1),
        ("Không những phải nộp phạt mà còn bị giữ xe.", 0),
        ("Người hoạt động không chuyên trách không được nhận tiền.", 1),
    ],
)
def test_vietnamese_negations_are_told_from_questions(sentence: str, count: int) -> None:
    assert negations(sentence, "vi") == count


@pytest.mark.parametrize(
    ("sentence", "count"),
    [
        ("May he ride?", 0),
        ("He may not ride.", 1),
        ("Nobody should never stop.", 2),
        ("They are never used against you, and nobody sees them.", 1),
        ("You don't know that you cannot ride.", 2),
        ('The note says "not now".', 0),
    ],
)
def test_english_negations_are_counted(sentence: str, count: int) -> None:
    assert negations(sentence, "en") == count


def test_two_negations_in_a_sentence_are_told() -> None:
    label = {"vi": "Ông có biết. Không phải ai cũng không được hưởng chính sách này, đúng hay sai?"}
    (found,) = wording.double_negation(subject(question(label)))
    assert found.what.text() == (
        "Two negations stand in “Không phải ai cũng không được hưởng chính sách này, đúng hay sai?”."
    )
    apart = {"vi": "Người này không có bằng. Người kia không có mũ."}
    assert list(wording.double_negation(subject(question(apart)))) == []


def test_a_negation_to_be_disagreed_with_is_told() -> None:
    options = [
        {"code": "1", "label": {"vi": "Không đồng ý"}},
        {"code": "2", "label": {"vi": "Đồng ý"}},
    ]
    statement = question({"vi": "Luật không bảo vệ tôi."}, type="single", options=options)
    (found,) = wording.double_negation(subject(statement))
    assert (
        found.what.text()
        == "“Luật không bảo vệ tôi.” is negative, and so is the answer “disagree”."
    )
    positive = question({"vi": "Luật bảo vệ tôi."}, type="single", options=options)
    assert list(wording.double_negation(subject(positive))) == []


def test_a_question_that_fills_more_than_a_phone_is_told() -> None:
    options = [{"code": str(n), "label": {"vi": "Một phương án khá dài " * 4}} for n in range(6)]
    long = question({"vi": "Câu hỏi " * 20}, type="single", options=options)
    (found,) = wording.long_for_a_phone(subject(long))
    assert found.at == ("items", 0, "label", "vi")
    assert found.what.text() == "In 'vi' 'q' needs 600 pixels, a phone shows 560."
    short = question({"vi": "Câu hỏi?"}, type="single", options=options[:3])
    assert list(wording.long_for_a_phone(subject(short))) == []


def test_a_long_list_opens_by_itself_and_a_note_may_be_long() -> None:
    options = [{"code": str(n), "label": {"vi": f"Xã {n}"}} for n in range(120)]
    places = question({"vi": "Xã nào?"}, type="single", options=options)
    note = question({"vi": "Lời mời " * 200}, type="note")
    for item in (places, note):
        assert list(wording.long_for_a_phone(subject(item))) == []


def test_a_long_sentence_is_counted_in_syllables() -> None:
    label = {"vi": "Ngắn thôi. " + "một hai ba bốn " * 10 + "năm?"}
    (found,) = wording.hard_to_read(subject(question(label)))
    assert found.what.text().startswith("A sentence has 41 syllables: “một hai ba")
    assert list(wording.hard_to_read(subject(question({"vi": "một hai ba bốn " * 8})))) == []


def test_an_english_text_has_a_school_grade() -> None:
    hard = ("Notwithstanding administrative responsibilities, governmental organizations should "
            "unequivocally communicate regulatory modifications.")  # fmt: skip
    (found,) = wording.hard_to_read(subject(question({"en": hard}), "en"))
    assert found.what.text().startswith("It reads at school grade ")
    easy = "He drank a beer. Now he wants to ride home. May he do so by law?"
    assert list(wording.hard_to_read(subject(question({"en": easy}), "en"))) == []


def test_the_grade_is_that_of_the_formula() -> None:
    """Eleven words, one sentence, twelve syllables, counted by hand."""
    text = "The man rode his old red bike home in heavy rain."
    assert (len(sentences(text)), syllables(text, "en")) == (1, 12)
    assert grade(text) == pytest.approx(0.39 * 11 + 11.8 * 12 / 11 - 15.59)


def test_a_missing_translation_is_told() -> None:
    item = question({"vi": "Câu hỏi"})
    assert [one.what.text() for one in wording.untranslated(subject(item, "vi", "en", "fr"))] == [
        "'q' is not translated into en, fr."
    ]
    assert list(wording.untranslated(subject(item, "vi"))) == []
