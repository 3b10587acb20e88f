"""A file or folder that a person named and the system cannot read or write, in a sentence."""

import errno

from instruments.errors import HieuluatError, refusal
from instruments.language import Message, say

_FAULTS: dict[tuple[int, ...], tuple[Message, Message]] = {
    (errno.EISDIR,): (
        say("This is a folder, and a file is wanted."), say("Name a file in it.")),
    (errno.ENOENT, errno.ENOTDIR): (
        say("There is no such file or folder."), say("Make the folder first, or name another.")),
    (errno.EACCES, errno.EPERM, errno.EROFS): (
        say("You may not read or write here."), say("Choose another place, or ask for the right to it.")),
    (errno.ENOSPC, errno.EDQUOT): (
        say("The disk is full."), say("Make room on it, then run the command again.")),
    (errno.ENAMETOOLONG,): (
        say("The name is too long."), say("Choose a shorter one.")),
}  # fmt: skip

_NAMELESS = (errno.ENOSPC, errno.EDQUOT)
"""What is told of a file that is being written already, without its name."""


def in_words(error: OSError) -> HieuluatError | None:
    """The refusal for a failure that its user can cure; None where it is a fault of the program."""
    named = str(error.filename or "")
    for numbers, (what, hint) in _FAULTS.items():
        if error.errno in numbers and (named or error.errno in _NAMELESS):
            return refusal(named, what, hint)
    return None
