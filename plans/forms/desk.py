"""The editor's page as plain rows: made of a plan's content or of what a form sent, so that both look the same.

Rows may be added, taken out and moved by submit buttons (`act`), without JavaScript and without saving.
"""

from __future__ import annotations

import json
import re
from typing import Any

from django.http import QueryDict

from plans.contexts.content import HEAD, ItemContent, PerformerContent, PlanContent, SectionContent, TaskContent
from plans.document import read_document
from plans.document.table import kind_of
from plans.period import parse_period

Row = dict[str, Any]
# What each list sends: a field name each, all of a row's sent together so that they stay side by side.
LISTS: dict[str, tuple[str, ...]] = {
    "legal_bases": ("text", "document", "source"),
    "passages": ("text", "kind", "source"),
    "responsibilities": ("label", "body", "duties", "unit", "source"),
    "recipients": ("text", "purpose", "kind", "source"),
    "signature_lines": ("text", "kind", "source"),
    "unrecognised": ("text", "source", "fate"),
}
TASK = (
    "id",
    "number",
    "title",
    "group",
    "period",
    "start",
    "end",
    "kept",
    "quantity",
    "deliverable",
    "cost",
    "details",
    "source",
)
PERFORMER = ("text", "role", "unit")
SECTION = ("kind", "label", "title", "source")
ITEM = ("label", "text", "depth", "source", "bound")
FUNDING = ("amount", "fund_source", "norm")
CHOSEN = "{pk}|{text}"


def desk_of(content: PlanContent) -> Row:
    """What the page shows of `content`."""
    bound = {line for each in content.tasks for line in each.source}
    bound |= {line for each in content.responsibilities for line in each.source}
    held = held_lines(content)
    return {
        "head": {name: _text(getattr(content, name)) for name in HEAD},
        "standards": "; ".join(content.standards),
        "legal_bases": [
            {"text": each.text, "document": _chosen(each.document, each.text), "source": _numbers(each.source)}
            for each in content.legal_bases
        ],
        "passages": [
            {"text": each.text, "kind": each.kind, "source": _numbers(each.source)}
            for each in content.passages
            if not is_held(each.source, held)
        ],
        "tasks": [_task_row(task, content.issue_year) for task in content.tasks],
        "sections": [_section_row(f"s{place}", section, bound) for place, section in enumerate(content.sections)],
        "funding": {
            "amount": "" if content.funding.amount is None else f"{content.funding.amount:,}".replace(",", "."),
            "fund_source": content.funding.fund_source,
            "norm": content.funding.norm,
        },
        "responsibilities": [
            {
                "label": each.label,
                "body": each.body,
                "duties": "\n".join(each.duties),
                "unit": _chosen(each.unit, each.body),
                "source": _numbers(each.source),
            }
            for each in content.responsibilities
        ],
        "recipients": [
            {
                "text": each.text,
                "purpose": each.purpose,
                "kind": "filing" if each.is_filing else "",
                "source": _numbers(each.source),
            }
            for each in content.recipients
        ],
        "signature_lines": [
            {"text": each.text, "kind": each.kind, "source": _numbers(each.source)} for each in content.signature_lines
        ],
        "unrecognised": [
            {"text": each.text, "source": _numbers(each.source), "fate": ""} for each in content.unrecognised
        ],
    }


def desk_from(sent: QueryDict) -> Row:
    """What the form sent, nothing lost and nothing judged."""
    desk: Row = {
        "head": {name: sent.get(name, "").strip() for name in HEAD},
        "standards": sent.get("standards", ""),
        "funding": {name: sent.get(f"funding-{name}", "") for name in FUNDING},
    }
    for name, fields in LISTS.items():
        desk[name] = _parallel(sent, name, fields)
    desk["tasks"] = [
        {"key": key}
        | {name: sent.get(f"task-{key}-{name}", "").replace("\r\n", "\n") for name in TASK}
        | {"performers": _parallel(sent, f"task-{key}-performer", PERFORMER)}
        for key in dict.fromkeys(sent.getlist("task"))
    ]
    desk["sections"] = [
        {"key": key}
        | {name: sent.get(f"section-{key}-{name}", "") for name in SECTION}
        | {"items": _parallel(sent, f"item-{key}", ITEM)}
        for key in dict.fromkeys(sent.getlist("section"))
    ]
    return desk


