"""A researcher's report on items: the scale, its precision, and each item with advice."""
