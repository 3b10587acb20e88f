"""Text compared loosely: as people type headings, labels and codes."""

from unicodedata import combining, normalize


def fold(text: str) -> str:
    """`text` without case, marks and edges, and đ as d."""
    plain = normalize("NFD", text.casefold().replace("đ", "d"))
    bare = "".join(letter for letter in plain if not combining(letter))
    return " ".join(bare.split()).rstrip(".:")
