"""What is sealed opens with its own key, whole and unchanged, and with nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey.errors import StudyError
from survey.sealing import Key

KEY, OTHER = Key(b"\x01" * 32), Key(b"\x02" * 32)


@given(st.binary(max_size=700))
@settings(max_examples=40)
def test_a_box_opens_with_its_key_alone(data):
    box = KEY.lock.seal(data)
    assert KEY.open(box) == data
    assert OTHER.open(box) is None


@given(st.integers(0, 255), st.integers(0, 255))
@settings(max_examples=20)
def test_short_texts_have_boxes_of_one_length_and_never_the_same_twice(one, other):
    lock = KEY.lock
    boxes = lock.seal(b"x" * (one % 255)), lock.seal(b"x" * (other % 255)), lock.seal(b"")
    assert len({len(box) for box in boxes}) == 1
    assert len(set(boxes)) == 3


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 200_000])
def test_a_sealed_file_opens_as_it_was(tmp_path, size):
    source, shut, back = (tmp_path / name for name in ("source", "shut", "back"))
    source.write_bytes(bytes(at % 251 for at in range(size)))
    KEY.lock.seal_file(source, shut)
    KEY.open_file(shut, back)
    assert back.read_bytes() == source.read_bytes()


def test_a_sealed_file_that_was_cut_lengthened_swapped_or_changed_does_not_open(tmp_path):
    source, shut = tmp_path / "source", tmp_path / "shut"
    source.write_bytes(b"a" * 150_000)
    KEY.lock.seal_file(source, shut)
    whole = shut.read_bytes()
    head, piece = 23 + 80 + 24, 65_536 + 17
    first, second = (whole[head + piece * at : head + piece * (at + 1)] for at in (0, 1))
    wrong = {
        "cut": whole[: head + 2 * piece], "cut inside": whole[:-1], "longer": whole + b"\0",
        "empty": b"", "swapped": whole[:head] + second + first + whole[head + 2 * piece :],
        "changed": bytes([*whole[:200], whole[200] ^ 1, *whole[201:]]),
        "no such file": source.read_bytes(),
    }  # fmt: skip
    for name, data in wrong.items():
        shut.write_bytes(data)
        with pytest.raises(StudyError, match="This key does not open it"):
            KEY.open_file(shut, tmp_path / f"back {name}")
    shut.write_bytes(whole)
    with pytest.raises(StudyError, match="sealed for another key"):
        OTHER.open_file(shut, tmp_path / "back")
