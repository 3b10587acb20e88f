"""TCVN3 (ABC), the eight-bit Vietnamese of .VnTime fonts: TCVN 5712:1993, table VN1.

Capitals with a tone lie among control characters there; texts in capital fonts (.VnTimeH) write
small letters instead, so that capitals come back as small ones.
"""

_ROWS = {
    0x80: "ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ",
    0xA0: "\xa0ĂÂÊÔƠƯĐăâêôơưđẰ",
    0xB0: "\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴ",
    0xC0: "ẮẦẨẪẤỀặầẩẫấậèỂẻẽ",
    0xD0: "éẹềểễếệìỉỄẾỒĩíịò",
    0xE0: "Ổỏõóọồổỗốộờởỡớợù",
    0xF0: "ỖủũúụừửữứựỳỷỹýỵỐ",
}
_CONTROLS = {0x01: "Ú", 0x02: "Ụ", 0x04: "Ừ", 0x05: "Ử", 0x06: "Ữ", 0x11: "Ứ", 0x12: "Ự",
             0x13: "Ỳ", 0x14: "Ỷ", 0x15: "Ỹ", 0x16: "Ý", 0x17: "Ỵ"}  # fmt: skip

LETTERS = _CONTROLS | {
    start + offset: letter for start, row in _ROWS.items() for offset, letter in enumerate(row)
}
"""What each byte means where ASCII does not say it; text read as Latin-1 is translated by this."""
