"""Loops: questions that are asked once for each option of a list, written out as groups."""

from collections.abc import Mapping, Sequence

from instruments.source import Node

OTHER, _NONE = "other", "none"
"""The option that clients add to a list, and the one that no questions are asked about."""


def repeated_for(options: Sequence[Node], questions: Sequence[Node]) -> list[Node]:
    """A group for each option, with its name and words in the texts of the questions."""
    return [_group(option, questions) for option in options if option.data()["code"] != _NONE]


def other(option: Node) -> Node:
    """The option "other", in the languages of another one."""
    labels = option.data()["label"]
    said = {language: option._replace(value="Other") for language in labels}
    return option._replace(
        value={"code": option._replace(value=OTHER), "label": option._replace(value=said)}
    )


def _group(option: Node, questions: Sequence[Node]) -> Node:
    said = option.data()
    inside = [_filled(node, said["code"], said["label"], "") for node in questions]
    fields = {
        "id": option._replace(value=said["code"]),
        "label": option.child("label") or option._replace(value={}),
        "items": option._replace(value=inside),
    }
    return option._replace(value=fields)


def _filled(node: Node, code: str, labels: Mapping[str, str], language: str) -> Node:
    """A copy of a part with what stands for the option replaced, in the language of the text."""
    if isinstance(node.value, str):
        words = labels.get(language) or next(iter(labels.values()), code)
        return node._replace(value=node.value.replace("%(label)s", words).replace("%(name)s", code))
    if isinstance(node.value, dict):
        return node._replace(value={
            name: _filled(inner, code, labels, name if name in labels else language)
            for name, inner in node.value.items()
        })  # fmt: skip
    if isinstance(node.value, list):
        return node._replace(value=[_filled(inner, code, labels, language) for inner in node.value])
    return node
