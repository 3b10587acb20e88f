"""The language of skips, checks and calculations: the XPath subset that XLSForm authors write.

One parser (`parse`) makes one tree (`tree`), which each place reads in its own way; `evaluate` is
the reading for Python. Semantics are those of XPath 1.0 as JavaRosa (ODK Collect) has them.
"""
