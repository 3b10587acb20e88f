"""Builds the tiny files of `corpus`, honest and hostile, from which the fuzz test starts.

Run it as a script after a change; what it wrote is committed, so that a failure can be repeated.
"""

import io
import json
import struct
import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pandas as pd
import pyreadstat
import xlsxwriter

CORPUS = Path(__file__).with_name("corpus")
ZIP_TIME = (2026, 1, 1, 0, 0, 0)
TEXTS = {
    "plain.csv": "k1,k2\n1,có\n2,không\n",
    "semicolon.csv": "sep=;\r\nk1;k2\r\n1,5;có\r\n",
    "html.xls": "<!DOCTYPE html><html><head><title>Đăng nhập</title></head></html>",
    "nul.csv": "k1,k2\n1,a\0b\n",
    "bidi.csv": "k1,k2\n1,\u202ecba\u2066\n2,a\u200bb\n",
    "formula.csv": 'k1,k2\n1,=HYPERLINK("x")\n2,@SUM(1)\n',
    "unclosed.csv": 'k1,k2\n1,"a\n',
    "kobo.csv": (
        '"start";"g/k1";"g/k2";"g/k2/a";"_id";"_uuid";"_submission_time";"__version__";"_index"\n'
        '"2026-09-01T08:00:00+07:00";"1";"a b";"1";"7";"u-1";"2026-09-01T01:00:00";"v1";"1"\n'
    ),
    "limesurvey.csv": (
        '"id","submitdate","lastpage","startlanguage","seed","startdate","datestamp","k1",'
        '"k1[other]","k2[a]","k2[other]","grid[r1]"\n'
        '"1","2026-09-01 08:09:07","5","vi","865239185","2026-09-01 08:02:00",'
        '"2026-09-01 08:09:07","-oth-","chợ","Y","loa","3"\n'
    ),
    "limesurvey_vv.txt": (
        "Response ID\tDate submitted\tLast page\tStart language\tSeed\tFirst question\t\n"
        "id\tsubmitdate\tlastpage\tstartlanguage\tseed\tk1\tk2[a]\n"
        "1\t2026-09-01 08:09:07\t5\tvi\t86\ta{tab}b{newline}{quote}c{quote}{lbrace}\tY\n"
        "2\t{question_not_shown}\t1\tvi\t87\t{question_not_shown}\t{question_not_shown}\n"
    ),
    "redcap.csv": (
        "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,age,"
        "src___1,src____9,intake_complete,lab,laboratory_complete\n"
        "1,visit_1_arm_1,,,30,1,0,2,,\n1,visit_1_arm_1,laboratory,2,,,,,WBC,2\n"
        "1,visit_1_arm_1,laboratory,1,,,,,RBC,2\n2,visit_1_arm_1,laboratory,1,,,,,Hct,2\n"
    ),
    "redcap_dictionary.csv": (
        '"Variable / Field Name","Form Name","Field Type","Field Label",'
        '"Choices, Calculations, OR Slider Labels"\n'
        'record_id,intake,text,"Record ID",\nage,intake,text,Tuổi,\n'
        'src,intake,checkbox,"Nguồn","1, Ti vi | -9, Không rõ"\nlab,laboratory,text,Lab,\n'
    ),
    "google.csv": (
        'Dấu thời gian,Giới tính,"Nguồn?",Đồng ý? [Luật dễ hiểu],Giới tính [Điểm số]\n'
        '24/11/2026 10:02:03,Nữ,"Ti vi, Luật sư, trợ giúp viên",Đồng ý,1 / 1\n'
    ),
    "qualtrics.csv": (
        "StartDate,EndDate,Finished,ResponseId,k1,k2_1,k2_1_TEXT\n"
        'Bắt đầu,Kết thúc,Xong,Mã,"Giới tính?",Nguồn? - Selected Choice - Ti vi,Nguồn? - Khác - Text\n'
        '"{""ImportId"":""startDate""}","{""ImportId"":""endDate""}","{""ImportId"":""finished""}",'
        '"{""ImportId"":""_recordId""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2_1""}",'
        '"{""ImportId"":""QID2_1_TEXT""}"\n'
        "2026-09-01 08:00:00,2026-09-01 08:10:00,1,R_1,Nữ,Ti vi,-99\n"
    ),
    "qualtrics_old.csv": (
        "V1,V8,V9,V10,Q1,\nResponseID,StartDate,EndDate,Finished,Giới tính?,\n"
        "R_1,2026-09-01 08:00:00,2026-09-01 08:10:00,1,2,\n"
    ),
}  # fmt: skip
SURVEYJS = [
    {"id": "u-1", "createdAt": "2026-09-01T01:00:00", "data": {
        "k1": "other", "k1-Comment": "chợ", "k2": ["a", "b"], "grid": {"r1": 3, "r2": None},
        "steps": [{"what": "court", "cost": 0.5}, {"what": "none"}],
        "photo": [{"name": "a.jpg", "type": "image/jpeg", "content": "data:"}]}},
    {"id": "u-2", "createdAt": "2026-09-01T02:00:00", "data": {"k1": "a", "agree": True}},
]  # fmt: skip
ODK = {
    "f.csv": "SubmissionDate,g-k1,g-k2,g-k2/a,loc-Latitude,loc-Longitude,loc-Altitude,"
             "loc-Accuracy,meta-instanceID,KEY,SubmitterID,FormVersion\n"
             "2026-09-01T01:00:00.000Z,1,a b,1,21.02,105.84,0,5,uuid:1,uuid:1,7,v1\n"
             "2026-09-01T02:00:00.000Z,2,,0,,,,,uuid:2,uuid:2,7,v1\n",
    "f-steps.csv": "what,PARENT_KEY,KEY\ncourt,uuid:1,uuid:1/g/steps[2]\n"
                   "talk,uuid:1,uuid:1/g/steps[1]\n",
    "f-cost.csv": "amount,PARENT_KEY,KEY\n5,uuid:1/g/steps[2],uuid:1/g/steps[2]/cost[1]\n",
    "media/1.jpg": "no table",
}  # fmt: skip


