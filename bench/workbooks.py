"""Workbooks: a long styled table against openpyxl writing the same cells without any style."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openpyxl import Workbook

from bench.pair import Pair
from reports.contexts import Column, Kind, Report, Row, Sheet
from reports.contexts.paper import Paper
from reports.renderers import xlsx

ROWS = 5_000
KINDS = [Kind.TEXT, Kind.TEXT, Kind.WHOLE, Kind.SCORE, Kind.PERCENT, Kind.MONEY, Kind.DAY, Kind.CENTRE]
DAY = datetime.date(2024, 2, 29)
VALUES = ["Ủy ban nhân dân huyện Hiệp Hòa", "Tập huấn chấm điểm", 12, 87.25, 60, 84_000_000, DAY, "x"]
PAPER = Paper(
    parent_organ="",
    organ="",
    organ_lines=(),
    symbol_tail="",
    place="",
    month="",
    year=2024,
    recipients=(),
    authorities=(),
    office_lines=(),
)


@dataclass(frozen=True, kw_only=True)
class LongReport(Report):
    @property
    def sheets(self) -> Sequence[Sheet]:
        columns = [Column(title=kind, width=20, kind=kind) for kind in KINDS]
        return [Sheet(name="1", title="1", lines=(), columns=columns, rows=[Row(cells=VALUES)] * ROWS)]


def rows_with_data(workbook: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return archive.read("xl/worksheets/sheet1.xml").count(b"60</v>")


def pairs() -> Iterator[Pair]:
    made_at = datetime.datetime(2024, 2, 29, 8, 0, tzinfo=datetime.UTC)
    report = LongReport(title="1", file_name="1", paper=PAPER, made_at=made_at)

    def ours() -> int:
        return rows_with_data(xlsx.render(report, "1"))

    def plain() -> int:
        book = Workbook()
        for _ in range(ROWS):
            book.active.append(VALUES)
        out = io.BytesIO()
        book.save(out)
        return rows_with_data(out.getvalue())

    yield Pair("a workbook of 5,000 styled rows, against one without styles", ours, plain, target=2)
