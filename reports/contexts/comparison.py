"""So sánh kết quả: the units of a round against the round before, the heat map, and every stage of every criterion."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from django.utils import timezone, translation

from assessments.contexts.comparison import ComparedUnit, compared_units, earlier_of
from assessments.contexts.heat_map import (
    CLASSES,
    LETTERS,
    HeatCell,
    HeatMap,
    heat_map,
    scored_criteria,
    standing_values,
)
from assessments.models import Assessment, Round, Score
from reports.contexts import paper
from reports.contexts.assessment import paper_of
from reports.contexts.blocks import Annex, Block, Heading, Table, cell, paragraph, row
from reports.contexts.report import Cell, Column, DocumentReport, Kind, Row, Sheet
from units.models import User
from units.permissions import Permission

WIDE = 30  # columns; a heat map of more is printed on A3
SIGNS = {"green": "●", "yellow": "■", "red": "▲"}
STAGES = (
    (Score.Stage.SELF, "Tự chấm"),
    (Score.Stage.VERIFIED, "Thẩm định"),
    (Score.Stage.APPEAL, "Sau phúc tra"),
    (Score.Stage.FINAL, "Quyết định"),
)
Given = tuple[Decimal | None, str]


@dataclass(frozen=True, kw_only=True)
class StageLine:
    """One criterion of one unit: what each stage of STAGES gave it."""

    unit: str
    code: str
    title: str
    maximum: Decimal | None
    given: Sequence[Given | None]
    stands: HeatCell


@dataclass(frozen=True, kw_only=True)
class ComparisonReport(DocumentReport):
    print_template: ClassVar[str] = "reports/document_print.html"

    round_title: str
    before_title: str
    heat: HeatMap
    units: Sequence[ComparedUnit]
    lines: Sequence[StageLine]

    @property
    def sheets(self) -> Sequence[Sheet]:
        heads = [self.round_title, f"So với: {self.before_title}" if self.before_title else "Không có đợt trước"]
        return [self._unit_sheet(heads), self._wide_sheet(heads[:1]), self._long_sheet(heads[:1])]

    def _unit_sheet(self, lines: Sequence[str]) -> Sheet:
        kind = Kind.SCORE if self.heat.is_points else Kind.WHOLE
        return Sheet(
            name="Tổng hợp",
            title="SO SÁNH KẾT QUẢ CỦA CÁC ĐƠN VỊ",
            lines=lines,
            columns=[
                Column(title="Đơn vị", width=40),
                Column(title="Đợt trước", width=12, kind=kind),
                Column(title="Đợt này", width=12, kind=kind),
                Column(title="% điểm tối đa, đợt trước", width=14, kind=Kind.SCORE),
                Column(title="% điểm tối đa, đợt này", width=14, kind=Kind.SCORE),
                Column(title="Tăng, giảm (điểm %)", width=14, kind=Kind.SCORE),
                Column(title="Ghi chú", width=44),
            ],
            rows=[
                Row(
                    cells=[
                        each.unit,
                        each.before,
                        each.after,
                        _rounded(each.before_share),
                        _rounded(each.after_share),
                        _rounded(each.difference),
                        note_of(each),
                    ]
                )
                for each in self.units
            ],
        )

    def _wide_sheet(self, lines: Sequence[str]) -> Sheet:
        kind = Kind.SCORE if self.heat.is_points else Kind.CENTRE
        return Sheet(
            name="Đơn vị x tiêu chí",
            title="KẾT QUẢ TỪNG TIÊU CHÍ CỦA CÁC ĐƠN VỊ",
            lines=lines,
            columns=[
                Column(title="Đơn vị", width=40),
                *(Column(title=column.code, width=9, kind=kind) for column in self.heat.columns),
            ],
            rows=[Row(cells=[each.unit, *(_told(each_cell) for each_cell in each.cells)]) for each in self.heat.rows],
        )

    def _long_sheet(self, lines: Sequence[str]) -> Sheet:
        kind = Kind.SCORE if self.heat.is_points else Kind.CENTRE
        return Sheet(
            name="Các bước chấm",
            title="KẾT QUẢ TỪNG BƯỚC CHẤM",
            lines=lines,
            columns=[
                Column(title="Đơn vị", width=34),
                Column(title="Mã", width=8, kind=Kind.CENTRE),
                Column(title="Tiêu chí", width=50),
                Column(title="Điểm tối đa", width=10, kind=Kind.SCORE),
                *(Column(title=title, width=12, kind=kind) for _stage, title in STAGES),
                Column(title="Kết quả", width=12, kind=kind),
                Column(title="Mức", width=8, kind=Kind.CENTRE),
            ],
            rows=[Row(cells=_long_cells(line)) for line in self.lines],
        )


def _long_cells(line: StageLine) -> list[Cell]:
    given: list[Cell] = [
        None if each is None else each[0] if each[0] is not None else _light(each[1]) for each in line.given
    ]
    return [line.unit, line.code, line.title, line.maximum, *given, _told(line.stands), line.stands.letter or None]


def _told(each: HeatCell) -> Cell:
    """Nothing given is blank, and 0 points are not."""
    return each.points if each.points is not None else _light(each.light)


def _light(light: str) -> str | None:
    return f"{SIGNS[light]} {LETTERS[light]}" if light else None


def _rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else round(value, 2)


def note_of(each: ComparedUnit) -> str:
    notes = [f"Đã sắp xếp từ {', '.join(each.arranged)}"] if each.arranged else []
    return "; ".join(notes if each.is_final else [*notes, "Theo điểm tự chấm, chưa có kết quả"])


def comparison_report(round_: Round, *, user: User) -> ComparisonReport:
    """The units of the round that `user` may see. The same number of queries for any number of units."""
    now = timezone.now()
    seen = Round.objects.allowed_to(user, Permission.ASSESSMENT_VIEW).select_related("criteria_set")
    before = earlier_of(round_, list(seen))
    visible = Assessment.objects.allowed_to(user, Permission.ASSESSMENT_VIEW).select_related("unit").defer("frozen")
    sheets = list(visible.filter(round=round_).order_by("unit__name", "pk"))
    earlier = list(visible.filter(round=before)) if before else []
    criteria = scored_criteria(round_.criteria_set_id)
    with translation.override("vi"):
        heat = heat_map(sheets, criteria, standing_values(sheets), scale=round_.criteria_set.scale)
    units = compared_units(sheets, earlier, rounds=(round_, before))
    given = _given(sheets, user)
    lines = [
        StageLine(
            unit=sheet.unit.name,
            code=criterion.code,
            title=criterion.title,
            maximum=criterion.max_score,
            given=[given[sheet.pk].get((criterion.pk, stage)) for stage, _title in STAGES],
            stands=stands,
        )
        for sheet, heat_row in zip(sheets, heat.rows, strict=True)
        for criterion, stands in zip(criteria, heat_row.cells, strict=True)
    ]
    return ComparisonReport(
        title=f"So sánh kết quả: {round_.title}",
        file_name=paper.file_safe(f"So sánh kết quả - {round_.title}"),
        made_at=now,
        scope={Permission.ASSESSMENT_VIEW.value: [sheet.unit_id for sheet in sheets]},
        paper=paper_of(round_.unit, now),
        abstract=("So sánh kết quả đánh giá", *paper.balanced(round_.title)),
        blocks=_body(units, heat, before),
        annexes=_annexes(heat),
        round_title=round_.title,
        before_title=before.title if before else "",
        heat=heat,
        units=units,
        lines=lines,
    )


def _given(sheets: Sequence[Assessment], user: User) -> dict[int, dict[tuple[int, str], Given]]:
    """By sheet, criterion and stage what `user` may see of it. One query."""
    found: dict[int, dict[tuple[int, str], Given]] = defaultdict(dict)
    shown = Score.objects.allowed_to(user, Permission.ASSESSMENT_VIEW).filter(
        assessment__in=[each.pk for each in sheets]
    )
    for sheet, criterion, stage, points, light in shown.values_list(
        "assessment_id", "criterion_id", "stage", "points", "light"
    ):
        found[sheet][criterion, stage] = points, light
    return found


def _body(units: Sequence[ComparedUnit], heat: HeatMap, before: Round | None) -> list[Block]:
    ways = [each.way for each in units]
    told = f"Có {paper.count(len(units))} đơn vị."
    if before is not None:
        told += (
            f" So với {before.title}: {paper.count(ways.count('up'))} đơn vị tăng, "
            f"{paper.count(ways.count('down'))} đơn vị giảm, {paper.count(ways.count('same'))} đơn vị giữ nguyên."
        )
    text = paper.points if heat.is_points else lambda value: "" if value is None else f"{value:.0f}"
    head = [
        row(*(cell(each, "centre") for each in ("Đơn vị", "Đợt trước", "Đợt này", "Tăng, giảm (điểm %)", "Ghi chú")))
    ]
    rows = [
        row(
            each.unit,
            cell(text(each.before), "number"),
            cell(text(each.after), "number"),
            cell("" if each.difference is None else f"{each.difference:+.1f}".replace(".", ","), "number"),
            note_of(each),
        )
        for each in units
    ]
    return [
        Heading(text="I. TỔNG HỢP"),
        paragraph(told),
        Table(widths=[None, 20, 20, 24, 45], head=head, rows=rows),
        paragraph("Bản đồ nhiệt theo tiêu chí tại Phụ lục kèm theo."),
    ]


def _annexes(heat: HeatMap) -> list[Annex]:
    """The same cells and classes as the page has."""
    if not heat.rows or not heat.columns:
        return []
    wide = len(heat.columns) > WIDE
    head = [row(cell("Đơn vị", "centre"), *(cell(column.code, "centre", look="month") for column in heat.columns))]
    rows = [
        row(
            f"{each.unit}{'' if each.is_final else ' *'}",
            *(
                cell(_sign(each_cell), look=f"heat-{each_cell.look}" if each_cell.look else "heat")
                for each_cell in each.cells
            ),
        )
        for each in heat.rows
    ]
    width = (340 if wide else 215) / len(heat.columns)
    table = Table(widths=[None, *[min(width, 14)] * len(heat.columns)], head=head, rows=rows, dense=True)
    if heat.is_points:
        classes = "; ".join(f"{letter}: từ {least} %" for letter, least in CLASSES)
        key = f"Tỷ lệ so với điểm tối đa: {classes}."
    else:
        key = "● X: xanh; ■ V: vàng; ▲ Đ: đỏ."
    own = " (*) Theo điểm tự chấm, chưa có kết quả." if any(not each.is_final for each in heat.rows) else ""
    return [
        Annex(
            label="Phụ lục",
            title=["BẢN ĐỒ NHIỆT: ĐƠN VỊ VÀ TIÊU CHÍ"],
            blocks=[table, paragraph(f"{key}{own}", look="note")],
            landscape=True,
            sheet="a3" if wide else "a4",
        )
    ]


def _sign(each: HeatCell) -> str:
    return f"{SIGNS[each.light]}{each.letter}" if each.light else each.letter