def main() -> None:
    """Write every file anew."""
    CORPUS.mkdir(exist_ok=True)
    for name, text in TEXTS.items():
        (CORPUS / name).write_text(text, encoding="utf-8", newline="")
    (CORPUS / "utf16.txt").write_bytes("k1\tnơi ở\r\n1\tHà Nội\r\n".encode("utf-16"))
    (CORPUS / "cp1258.csv").write_bytes("k1;ten\r\n1;Hà N\u00f4\u0323i\r\n".encode("cp1258"))
    _json()
    _zips()
    _workbooks()
    _statistics()


def _json() -> None:
    def write(name: str, document: object) -> None:
        text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
        (CORPUS / name).write_text(text, encoding="utf-8")

    write("surveyjs.json", SURVEYJS)
    write("surveyjs.jsonl", "\n".join(json.dumps(one) for one in SURVEYJS))
    write("surveyjs_plain.json", [[{"name": "k1", "title": "K1", "value": 5, "displayValue": 5}]])
    write("surveyjs_form.json", {"pages": [{"name": "p", "elements": []}]})
    write("nul.json", '[{"k1": "a\\u0000b"}]')
    write("half.json", '[{"k1": "a\\ud800b"}]')
    write("deep.json", '{"a":' * 3_000 + "1" + "}" * 3_000)
    write("number.json", '[{"k1": ' + "9" * 5_000 + "}]")


