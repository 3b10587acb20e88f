"""The workbooks in which units return their registers: columns, notes, and what may stand in them."""

from instruments.language import Text, joined
from instruments.plan import Plan, Target
from survey.sheets.layout import BookLayout, Field, SheetLayout, both

KINDS: dict[str, Text] = {
    "law": both("Vi phạm pháp luật", "Law"),
    "discipline": both("Vi phạm kỷ luật", "Discipline"),
}
_TARGET = Field(id="target", heading=both("Mục tiêu", "Target"),
                note=both("Mã mục tiêu trong kế hoạch, ví dụ T4.", "Its id in the plan, such as T4."))  # fmt: skip
_UNIT = Field(id="unit", heading=both("Mã đơn vị", "Unit"),
              note=both("Mã quy ước, không ghi tên hay phiên hiệu.", "A code, no name or number of a unit."))  # fmt: skip
_FORCE = Field(id="force", heading=both("Lực lượng", "Force"), required=False,
               note=both("Mã hoặc tên lực lượng trong kế hoạch.", "Its id or name in the plan."))  # fmt: skip
_SOURCE = Field(id="source", heading=both("Nguồn", "Source"),
                note=both("Báo cáo, biểu mẫu mà số liệu dựa vào.", "The report or form it rests on."))  # fmt: skip
_PERSON = Field(id="person", heading=both("Mã người", "Person"),
                note=both("Số hiệu của người đó, giống nhau ở mọi đơn vị và mọi trang; được mã hóa trước khi lưu.",
                          "The person's number, the same in every unit and sheet; encrypted before it is stored."))  # fmt: skip

UNITS = SheetLayout(
    id="units", title=both("Đơn vị", "Units"),
    note=both("Mỗi đơn vị phải báo cáo là một dòng, kể cả đơn vị chưa báo cáo.",
              "Every unit that has to report is a row, those that have not yet as well."),
    fields=(
        _TARGET, _UNIT, _FORCE,
        Field(id="as_of", heading=both("Ngày chốt số liệu", "As of"),
              note=both("Người đang làm nhiệm vụ vào ngày này được tính.",
                        "Who is in post on this day is counted.")),
        Field(id="due_on", heading=both("Hạn báo cáo", "Due on"), required=False,
              note=both("Để biết báo cáo nào chậm.", "To know which reports are late.")),
        Field(id="reported_on", heading=both("Ngày báo cáo", "Reported on"), required=False,
              note=both("Để trống nếu đơn vị chưa báo cáo.", "Empty where the unit has not reported.")),
        Field(id="in_post", heading=both("Số người (đơn vị chưa báo cáo)", "In post"), required=False,
              note=both("Chỉ ghi cho đơn vị chưa báo cáo, nếu biết và được phép.",
                        "For a unit that has not reported alone, if it is known and may be told.")),
        _SOURCE,
    ),
)  # fmt: skip

POSTS = SheetLayout(
    id="posts", title=both("Người làm nhiệm vụ", "In post"),
    note=both("Mỗi nhiệm vụ của một người là một dòng; người kiêm nhiệm có nhiều dòng nhưng chỉ "
              "được tính một lần.",
              "Each post of a person is a row; who has several is counted once."),
    fields=(
        _TARGET, _UNIT, _PERSON,
        Field(id="role", heading=both("Vai trò", "Role"), required=False,
              note=both("Ví dụ báo cáo viên, hòa giải viên.", "Such as reporter or mediator.")),
        Field(id="since", heading=both("Từ ngày", "Since"),
              note=both("Ngày nhận nhiệm vụ.", "First day in post.")),
        Field(id="until", heading=both("Đến ngày", "Until"), required=False,
              note=both("Ngày cuối cùng làm nhiệm vụ; để trống nếu đang làm.",
                        "Last day in post; empty while in post.")),
    ),
)  # fmt: skip

