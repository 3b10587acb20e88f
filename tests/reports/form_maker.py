"""Makes the example form: `.venv/bin/python -m tests.reports.form_maker`. It is ours, no body uses it."""

from datetime import datetime
from io import BytesIO
from pathlib import Path

import xlsxwriter

FORM = Path(__file__).parent / "forms" / "form.xlsx"
SHEET = "Biểu 01"


def example() -> bytes:
    """A form with a merged title, empty cells with formats, and formulas over them."""
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.set_properties({"title": "Biểu mẫu ví dụ", "created": datetime(2026, 11, 24)})
        bold = book.add_format({"bold": True, "font_name": "Times New Roman", "align": "center"})
        plain = book.add_format({"border": 1, "font_name": "Times New Roman", "text_wrap": True})
        share = book.add_format({"border": 1, "num_format": "0.0%"})
        count = book.add_format({"border": 1, "num_format": "#,##0"})
        page = book.add_worksheet(SHEET)
        page.set_column(0, 0, 8)
        page.set_column(1, 1, 44)
        page.set_column(2, 5, 18)
        page.merge_range("A1:F1", "BIỂU 01 (VÍ DỤ): KẾT QUẢ THỰC HIỆN MỤC TIÊU", bold)
        page.write_row("A2", ["Ghi chú"], plain)
        page.write_row("A3", ["Dữ liệu"], plain)
        page.write_row(
            "A5", ["TT", "Mục tiêu", "Kết quả", "Phải đạt", "Kết luận", "Còn thiếu"], plain
        )
        for row, (number, name) in enumerate(
            ((1, "Cán bộ, Nhân dân nói chung"), (2, "Địa bàn trọng yếu, ngoại thành")), 6
        ):
            page.write_row(f"A{row}", [number, name], plain)
            for column in "CD":
                page.write_blank(f"{column}{row}", None, share)
            page.write_blank(f"E{row}", None, plain)
            page.write_formula(f"F{row}", f"=MAX(0,D{row}-C{row})", share)
        for row, name in enumerate(("Số người trả lời là nam", "Số người trả lời là nữ"), 10):
            page.write_row(f"A{row}", [row - 9, name], plain)
            page.write_blank(f"C{row}", None, count)
        page.write("B12", "Cộng", plain)
        page.write_formula("C12", "=C10+C11", count)
        book.add_worksheet("Hướng dẫn").write("A1", "Ô có công thức không điền tay.")
    return stream.getvalue()


if __name__ == "__main__":
    FORM.write_bytes(example())
