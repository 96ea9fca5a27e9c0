"""A set with every kind of criterion, scoring workbooks filled in, and what people make of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from openpyxl import load_workbook

from assessments.contexts.workbooks import workbook
from assessments.models import Assessment, CriteriaSet, Criterion
from assessments.renderers.scoring_workbook.layout import FIRST_ROW, HEAD_ROW, SHEET
from assessments.renderers.scoring_workbook.writing import render
from plans.models import Standard

Kind, Counts = Criterion.Scoring, Criterion.Counts
LEVELS = [
    {"points": "0", "label": "Chưa thực hiện"},
    {"points": "1.5", "label": "Một phần, có văn bản"},
    {"points": "3", "label": "Đầy đủ"},
]
# code: kind, maximum, parameters, what else the criterion has
KINDS: dict[str, tuple[str, str | None, dict[str, Any], dict[str, Any]]] = {
    "1.1": (Kind.YES_NO, "2", {}, {"skippable": True}),
    "1.2": (Kind.LEVELS, "3", {"levels": LEVELS}, {}),
    "1.3": (Kind.RATIO, "8", {"floor": "70", "none": "Không phát sinh, đã báo cáo"}, {"skippable": True}),
    "1.4": (Kind.BANDS, "8", {"bands": [{"from": "98", "points": "8"}, {"from": "90", "points": "4"}]}, {}),
    "1.5": (Kind.COUNT, "5", {"each": "1", "most": 5, "noun": "tài liệu"}, {}),
    "1.6": (
        Kind.COUNT,
        "4",
        {
            "items": [
                {"points": "2", "label": "Niêm yết"},
                {"points": "1", "label": "Đăng"},
                {"points": "1", "label": "Gửi"},
            ]
        },
        {},
    ),
    "2.1": (Kind.DEADLINE, "4", {"steps": [{"days": 0, "points": "4"}, {"days": 30, "points": "2"}]}, {}),
    "2.2": (Kind.POINTS, "10", {"step": "0.5"}, {}),
    "2.3": (Kind.POINTS, "3", {}, {"counts": Counts.BONUS}),
    "2.4": (Kind.COUNT, "5", {"each": "0.5", "most": 10}, {"counts": Counts.DEDUCTION}),
    "2.5": (Kind.POINTS, "6", {}, {"scored_by": Criterion.ScoredBy.SYSTEM}),
    "2.6": (Kind.YES_NO, "1", {}, {"applies_to": ["commune"]}),
    "2.7": (Kind.LEVELS, "3", {"levels": LEVELS}, {"weight": "2"}),
}
LIT: dict[str, tuple[str, dict[str, Any]]] = {
    "1.1": (Kind.RAG, {}),
    "1.2": (Kind.MEASURED, {"unit": "%", "green": "95", "yellow": "75"}),
    "1.3": (Kind.MEASURED, {"unit": "ngày", "green": "5", "yellow": "15", "higher_is_better": False}),
    "1.4": (Kind.ROLL_UP, {}),
}
PARTS = ("1.4.1", "1.4.2")
# An answer of every kind, and another that differs from it.
ANSWERS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "1.1": ({"value": True}, {"not_applicable": True}),
    "1.2": ({"level": 1}, {"level": 0}),
    "1.3": ({"done": 109, "of": 118}, {"none": True}),
    "1.4": ({"percent": "97.50"}, {"percent": "0.5"}),
    "1.5": ({"count": 4}, {"count": 0}),
    "1.6": ({"items": [0, 2]}, {"items": []}),
    "2.1": ({"days_late": 12}, {"never": True}),
    "2.2": ({"points": "7.50"}, {"points": "0"}),
    "2.3": ({"points": "1.25"}, {"points": "3"}),
    "2.4": ({"count": 3}, {"count": 0}),
    "2.7": ({"level": 2}, {"level": 1}),
}
LIT_ANSWERS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "1.1": ({"light": "green"}, {"light": "red"}),
    "1.2": ({"value": "96.2"}, {"value": "0.5"}),
    "1.3": ({"value": "12"}, {"value": "-3.25"}),
    "1.4": ({"light": "yellow"}, {"light": "green"}),
    "1.4.1": ({"light": "yellow"}, {"light": "red"}),
    "1.4.2": ({"light": "green"}, {"light": "yellow"}),
}


def set_of_every_kind() -> CriteriaSet:
    """By points: two groups, one in the other, with bonus, deduction, weight, a criterion of the system's and one for
    communes only."""
    made = _set("every-kind", CriteriaSet.Scale.POINTS, policy={"not_applicable": "excluded", "bonus_cap": "2"})
    groups: dict[str, Criterion] = {}
    for order, code in enumerate("12"):
        groups[code] = Criterion.objects.create(
            criteria_set=made, order=100 * order, code=code, title=f"=Nhóm {code}", scoring=Kind.GROUP
        )
    for order, (code, (kind, maximum, parameters, more)) in enumerate(KINDS.items()):
        Criterion.objects.create(
            criteria_set=made,
            parent=groups[code[0]],
            order=100 * (int(code[0]) - 1) + 1 + order,
            code=code,
            title=f"Tiêu chí {code}",
            rule="+ theo hồ sơ",
            scoring=kind,
            max_score=maximum,
            parameters=parameters,
            **more,
        )
    return made


def set_of_every_light() -> CriteriaSet:
    made = _set("every-light", CriteriaSet.Scale.RAG, policy={})
    group = Criterion.objects.create(criteria_set=made, order=0, code="1", title="Nhóm", scoring=Kind.GROUP)
    above = None
    for order, (code, (kind, parameters)) in enumerate(LIT.items(), start=1):
        above = Criterion.objects.create(
            criteria_set=made, parent=group, order=order, code=code, title=code, scoring=kind, parameters=parameters
        )
    for order, code in enumerate(PARTS, start=50):
        Criterion.objects.create(
            criteria_set=made, parent=above, order=order, code=code, title=code, scoring=Kind.RAG, parameters={}
        )
    return made


def _set(slug: str, scale: str, policy: dict[str, Any]) -> CriteriaSet:
    standard, _made = Standard.objects.get_or_create(code="TCVN ISO 9001", edition="2015")
    status = CriteriaSet.Status.PUBLISHED
    return CriteriaSet.objects.create(
        slug=slug, title=slug, standard=standard, scale=scale, status=status, policy=policy, digest="d" * 64, maximum=60
    )


def exported(assessment: Assessment) -> bytes:
    return render(workbook(Assessment.objects.with_sheet_head().get(pk=assessment.pk)))


def edited(data: bytes, change: Callable[[Any], object]) -> bytes:
    """The workbook after `change` was done to the book."""
    book = load_workbook(io.BytesIO(data))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def columns(page: Any) -> dict[str, int]:
    """{head: number of its column}."""
    return {cell.value: cell.column for cell in page[HEAD_ROW] if cell.value}


def row_of(page: Any, code: str) -> int:
    head = columns(page)["Mã"]
    return next(row for row in range(FIRST_ROW, page.max_row + 1) if str(page.cell(row, head).value) == code)


def put(page: Any, code: str, cells: Mapping[str, Any]) -> None:
    for head, value in cells.items():
        page.cell(row_of(page, code), columns(page)[head]).value = value


def filled(data: bytes, rows: Mapping[str, Mapping[str, Any]]) -> bytes:
    """The workbook with cells filled in: {code: {head: value}}."""

    def fill(book: Any) -> None:
        for code, cells in rows.items():
            put(book[SHEET], code, cells)

    return edited(data, fill)


def address(data: bytes, code: str, head: str) -> str:
    """Where the cell of a criterion is: "E7"."""
    page = load_workbook(io.BytesIO(data))[SHEET]
    return page.cell(row_of(page, code), columns(page)[head]).coordinate


def zipped(files: Mapping[str, bytes] | Iterable[tuple[str, bytes]], compression: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in files.items() if isinstance(files, Mapping) else files:
            archive.writestr(name, data)
    return out.getvalue()


def rezipped(
    data: bytes, change: Callable[[str, bytes], bytes | None], more: Mapping[str, bytes] | None = None
) -> bytes:
    """The package with its parts changed; None takes a part out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if (part := change(name, source.read(name))) is not None:
                target.writestr(name, part)
        for name, part in (more or {}).items():
            target.writestr(name, part)
    return out.getvalue()
