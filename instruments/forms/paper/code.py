"""The number of a copy, as people read it and as a QR code that a camera reads."""

from io import BytesIO

import segno

from instruments.errors import refusal
from instruments.language import say

LONGEST = 40
"""Characters of a number; more make a QR code too fine for a photocopier."""
_QUIET = 4
"""Empty modules around the code that readers need (ISO/IEC 18004, 9.1)."""


def quick_response(code: str) -> str:
    """The number as a QR code in SVG; a quarter of it may be soiled (error level Q)."""
    picture = BytesIO()
    symbol = segno.make(code, error="q", micro=False, boost_error=False)
    symbol.save(picture, kind="svg", xmldecl=False, border=_QUIET)
    return picture.getvalue().decode()


def refuse_unreadable(codes: tuple[str, ...]) -> None:
    """Numbers that nobody could read or type again.

    Raises:
        DefinitionError: A number is too long, empty, or holds what cannot be seen.
    """
    for code in codes:
        if not code.strip() or len(code) > LONGEST or not code.isprintable():
            raise refusal("--code", say("{code} cannot be the number of a copy.", code=repr(code)),
                          say("Use up to {longest} letters and digits.", longest=LONGEST))  # fmt: skip
