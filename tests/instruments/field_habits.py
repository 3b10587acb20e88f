"""XLSForms as people in the field write them: parameters, defaults, rosters, loops, old types."""

from tests.instruments.feature_forms import CHOICES, SETTINGS, SURVEY, YES_NO

FIELD_HABITS: dict[str, dict[str, str]] = {
    "parameters_of_all_kinds": {
        SURVEY: """
        | type              | name  | label | parameters                     | appearance    | default         |
        | audit             | audit |       | location-priority=balanced location-min-interval=60 location-max-age=300 track-changes=true track-changes-reasons=on-form-edit identify-user=true |               |                 |
        | range             | a     | A     | start=0 end=10 step=2          | rating        | 4               |
        | range             | b     | B     | start=-1;end=1;step=0.5        | vertical      |                 |
        | range             | c     | C     | start=0 end=10 step=1 tick_interval=5 placeholder=5 tick_labelset=ticks | no-ticks      |                 |
        | image             | d     | D     | max-pixels=640 app=com.example.camera |               |                 |
        | image             | e     | E     |                                | signature     | a.png           |
        | audio             | f     | F     | quality=voice-only             |               |                 |
        | geopoint          | g     | G     | capture-accuracy=5.5 warning-accuracy=20 allow-mock-accuracy=true | placement-map |                 |
        | geotrace          | h     | H     | allow-mock-accuracy=false incremental=true |               |                 |
        | geoshape          | i     | I     |                                |               | 1 2 3 4;5 6 7 8 |
        | text              | j     | J     | rows=3                         |               |                 |
        | select_one l      | k     | K     | randomize=true, seed=${a}      |               |                 |
        | rank l            | m     | M     | randomize=true                 |               |                 |
        | select_multiple l | n     | N     | randomize = true ; seed = 3    |               | x y             |
        | start-geopoint    | o     |       |                                |               |                 |
        | background-audio  | p     |       | quality=normal                 |               |                 |
        | range             | q     | Q     |                                |               |                 |
        """,
        CHOICES: """
        | list_name | name | label |
        | l         | x    | Ex    |
        | l         | y    | Why   |
        | ticks     | 0    | None  |
        | ticks     | 10   | All   |
        """,
    },
    "columns_where_nobody_expects_them": {
        SURVEY: """
        | type        | name | label | repeat_count | trigger |
        | begin_group | g    | G     | 3            | ${a}    |
        | text        | a    | A  B  |              |         |
        | end_group   |      |       |              |         |
        | text        | b    | B     |              |         |
        """,
        SETTINGS: """
        | form_title     | clean_text_values |
        | Two  spaces in | no                |
        """,
    },
    "range_with_ticks": {
        SURVEY: """
        | type  | name | label | parameters                     | appearance |
        | range | c    | C     | start=0 end=10 step=1 tick_interval=5 placeholder=5 tick_labelset=ticks |            |
        """,
        CHOICES: """
        | list_name | name | label |
        | ticks     | 0    | None  |
        | ticks     | 5    | Half  |
        | ticks     | 10   | All   |
        """,
    },
    "background_place": {
        SURVEY: """
        | type                | name | label | trigger    | calculation        |
        | text                | a    | A     |            |                    |
        | text                | b    | B     |            |                    |
        | background-geopoint | c    |       | ${a}       |                    |
        | text                | d    | D     | ${a}, ${b} | now()              |
        | calculate           | e    |       | ${b}       | ${a}               |
        | geopoint            | f    | F     | ${b}       |                    |
        | begin_repeat        | r    | R     |            |                    |
        | text                | g    | G     |            |                    |
        | calculate           | h    |       | ${g}       | concat(${g}, ${a}) |
        | dateTime            | i    | I     | ${g}       | now()              |
        | end_repeat          |      |       |            |                    |
        """,
    },
    "dynamic_defaults": {
        SURVEY: """
        | type          | name | label | default                    |
        | date          | a    | A     | today()                    |
        | date          | b    | B     | 2026-01-02                 |
        | dateTime      | c    | C     | now()                      |
        | text          | d    | D     | ${a}                       |
        | text          | e    | E     | a-b                        |
        | integer       | f    | F     | 1 + 2                      |
        | integer       | g    | G     | -7                         |
        | select_one yn | h    | H     | if(${f} > 2, 'yes', 'no')  |
        | text          | i    | I     | ${last-saved#d}            |
        | text          | j    | J     | /data/a                    |
        | geopoint      | l    | L     | 21.03 105.85 0 0           |
        | time          | m    | M     | 10:30:00.000               |
        | text          | n    | N     | it's (fine)                |
        | hidden        | o    |       | concat('a', 'b')           |
        | begin_repeat  | r    | R     |                            |
        | text          | p    | P     | concat(${d}, position(..)) |
        | begin_repeat  | s    | S     |                            |
        | text          | q    | Q     | ${p}                       |
        | text          | q2   | Q     | fixed                      |
        | end_repeat    |      |       |                            |
        | end_repeat    |      |       |                            |
        | decimal       | t    | T     | 0.5                        |
        | text          | u    | U     | uuid()                     |
        | text          | v    | V     | a div b                    |
        | text          | w    | W     | 5 - 3                      |
        | text          | x    | X     | [x]                        |
        """,
        CHOICES: YES_NO,
    },
    "repeats_of_many_shapes": {
        SURVEY: """
        | type              | name   | label           | repeat_count         | relevant     | calculation                    | choice_filter                  | constraint | required | appearance |
        | integer           | n      | N               |                      |              |                                |                                |            |          |            |
        | begin_repeat      | fam    |                 | ${n}                 |              |                                |                                |            |          | field-list |
        | text              | who    | Who             |                      |              |                                |                                | . != ${n}  | ${n} > 1 |            |
        | calculate         | pos    |                 |                      |              | position(..)                   |                                |            |          |            |
        | begin_repeat      | child  | Child of ${who} | if(${pos} > 1, 2, 3) | ${who} != '' |                                |                                |            |          |            |
        | text              | cname  | ${who} ${pos}   |                      |              |                                |                                |            |          |            |
        | calculate         | both   |                 |                      |              | concat(${who}, ${cname}, indexed-repeat(${who}, ${fam}, position(../..))) |                                |            |          |            |
        | select_one l      | like   | L               |                      |              |                                | w = ${cname} or w = ${who} or w = ${n} |            |          |            |
        | end_repeat        |        |                 |                      |              |                                |                                |            |          |            |
        | calculate         | kids   |                 |                      |              | count(${child}) + count-non-empty(${cname}) |                                |            |          |            |
        | end_repeat        |        |                 |                      |              |                                |                                |            |          |            |
        | calculate         | all    |                 |                      |              | join(', ', ${who})             |                                |            |          |            |
        | calculate         | second |                 |                      |              | indexed-repeat(${cname}, ${fam}, 2, ${child}, ${n}) |                                |            |          |            |
        | calculate         | big    |                 |                      |              | max(${pos}) + sum(${kids}) * 2 |                                |            |          |            |
        | begin_repeat      | three  | Three           | 3                    |              |                                |                                |            |          |            |
        | text              | x      | X               |                      |              |                                |                                |            |          |            |
        | calculate         | same   |                 |                      |              | indexed-repeat(${who}, ${fam}, position(..)) |                                |            |          |            |
        | end_repeat        |        |                 |                      |              |                                |                                |            |          |            |
        | select_one ${who} | pick   | Pick            |                      |              |                                |                                |            |          |            |
        | select_one ${who} | pick2  | Pick            |                      |              |                                | ${who} != ''                     |            |          |            |
        """,
        CHOICES: """
        | list_name | name | label | w |
        | l         | a    | A     | 1 |
        """,
    },
    "loops": {
        SURVEY: """
        | type                  | name  | label               |
        | begin loop over tools | loop  | Loop                |
        | integer               | count | How many %(label)s? |
        | text                  | kind  | Kind of %(name)s    |
        | end loop              |       |                     |
        """,
        CHOICES: """
        | list_name | name | label |
        | tools     | car  | Car   |
        | tools     | bike | Bike  |
        """,
    },
    "loops_in_languages": {
        SURVEY: """
        | type                  | name  | label::en           | label::fr           |
        | begin_loop over tools | loop  | Loop                | Boucle              |
        | integer               | count | How many %(label)s? | Combien %(label)s ? |
        | end_loop              |       |                     |                     |
        """,
        CHOICES: """
        | list_name | name | label::en | label::fr |
        | tools     | car  | Car       | Auto      |
        | tools     | bike | Bike      | Vélo      |
        """,
    },
    "old_types": {
        SURVEY: """
        | type                           | name | label |
        | uri:deviceid                   | a    |       |
        | uri:phonenumber                | b    |       |
        | uri:username                   | c    |       |
        | uri:email                      | c2   |       |
        | uri:simserial                  | c3   |       |
        | uri:subscriberid               | c4   |       |
        | get sim id                     | d    |       |
        | get subscriber id              | e    |       |
        | get phone number               | f    |       |
        | sim id                         | f1   |       |
        | subscriber id                  | f2   |       |
        | device id                      | f3   |       |
        | number of days in last month   | g    | G     |
        | number of days in last year    | h    | H     |
        | number of days in last six months | h2   | H2    |
        | add barcode prompt             | i    | I     |
        | add file prompt                | j    | J     |
        | add dateTime prompt            | k    | K     |
        | add acknowledge prompt         | l    | L     |
        | q picture                      | m    | M     |
        | q image                        | m2   | M     |
        | q geopoint                     | n    | N     |
        | q int                          | o    | O     |
        | date time                      | p    | P     |
        | string                         | q    | Q     |
        | q note                         | r    | R     |
        | q location                     | s    | S     |
        | q barcode                      | t    | T     |
        | q acknowledge                  | u    | U     |
        | q date                         | v    | V     |
        | q date time                    | w    | W     |
        | q dateTime                     | w2   | W     |
        | q decimal                      | x    | X     |
        | q audio                        | y    | Y     |
        | q video                        | z    | Z     |
        | q geotrace                     | a1   | Z     |
        | q geoshape                     | a2   | Z     |
        | photo                          | a3   | Z     |
        | add photo prompt               | a4   | Z     |
        | imei                           | a5   |       |
        | int                            | a6   | I     |
        | gps                            | a7   | I     |
        | add select multiple prompt using yn | a8   | I     |
        | select1 yn                     | a9   | I     |
        | select one from yn             | b1   | I     |
        | select all that apply yn       | b2   | I     |
        """,
        CHOICES: YES_NO,
    },
    "codes_with_spaces": {
        SURVEY: """
        | type         | name | label | relevant           |
        | select_one l | a    | A     |                    |
        | text         | b    | B     | ${a} = 'very good' |
        """,
        CHOICES: """
        | list name | name      | label |
        | l         | very good | A     |
        | l         | bad       | B     |
        | l         | 3.5       | C     |
        """,
    },
    "lists_that_are_looked_up": {
        SURVEY: """
        | type              | name | label | hint        | guidance_hint | calculation                      |
        | select_one l      | a    |       | only a hint |               |                                  |
        | select_multiple l | b    | B     |             | guide         |                                  |
        | note              | c    |       | h           |               |                                  |
        | calculate         | d    |       |             |               | instance('p')/root/item[1]/price |
        """,
        CHOICES: """
        | list_name | name | label | price |
        | l         | a    | A     |       |
        | l         | b    | B     |       |
        | p         | c    |       | 12    |
        """,
    },
    "read_only_and_computed": {
        SURVEY: """
        | type          | name | label | calculation           | readonly | required | relevant     | required_message | noAppErrorString | intent          | appearance         |
        | integer       | a    | A     |                       |          | TRUE     |              | Give it          |                  |                 |                    |
        | text          | b    | B     | ${a} * 2              | true()   | false()  |              |                  |                  |                 |                    |
        | text          | c    | C     |                       | ${a} > 3 | ${a} = 2 | ${a} > 0     | Because ${a}     |                  |                 |                    |
        | text          | d    | D     |                       |          | no       |              |                  | No such app      |                 | ex:org.app(x=${a}) |
        | select_one yn | e    | E     | if(${a}=1,'yes','no') | yes      | Yes      |              |                  |                  |                 |                    |
        | begin_group   | g    | G     |                       | true     |          | ${e} = 'yes' |                  |                  | org.app(a=${a}) | field-list         |
        | integer       | h    |       | ${a}                  |          |          |              |                  |                  |                 |                    |
        | text          | i    | I     | once(uuid())          |          |          |              |                  |                  |                 |                    |
        | end_group     |      |       |                       |          |          |              |                  |                  |                 |                    |
        """,
        CHOICES: YES_NO,
    },
    "search_with_languages": {
        SURVEY: """
        | type              | name | label::en | label::vi | appearance                     |
        | text              | t    | T         | T         |                                |
        | select_one l      | a    | A         | A         | search('fruits', 'matches', 'kind', ${t}) |
        | select_multiple l | b    | B         | B         | quick search("fruits")         |
        | select_one m      | c    | C         | C         |                                |
        """,
        CHOICES: """
        | list_name | name | label::en | label::vi |
        | l         | id   | name_en   | name_vi   |
        | m         | 1    | One       | Một       |
        """,
    },
    "lists_nobody_uses": {
        SURVEY: """
        | type | name | label |
        | text | a    | A     |
        """,
        CHOICES: """
        | list_name | name | label::en | label::vi |
        | l         | a    | A         | Á         |
        """,
    },
    "compact_and_sms": {
        SURVEY: """
        | type         | name | label | compact_tag | sms_field |
        | text         | a    | A     | t1          | f         |
        | select_one l | b    | B     |             | g         |
        """,
        CHOICES: """
        | list_name | name | label | sms_option |
        | l         | a    | A     | o          |
        """,
        SETTINGS: """
        | form_id | prefix | delimiter |
        | c       | p      | +         |
        """,
    },
    "calculated_names": {
        SURVEY: """
        | type              | name | label                          | calculation                    | relevant                       |
        | select_one l      | a    | A                              |                                |                                |
        | calculate         | b    |                                | jr:choice-name(${a}, '${a}')   |                                |
        | calculate         | c    |                                | jr:choice-name( selected-at(${d}, 0), '${d}') |                                |
        | select_multiple l | d    | D                              |                                |                                |
        | begin_repeat      | r    | R                              |                                |                                |
        | select_one l      | e    | E                              |                                |                                |
        | calculate         | f    |                                | jr:choice-name(${e},'${e}')    |                                |
        | end_repeat        |      |                                |                                |                                |
        | calculate         | g    |                                | instance('l')/root/item[name=${a}]/extra |                                |
        | calculate         | h    |                                | jr:itext(instance('l')/root/item[name=${a}]/itextId) |                                |
        | note              | n    | instance('l')/root/item[name=${a}]/label ${b} |                                | count(instance('l')/root/item[extra > 1]) > 0 |
        """,
        CHOICES: """
        | list_name | name | label::vi | extra |
        | l         | a    | A     | 1     |
        """,
    },
}  # fmt: skip
