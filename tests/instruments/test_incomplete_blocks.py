"""Booklets of a balanced design: every block in every position, every pair together, equally often."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from instruments.errors import DefinitionError
from instruments.incomplete_blocks import balance, balanced_booklets

SEVEN = tuple("ABCDEFG")


@given(st.integers(2, 7), st.integers(1, 7))
def test_a_design_is_balanced_by_position_and_pair(count: int, size: int) -> None:
    assume(size <= count and (count, size) != (6, 3))
    blocks = [f"b{number}" for number in range(count)]
    booklets = balanced_booklets(blocks, per_booklet=size)
    found = balance(booklets)
    assert found.by_position
    assert found.by_pair
    assert all(len(set(booklet)) == size for booklet in booklets)
    assert {block for booklet in booklets for block in booklet} == set(blocks)


def test_seven_blocks_by_three_are_the_seven_lines_of_the_fano_plane() -> None:
    booklets = balanced_booklets(SEVEN, per_booklet=3)
    assert len(booklets) == 7
    assert set(balance(booklets).pairs.values()) == {1}
    assert set(balance(booklets).positions.values()) == {1}


@pytest.mark.parametrize(
    ("count", "size", "booklets", "together"),
    [(13, 4, 13, 1), (11, 5, 11, 2), (7, 4, 7, 2), (3, 2, 3, 1), (4, 3, 4, 2), (5, 2, 10, 1)],
)
def test_known_designs_have_their_known_size(
    count: int, size: int, booklets: int, together: int
) -> None:
    """Youden squares and cyclic designs of Cochran & Cox (1957, chapters 11 and 13)."""
    found = balanced_booklets([str(number) for number in range(count)], per_booklet=size)
    assert len(found) == booklets
    assert set(balance(found).pairs.values()) == {together}


def test_booklets_of_one_block_are_parallel_forms() -> None:
    assert balanced_booklets(["A", "B"], per_booklet=1) == (("A",), ("B",))


def test_an_unbalanced_set_is_told_from_a_balanced_one() -> None:
    found = balance([("a", "b"), ("a", "c")])
    assert found.positions["a", 1] == 2
    assert found.positions["a", 2] == 0
    assert found.pairs == {("a", "b"): 1, ("a", "c"): 1, ("b", "c"): 0}
    assert not found.by_position
    assert not found.by_pair


@pytest.mark.parametrize(
    ("blocks", "size", "message"),
    [
        (tuple("AAB"), 2, "A block is named twice."),
        (tuple("A"), 1, "Designs are made for 2 to 16 blocks."),
        (tuple("ABC"), 4, "A booklet of 4 blocks cannot be made of 3."),
        (tuple("ABCDEF"), 3, "No balanced booklets of 3 out of 6 blocks were found. Take one block "
         "more or less; 7 blocks by 3 and 13 by 4 need the fewest booklets."),
    ],
)  # fmt: skip
def test_numbers_that_allow_no_design_are_refused(
    blocks: tuple[str, ...], size: int, message: str
) -> None:
    with pytest.raises(DefinitionError) as caught:
        balanced_booklets(blocks, per_booklet=size)
    assert caught.value.text() == message
