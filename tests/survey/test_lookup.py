"""A lookup answers as a dictionary does, in memory and beyond it."""

from hypothesis import given
from hypothesis import strategies as st

from survey.lookup import Lookup

pairs = st.lists(st.tuples(st.text(max_size=4), st.text(max_size=3)), max_size=40)


@given(pairs, st.integers(1, 5))
def test_a_lookup_holds_what_a_dictionary_holds(told, in_memory):
    lookup, known = Lookup(in_memory=in_memory), {}
    for key, text in told:
        assert lookup.setdefault(key, text) == known.setdefault(key, text)
        lookup[text] = key
        known[text] = key
    assert {key: lookup.get(key) for key in known} == known
    assert all(key in lookup for key in known)
    assert lookup.get("not there", "else") == known.get("not there", "else")
