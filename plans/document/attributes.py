"""What is said of a task beside its title: "Chủ trì:", "Thời gian thực hiện:", "(02 hội nghị)"."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from plans.document.funding import cell_amount
from plans.document.model import Performer, Role, Task, TaskPeriod, Text
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
        kind = str(match.lastgroup)
        if kind == "period" and names_deadline(match.group()):
            kind = "deadline"
        values.append((kind, text[match.end() : stop].strip().rstrip("(").strip()))
    return text[: found[0].start()].rstrip(" (-–"), values


@dataclass(slots=True)
class TaskDraft:
    """A task while its lines are read; what is known already stays."""

    number: str | None
    title: str
    group: str | None
    year: int | None
    performers: list[Performer] = field(default_factory=list)
    period: TaskPeriod = field(default_factory=TaskPeriod)
    quantity: str | None = None
    deliverable: str | None = None
    cost_text: str | None = None
    cost: int | None = None
    details: list[Text] = field(default_factory=list)
    source: list[int] = field(default_factory=list)

    def add(self, kind: str, value: str) -> None:
        """One more thing known of the task: `kind` is the name of an attribute or column."""
        value = value.strip()
        if not value:
            return
        if kind in _ROLES:
            self.performers.extend(read_performers(value, _ROLES[kind]))
            return
        words = strip_end(value.replace("\n", " "))
        if kind in {"period", "deadline"} and self.period.text is None:
            self.period = read_period(words, self.year, is_deadline=kind == "deadline")
        elif kind == "quantity" and self.quantity is None:
            self.quantity = words
        elif kind == "deliverable" and self.deliverable is None:
            self.deliverable = words
        elif kind == "cost" and self.cost_text is None:
            self.cost_text, self.cost = words, cell_amount(words, "")

    def add_detail(self, text: Text) -> None:
        self.details.append(text)
        self.source.extend(text.source)

    def finished(self) -> Task:
        """The task, with quantity and time out of its title where nothing else names them."""
        folded = fold(self.title)
        quantity = _counted(self.title)
        if quantity and self.quantity is None:
            self.quantity = self.title[quantity.start("quantity") : quantity.end("quantity")].strip()
        if self.quantity is None:
            self.quantity = _only_count(self.details)
        time = _TIME_IN_BRACKETS.search(folded)
        if time and self.period.text is None:
            period = read_period(self.title[time.start("period") : time.end("period")].strip(), self.year)
            if period.start or period.end:
                self.period = period
        return Task(
            number=self.number,
            title=self.title,
            performers=tuple(dict.fromkeys(self.performers)),
            period=self.period,
            quantity=self.quantity,
            deliverable=self.deliverable,
            cost_text=self.cost_text,
            cost=self.cost,
            group=self.group,
            details=tuple(self.details),
            source=tuple(dict.fromkeys(self.source)),
        )


def _only_count(details: list[Text]) -> str | None:
    """What the details count, where they count one thing: "Tổ chức 02 lớp tập huấn …"."""
    counts = {}
    for detail in details[:50]:
        folded = fold(detail.text)
        for found in (*_IN_BRACKETS.finditer(folded), *_IN_SENTENCE.finditer(folded)):
            words = detail.text[found.start("quantity") : found.end("quantity")].strip()
            if "khoa" not in words.lower().split()[1:2]:
                counts[found.start("quantity"), detail.text] = words
    return next(iter(counts.values())) if len(counts) == 1 else None


def _counted(title: str) -> re.Match[str] | None:
    """Where a title says how many; "khoa" (a department) is no "khóa" (a course)."""
    folded = fold(title)
    for found in (*_IN_BRACKETS.finditer(folded), *_IN_SENTENCE.finditer(folded)):
        if "khoa" not in title[found.start("quantity") : found.end("quantity")].lower().split()[1:2]:
            return found
    return None


def names_deadline(label: str) -> bool:
    """Whether a label or a column's head asks for the last day alone: "Hoàn thành", "Thời hạn", "Hạn"."""
    folded = fold(label)
    return bool(re.search(r"\b(?:thoi han|han|hoan thanh)\b", folded)) and not re.search(
        r"\b(?:thuc hien|tu)\b", folded
    )


def read_period(text: str, year: int | None, *, is_deadline: bool = False) -> TaskPeriod:
    """The days that `text` names; a single day that is a deadline ends a period that begins at no known day."""
    period = parse_period(text, default_year=year)
    if is_deadline and period.start == period.end:
        return TaskPeriod(period.text, None, period.end)
    return TaskPeriod(period.text, period.start, period.end)


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