BLANKS: dict[str, Row] = {
    "legal_bases": {"text": "Căn cứ "},
    "performers": {"role": "execute"},
    "items": {"label": "-", "depth": "1"},
    "passages": {"kind": "closing"},
    "signature_lines": {"kind": "authority"},
    "sections": {"kind": "other", "items": []},
    "tasks": {"performers": []},
}

_FIELDS = LISTS | {"tasks": TASK, "sections": SECTION, "items": ITEM, "performers": PERFORMER}


def act(desk: Row, said: str) -> None:
    """Do what a button says: "up tasks 3", "remove tasks.2.performers 0", "add sections.1.items 4", "number tasks 0".

    `add` puts a blank row after the place, at the end with -1. What makes no sense does nothing.
    """
    words = said.split(" ")
    if len(words) != 3 or not re.fullmatch(r"-?\d{1,4}", words[2]):
        return
    what, path, place = words[0], words[1], int(words[2])
    rows = _rows_at(desk, path)
    if rows is None:
        return
    counted = path == "tasks" and is_counted(rows)
    if what == "add" and -1 <= place < max(len(rows), 1):
        rows.insert(len(rows) if place < 0 else place + 1, blank(desk, path))
    elif 0 <= place < len(rows):
        if what == "remove":
            rows.pop(place)
        elif what in {"up", "down"} and 0 <= (to := place + (1 if what == "down" else -1)) < len(rows):
            rows.insert(to, rows.pop(place))
    if counted or what == "number":
        for number, row in enumerate(rows, start=1):
            row["number"] = str(number)


def blank(desk: Row, path: str) -> Row:
    name = path.rsplit(".", 1)[-1]
    row: Row = json.loads(json.dumps(BLANKS.get(name, {})))
    row = dict.fromkeys(_FIELDS.get(name, ()), "") | row
    if name in {"tasks", "sections"}:
        taken = {each["key"] for each in desk[name]}
        row["key"] = next(key for key in (f"n{number}" for number in range(100_000)) if key not in taken)
    return row


def is_counted(rows: list[Row]) -> bool:
    """Whether the tasks are numbered 1, 2, 3 … : then they stay so when they are moved."""
    return bool(rows) and all(row.get("number", "") == str(place) for place, row in enumerate(rows, start=1))