COMPLETIONS = SheetLayout(
    id="completions", title=both("Nội dung đã hoàn thành", "Completed"),
    note=both("Mỗi người hoàn thành một khóa là một dòng; không ghi lượt tham dự.",
              "Each person that completed a course is a row; attendance is not completion."),
    fields=(
        _PERSON,
        Field(id="course", heading=both("Mã khóa", "Course"),
              note=both("Mã của khóa tập huấn, bồi dưỡng.", "Code of the course.")),
        Field(id="contents", heading=both("Nội dung", "Contents"),
              note=both("Mã các nội dung đã hoàn thành, cách nhau bằng dấu chấm phẩy.",
                        "Codes of the contents completed, separated by semicolons.")),
        Field(id="completed_on", heading=both("Ngày hoàn thành", "Completed on"),
              note=both("Ngày kết thúc khóa.", "Last day of the course.")),
    ),
)  # fmt: skip

VIOLATIONS = SheetLayout(
    id="violations", title=both("Vi phạm", "Violations"),
    note=both("Mỗi đơn vị, mỗi năm, mỗi loại là một dòng. Ghi số vụ, số người và quân số bình quân; "
              "hoặc chỉ ghi tỷ lệ trên 1.000 và hệ số quân số khi không được nêu quân số.",
              "A row for each unit, year and kind. Give events, persons and average strength; or "
              "rates per 1,000 and relative strength alone where strengths may not be told."),
    fields=(
        _TARGET, _UNIT, _FORCE,
        Field(id="year", heading=both("Năm", "Year"), note=both("Năm dương lịch.", "Calendar year.")),
        Field(id="kind", heading=both("Loại vi phạm", "Kind"), choices=KINDS,
              note=both("Tính riêng hai loại.", "The two are counted apart.")),
        Field(id="events", heading=both("Số vụ", "Events"), required=False,
              note=both("Số vụ việc, không phải số người.", "Events, not persons.")),
        Field(id="persons", heading=both("Số người vi phạm", "Persons"), required=False,
              note=both("Mỗi người tính một lần trong năm.", "Each person once in a year.")),
        Field(id="strength", heading=both("Quân số bình quân", "Average strength"), required=False,
              note=both("Bình quân trong năm.", "Average over the year.")),
        Field(id="event_rate", heading=both("Số vụ trên 1.000", "Events per 1,000"), required=False,
              note=both("Thay cho số vụ và quân số.", "In place of events and strength.")),
        Field(id="person_rate", heading=both("Số người trên 1.000", "Persons per 1,000"), required=False,
              note=both("Thay cho số người và quân số.", "In place of persons and strength.")),
        Field(id="weight", heading=both("Hệ số quân số", "Relative strength"), required=False,
              note=both("Số tỷ lệ với quân số (bất kỳ thang nào), để gộp tỷ lệ của nhiều đơn vị.",
                        "A number in proportion to strength, on any scale, to pool several units.")),
        _SOURCE,
    ),
)  # fmt: skip

SHEETS = (UNITS, POSTS, COMPLETIONS, VIOLATIONS)
_SECRECY = both(
    "Quân số, số lượng dự bị động viên, dân quân tự vệ và một số thống kê vi phạm có thể là bí mật "
    "nhà nước: dùng mã đơn vị quy ước, ưu tiên tỷ lệ, không gửi tệp này qua mạng công cộng.",
    "Strengths, numbers of reserve and militia and some figures of violations may be state secrets: "
    "use opaque unit codes, prefer rates, and do not send this file over public networks.",
)


def books(plan: Plan) -> dict[str, BookLayout]:
    """By file name, a workbook for each administrative target of a plan."""
    found = {}
    for target in plan.targets:
        sheets = {"administrative_share": (UNITS, POSTS, COMPLETIONS),
                  "administrative_rate": (VIOLATIONS,)}.get(target.measure)  # fmt: skip
        if sheets is not None:
            found[f"{target.id}.xlsx"] = BookLayout(title=_title(target), notes=_notes(target),
                                                    sheets=sheets)  # fmt: skip
    return found


def _title(target: Target) -> Text:
    return joined([both(f"Sổ theo dõi mục tiêu {target.id}", f"Register of target {target.id}"),
                   target.label], ": ")  # fmt: skip


def _notes(target: Target) -> tuple[Text, ...]:
    contents = both(
        f"Nội dung bắt buộc được khai ở study.yaml, mục registers.{target.id}.required.",
        f"Required contents are declared in study.yaml, registers.{target.id}.required.",
    )
    share = target.measure == "administrative_share"
    return (target.quote, *((contents,) if share else ()), _SECRECY)
