"""The instrument on paper: a booklet to fill with a pen, show cards, and a sheet for answers."""
