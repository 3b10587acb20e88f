"""The shipped table of Hà Nội's communes, against the totals that the census published."""

import pandas as pd
import pytest

from survey.errors import StudyError
from survey.population.areas import member_of
from survey.population.hanoi import FEMALE, MALE, SUBURBAN_LISTS
from survey.population.units import count, read_units

DISTRICTS_2019 = {
    "001": 221_893, "002": 135_618, "003": 160_495, "004": 322_549, "005": 292_536,
    "006": 371_606, "007": 303_586, "008": 506_347, "009": 293_524, "016": 343_432,
    "017": 405_749, "018": 286_102, "019": 264_246, "020": 275_745, "021": 335_110,
    "250": 240_555, "268": 397_854, "269": 145_856, "271": 290_580, "272": 184_024,
    "273": 174_501, "274": 262_978, "275": 194_412, "276": 216_554, "277": 337_326,
    "278": 211_029, "279": 254_702, "280": 213_984, "281": 210_869, "282": 199_901,
}  # fmt: skip
"""General Statistics Office, census of 1 April 2019."""

UNITS = read_units()
PEOPLE = count(UNITS, "population_2019")


def test_the_table_has_526_communes_in_30_districts_and_126_new_units():
    assert len(UNITS) == 526
    assert UNITS["district"].nunique() == 30
    assert UNITS["new_unit"].nunique() == 126


def test_kinds_are_those_of_30_june_2025_and_of_resolution_1656():
    kinds = UNITS["kind"].value_counts().to_dict()
    assert kinds == {"xa": 345, "phuong": 160, "thi_tran": 21}
    districts = UNITS.drop_duplicates("district")["district_kind"].value_counts().to_dict()
    assert districts == {"huyen": 17, "quan": 12, "thi_xa": 1}
    new = UNITS.drop_duplicates("new_unit")["new_unit_kind"].value_counts().to_dict()
    assert new == {"xa": 75, "phuong": 51}


def test_people_sum_to_the_census_totals_of_city_settlements_and_districts():
    assert PEOPLE.sum() == 8_053_663 == MALE + FEMALE
    assert count(UNITS, "urban_2019").sum() == 3_962_310
    assert count(UNITS, "rural_2019").sum() == 4_091_353
    assert PEOPLE.groupby(UNITS["district"]).sum().to_dict() == DISTRICTS_2019


def test_settlement_of_a_commune_is_that_of_all_its_people():
    urban = UNITS["settlement"] == "urban"
    assert (count(UNITS, "urban_2019") == PEOPLE.where(urban, 0)).all()
    assert (urban == UNITS["kind"].isin(["phuong", "thi_tran"])).all()


def test_communes_of_2019_add_up_to_the_584_of_the_census():
    assert count(UNITS, "communes_2019").sum() == 584


def test_each_new_unit_has_one_name_kind_and_flag():
    columns = ["new_unit_name", "new_unit_kind", "new_unit_mostly_huyen"]
    assert len(UNITS.drop_duplicates(["new_unit", *columns])) == 126


@pytest.mark.parametrize(
    ("name", "district_kind", "settlement", "new_unit", "basis"),
    [
        ("Phường Phúc Xá", "quan", "urban", "Phường Hồng Hà", "whole"),
        ("Phường Trúc Bạch", "quan", "urban", "Phường Ba Đình", "whole"),
        ("Xã Đường Lâm", "thi_xa", "rural", "Phường Sơn Tây", "whole"),
        ("Xã Tân Triều", "huyen", "rural", "Phường Thanh Liệt", "centre_inside"),
        ("Thị trấn Chúc Sơn", "huyen", "urban", "Phường Chương Mỹ", "whole"),
    ],
)
def test_a_commune_is_classified(name, district_kind, settlement, new_unit, basis):
    row = UNITS[UNITS["name"] == name].iloc[0]
    assert row["district_kind"] == district_kind
    assert row["settlement"] == settlement
    assert (row["new_unit_name"], row["new_unit_basis"]) == (new_unit, basis)


@pytest.mark.parametrize(
    ("list_id", "share", "new_units"),
    [
        ("huyen_17", 4_302_443 / 8_053_663, None),
        ("huyen_17_son_tay", (4_302_443 + 145_856) / 8_053_663, None),
        ("mostly_huyen", None, 76),
        ("xa_75", None, 75),
    ],
)
def test_each_suburban_list_holds_the_units_it_is_named_for(list_id, share, new_units):
    one = next(one for one in SUBURBAN_LISTS if one.id == list_id)
    inside = member_of(UNITS, one)
    if share is not None:
        assert PEOPLE[inside].sum() / PEOPLE.sum() == pytest.approx(share)
    if new_units is not None:
        assert UNITS.loc[inside, "new_unit"].nunique() == new_units
        assert not UNITS.loc[~inside, "new_unit"].isin(UNITS.loc[inside, "new_unit"]).any()


def test_the_table_agrees_with_the_reference_files(shared):
    geo = shared / "domain" / "geo"
    old = pd.read_csv(geo / "hanoi_communes_2025_before_reform.csv", dtype=str)
    moved = pd.read_csv(geo / "hanoi_ward_mapping_2025.csv", dtype=str)
    ours = UNITS.loc[old["commune_code"]]
    assert list(ours["name"]) == list(old["commune_name"])
    assert list(ours["population_2019"]) == list(old["pop_2019_census"])
    pairs = set(zip(moved["old_commune_code"], moved["new_ward_code"], strict=True))
    assert set(zip(UNITS["commune"], UNITS["new_unit"], strict=True)) <= pairs
    whole = moved[moved["relation"] == "whole"].set_index("old_commune_code")["new_ward_code"]
    assert UNITS.loc[UNITS["new_unit_basis"] == "whole", "new_unit"].to_dict() == whole.to_dict()


def write(tmp_path, text):
    path = tmp_path / "units.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_codes_keep_their_leading_zeros(tmp_path):
    assert list(read_units(write(tmp_path, "commune,n\n007,5\n")).index) == ["007"]


def test_a_table_without_the_code_column_is_refused(tmp_path):
    with pytest.raises(StudyError) as caught:
        read_units(write(tmp_path, "ma,n\n1,5\n"))
    assert caught.value.text() == ("units.csv: there is no column 'commune'. Use one of: ma, n.")


def test_a_table_as_excel_saves_it_in_vietnam_is_read(tmp_path):
    path = tmp_path / "units.csv"
    path.write_bytes("commune;tên\n00004;Phường Trúc Bạch\n".encode("utf-8-sig"))
    assert read_units(path).loc["00004", "tên"] == "Phường Trúc Bạch"


def test_codes_that_are_empty_or_stand_twice_are_all_told_with_their_lines(tmp_path):
    with pytest.raises(StudyError) as caught:
        read_units(write(tmp_path, "commune,n\n1,5\n,6\n1,7\n"))
    assert caught.value.text().splitlines() == [
        "units.csv, line 3: the unit has no code. Give each unit one row and its own code.",
        "units.csv, line 4: the code '1' stands twice. Give each unit one row and its own code.",
    ]


def test_a_population_with_separators_is_refused_with_its_unit(tmp_path):
    with pytest.raises(StudyError) as caught:
        count(read_units(write(tmp_path, "commune,n\n1,8.053\n2,5\n")), "n")
    assert caught.value.text() == (
        "units, unit '1', column 'n': '8.053' is not a number of people. "
        "Write a whole number of at least 0, without separators."
    )
