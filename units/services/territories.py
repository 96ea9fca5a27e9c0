"""The official list of administrative units, read from CSV into the dated tree.

Columns: level,code,name,kind,parent_code,valid_from,valid_to. A blank first day means "before the list begins", a blank
last day "still". Districts ended on 30/6/2025; communes formed on 1/7/2025 stand directly under their province and may
bear the code of a differently named old one, so a row is told apart by (level, code, first day) and a parent is the one
of its code that stands on the child's last day.
"""

from __future__ import annotations

import csv
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import uuid4

from django.db import transaction

from activity.services import record
from units.models import Unit, User
from units.services.tree import STEP

COLUMNS = ("level", "code", "name", "kind", "parent_code", "valid_from", "valid_to")
LEVELS = (Unit.Kind.PROVINCE, Unit.Kind.DISTRICT, Unit.Kind.COMMUNE)
WORDS = ("thành phố", "tỉnh", "quận", "huyện", "thị xã", "thị trấn", "phường", "xã", "đặc khu")
ALWAYS = date.max

Identity = tuple[str, str, date | None]


class BadUnitsFile(Exception):
    """The list cannot be read; `errors` are (line, English words) in the order of the file. Nothing was written."""

    def __init__(self, errors: list[tuple[int, str]]) -> None:
        self.errors = errors
        super().__init__("; ".join(f"line {line}: {words}" for line, words in errors))


@dataclass(frozen=True, kw_only=True)
class ImportResult:
    created: int
    changed: int
    unchanged: int


@dataclass(kw_only=True)
class Row:
    line: int
    level: Unit.Kind
    code: str
    name: str
    place: str
    parent_code: str
    valid_from: date | None
    valid_to: date | None
    unit: Unit | None = field(default=None)

    @property
    def identity(self) -> Identity:
        return (self.level, self.code, self.valid_from)


def committee_name(territory: str, kind: str) -> tuple[str, str]:
    """("Huyện Hiệp Hòa", "") → ("UBND huyện Hiệp Hòa", "Hiệp Hòa"); the kind comes from the name or its own column."""
    territory = " ".join(unicodedata.normalize("NFC", territory).split())
    lowered = territory.casefold()
    for word in WORDS:
        if lowered.startswith(f"{word} "):
            place = territory[len(word) + 1 :]
            return f"UBND {word} {place}", place
    word = unicodedata.normalize("NFC", kind).strip().casefold()
    return f"UBND {word} {territory}".replace("  ", " "), territory


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _row(line: int, values: dict[str, str]) -> Row:
    """One line as a row; raises ValueError with what is wrong with it."""
    if None in values or any(value is None for value in values.values()):
        raise ValueError(f"expected {len(COLUMNS)} columns")
    values = {name: value.strip() for name, value in values.items()}
    if values["level"] not in LEVELS:
        raise ValueError(f"level must be one of {', '.join(LEVELS)}, not {values['level']!r}")
    if not (values["code"].isascii() and values["code"].isdigit() and len(values["code"]) <= 10):
        raise ValueError(f"code must be digits, not {values['code']!r}")
    if not values["name"] or "\0" in values["name"]:
        raise ValueError("name is missing")
    try:
        valid_from, valid_to = _day(values["valid_from"]), _day(values["valid_to"])
    except ValueError:
        raise ValueError("valid_from and valid_to must be days such as 2025-07-01") from None
    if valid_from and valid_to and valid_to < valid_from:
        raise ValueError("valid_to lies before valid_from")
    level = Unit.Kind(values["level"])
    if (level == Unit.Kind.PROVINCE) != (values["parent_code"] == ""):
        raise ValueError("a province has no parent_code, every other unit has one")
    name, place = committee_name(values["name"], values["kind"])
    if len(name) > 200 or len(place) > 120:
        raise ValueError("name is too long")
    return Row(
        line=line,
        level=level,
        code=values["code"],
        name=name,
        place=place,
        parent_code=values["parent_code"],
        valid_from=valid_from,
        valid_to=valid_to,
    )


