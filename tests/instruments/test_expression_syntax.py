"""What is XPath as clients read it, and what no client could run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.expression.syntax import LONGEST, is_xpath

READ = """
../a > 3 and /data/a < 9
instance('l')/root/item[name = ${d}]/label
count(../../r) + position(..)
pulldata('fruits', 'name', 'key', ${b})
selected(${a}, 1)
regex(., '^(?=.*\\d).{4,}$')
- - 3
div div div
//a/@b
current()/../x[1]/y | /z
${r}[1]/x
${last-saved#a}
child::a
* * *
/data/họ
cht:strip-whitespace(../a)
text()
/
.
..
""".strip().splitlines()
REFUSED = """
a b
1 +
foo(1)
'a
(1
a]
${
${a} ${b}
1 = = 2
selected ${a}
x[
a,b
==1
3a
= 1
IF(1, 2, 3)
""".strip("\n").splitlines()


@pytest.mark.parametrize("text", READ)
def test_what_clients_read_is_xpath(text: str) -> None:
    assert is_xpath(text)


@pytest.mark.parametrize(
    "text", [*REFUSED, "", " ", "(" * 200 + "1" + ")" * 200, "1" * (LONGEST + 1)]
)
def test_what_no_client_reads_is_none(text: str) -> None:
    assert not is_xpath(text)


@given(st.text(alphabet="ab1 .,'\"()[]{}$/|*=-@:<>!", max_size=60))
def test_any_text_is_told_without_failing(text: str) -> None:
    assert is_xpath(text) in (True, False)