def pasted(desk: Row, text: str, year: int | None) -> int:
    """Add the rows of a table that was copied from Word or Excel (or drawn with |) as tasks; how many there were.

    A table with a head is read as the import reads one; without a head its columns are title, performers, period.
    """
    lines = [line for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
    if not lines:
        return 0
    body = "\n".join(lines)
    head = _HEADS.get(len(_cells(lines[0])))
    if head and "title" not in {kind_of(cell) for cell in _cells(lines[0])}:
        body = f"{head if '|' not in lines[0] else head.replace(chr(9), ' | ')}\n{body}"
    read = read_document(f"{_FRAME}{body}").tasks if head else ()
    counted = not desk["tasks"] or is_counted(desk["tasks"])
    tasks = [
        TaskContent(
            number=each.number or "",
            title=each.title,
            group=each.group or "",
            period_text=each.period.text or "",
            quantity=each.quantity or "",
            deliverable=each.deliverable or "",
            cost_text=each.cost_text or "",
            cost=each.cost,
            details=tuple(detail.text for detail in each.details),
            performers=tuple(PerformerContent(text=who.text, role=who.role) for who in each.performers),
        )
        for each in read
    ] or [TaskContent(title=line.strip()) for line in lines]
    for task in tasks:
        desk["tasks"].append(_task_row(task, year) | {"key": blank(desk, "tasks")["key"], "id": ""})
    if counted:
        for number, row in enumerate(desk["tasks"], start=1):
            row["number"] = str(number)
    return len(tasks)


# What makes the reader of documents see a table of tasks where only its rows were copied.
_FRAME = "KẾ HOẠCH\nDán bảng\n\nI. NHIỆM VỤ\n\n"
_HEADS = {
    2: "Nội dung công việc\tThời gian",
    3: "Nội dung công việc\tThực hiện\tThời gian",
    4: "TT\tNội dung công việc\tThực hiện\tThời gian",
    5: "TT\tNội dung công việc\tChủ trì\tPhối hợp\tThời gian",
    6: "TT\tNội dung công việc\tChủ trì\tPhối hợp\tThời gian\tSản phẩm",
}


def _cells(line: str) -> list[str]:
    inner = line.strip().strip("|")
    return inner.split("|") if "|" in inner else line.split("\t")


def days_of(period: str, year: int | None) -> tuple[Any, Any]:
    found = parse_period(period, default_year=year) if period.strip() else None
    return (found.start, found.end) if found else (None, None)


def is_held(source: tuple[int, ...], held: set[int]) -> bool:
    """Whether a passage stands in a section too: then it is edited there."""
    return bool(source) and held.issuperset(source)


def held_lines(content: PlanContent) -> set[int]:
    lines = {line for section in content.sections for item in section.items for line in item.source}
    return lines | {line for section in content.sections for line in section.source}


def said(item: ItemContent) -> str:
    """A paragraph or a row of a table as one text to edit."""
    return " | ".join(item.cells) if item.cells else item.text


def _task_row(task: TaskContent, year: int | None) -> Row:
    start, end = days_of(task.period_text, year)
    # Days are shown to be edited only where they are not simply what the words say.
    other = (task.start, task.end) != (start, end)
    return {
        "key": f"t{task.id}",
        "id": _text(task.id),
        "number": task.number,
        "title": task.title,
        "group": task.group,
        "period": task.period_text,
        "start": _text(task.start) if other else "",
        "end": _text(task.end) if other else "",
        "kept": json.dumps([task.period_text, _text(task.start), _text(task.end)]) if other else "",
        "quantity": task.quantity,
        "deliverable": task.deliverable,
        "cost": task.cost_text,
        "details": "\n".join(task.details),
        "source": _numbers(task.source),
        "performers": [
            {"text": each.text, "role": each.role, "unit": _chosen(each.unit, each.text)} for each in task.performers
        ],
    }


def _section_row(key: str, section: SectionContent, bound: set[int]) -> Row:
    return {
        "key": key,
        "kind": section.kind,
        "label": section.label,
        "title": section.title,
        "source": _numbers(section.source),
        "items": [
            {
                "label": item.label,
                "text": said(item),
                "depth": str(item.depth),
                "source": _numbers(item.source),
                "bound": json.dumps(_item_json(item)) if is_held(item.source, bound) else "",
            }
            for item in section.items
        ],
    }


def _item_json(item: ItemContent) -> Row:
    return {
        "label": item.label,
        "text": item.text,
        "depth": item.depth,
        "source": item.source,
        "cells": item.cells,
    }


def _parallel(sent: QueryDict, name: str, fields: tuple[str, ...]) -> list[Row]:
    columns = [sent.getlist(f"{name}-{field}") for field in fields]
    length = max(map(len, columns), default=0)
    padded = [[*column, *[""] * (length - len(column))] for column in columns]
    return [
        dict(zip(fields, (value.replace("\r\n", "\n") for value in row), strict=True))
        for row in zip(*padded, strict=True)
    ]


def _rows_at(desk: Row, path: str) -> list[Row] | None:
    here: Any = desk
    for step in path.split("."):
        if isinstance(here, list):
            here = here[int(step)] if step.isdigit() and int(step) < len(here) else None
        elif isinstance(here, dict):
            here = here.get(step)
        else:
            return None
    return here if isinstance(here, list) else None


def _numbers(source: tuple[int, ...]) -> str:
    return ",".join(map(str, source))


def _chosen(pk: int | None, text: str) -> str:
    return CHOSEN.format(pk=pk, text=text) if pk else ""


def _text(value: object) -> str:
    return "" if value is None else str(value)
