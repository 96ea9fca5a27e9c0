"""What a plan or decision on paper says, as frozen values: no Django, no database.

Every value knows the numbers of the lines it was read from (`source`, counted from 1), so that a page can show each
field beside its lines, and so that "no line is lost" can be counted instead of believed: a line that no field cites is
listed in `PlanDocument.unrecognised`.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal

Role = Literal["lead", "support", "execute", "direct"]
SectionKind = Literal[
    "purposes",
    "requirements",
    "scope",
    "content",
    "tasks",
    "funding",
    "responsibilities",
    "schedule",
    "provision",
    "other",
]
Source = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One non-blank line of the file: its number and its text, NFC, without markup, trimmed; a table's row in cells."""

    number: int
    text: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """Words as written; lines that the paper only wrapped are joined by one space."""

    text: str
    source: Source = ()


@dataclass(frozen=True, slots=True)
class IssueDate:
    """The date in the head. A part left blank on the paper is None; `text` is the line as written."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    text: str = ""
    source: Source = ()


@dataclass(frozen=True, slots=True)
class TaskPeriod:
    """`text` is None when the paper gives the task no time; `end` is the last day, included."""

    text: str | None = None
    start: datetime.date | None = None
    end: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Performer:
    text: str
    role: Role = "execute"


@dataclass(frozen=True, slots=True)
class Task:
    """`number` is the paper's own label ("1", "a", "2.1"), None for a bullet; it need not be unique in the plan."""

    number: str | None
    title: str
    performers: tuple[Performer, ...] = ()
    period: TaskPeriod = TaskPeriod()
    quantity: str | None = None  # "01 hội nghị"
    deliverable: str | None = None
    cost_text: str | None = None
    cost: int | None = None  # whole đồng
    group: str | None = None  # heading the task stands under, when tasks are grouped
    details: tuple[Text, ...] = ()
    source: Source = ()


@dataclass(frozen=True, slots=True)
class Money:
    """One figure of money as written and in whole đồng."""

    text: str
    amount: int


@dataclass(frozen=True, slots=True)
class Funding:
    """`amount` is the total in whole đồng; None when the paper names none or several that do not add up to one."""

    text: str | None = None
    amount: int | None = None
    fund_source: str | None = None  # `source` in the JSON; here `source` are the lines
    norm: str | None = None  # "Định mức": spending norms that apply
    figures: tuple[Money, ...] = ()
    paragraphs: tuple[Text, ...] = ()
    source: Source = ()


@dataclass(frozen=True, slots=True)
class Responsibility:
    """`heading` is the whole heading where it says more than the body's name ("Trách nhiệm của các sở, ngành")."""

    body: str
    duties: tuple[Text, ...] = ()
    label: str | None = None
    source: Source = ()
    heading: str | None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    text: str
    purpose: str | None = None  # "để b/c", as written between the brackets
    is_filing: bool = False  # the last line, "Lưu: VT, …"
    source: Source = ()


@dataclass(frozen=True, slots=True)
class Signature:
    """`lines` are authority and office as written; `office` is the line under the signature, if any."""

    lines: tuple[str, ...] = ()
    name: str | None = None
    office: str | None = None
    marks: tuple[str, ...] = ()  # "(Đã ký)"
    source: Source = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One paragraph, bullet or table row of the body with its label as written ("1.", "-", "")."""

    label: str
    text: str
    depth: int
    source: Source = ()
    cells: tuple[str, ...] = ()  # filled for a table row; the first row of a table is its header


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the body word for word, in the paper's order: what printing the plan back needs."""

    label: str
    title: str
    kind: SectionKind
    items: tuple[Item, ...] = ()
    source: Source = ()


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the title beside number and date."""

    national_title: tuple[Text, ...] = ()  # state name and motto
    parent: Text | None = None  # organ above the issuing one
    organ: Text | None = None
    subject: Text | None = None  # "V/v …" under the number
    marks: tuple[Text, ...] = ()  # "DỰ THẢO", "HỎA TỐC"


@dataclass(frozen=True, slots=True)
class PlanDocument:
    number: str | None = None
    symbol: str | None = None
    kind: str | None = None
    place: str | None = None
    issue_date: IssueDate = IssueDate()
    issuer: str | None = None
    title: str | None = None
    standards: tuple[str, ...] = ()  # what the plan is about; every citation is in `cited_standards`
    cited_standards: tuple[str, ...] = ()
    legal_bases: tuple[Text, ...] = ()
    purposes: tuple[Text, ...] = ()
    requirements: tuple[Text, ...] = ()
    tasks: tuple[Task, ...] = ()
    funding: Funding = Funding()
    responsibilities: tuple[Responsibility, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    signature: Signature = Signature()
    unrecognised: tuple[Text, ...] = ()

    head: Head = Head()
    number_source: Source = ()
    kind_source: Source = ()
    title_source: Source = ()
    issuer_source: Source = ()
    authority: Text | None = None  # who decides, above the bases of a decision
    enacting: Text | None = None  # "QUYẾT ĐỊNH:" above the articles
    preamble: tuple[Text, ...] = ()  # sentences between bases and the first section
    contents: tuple[Text, ...] = ()  # list of contents beside a task table
    scope: tuple[Text, ...] = ()  # "Phạm vi, đối tượng": whom and what the plan is for
    schedule: tuple[Text, ...] = ()  # time of the plan as a whole
    provisions: tuple[Text, ...] = ()  # articles that enact: "Ban hành kèm theo …", "có hiệu lực …"
    annex_notes: tuple[Text, ...] = ()  # "(Phụ lục … kèm theo)"
    annex_titles: tuple[Text, ...] = ()
    headings: tuple[Text, ...] = ()  # headings and table headers whose content was read
    closing: tuple[Text, ...] = ()  # closing clause
    recipients_heading: Text | None = None
    decorations: tuple[Text, ...] = ()  # drawn rules, page numbers
    sections: tuple[Section, ...] = ()  # the body word for word
    lines: tuple[Line, ...] = ()
