"""Small XLSForms, one for each thing that the format can say, as tables to read here."""

from collections.abc import Mapping
from pathlib import Path

import xlsxwriter

SURVEY = "survey"
CHOICES = "choices"
SETTINGS = "settings"

YES_NO = """
| list_name | name  | label |
| yn        | yes   | Yes   |
| yn        | no    | No    |
"""

FORMS: dict[str, dict[str, str]] = {
    "every_type": {
        SURVEY: """
        | type                | name | label |
        | start               | s    |       |
        | end                 | e    |       |
        | today               | t    |       |
        | deviceid            | d    |       |
        | username            | u    |       |
        | phonenumber         | p    |       |
        | text                | q1   | Text  |
        | integer             | q2   | Whole |
        | decimal             | q3   | Part  |
        | date                | q4   | Day   |
        | time                | q5   | Hour  |
        | datetime            | q6   | When  |
        | note                | q7   | Note  |
        | geopoint            | q8   | Point |
        | geotrace            | q9   | Line  |
        | geoshape            | q10  | Area  |
        | image               | q11  | Photo |
        | audio               | q12  | Sound |
        | video               | q13  | Film  |
        | file                | q14  | File  |
        | barcode             | q15  | Code  |
        | acknowledge         | q16  | OK    |
        | range               | q17  | Scale |
        | percentage          | q18  | Share |
        | phone number        | q19  | Phone |
        | hidden              | q20  |       |
        | select_one yn       | q21  | One   |
        | select_multiple yn  | q22  | Many  |
        """,
        CHOICES: YES_NO,
    },
    "languages": {
        SURVEY: """
        | type          | name | label::Tiếng Việt (vi) | label::English (en) | hint::Tiếng Việt (vi) | hint | constraint | constraint_message::English (en) | required | required_message::Tiếng Việt (vi) |
        | select_one yn | q1   | Có không?              | Yes or no?          | Chọn một              |      |            |                                  | yes      | Bắt buộc                          |
        | integer       | q2   | Tuổi                   |                     |                       | 0-99 | . < 100    | Too old                          | no       |                                   |
        | text          | q3   |                        | Name                | Họ tên                |      |            |                                  |          |                                   |
        """,
        CHOICES: """
        | list_name | name | label::Tiếng Việt (vi) | label::English (en) |
        | yn        | 1    | Có                     | Yes                 |
        | yn        | 0    | Không                  |                     |
        """,
        SETTINGS: """
        | form_title | form_id | version | default_language |
        | Thử        | thu     | 3       | Tiếng Việt (vi)  |
        """,
    },
    "default_language_without_its_name": {
        SURVEY: """
        | type          | name | label | label::fr | hint  | guidance_hint |
        | text          | q1   | Name  | Nom       | Short | In full       |
        | select_one yn | q2   | Sure? |           |       |               |
        """,
        CHOICES: """
        | list_name | name | label | label::fr |
        | yn        | yes  | Yes   | Oui       |
        | yn        | no   | No    |           |
        """,
        SETTINGS: """
        | default_language |
        | en               |
        """,
    },
    "media_and_guidance": {
        SURVEY: """
        | type          | name | label | image | audio::vi | big-image | hint | guidance_hint::vi |
        | note          | n1   | See   | a.png |           | b.png     |      |                   |
        | text          | q1   | Hear  |       | a.mp3     |           | h    | Đọc chậm          |
        | select_one ab | q2   | Pick  |       |           |           |      |                   |
        """,
        CHOICES: """
        | list_name | name | label | image |
        | ab        | a    | A     | a.jpg |
        | ab        | b    |       | b.jpg |
        """,
    },
    "skips_and_checks": {
        SURVEY: """
        | type               | name | label | relevant                                      | constraint                                   | constraint_message | required             |
        | integer            | age  | Age   |                                               | . >= 0 and . <= 120                          | 0 to 120, not ${age} | yes                |
        | select_multiple yn | many | Many  | ${age}>=18                                    | not(selected(., 'no') and count-selected(.) > 1) |                | ${age} > 60          |
        | text               | why  | Why   | selected(${many}, 'yes') or ${age} - 1 > 70   | regex(., '[A-Za-z ]{2,40}')                  | Letters            | no                   |
        | begin_group        | g    | Group | ${why} != '' and not(${many} = 'no')          |                                              |                    |                      |
        | date               | day  | Day   |                                               | . <= today()                                 |                    |                      |
        | end_group          |      |       |                                               |                                              |                    |                      |
        """,
        CHOICES: YES_NO,
    },
    "shown_answers": {
        SURVEY: """
        | type          | name | label                        | hint               |
        | text          | who  | Who?                         |                    |
        | note          | n    | Hello ${who}, 1 < 2 & "ok"   | Not ${who}? Go back |
        | select_one l  | q    | Is it ${who}?                |                    |
        """,
        CHOICES: """
        | list_name | name | label      |
        | l         | a    | It is ${who} |
        | l         | b    | Another    |
        """,
    },
    "calculations": {
        SURVEY: """
        | type      | name | label | calculation                                | default              | read_only |
        | date      | d    | Day   |                                            | today()              |           |
        | integer   | a    | A     |                                            | 5                    |           |
        | text      | b    | B     |                                            | 2020-01-01           |           |
        | calculate | c    |       | once(int(random()*2)+1)                    |                      |           |
        | calculate | e    |       | if(${a} > 3, concat('x', ${b}), "it's")    |                      |           |
        | text      | f    |       | round(${a} div 3, 2)                       |                      |           |
        | integer   | g    | G     | ${a}*2                                     |                      | yes       |
        | text      | h    | H     |                                            | concat(${b}, '-1')   |           |
        """,
    },
    "cascade": {
        SURVEY: """
        | type             | name | label | choice_filter                           | parameters                 | appearance       |
        | select_one big   | r    | R     |                                         |                            | minimal          |
        | select_one small | d    | D     | region=${r}                             | randomize=true             | minimal autocomplete |
        | select_one small | s    | S     | region=${r} and name != ${d}            | randomize=true, seed=${r}  |                  |
        | select_one small | t    | T     |                                         | randomize=true seed=42     |                  |
        """,
        CHOICES: """
        | list_name | name | label | region | note for us |
        | big       | n    | North |        |             |
        | big       | s    | South |        | old         |
        | small     | a    | Alpha | n      |             |
        | small     | b    | Beta  | s      |             |
        """,
    },
    "repeats": {
        SURVEY: """
        | type             | name   | label        | relevant          | calculation                                | choice_filter | repeat_count | default   | constraint |
        | integer          | n      | How many?    |                   |                                            |               |              |           |            |
        | begin_repeat     | person | Person       | ${n} > 0          |                                            |               | ${n}         |           |            |
        | text             | name   | Name         |                   |                                            |               |              |           |            |
        | integer          | age    | Age of ${name} |                 |                                            |               |              | 10+5      | . < 2 * ${n} |
        | begin_group      | more   |              | ${age} > 17       |                                            |               |              |           |            |
        | select_one l     | job    | Job of ${name} |                 |                                            | k=${age}      |              |           |            |
        | text             | boss   | Boss         | ${job} = 'a'      |                                            |               |              | ${name}   |            |
        | begin_repeat     | pet    |              |                   |                                            |               | 1 + 1        |           |            |
        | text             | pname  | Pet of ${name} | ${age} > 3 and ${job} = 'a' |                              |               |              | today()   |            |
        | end_repeat       |        |              |                   |                                            |               |              |           |            |
        | end_group        |        |              |                   |                                            |               |              |           |            |
        | calculate        | place  |              |                   | position(..)                               |               |              |           |            |
        | calculate        | first  |              |                   | indexed-repeat(${age}, ${person}, ${place}) |              |              |           |            |
        | end_repeat       |        |              |                   |                                            |               |              |           |            |
        | calculate        | total  |              |                   | sum(${age}) + count(${person})             |               |              |           |            |
        | calculate        | third  |              |                   | indexed-repeat(${age}, ${person}, 3) - 1   |               |              |           |            |
        | note             | shown  | Sum ${total} |                   |                                            |               |              |           |            |
        """,
        CHOICES: """
        | list_name | name | label | k  |
        | l         | a    | A     | 20 |
        | l         | b    | B     | 30 |
        """,
    },
    "or_other": {
        SURVEY: """
        | type                        | name | label::vi | label::en |
        | select_one l or_other       | q1   | Một       | One       |
        | select_multiple l or_other  | q2   | Nhiều     | Many      |
        """,
        CHOICES: """
        | list_name | name | label::vi | label::en |
        | l         | a    | Á         | A         |
        """,
    },
    "table_list": {
        SURVEY: """
        | type          | name | label  | hint | appearance        |
        | begin_group   | g    | Agree? | Each | table-list        |
        | select_one l  | a    | One    |      |                   |
        | select_one l  | b    | Two    | h    |                   |
        | end_group     |      |        |      |                   |
        | begin_group   | k    | Again  |      | w1 table-list     |
        | select_multiple l | c | Three |      |                   |
        | end_group     |      |        |      |                   |
        | begin_group   | f    |        |      | field-list        |
        | select_one l  | d    | Four   |      | likert            |
        | end_group     |      |        |      |                   |
        """,
        CHOICES: """
        | list_name | name | label |
        | l         | 1    | No    |
        | l         | 2    | Yes   |
        """,
    },
    "metadata_and_settings": {
        SURVEY: """
        | type       | name  | label | parameters                                  | bind::odk:length | instance::odk:tag | body::accuracyThreshold |
        | audit      | audit |       | identify-user=true track-changes=true       |                  |                   |                         |
        | text       | q1    | Q     | rows=5                                      | 200              | t1                |                         |
        | image      | q2    | Photo | max-pixels=1024                             |                  |                   |                         |
        | geopoint   | q3    | Here  | capture-accuracy=10 allow-mock-accuracy=true |                 |                   |                         |
        | geopoint   | q4    | There |                                             |                  |                   | 7.5                     |
        | range      | q5    | Scale | start=0 end=1 step=0.25                     |                  |                   |                         |
        | audio      | q6    | Sound | quality=low                                 |                  |                   |                         |
        """,
        SETTINGS: """
        | form_title | form_id | version    | instance_name           | style           | submission_url       | name  |
        | A & B      | a-b     | 2026112401 | concat(${q1}, '-', 'x') | pages theme-grid | https://example.org/ | hello |
        """,
    },
    "trigger_and_earlier_answers": {
        SURVEY: """
        | type      | name | label | calculation       | trigger | default            |
        | text      | a    | A     |                   |         | ${last-saved#a}    |
        | calculate | b    |       | now()             | ${a}    |                    |
        | text      | c    | C     | concat(${a}, '!') | ${a}    |                    |
        """,
    },
    "beyond_the_language": {
        SURVEY: """
        | type          | name | label | relevant              | calculation                                        | constraint         | constraint_message |
        | integer       | a    | A     |                       |                                                    |                    |                    |
        | text          | b    | B     | ../a > 3 and /data/a < 9 |                                                 | . != ../a          | Not A              |
        | calculate     | c    |       |                       | pulldata('fruits', 'name', 'key', ${b})            |                    |                    |
        | begin_repeat  | r    | R     |                       |                                                    |                    |                    |
        | select_one l  | d    | D     |                       |                                                    |                    |                    |
        | calculate     | e    |       |                       | instance('l')/root/item[name = ${d}]/label         |                    |                    |
        | calculate     | f    |       |                       | count(../../r) + position(..)                      |                    |                    |
        | end_repeat    |      |       |                       |                                                    |                    |                    |
        """,
        CHOICES: """
        | list_name | name | label |
        | l         | x    | Ex    |
        """,
        SETTINGS: """
        | form_id                |
        | contact:person:2 (new) |
        """,
    },
    "device_and_background": {
        SURVEY: """
        | type             | name | label | parameters    |
        | start-geopoint   | sg   |       |               |
        | background-audio | ba   |       | quality=low   |
        | email            | em   |       |               |
        | simserial        | ss   |       |               |
        | subscriberid     | si   |       |               |
        | trigger          | tr   | OK    |               |
        | text             | q    | Q     |               |
        """,
    },
    "labels_of_codes": {
        SURVEY: """
        | type          | name | label          | calculation                      | relevant              | default | read_only |
        | select_one yn | a    | A              |                                  |                       | yes     |           |
        | calculate     | b    | Shown          | jr:choice-name(${a}, '${a}')     |                       |         |           |
        | note          | n    | You said ${b}. |                                  | ${a} != 'no'          |         |           |
        | text          | c    | C              |                                  | string-length(${b})>0 | - n/a   | ${a}='no' |
        | integer       | d    | D              |                                  |                       | -5      | TRUE      |
        | date          | e    | E              |                                  |                       | 2026-11-24 |        |
        """,
        CHOICES: YES_NO,
    },
    "some_columns_without_language": {
        SURVEY: """
        | type          | name | label | label::French (fr) | hint | image::French (fr) | image |
        | text          | q1   | Name  | Nom                | Full | f.png              | d.png |
        | select_one yn | q2   | Sure? |                    |      |                    |       |
        | note          | q3   |       | Merci              |      |                    | t.png |
        """,
        CHOICES: """
        | list_name | name | label | label::French (fr) | audio |
        | yn        | yes  | Yes   | Oui                | y.mp3 |
        | yn        | no   | No    |                    |       |
        """,
        SETTINGS: """
        | form_id | default_language |
        | mixed   | Deutsch (de)     |
        """,
    },
    "groups_in_groups": {
        SURVEY: """
        | type         | name | label | hint | relevant   | appearance | intent      | read_only |
        | text         | a    | A     |      |            | multiline  |             |           |
        | begin_group  | g    | G     | tip  | ${a} = '1' | field-list w2 | org.x.app(a=${a}) |   |
        | begin_group  | h    |       |      |            |            |             | yes       |
        | text         | b    | B     |      | ${a} != ''  | numbers w1 |             |           |
        | end_group    |      |       |      |            |            |             |           |
        | begin_repeat | r    |       |      | ${b} != ''  | field-list |             |           |
        | text         | c    | C ${b} |     | ${b} > 1   |            |             |           |
        | end_repeat   |      |       |      |            |            |             |           |
        | end_group    |      |       |      |            |            |             |           |
        """,
    },
    "ranked": {
        SURVEY: """
        | type   | name | label | constraint        | required |
        | rank l | a    | Order | selected(., 'x')  | yes      |
        """,
        CHOICES: """
        | list_name | name | label |
        | l         | x    | Ex    |
        | l         | y    | Why   |
        """,
    },
    "choices_from_a_search": {
        SURVEY: """
        | type         | name | label | appearance                     |
        | select_one l | a    | A     | minimal search('fruits')       |
        """,
        CHOICES: """
        | list_name | name | label |
        | l         | id   | name  |
        """,
    },
    "notes_without_names": {
        SURVEY: """
        | type | name | label  |
        | note |      | Hello  |
        | text | q    | Name   |
        | note |      | Thanks |
        """,
    },
    "codes_that_repeat": {
        SURVEY: """
        | type         | name | label | choice_filter |
        | select_one a | x    | X     |               |
        | select_one b | y    | Y     | in=${x}       |
        """,
        CHOICES: """
        | list_name | name | label | in |
        | a         | 1    | One   |    |
        | a         | 2    | Two   |    |
        | b         | k    | King  | 1  |
        | b         | k    | Kong  | 2  |
        """,
        SETTINGS: """
        | allow_choice_duplicates |
        | yes                     |
        """,
    },
    "texts_that_look_like_code": {
        SURVEY: """
        | type | name | label                                  | hint                   |
        | note | n1   | =HYPERLINK("http://x.example","y")     | +1 -1 @x               |
        | note | n2   | <script>alert(1)</script> {{7*7}} ]]>  | #import "a" $x$ &amp;  |
        """,
    },
}  # fmt: skip


def table(text: str) -> list[list[str]]:
    """The cells of a table."""
    lines = [line.strip() for line in text.strip().splitlines()]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def workbook(name: str, folder: Path, forms: Mapping[str, Mapping[str, str]] = FORMS) -> Path:
    """One of the forms as a file."""
    path = folder / f"{name}.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for sheet, text in forms[name].items():
            page = book.add_worksheet(sheet)
            for number, cells in enumerate(table(text)):
                for at, cell in enumerate(cells):
                    if cell:
                        page.write_string(number, at, cell)
    return path