def _read(lines: Iterable[str]) -> list[Row]:
    reader = csv.DictReader(lines)
    rows: list[Row] = []
    errors: list[tuple[int, str]] = []
    seen: dict[Identity, int] = {}
    try:
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise BadUnitsFile([(1, f"the first line must be {','.join(COLUMNS)}")])
        for values in reader:
            try:
                row = _row(reader.line_num, values)
            except ValueError as error:
                errors.append((reader.line_num, str(error)))
                continue
            if (first := seen.setdefault(row.identity, row.line)) != row.line:
                errors.append((row.line, f"the same unit as line {first}"))
            rows.append(row)
    except csv.Error as error:
        errors.append((reader.line_num, str(error)))
    if errors:
        raise BadUnitsFile(errors)
    return rows


def _parent(row: Row, candidates: list[Unit]) -> Unit | None:
    """The unit of the parent's code that stands on the row's last day; a district before a province of that code."""
    last = row.valid_to or ALWAYS
    standing = [
        unit
        for unit in candidates
        if (unit.valid_from is None or unit.valid_from <= last) and (unit.valid_to or ALWAYS) >= last
    ]
    standing.sort(key=lambda unit: LEVELS.index(Unit.Kind(unit.kind)), reverse=True)
    return standing[0] if standing else None


@transaction.atomic
def import_units(*, lines: Iterable[str], by: User | None) -> ImportResult:
    """Bring the tree to what the list says: new units are added, known ones get its name and last day, none is removed.

    All or nothing; raises BadUnitsFile. A second run of the same list changes nothing. Some fifteen queries for any
    number of rows, and one audit event per province.
    """
    rows = _read(lines)
    known: dict[Identity, Unit] = {}
    by_code: dict[str, list[Unit]] = defaultdict(list)
    for stored in Unit.objects.filter(kind__in=LEVELS).exclude(code=""):
        known[stored.kind, stored.code, stored.valid_from] = stored
        by_code[stored.code].append(stored)
    counts: dict[str, dict[str, int]] = defaultdict(lambda: {"created": 0, "changed": 0, "unchanged": 0})
    errors: list[tuple[int, str]] = []
    for level in LEVELS:
        created: list[Unit] = []
        changed: list[Unit] = []
        above = LEVELS[: LEVELS.index(level)]
        for row in (row for row in rows if row.level == level):
            parent = None
            if row.parent_code:
                parent = _parent(row, [unit for unit in by_code[row.parent_code] if unit.kind in above])
                if parent is None:
                    errors.append((row.line, f"no parent with code {row.parent_code} on the unit's last day"))
                    continue
            if (unit := known.get(row.identity)) is None:
                unit = Unit(
                    parent=parent,
                    path=f"new-{uuid4().hex}/",
                    kind=level,
                    code=row.code,
                    name=row.name,
                    place=row.place,
                    valid_from=row.valid_from,
                    valid_to=row.valid_to,
                )
                created.append(unit)
            elif unit.parent_id != (parent.pk if parent else None):
                errors.append((row.line, "the unit stands under another parent already"))
            elif (unit.name, unit.place, unit.valid_to) != (row.name, row.place, row.valid_to):
                unit.name, unit.place, unit.valid_to = row.name, row.place, row.valid_to
                changed.append(unit)
            else:
                counts[unit.path[: len(STEP.format(0))]]["unchanged"] += 1
        if errors:
            continue
        Unit.objects.bulk_create(created)
        for new in created:
            new.path = (new.parent.path if new.parent else "") + STEP.format(new.pk)
            by_code[new.code].append(new)
        Unit.objects.bulk_update(created, ["path"], batch_size=200)
        Unit.objects.bulk_update(changed, ["name", "place", "valid_to"], batch_size=200)
        for kind, units in (("created", created), ("changed", changed)):
            for touched in units:
                counts[touched.path[: len(STEP.format(0))]][kind] += 1
    if errors:
        raise BadUnitsFile(sorted(errors))
    for root in Unit.objects.filter(path__in=counts).order_by("pk"):
        written = {kind: [0, count] for kind, count in counts[root.path].items() if count and kind != "unchanged"}
        if written:
            record(by=by, action="units.imported", target=root, unit_path=root.path, changes=written)
    totals = {kind: sum(count[kind] for count in counts.values()) for kind in ("created", "changed", "unchanged")}
    return ImportResult(**totals)
