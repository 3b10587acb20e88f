"""An instrument as one self-contained page of HTML, to look at and to try."""
