"""What is said of a task beside its title: "Chủ trì:", "Thời gian thực hiện:", "(02 hội nghị)"."""

from __future__ import annotations

import re
from dataclasses import replace

from plans.document.funding import cell_amount
from plans.document.model import Role, Task, TaskPeriod
from plans.document.paragraphs import ATTRIBUTE
from plans.document.performers import read_performers
from plans.document.spelling import fold, strip_end
from plans.period import parse_period

_AT_START = re.compile(rf"(?:^|(?<=[.;,(\n-])\s?){ATTRIBUTE.pattern}")
_COUNTED = (
    r"hoi nghi|lop|cuoc|dot|khoa|buoi|hoi thao|doan|chuyen|bo tai lieu|bai|don vi|mo hinh|bao cao|phong su|bai viet|"
    r"hoc vien|nguoi|xa|phuong|huyen|quy trinh|can bo|phan mem|tin|chuyen muc|bo"
)
_IN_BRACKETS = re.compile(rf"\((?:du kien |gom |tong so )?(?P<quantity>\d{{1,4}}\s(?:{_COUNTED})\b[^()]{{0,80}})\)")
_IN_SENTENCE = re.compile(
    r"(?<![\d.,/:])(?P<quantity>\d{1,3}\s(?:hoi nghi|lop|cuoc|dot|khoa|buoi|hoi thao|chuyen|phong su|bai viet|"
    r"mo hinh)\b)"
)
_TIME_IN_BRACKETS = re.compile(r"\((?P<period>[^()]{0,60}\b(?:thang|quy|nam|ngay)\b[^()]{0,60})\)")
_ROLES: dict[str, Role] = {"lead": "lead", "support": "support", "direct": "direct", "execute": "execute"}


def split_attributes(text: str) -> tuple[str, list[tuple[str, str]]]:
    """The words before the first attribute, and the attributes as (kind, value)."""
    folded = fold(text)
    found = list(_AT_START.finditer(folded))
    if not found:
        return text, []
    values = []
    for place, match in enumerate(found):
        stop = found[place + 1].start() if place + 1 < len(found) else len(text)
        values.append((str(match.lastgroup), text[match.end() : stop].strip().rstrip("(").strip()))
    return text[: found[0].start()].rstrip(" (-–"), values


def with_attribute(task: Task, kind: str, value: str, year: int | None) -> Task:
    """`task` with one more thing known; what is known already stays."""
    value = value.strip()
    if not value:
        return task
    if kind in _ROLES:
        performers = dict.fromkeys((*task.performers, *read_performers(value, _ROLES[kind])))
        return replace(task, performers=tuple(performers))
    flat = strip_end(value.replace("\n", " "))
    if kind == "period" and task.period.text is None:
        return replace(task, period=read_period(flat, year))
    if kind == "quantity" and task.quantity is None:
        return replace(task, quantity=flat)
    if kind == "deliverable" and task.deliverable is None:
        return replace(task, deliverable=flat)
    if kind == "cost" and task.cost_text is None:
        return replace(task, cost_text=flat, cost=cell_amount(flat, ""))
    return task


def read_period(text: str, year: int | None) -> TaskPeriod:
    period = parse_period(text, default_year=year)
    return TaskPeriod(period.text, period.start, period.end)


def from_title(task: Task, year: int | None) -> Task:
    """`task` with the quantity and the time its title names in brackets; the title stays as written."""
    folded = fold(task.title)
    quantity = _IN_BRACKETS.search(folded) or _IN_SENTENCE.search(folded)
    if quantity and task.quantity is None:
        task = replace(task, quantity=task.title[quantity.start("quantity") : quantity.end("quantity")].strip())
    time = _TIME_IN_BRACKETS.search(folded)
    if time and task.period.text is None:
        period = read_period(task.title[time.start("period") : time.end("period")].strip(), year)
        if period.start or period.end:
            task = replace(task, period=period)
    return task


def with_quantities(tasks: list[Task], contents: list[str]) -> list[Task]:
    """`tasks` with the quantities that the list of contents gives for them, where the wording leaves no doubt."""
    claims: dict[int, list[tuple[float, str]]] = {}
    for content in contents[:200]:
        begin = 0
        for found in _IN_BRACKETS.finditer(fold(content)):
            place, score = _closest(content[begin : found.start()], tasks)
            if place is not None:
                claims.setdefault(place, []).append((score, content[found.start("quantity") : found.end("quantity")]))
            begin = found.end()
    return [
        replace(task, quantity=max(claims[place])[1].strip()) if place in claims and task.quantity is None else task
        for place, task in enumerate(tasks)
    ]


def similarity(one: str, other: str) -> float:
    """How many of their words two wordings share, from 0 to 1."""
    first, second = (set(re.findall(r"\w+", fold(text))) for text in (one, other))
    return len(first & second) / len(first | second) if first | second else 0.0


def _closest(words: str, tasks: list[Task]) -> tuple[int | None, float]:
    """The task worded most like `words`; None when none is near or two are equally near."""
    scores = sorted(((similarity(words, task.title), place) for place, task in enumerate(tasks[:200])), reverse=True)
    if not scores or scores[0][0] < 0.5 or (len(scores) > 1 and scores[0][0] - scores[1][0] < 0.08):
        return None, 0.0
    return scores[0][1], scores[0][0]
