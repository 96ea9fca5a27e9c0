"""What every report has, whatever it tells: a title, what it holds of whom, and its tables for a workbook."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum, auto
from typing import ClassVar

from reports.contexts.blocks import Annex, Block
from reports.contexts.paper import Paper

Scope = dict[str, list[int]]


class Kind(StrEnum):
    """What a column holds, and so how its cells are shown."""

    TEXT = auto()
    CENTRE = auto()  # short text or a mark
    WHOLE = auto()
    SCORE = auto()  # two decimals
    PERCENT = auto()  # 0 to 100, at most one decimal
    MONEY = auto()  # whole đồng
    DAY = auto()
    MOMENT = auto()


@dataclass(frozen=True, kw_only=True)
class SumOf:
    """A sum over other rows of the same column, given by their places in `Sheet.rows`, which becomes a formula."""

    rows: Sequence[int]


Cell = str | int | Decimal | date | datetime | SumOf | None


@dataclass(frozen=True, kw_only=True)
class Column:
    """`width` in characters."""

    title: str
    width: float
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, kw_only=True)
class Row:
    """`look` is "", "group" or "total"."""

    cells: Sequence[Cell]
    look: str = ""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One table of a workbook. `lines` stand under the title and say what the table is of: the filters."""

    name: str
    title: str
    lines: Sequence[str]
    columns: Sequence[Column]
    rows: Sequence[Row]


@dataclass(frozen=True, kw_only=True)
class Report:
    """What every kind's value has; `print_template` lays it out for PDF and DOCX, `sheets` for a workbook.

    `scope` is what the report holds, as {permission: ids of units}: whoever downloads it must still hold all of it.

    `made_at` is the moment the data was read, in no way part of the data itself.
    """

    print_template: ClassVar[str]

    title: str
    file_name: str
    paper: Paper
    made_at: datetime
    scope: Scope = field(default_factory=dict)

    @property
    def sheets(self) -> Sequence[Sheet]:
        raise NotImplementedError

    @property
    def parts(self) -> Sequence[Report]:
        """The documents that an archive of this report holds."""
        return [self]

    @property
    def data_version(self) -> str:
        """SHA-256 of everything told, so that two reports can be compared without reading them."""
        data = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in {"made_at", "scope"}}
        return hashlib.sha256(json.dumps(data, default=_plain, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class DocumentReport(Report):
    """A document that is nothing but its blocks: page, PDF and DOCX come by themselves. `status_line` stands in
    brackets under the title."""

    print_template = "reports/document_print.html"

    abstract: Sequence[str] = ()
    status_line: str = ""
    blocks: Sequence[Block] = ()
    annexes: Sequence[Annex] = ()


def _plain(value: object) -> object:
    return asdict(value) if hasattr(value, "__dataclass_fields__") else str(value)  # type: ignore[call-overload]
