"""XLSForms as people in the field write them: files, names, old spellings, media."""

from tests.instruments.feature_forms import CHOICES, SETTINGS, SURVEY

EXTERNAL = "external_choices"
ENTITIES = "entities"
OSM = "osm"

FIELD_FORMS: dict[str, dict[str, str]] = {
    "choices_from_files": {
        SURVEY: """
        | type                           | name | label | choice_filter                | parameters              | appearance |
        | text                           | t    | T     |                              |                         |            |
        | select_one_from_file wards.csv | a    | A     |                              |                         | minimal    |
        | select_multiple_from_file wards.csv | b    | B     | district = ${t}              |                         |            |
        | select_one_from_file trees.geojson | c    | C     |                              |                         | map        |
        | select_one_from_file places.xml | d    | D     |                              | value=code, label=Ten   |            |
        | select_one_from_file wards.csv | e    | E     |                              | randomize=true, seed=42 |            |
        | select_one_from_file trees.geojson | f    | F     | kind='x'                     | value=osm_id label=Name |            |
        | begin_repeat                   | r    | R     |                              |                         |            |
        | text                           | u    | U     |                              |                         |            |
        | select_one_from_file wards.csv | g    | G     | district = ${u} and t = ${t} |                         |            |
        | end_repeat                     |      |       |                              |                         |            |
        """,
    },
    "files_beside_the_form": {
        SURVEY: """
        | type         | name  | label                          | calculation                    | relevant                       | constraint                     | required                       |
        | csv-external | wards |                                |                                |                                |                                |                                |
        | xml-external | homes |                                |                                |                                |                                |                                |
        | text         | t     | T                              |                                |                                | count(instance('wards')/root/item[name = current()/.]) = 1 |                                |
        | calculate    | c     |                                | instance('homes')/root/item[id = ${t}]/head |                                |                                |                                |
        | calculate    | d     |                                | pulldata('prices', 'price', 'code', ${t}) |                                |                                |                                |
        | text         | e     | E                              |                                | pulldata("seen", 'x', 'y', ${t}) != '' |                                | pulldata('prices', 'must', 'code', 'a') = '1' |
        | note         | n     | Head: instance('homes')/root/item[id = ${t}]/head of ${t} |                                |                                |                                |                                |
        | begin_repeat | r     | R                              |                                |                                |                                |                                |
        | text         | k     | K                              |                                |                                |                                |                                |
        | calculate    | m     |                                | instance('homes')/root/item[id = ${k} and town = ${t}]/head |                                |                                |                                |
        | note         | o     | Now instance('homes')/root/item[id = ${k}]/head |                                |                                |                                |                                |
        | end_repeat   |       |                                |                                |                                |                                |                                |
        """,
    },
    "external_choices": {
        SURVEY: """
        | type                       | name | label | choice_filter             |
        | select_one region          | r    | R     |                           |
        | select_one_external town   | t    | T     | region=${r}               |
        | select_one_external street | s    | S     | region=${r} and town=${t} |
        """,
        CHOICES: """
        | list_name | name | label |
        | region    | n    | North |
        """,
        EXTERNAL: """
        | list_name | name | label | region | town |
        | town      | a    | A     | n      |      |
        | town      | b    | B     | s      |      |
        | street    | x    | X     | n      | a    |
        """,
    },
    "entity_made": {
        SURVEY: """
        | type    | name | label | save_to   |
        | text    | a    | A     | full_name |
        | integer | b    | B     |           |
        """,
        ENTITIES: """
        | list_name | label              |
        | trees     | concat(${a}, ${b}) |
        """,
    },
    "entity_changed": {
        SURVEY: """
        | type                           | name | label | save_to |
        | select_one_from_file trees.csv | t    | T     |         |
        | integer                        | b    | B     | age     |
        """,
        ENTITIES: """
        | dataset | entity_id | update_if | create_if | label             |
        | trees   | ${t}      | ${b} > 0  | ${b} < 0  | concat('a', ${b}) |
        """,
    },
    "entities_of_rosters": {
        SURVEY: """
        | type         | name | label | save_to         | trigger |
        | begin_group  | o    | O     |                 |         |
        | begin_repeat | hh   | HH    |                 |         |
        | text         | head | Head  | households#head |         |
        | begin_repeat | m    | M     |                 |         |
        | text         | who  | Who   | people#who      |         |
        | begin_group  | g    | G     |                 |         |
        | integer      | age  | Age   | people#age      |         |
        | end_group    |      |       |                 |         |
        | end_repeat   |      |       |                 |         |
        | end_repeat   |      |       |                 |         |
        | end_group    |      |       |                 |         |
        | csv-external | sites |      |                 |         |
        | text         | site | Site  | sites#name_of   |         |
        """,
        ENTITIES: """
        | list_name  | label                  | entity_id | update_if   |
        | people     | concat(${who}, ${head}) |           |             |
        | households | ${head}                |           |             |
        | sites      | ${site}                | ${site}   | ${site} != '' |
        """,
    },
    "entities_of_groups": {
        SURVEY: """
        | type        | name | label | save_to     |
        | begin_group | a    | A     |             |
        | text        | site | Site  | sites#where |
        | end_group   |      |       |             |
        | begin_group | b    | B     |             |
        | text        | who  | Who   | people#who  |
        | begin_group | c    | C     |             |
        | integer     | age  | Age   | people#age  |
        | end_group   |      |       |             |
        | end_group   |      |       |             |
        """,
        ENTITIES: """
        | list_name | label   | create_if    |
        | sites     | ${site} | ${site} != 1 |
        | people    | ${who}  |              |
        """,
    },
    "osm_tags": {
        SURVEY: """
        | type         | name | label |
        | osm building | o    | House |
        | osm          | p    | Any   |
        """,
        OSM: """
        | List Name | NAME   | Label  |
        | building  | name   | Name   |
        | building  | levels | Levels |
        """,
    },
    "names_of_many_alphabets": {
        SURVEY: """
        | type              | name     | label             | relevant                     | calculation              |
        | text              | họ_tên   | Họ tên            |                              |                          |
        | text              | prénom   | Prénom            | ${họ_tên} != ''              |                          |
        | begin_group       | nhóm.một | Nhóm              |                              |                          |
        | select_one đồng-ý | ý_kiến   | Ý kiến            | string-length(${prénom}) > 2 |                          |
        | end_group         |          |                   |                              |                          |
        | calculate         | điểm     |                   |                              | if(${ý_kiến}='có', 1, 0) |
        | begin_repeat      | вопрос   | ?                 |                              |                          |
        | integer           | åge       | Age               |                              |                          |
        | end_repeat        |          |                   |                              |                          |
        | note              | n        | ${họ_tên} ${điểm} |                              |                          |
        """,
        CHOICES: """
        | list_name | name  | label |
        | đồng-ý    | có    | Có    |
        | đồng-ý    | không | Không |
        """,
        SETTINGS: """
        | form_title | form_id     |
        | Thử        | mẫu phiếu 1 |
        """,
    },
    "same_name_in_two_groups": {
        SURVEY: """
        | type         | name | label  | relevant       | calculation                    |
        | begin_group  | a    | A      |                |                                |
        | text         | name | Name A |                |                                |
        | text         | more | More   | ../name != ''  |                                |
        | end_group    |      |        |                |                                |
        | begin_group  | b    | B      |                |                                |
        | text         | name | Name B |                |                                |
        | integer      | more | More B |                |                                |
        | end_group    |      |        |                |                                |
        | calculate    | c    |        |                | concat(/data/a/name, /data/b/name) |
        | begin_repeat | r    | R      |                |                                |
        | text         | name | Name R |                |                                |
        | note         | x    | Hi     | ../name != 'x' |                                |
        | end_repeat   |      |        |                |                                |
        """,
    },
    "same_group_name_twice": {
        SURVEY: """
        | type        | name    | label   |
        | begin_group | one     | One     |
        | begin_group | details | Details |
        | text        | a       | A       |
        | end_group   |         |         |
        | end_group   |         |         |
        | begin_group | two     | Two     |
        | begin_group | details | Details |
        | text        | b       | B       |
        | end_group   |         |         |
        | end_group   |         |         |
        | begin_group | text    | named   |
        | text        | one     | like    |
        | end_group   |         |         |
        """,
    },
    "odd_rows": {
        SURVEY: """
        | type         | name | label | relevant   | comment       | disabled |
        |              |      |       |            | just a remark |          |
        | text         | a    | A     |            |               |          |
        |              |      |       |            |               |          |
        | integer      | b    | B     | ${a} = ‘x’ |               |          |
        | text         | off  | Off   |            |               | yes      |
        | select_one l | c    | C     | “y” = ${a} |               | no       |
        """,
        CHOICES: """
        | list_name | name | label |
        | l         | 1    | ‘One’ |
        |           |      |       |
        | l         | 2    | Two   |
        """,
        "notes": """
        | a |
        | b |
        """,
    },
    "extra_columns_of_choices": {
        SURVEY: """
        | type         | name | label | choice_filter                  |
        | select_one a | x    | X     |                                |
        | select_one b | y    | Y     | a_code = ${x} and (max > 3 or name='k') |
        | select_one b | z    | Z     | contains(tags, 'q') or selected(tags, ${x}) |
        """,
        CHOICES: """
        | list_name | name | label | a_code | max | tags | free remark | image |
        | a         | 1    | One   |        |     |      | hello       |       |
        | a         | 2    | Two   |        |     |      |             | a.png |
        | b         | k    | King  | 1      | 4   | q r  |             |       |
        | b         | m    |       | 2      | 2   | s    |             |       |
        """,
    },
    "kobo_columns": {
        SURVEY: """
        | type         | name | label | required | $kuid | $autoname | $qpath | _isRepeat | select_from_list_name | hxl   | kobo--score-choices | kobo--locking-profile | tags   |
        | select_one l | a    | A     | true     | x1    | a         | a      | False     | l                     | #adm1 | sc                  | p1                    | hxl:#a |
        | text         | b    | B     | false    | x2    | b         | b      |           |                       |       |                     |                       |        |
        """,
        CHOICES: """
        | list_name | name | label | order |
        | l         | 1    | One   | 0     |
        | l         | 2    | Two   | 1     |
        """,
        SETTINGS: """
        | form_title | form_id | id_string | version                  | style                        | kobo--locking-profile |
        | Kobo       | akobo   | akobo     | v1 (2026-01-01 10:00:00) | theme-grid no-text-transform | p1                    |
        """,
    },
    "every_setting": {
        SURVEY: """
        | type | name | label |
        | text | q1   | Q     |
        """,
        SETTINGS: """
        | title | id_string | version  | public_key | submission_url      | auto_send | auto_delete | instance_xmlns     | style | sms_keyword | allow_choice_duplicates | omit_instanceid | clean_text_values | default_language | instance_name | attribute::abc | client_editable | compact_prefix |
        | S     | s-id      | 20261124 | MIIB=      | https://example.org | true      | false       | http://example.org | pages | s           | yes                     | no              | yes               | en               | ${q1}         | xyz            | yes             | k              |
        """,
    },
    "namespaces_and_attributes": {
        SURVEY: """
        | type         | name | label | bind::esri:fieldLength | bind::jr:preload | bind::jr:preloadParams | instance::esri:tag | body::esri:style | body::class | body::autocomplete | bind::esri:from |
        | text         | q1   | Q     | 50                     |                  |                        | a                  | b                | w           | name               |                 |
        | hidden       | who  |       |                        | context          | UserID                 |                    |                  |             |                    |                 |
        | begin_group  | g    | G     |                        |                  |                        | t                  | c                |             |                    |                 |
        | text         | q2   | Q2    |                        |                  |                        |                    |                  |             |                    | ${q1}           |
        | end_group    |      |       |                        |                  |                        |                    |                  |             |                    |                 |
        | begin_repeat | r    | R     | 3                      |                  |                        |                    | d                |             |                    |                 |
        | text         | q3   | Q3    |                        |                  |                        |                    |                  |             |                    |                 |
        | end_repeat   |      |       |                        |                  |                        |                    |                  |             |                    |                 |
        """,
        SETTINGS: """
        | form_id | namespaces                     |
        | ns      | esri="http://esri.com/xforms" x="http://x.org" |
        """,
    },
    "media_in_languages": {
        SURVEY: """
        | type         | name | label::English (en) | label::Français (fr) | media::image::English (en) | media::image::Français (fr) | media::big-image::English (en) | audio::English (en) | video::Français (fr) | hint::English (en) | guidance_hint::English (en) | guidance_hint::Français (fr) | constraint | constraint_message::English (en) | constraint_message::Français (fr) | required | required_message::English (en) | required_message::Français (fr) | autoplay |
        | text         | q1   | Name                | Nom                  | en.png                     | fr.png                      | big.png                        | en.mp3              | fr.mp4               | In full            | Read slowly                 | Lentement                    | . != ''    | No ${q2}                       | Pas ${q2}                      | yes      | Needed                         | Exigé                          | audio    |
        | text         | q2   |                     | Deux                 | two.png                    |                             |                                |                     |                      |                    |                             |                              |            |                                |                                |          |                                |                                |          |
        | select_one l | q3   | Pick                | Choisir              |                            |                             |                                |                     |                      |                    |                             |                              |            |                                |                                |          |                                |                                |          |
        | begin_group  | g    | Group               |                      |                            | g.png                       |                                |                     |                      |                    |                             |                              |            |                                |                                |          |                                |                                |          |
        | text         | q4   | Four                |                      |                            |                             |                                |                     |                      | h                  |                             | g                            |            |                                |                                |          |                                |                                |          |
        | end_group    |      |                     |                      |                            |                             |                                |                     |                      |                    |                             |                              |            |                                |                                |          |                                |                                |          |
        """,
        CHOICES: """
        | list_name | name | label::English (en) | label::Français (fr) | media::image::English (en) | media::audio::Français (fr) |
        | l         | a    | A                   | Á                    | a.png                      |                             |
        | l         | b    | B ${q1}             |                      |                            | b.mp3                       |
        """,
        SETTINGS: """
        | default_language |
        | Français (fr)    |
        """,
    },
    "media_of_a_language_that_is_not_the_default": {
        SURVEY: """
        | type         | name | label::en | label::es |
        | select_one l | a    | A         | B         |
        """,
        CHOICES: """
        | list_name | name | label::en | label::es | media::audio::en |
        | l         | x    | X         | Y         | a.mp3            |
        """,
        SETTINGS: """
        | default_language |
        | es               |
        """,
    },
    "places_to_draw_beside": {
        SURVEY: """
        | type         | name | label | parameters              |
        | begin_repeat | r    | R     |                         |
        | geopoint     | a    | A     |                         |
        | end_repeat   |      |       |                         |
        | geotrace     | b    | B     | reference-geometry=${r} |
        | geoshape     | c    | C     | reference-geometry=l    |
        | select_one l | s    | S     |                         |
        """,
        CHOICES: """
        | list_name | name | label | geometry |
        | l         | 1    | One   | 1 1      |
        """,
    },
}  # fmt: skip
