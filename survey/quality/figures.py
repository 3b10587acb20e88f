"""Numbers in sentences, with the decimal mark of each language."""

from instruments.language import Text


def figure(value: float | None, *, decimals: int) -> Text:
    """A number rounded for people; a dash where there is none."""
    if value is None:
        return {"vi": "–", "en": "–"}
    text = f"{value:.{decimals}f}"
    return {"vi": text.replace(".", ","), "en": text}


def percent(share: float | None) -> Text:
    """A share in percent with one decimal, without the sign."""
    return figure(None if share is None else 100 * share, decimals=1)
