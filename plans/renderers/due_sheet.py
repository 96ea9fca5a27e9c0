"""The workbook of what a unit owes: locked but for what is to be filled in, with limits, lists and instructions."""

from __future__ import annotations

import io
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from plans.contexts.due_sheet import (
    CHUNK,
    COLUMNS,
    FIRST_ROW,
    HEAD_ROW,
    HELP_SHEET,
    HIDDEN_SHEET,
    KEEP,
    LONGEST_NOTE,
    SEND,
    SHEET,
    DueSheet,
    SheetRow,
)

FONT = "Times New Roman"
LINE_POINTS = 14.5
LINE = Side(style="thin", color="808080")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
HEADS = {
    "key": ("Mã", 8),
    "period": ("Kỳ báo cáo", 18),
    "due_on": ("Hạn gửi", 12),
    "task": ("Nhiệm vụ", 46),
    "accepted": ("Đã tiếp nhận (%)", 10),
    "percent": ("Tiến độ (%)", 10),
    "quantity": ("Khối lượng đã làm", 11),
    "target": ("Khối lượng phải đạt", 14),
    "note": ("Nội dung đã làm", 50),
    "send": ("Cách nộp", 11),
}
FILLED_IN = frozenset({"percent", "quantity", "note", "send"})
HELP = (
    "1. Chỉ điền vào các ô nền vàng của trang “Báo cáo”; các ô khác đã khóa.",
    "2. Tiến độ: số nguyên từ 0 đến 100. Để trống nghĩa là chưa có số liệu, không phải là 0; dòng trống được bỏ qua.",
    "3. Khối lượng đã làm: số nguyên, chỉ điền với nhiệm vụ có khối lượng phải đạt.",
    f"4. Nội dung đã làm: tối đa {LONGEST_NOTE} ký tự.",
    f"5. Cách nộp: chọn “{SEND}” để gửi báo cáo, “{KEEP}” để lưu nháp cho lãnh đạo đơn vị kiểm tra rồi gửi.",
    "6. Không thêm, xóa hay đổi tên trang; không sửa cột Mã. Tệp này chỉ dùng cho đơn vị ghi ở đầu trang.",
    "7. Nộp lại tệp ở mục Tiến độ, Báo cáo bằng Excel: hệ thống kiểm tra từng ô trước khi ghi nhận.",
)


def render(sheet: DueSheet) -> bytes:
    book = Workbook()
    page = book.active
    page.title = SHEET
    _write(page, sheet)
    _explain(book.create_sheet(HELP_SHEET))
    hidden = book.create_sheet(HIDDEN_SHEET)
    hidden.sheet_state = "veryHidden"
    hidden.protection.sheet = True
    said = sheet.signature
    for number, start in enumerate(range(0, len(said), CHUNK), start=1):
        _put(hidden.cell(number, 1), said[start : start + CHUNK])
    book.properties.title = f"Báo cáo tiến độ: {sheet.unit.label}"
    book.properties.creator = book.properties.lastModifiedBy = "isoportal"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(page: Worksheet, sheet: DueSheet) -> None:
    _put(page.cell(1, 1), "BÁO CÁO TIẾN ĐỘ THỰC HIỆN NHIỆM VỤ").font = Font(name=FONT, size=14, bold=True)
    _put(page.cell(2, 1), f"Đơn vị: {sheet.unit.name}").font = Font(name=FONT, size=12, bold=True)
    _put(page.cell(3, 1), f"Điền các ô nền vàng; xem trang “{HELP_SHEET}”.").font = Font(
        name=FONT, size=11, italic=True
    )
    for number, name in enumerate(COLUMNS, start=1):
        title, width = HEADS[name]
        cell = _put(page.cell(HEAD_ROW, number), title)
        cell.font, cell.border = Font(name=FONT, size=11, bold=True), BOX
        cell.fill = PatternFill("solid", fgColor="D9E2E5")
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        page.column_dimensions[get_column_letter(number)].width = width
    page.row_dimensions[HEAD_ROW].height = 2 * LINE_POINTS
    for number, row in enumerate(sheet.rows, start=FIRST_ROW):
        _write_row(page, number, row)
        # No program but Excel makes a row higher by itself.
        lines = max(_lines(row.task, "task"), _lines(row.note, "note"))
        page.row_dimensions[number].height = min(409.0, lines * LINE_POINTS + 4)
    last = max(FIRST_ROW, FIRST_ROW + len(sheet.rows) - 1)
    _limit(page, last)
    page.freeze_panes = page.cell(FIRST_ROW, COLUMNS.index("accepted") + 1)
    page.protection.sheet = True
    page.protection.formatColumns = page.protection.formatRows = False
    page.page_setup.orientation, page.page_setup.paperSize, page.page_setup.fitToHeight = "landscape", 9, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"


def _write_row(page: Worksheet, number: int, row: SheetRow) -> None:
    values: dict[str, Any] = {
        "key": row.report_id,
        "period": row.period,
        "due_on": row.due_on,
        "task": row.task,
        "accepted": row.accepted,
        "percent": row.percent,
        "quantity": row.quantity,
        "target": row.target,
        "note": row.note,
        "send": SEND if row.sends else KEEP,
    }
    for place, name in enumerate(COLUMNS, start=1):
        cell = _put(page.cell(number, place), values[name])
        cell.font, cell.border = Font(name=FONT, size=11), BOX
        is_text = name in {"task", "note", "period"}
        cell.alignment = Alignment(vertical="top", wrap_text=True, horizontal="left" if is_text else "center")
        if name == "due_on":
            cell.number_format = "d/m/yyyy"
        if name in FILLED_IN and (name != "quantity" or row.counts):
            cell.protection = Protection(locked=False)
            cell.fill = PatternFill("solid", fgColor="FFF8DC")


def _lines(text: str, column: str) -> int:
    width = HEADS[column][1] * 1.2
    return sum(max(1, -(-len(line) // int(width))) for line in (text.splitlines() or [""]))


def _limit(page: Worksheet, last: int) -> None:
    """What a spreadsheet program refuses at once; the portal checks it again."""

    def rule(name: str, **values: Any) -> None:
        letter = get_column_letter(COLUMNS.index(name) + 1)
        found = DataValidation(allow_blank=True, showErrorMessage=True, errorTitle="Chưa đúng", **values)
        page.add_data_validation(found)
        found.add(f"{letter}{FIRST_ROW}:{letter}{last}")

    rule("percent", type="whole", operator="between", formula1="0", formula2="100", error="Số nguyên từ 0 đến 100.")
    rule("quantity", type="whole", operator="between", formula1="0", formula2="2147483647", error="Số nguyên từ 0.")
    rule("note", type="textLength", operator="lessThanOrEqual", formula1=str(LONGEST_NOTE), error="Quá dài.")
    rule("send", type="list", formula1=f'"{SEND},{KEEP}"', error=f"Chọn {SEND} hoặc {KEEP}.")


def _explain(page: Worksheet) -> None:
    _put(page.cell(1, 1), "Hướng dẫn").font = Font(name=FONT, size=14, bold=True)
    for number, line in enumerate(HELP, start=2):
        cell = _put(page.cell(number, 1), line)
        cell.font, cell.alignment = Font(name=FONT, size=12), Alignment(wrap_text=True, vertical="top")
    page.column_dimensions["A"].width = 100
    page.protection.sheet = True


def _put(cell: Cell, value: Any) -> Cell:
    """Text is text whatever it begins with: it never becomes a formula."""
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
        cell.quotePrefix = value[:1] in {"=", "+", "-", "@"}
    else:
        cell.value = value
    return cell
