"""Makes the scoring workbook of a sheet: locked but for what is to be filled in, with lists, limits, formulas, help."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook as Book
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from assessments.contexts.workbooks import Workbook, WorkbookRow
from assessments.renderers.scoring_workbook.entries import entry_columns, help_text, values_of
from assessments.renderers.scoring_workbook.formulas import (
    Place,
    Term,
    lights_formula,
    points_formula,
    sum_formula,
    total_formula,
)
from assessments.renderers.scoring_workbook.layout import (
    CHUNK,
    FIRST_ROW,
    HEAD_ROW,
    HEADS,
    HELP_SHEET,
    HIDDEN_SHEET,
    INDICATOR,
    LIGHT_HEAD,
    LIGHTS,
    LIST_SHEET,
    SHEET,
    SHEET_CODE,
    cases_of,
    item_head,
    level_texts,
)
from assessments.renderers.scoring_workbook.limits import Limits, Lists
from assessments.renderers.scoring_workbook.seal import signature
from assessments.renderers.scoring_workbook.styles import LINE_POINTS, Styles
from assessments.scoring import Counts, Kind, Rule, sub_indicators
from isoportal.templatetags.formats import moment

WIDTHS = {
    "code": 8, "title": 40, "maximum": 8, "how": 44, "answer": 22, "of": 10, "case": 18, "item": 7, "points": 10,
    "evidence": 24, "explanation": 44,
}  # fmt: skip
CLOSED = {"system": "Hệ thống tự chấm, không điền.", "province": "Tỉnh chấm, không điền."}
HELP = (
    "1. Chỉ điền các ô nền vàng của trang “Chấm điểm”; các ô khác đã khóa. Không cần mạng khi điền.",
    "2. Ô có mũi tên: chọn trong danh sách. Ô số: ghi số, dấu thập phân là dấu phẩy (97,5) hoặc dấu chấm (97.5).",
    "3. Tỷ lệ gồm hai số: cột “Kết quả” và cột “Trên tổng số”. Phần trăm: ghi 97,5 cho 97,5 %.",
    "4. Tiêu chí có các mục: đánh dấu x vào cột “Mục” tương ứng; không có mục nào thì chọn “Không có mục nào” ở cột "
    "“Trường hợp khác”.",
    "5. Để trống nghĩa là chưa chấm, không phải là 0 điểm. Xóa một ô đã có kết quả khi tải về nghĩa là xóa kết quả đó; "
    "hệ thống hỏi lại trước khi xóa.",
    "6. Cột “Điểm” và các dòng tổng chỉ để xem trước; hệ thống tính lại khi nộp.",
    "7. Giải trình: tối đa 2000 ký tự. Tài liệu kiểm chứng tải lên tại trang chấm điểm; cột này chỉ nêu tên tệp đã có.",
    "8. Không xóa trang ẩn, không sửa cột “Mã”. Được thêm cột ghi chú riêng, ẩn dòng, đổi thứ tự cột.",
    "9. Lưu dạng .xlsx (Excel, WPS hoặc LibreOffice), rồi chọn “Nộp lại phiếu Excel” tại trang chấm điểm: hệ thống "
    "kiểm tra từng ô và cho xem trước khi ghi nhận.",
)


def render(workbook: Workbook) -> bytes:
    book = Book()
    styles = Styles(book)
    page = book.active
    page.title = SHEET
    _Page(page, workbook, styles, Lists(book.create_sheet(LIST_SHEET))).write()
    _explain(book.create_sheet(HELP_SHEET), styles)
    hidden = book.create_sheet(HIDDEN_SHEET)
    said = signature(workbook)
    for number, start in enumerate(range(0, len(said), CHUNK), start=1):
        styles.put(hidden.cell(number, 1), said[start : start + CHUNK], "")
    styles.close(book)
    book[LIST_SHEET].sheet_state = "hidden"
    hidden.sheet_state = "veryHidden"
    for sheet in book:
        sheet.protection.sheet = True
    book.move_sheet(HELP_SHEET, 1 - book.sheetnames.index(HELP_SHEET))
    book.active = 0
    book.calculation.fullCalcOnLoad = True
    book.properties.title = f"Phiếu chấm điểm: {workbook.unit}"
    book.properties.creator = book.properties.lastModifiedBy = "isoportal"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _explain(page: Worksheet, styles: Styles) -> None:
    styles.put(page.cell(1, 1), "Hướng dẫn điền phiếu", "title")
    for number, line in enumerate(HELP, start=2):
        styles.put(page.cell(number, 1), line, "help")
        page.row_dimensions[number].height = LINE_POINTS * (1 + len(line) // 105) + 4
    page.column_dimensions["A"].width = 110
    page.page_setup.paperSize, page.page_setup.orientation = 9, "landscape"


class _Page:
    """The worksheet that is filled in."""

    def __init__(self, page: Worksheet, workbook: Workbook, styles: Styles, lists: Lists) -> None:
        self.page, self.workbook, self.styles, self.lists = page, workbook, styles, lists
        self.limits = Limits(page)
        rules = [row.rule for row in workbook.rows if row.rule is not None]
        self.columns = self._columns(rules)
        self.letters = {name: get_column_letter(place) for place, name in enumerate(self.columns, start=1)}
        self.numbers = {row.code: number for number, row in enumerate(workbook.rows, start=FIRST_ROW)}
        self.parts = sub_indicators(rules)

    def _columns(self, rules: Sequence[Rule]) -> list[str]:
        head = ["code", "title", *(["maximum"] if self.workbook.is_points else []), "how"]
        return [*head, *entry_columns(rules), "points", "evidence", "explanation"]

    def write(self) -> None:
        self._top()
        self._head()
        for number, row in enumerate(self.workbook.rows, start=FIRST_ROW):
            if row.rule is None:
                self._group(number, row)
            else:
                self._criterion(number, row, row.rule)
        last = FIRST_ROW + len(self.workbook.rows) - 1
        if self.workbook.is_points:
            self._total(last + 1)
        self.limits.close()
        self._set_up(last)

    def _top(self) -> None:
        workbook, put = self.workbook, self.styles.put
        put(self.page.cell(1, 1), f"PHIẾU TỰ CHẤM ĐIỂM NĂM {workbook.year}", "title")
        put(self.page.cell(2, 1), f"Đơn vị: {workbook.unit}", "unit")
        lines = f"{workbook.round} – {workbook.criteria_set}, phiên bản {workbook.criteria_version}"
        put(self.page.cell(3, 1), lines, "line")
        closes = f"{SHEET_CODE} {workbook.assessment_id}   Hạn tự chấm: {moment(workbook.closes_at)}"
        put(self.page.cell(4, 1), f"{closes}   Tải về: {moment(workbook.made_at)}", "line")
        put(self.page.cell(5, 1), f"Điền các ô nền vàng; xem trang “{HELP_SHEET}”.", "note")

    def _head(self) -> None:
        words = dict(HEADS)
        if not self.workbook.is_points:
            words |= {"title": INDICATOR, "points": LIGHT_HEAD}
        for name, letter in self.letters.items():
            text = item_head(int(name[4:])) if name.startswith("item") else words[name]
            self.styles.put(self.page[f"{letter}{HEAD_ROW}"], text, "head")
            width = WIDTHS["item" if name.startswith("item") else name]
            # The longest drop-down text decides; a ratio's number alone would need less.
            self.page.column_dimensions[letter].width = width
        self.page.row_dimensions[HEAD_ROW].height = 3 * LINE_POINTS

    def _put(self, number: int, name: str, value: Any, look: str, *, is_open: bool = False) -> None:
        if name in self.letters:
            self.styles.put(self.page[f"{self.letters[name]}{number}"], value, look, name, is_open=is_open)

    def _at(self, name: str, number: int) -> str:
        return f"{self.letters[name]}{number}" if name in self.letters else ""

    def _group(self, number: int, row: WorkbookRow) -> None:
        for name in self.columns:
            self._put(number, name, None, "group")
        self._put(number, "code", row.code, "group")
        self._put(number, "title", row.title, "group")
        cell = self.page[self._at("points", number)]
        if self.workbook.is_points:
            self.styles.formula(cell, sum_formula(self._terms(row.code)), "group", "points")
            below = self._maximum(row.code)
            self._put(number, "maximum", below, "group")
        else:
            self.styles.formula(cell, lights_formula(self._lit(row.code)), "group", "lights")
            self.page.merge_cells(f"{self._at('points', number)}:{self._at('evidence', number)}")
        self._height(number, [(row.title, "title")])

    def _children(self, code: str) -> list[WorkbookRow]:
        return [row for row in self.workbook.rows if row.parent == code]

    def _terms(self, code: str) -> list[Term]:
        """What a group sums: its criteria that count normally, and the groups in it, each by its weight."""
        terms = []
        for row in self._children(code):
            if row.rule is None:
                terms.append(Term(self._at("points", self.numbers[row.code]), self.workbook.groups[row.code]))
            elif row.rule.counts is Counts.NORMAL:
                terms.append(Term(self._at("points", self.numbers[row.code]), row.rule.weight))
        return terms

    def _maximum(self, code: str) -> Decimal:
        total = Decimal(0)
        for row in self._children(code):
            if row.rule is None:
                total += self._maximum(row.code) * self.workbook.groups[row.code]
            elif row.rule.counts is Counts.NORMAL:
                total += (row.rule.maximum or 0) * row.rule.weight
        return total

    def _lit(self, code: str) -> list[str]:
        """The lights of a group and the groups in it, sub-indicators apart."""
        cells = []
        for row in self._children(code):
            if row.rule is None:
                cells += self._lit(row.code)
            elif row.code not in self.parts:
                cells.append(self._at("points", self.numbers[row.code]))
        return cells

    def _criterion(self, number: int, row: WorkbookRow, rule: Rule) -> None:
        put, values = self._put, values_of(rule, row.answer)
        fill_in = CLOSED.get(row.closed) or help_text(rule)
        how = f"{row.how}\n{fill_in}" if row.how else fill_in
        put(number, "code", row.code, "row")
        put(number, "title", f"{'   ' * max(0, row.depth - 1)}{row.title}", "row")
        put(number, "maximum", rule.maximum, "row")
        put(number, "how", how, "row")
        cases = cases_of(rule.kind, rule.parameters, skippable=rule.skippable)
        open_columns = self._open(rule, cases=bool(cases)) if not row.closed else set()
        for name in self.columns:
            if name in {"answer", "of", "case"} or name.startswith("item"):
                put(number, name, values.get(name), "row", is_open=name in open_columns)
        evidence = "\n".join(row.evidence) or (f"(cần có: {row.wanted})" if row.wanted else "")
        put(number, "evidence", evidence, "row")
        put(number, "explanation", row.explanation or None, "row", is_open=not row.closed)
        place = self._place(number, rule, open_columns, cases)
        parts = [self._at("points", self.numbers[each.code]) for each in self._children(row.code)]
        cell = self.page[self._at("points", number)]
        formula = points_formula(rule, place, self.workbook.policy, parts)
        self.styles.formula(cell, formula, "row", "points")
        self._height(number, [(row.title, "title"), (how, "how"), (row.explanation, "explanation")])

    def _open(self, rule: Rule, *, cases: bool) -> set[str]:
        """The columns in which this criterion is answered."""
        found = {"case"} if cases else set()
        if rule.kind is Kind.COUNT and "items" in rule.parameters:
            return found | {f"item{place}" for place in range(len(rule.parameters["items"]))}
        return found | ({"answer", "of"} if rule.kind is Kind.RATIO else {"answer"})

    def _place(self, number: int, rule: Rule, open_columns: set[str], cases: dict[str, Any]) -> Place:
        """Where the row's cells are; what may be entered in those that are open is limited on the way."""
        choices = scores = ""
        if rule.kind is Kind.LEVELS:
            levels = rule.parameters["levels"]
            choices, scores = self.lists.levels(level_texts(levels), [Decimal(level["points"]) for level in levels])
        place = Place(
            answer=self._at("answer", number),
            of=self._at("of", number),
            case=self._at("case", number) if "case" in open_columns else "",
            items=tuple(
                self._at(name, number) for name in self.columns if name.startswith("item") and name in open_columns
            ),
            points=self._at("points", number),
            choices=choices,
            scores=scores,
        )
        if open_columns:
            self.limits.answer(rule, place, choices)
            if place.case:
                self.limits.choice(place.case, self.lists.texts(list(cases)), "Chọn trong danh sách hoặc để trống.")
            self.limits.explanation(self._at("explanation", number))
        return place

    def _total(self, number: int) -> None:
        workbook = self.workbook
        top = [row for row in workbook.rows if not row.parent]
        groups = [
            Term(
                self._at("points", self.numbers[row.code]),
                workbook.groups[row.code] if row.rule is None else row.rule.weight,
            )
            for row in top
            if row.rule is None or row.rule.counts is Counts.NORMAL
        ]
        extra = {
            counts: [
                Term(self._at("points", self.numbers[row.code]), row.rule.weight)
                for row in workbook.rows
                if row.rule is not None and row.rule.counts is counts
            ]
            for counts in (Counts.BONUS, Counts.DEDUCTION)
        }
        skipped = [
            (self._at("case", self.numbers[row.code]), (row.rule.maximum or Decimal(0)) * self._worth(row))
            for row in workbook.rows
            if row.rule is not None and row.rule.skippable and row.rule.counts is Counts.NORMAL and not row.closed
        ]
        maximum = workbook.maximum or Decimal(0)
        for name in self.columns:
            self._put(number, name, None, "total")
        self._put(number, "title", "TỔNG ĐIỂM (tạm tính)", "total")
        self._put(number, "maximum", maximum, "total")
        formula = total_formula(groups, skipped, extra[Counts.BONUS], extra[Counts.DEDUCTION], workbook.policy, maximum)
        self.styles.formula(self.page[self._at("points", number)], formula, "total", "points")
        self.page.row_dimensions[number].height = 2 * LINE_POINTS

    def _worth(self, row: WorkbookRow) -> Decimal:
        """By how much a point of the row counts in the sum of the sheet."""
        worth, code = row.rule.weight if row.rule else Decimal(1), row.parent
        parents = {each.code: each.parent for each in self.workbook.rows}
        while code:
            worth *= self.workbook.groups.get(code, Decimal(1))
            code = parents.get(code, "")
        return worth

    def _height(self, number: int, texts: Sequence[tuple[str, str]]) -> None:
        """No program but Excel makes a row higher by itself."""
        lines = max(_lines(text, WIDTHS[column]) for text, column in texts)
        self.page.row_dimensions[number].height = min(409.0, lines * LINE_POINTS + 5)

    def _set_up(self, last: int) -> None:
        page = self.page
        page.freeze_panes = page.cell(FIRST_ROW, self.columns.index("title") + 2)
        page.protection.formatColumns = page.protection.formatRows = page.protection.insertColumns = False
        page.page_setup.orientation, page.page_setup.paperSize, page.page_setup.fitToHeight = "landscape", 9, 0
        page.sheet_properties.pageSetUpPr.fitToPage = True
        page.page_margins.left = page.page_margins.right = 0.4
        page.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
        page.oddFooter.center.text = "Trang &P/&N"
        page.oddFooter.left.text = f"{SHEET_CODE} {self.workbook.assessment_id}"
        if not self.workbook.is_points:
            cells = f"{self._at('points', FIRST_ROW)}:{self._at('points', last)}"
            for light, colour in (("green", "C6E7D2"), ("yellow", "FBE7B2"), ("red", "F6C9C4")):
                rule = CellIsRule(
                    operator="equal",
                    formula=[f'"{LIGHTS[light]}"'],
                    fill=PatternFill("solid", bgColor=colour),
                    font=Font(bold=True),
                )
                page.conditional_formatting.add(cells, rule)


def _lines(text: str, width: int) -> int:
    return sum(max(1, -(-len(line) // int(width * 1.15))) for line in (text.splitlines() or [""]))
