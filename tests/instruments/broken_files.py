"""Files that break what reads them."""

import struct


def truncated_xls() -> bytes:
    """An OLE file whose directory breaks off within its first entry; the reader aborts on it."""
    last, free, table = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, last, 0, last, 0)
    header += struct.pack("<109I", 0, *[free] * 108)
    return header + struct.pack("<128I", table, last, *[free] * 126) + b"R\0o\0o\0t\0" + bytes(46)