def _zips() -> None:
    _zip("odk.csv.zip", ODK.items())
    _zip("traversal.csv.zip", [("../../evil.csv", "a,b\n1,2\n"), ("f.csv", "a,b\n1,2\n")])
    _zip("nested.csv.zip", [("f.csv", "a,b\n1,2\n"), ("inner.zip", "PK")])
    content = bytearray((CORPUS / "nested.csv.zip").read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    (CORPUS / "encrypted.csv.zip").write_bytes(content)


def _zip(name: str, parts: Iterable[tuple[str, str]]) -> None:
    with zipfile.ZipFile(CORPUS / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, text in parts:
            archive.writestr(zipfile.ZipInfo(part, ZIP_TIME), text)


def _workbooks() -> None:
    whole = _workbook([["k1", "k2"], ["1", "có"], [2, 3.5]])
    (CORPUS / "sheet.xlsx").write_bytes(whole)
    (CORPUS / "truncated.xlsx").write_bytes(whole[: len(whole) // 2])
    xml = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    far = f'{xml}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    (CORPUS / "dimension.xlsx").write_bytes(_with_sheet(whole, far))
    entity = '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><worksheet>&d;</worksheet>'
    (CORPUS / "entity.xlsx").write_bytes(_with_sheet(whole, entity))
    (CORPUS / "password.xlsx").write_bytes(_locked())


def _workbook(lines: list[list[object]]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.set_properties({"created": pd.Timestamp("2026-01-01").to_pydatetime()})
        sheet = book.add_worksheet("T1")
        for at, line in enumerate(lines):
            sheet.write_row(at, 0, line)
    return stream.getvalue()


def _with_sheet(whole: bytes, xml: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(stream, "w") as new:
        for entry in old.infolist():
            changed = entry.filename == "xl/worksheets/sheet1.xml"
            new.writestr(zipfile.ZipInfo(entry.filename, ZIP_TIME),
                         xml if changed else old.read(entry))  # fmt: skip
    return stream.getvalue()


def _locked() -> bytes:
    """A compound file with the stream that an encrypted workbook has, and nothing in it."""
    last, free, table = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, last, 0, last, 0)
    header += struct.pack("<109I", 0, *[free] * 108)
    entries = [
        _entry("Root Entry", 5, child=1),
        _entry("EncryptedPackage", 2),
        bytes(128),
        bytes(128),
    ]
    return header + struct.pack("<128I", table, last, *[free] * 126) + b"".join(entries)


def _entry(name: str, kind: int, *, child: int = 0xFFFFFFFF) -> bytes:
    text = name.encode("utf-16-le")
    none = 0xFFFFFFFF
    start = text.ljust(64, b"\0") + struct.pack(
        "<HBBIII", len(text) + 2, kind, 1, none, none, child
    )
    return start.ljust(116, b"\0") + struct.pack("<IQ", 0xFFFFFFFE, 0)


def _statistics() -> None:
    frame = pd.DataFrame({
        "uuid": ["u-1", "u-2"], "sex": [2.0, 99.0], "src_tv": [1.0, 0.0],
        "day": [date(2026, 6, 9), date(1583, 1, 1)],
        "say": ["Hà Nội", ""],
    })  # fmt: skip
    labels = {"sex": {1: "Nam", 2: "Nữ", 99: "Không trả lời"}, "src_tv": {0: "Không", 1: "Có"}}
    names = {"sex": "Giới tính", "src_tv": "Nguồn?: Ti vi"}
    how = {"variable_value_labels": labels, "column_labels": names}
    for name, compressed in (("labelled.sav", False), ("labelled.zsav", True)):
        pyreadstat.write_sav(frame, CORPUS / name, compress=compressed,
                             missing_ranges={"sex": [99]}, **how)  # fmt: skip
    pyreadstat.write_dta(frame.drop(columns="day"), CORPUS / "labelled.dta", **how)
    pyreadstat.write_por(frame[["uuid", "sex"]], CORPUS / "ascii.por")
    pyreadstat.write_sav(pd.DataFrame({"day": [1e18, 14000342400.0]}), CORPUS / "far_date.sav",
                         variable_format={"day": "DATE11"})  # fmt: skip


if __name__ == "__main__":
    main()
