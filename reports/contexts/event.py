"""What is written of an event: the invitation (giấy mời), the minutes (biên bản) and the list of who came.

The forms are those of Nghị định 30/2020/NĐ-CP, phụ lục III, mẫu 1.9 and 1.10. Nothing that nobody wrote down is made
up: a chair, a secretary and an end that are not known stay empty places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar

from django.utils import timezone

from plans.contexts.letter import formal
from plans.models import Conclusion, Event, Invitation
from reports.contexts import paper
from reports.contexts.blocks import BLANK, BLANK_DAY, Annex, Block, Heading, Run, Table, cell, paragraph, row
from reports.contexts.paper import Paper
from reports.contexts.progress import about, paper_of
from reports.contexts.report import Column, DocumentReport, Kind, Row, Sheet, SumOf
from units.models import Unit, User
from units.permissions import Permission

# More guests than these stand in a list behind the letter, which is to be read at one glance.
MOST_IN_THE_TEXT = 6
KINDS = {
    Event.Kind.TRAINING: "lớp tập huấn",
    Event.Kind.CONFERENCE: "hội nghị",
    Event.Kind.STUDY_VISIT: "chuyến học tập kinh nghiệm",
    Event.Kind.INSPECTION: "buổi kiểm tra",
    Event.Kind.MEETING: "cuộc họp",
}
WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")


@dataclass(frozen=True, kw_only=True)
class Guest:
    """One invited unit. `came` None: nobody counted."""

    name: str
    seats: int
    came: int | None
    names: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class InvitationLetter(DocumentReport):
    """`guests` are those the letter is for: all of an event or one of them."""

    event_id: int
    event_title: str
    guests: Sequence[Guest] = field(default_factory=list)

    @property
    def sheets(self) -> Sequence[Sheet]:
        return [
            Sheet(
                name="Khách mời",
                title="DANH SÁCH ĐƠN VỊ ĐƯỢC MỜI",
                lines=[self.event_title],
                columns=[
                    Column(title="TT", width=6, kind=Kind.CENTRE),
                    Column(title="Đơn vị", width=50),
                    Column(title="Số đại biểu", width=14, kind=Kind.WHOLE),
                ],
                rows=_with_total(
                    [[str(place), each.name, each.seats] for place, each in enumerate(self.guests, start=1)], (2,)
                ),
            )
        ]


@dataclass(frozen=True, kw_only=True)
class Minutes(DocumentReport):
    print_template: ClassVar[str] = "reports/minutes_print.html"

    event_id: int
    event_title: str
    when: str
    guests: Sequence[Guest] = field(default_factory=list)

    @property
    def sheets(self) -> Sequence[Sheet]:
        rows: list[list[str | int | None]] = [
            [str(place), each.name, each.seats, each.came, "\n".join(each.names)]
            for place, each in enumerate(self.guests, start=1)
        ]
        return [
            Sheet(
                name="Đại biểu",
                title="DANH SÁCH ĐẠI BIỂU THAM DỰ",
                lines=[self.event_title, self.when],
                columns=[
                    Column(title="TT", width=6, kind=Kind.CENTRE),
                    Column(title="Đơn vị", width=50),
                    Column(title="Được mời", width=12, kind=Kind.WHOLE),
                    Column(title="Có mặt", width=12, kind=Kind.WHOLE),
                    Column(title="Họ và tên", width=50),
                ],
                rows=_with_total(rows, (2, 3)),
            )
        ]


def invitation_to_all(event: Event, *, user: User) -> InvitationLetter:
    """The letter to all invited units. Four queries."""
    return _letter(event, list(event.invitations.select_related("unit")), "")


def invitation_to_one(invitation: Invitation, *, user: User) -> InvitationLetter:
    """The letter to one of them."""
    return _letter(invitation.event, [invitation], invitation.unit.name)


def minutes_of(event: Event, *, user: User) -> Minutes:
    """Five queries."""
    guests = [_guest(each) for each in event.invitations.select_related("unit")]
    conclusions = list(event.conclusions.select_related("unit").order_by("order"))
    start = timezone.localtime(event.starts_at)
    frame = paper_of(event.plan, start.date())
    return Minutes(
        title=f"Biên bản {event.title}",
        file_name=paper.file_safe(f"Biên bản - {event.title} - {start.day}-{start.month}-{start.year}"),
        made_at=timezone.now(),
        scope={Permission.PLAN_VIEW.value: [event.plan.unit_id]},
        paper=replace(frame, type="BIÊN BẢN", symbol_head="BB-", is_draft=True, recipients=_filing(frame)),
        abstract=paper.balanced(_subject(event)),
        blocks=_minutes_blocks(event, guests, conclusions),
        event_id=event.pk,
        event_title=event.title,
        when=_when(event),
        guests=guests,
    )


def _letter(event: Event, invitations: Sequence[Invitation], to: str) -> InvitationLetter:
    today = timezone.localdate()
    day = min(today, timezone.localtime(event.starts_at).date())  # an invitation is written before the event
    frame = paper_of(event.plan, day)
    guests = [_guest(each) for each in invitations]
    name = f"{event.title} - {to}" if to else event.title
    scope = {Permission.PLAN_VIEW.value: [each.unit_id for each in invitations] if to else [event.plan.unit_id]}
    return InvitationLetter(
        title=f"Giấy mời {name}",
        file_name=paper.file_safe(f"Giấy mời - {name}"),
        made_at=timezone.now(),
        scope=scope,
        paper=_letter_paper(frame, event),
        abstract=paper.balanced(_subject(event)),
        blocks=_letter_blocks(event, frame.organ, guests),
        annexes=[_guest_list(frame, guests)] if len(guests) > MOST_IN_THE_TEXT else [],
        event_id=event.pk,
        event_title=event.title,
        guests=guests,
    )


def _letter_paper(frame: Paper, event: Event) -> Paper:
    cancelled = event.state == Event.State.CANCELLED
    recipients = paper.recipient_lines([("Như trên", ""), ("Lưu: VT", "")])
    return replace(
        frame, type="GIẤY MỜI", symbol_head="GM-", recipients=recipients, marks=("ĐÃ HỦY",) if cancelled else ()
    )


def _filing(frame: Paper) -> Sequence[str]:
    return paper.recipient_lines([("Như thành phần tham dự", ""), ("Lưu: VT", "")])


def _guest(invitation: Invitation) -> Guest:
    names = [line.strip() for line in invitation.names.splitlines() if line.strip()]
    return Guest(name=formal(invitation.unit.name), seats=invitation.seats, came=invitation.attended, names=names)


def _subject(event: Event) -> str:
    """What stands under the name of the document: the kind of event, where its title does not say it, and the title."""
    kind = KINDS[Event.Kind(event.kind)]
    title = event.title
    if title.lower().startswith(
        (kind, kind.split(" ")[0], *("hội", "họp", "tập huấn", "đào tạo", "kiểm tra", "học tập"))
    ):
        return title
    return f"{kind[:1].upper()}{kind[1:]} {about(title)}"


def _letter_blocks(event: Event, organ: str, guests: Sequence[Guest]) -> list[Block]:
    blocks: list[Block] = []
    if len(guests) == 1:
        blocks.append(paragraph(f"{organ} trân trọng kính mời: ", Run(_people(guests[0]), "run-in"), "."))
    elif 0 < len(guests) <= MOST_IN_THE_TEXT:
        blocks.append(paragraph(f"{organ} trân trọng kính mời:"))
        blocks += [paragraph(f"- {_people(each)}{_end(place, guests)}") for place, each in enumerate(guests, start=1)]
    elif guests:
        blocks.append(paragraph(f"{organ} trân trọng kính mời: Các cơ quan, đơn vị theo danh sách kèm theo."))
    else:
        blocks.append(paragraph(f"{organ} trân trọng kính mời:", Run("", BLANK)))
    blocks += [
        paragraph(f"Tới dự: {_subject(event)}."),
        paragraph(Run("Thời gian: ", "run-in"), f"{_when(event)}."),
        paragraph(Run("Địa điểm: ", "run-in"), f"{event.place}." if event.place else Run("", BLANK)),
    ]
    if event.agenda:
        points = [line.strip() for line in event.agenda.splitlines() if line.strip()]
        blocks.append(paragraph(Run("Nội dung, chương trình:", "run-in")))
        blocks += [paragraph(line if line[:1] in "-+•0123456789" else f"- {line}") for line in points]
    blocks.append(paragraph(f"{organ} rất mong các đại biểu tham dự đúng thời gian, thành phần nêu trên./."))
    return blocks


def _people(guest: Guest) -> str:
    return f"{guest.name} ({paper.count(guest.seats)} đại biểu)"


def _end(place: int, guests: Sequence[Guest]) -> str:
    return "." if place == len(guests) else ";"


def _guest_list(frame: Paper, guests: Sequence[Guest]) -> Annex:
    tail = frame.symbol_tail or ""
    return Annex(
        label="DANH SÁCH",
        title=["Các cơ quan, đơn vị được mời"],
        reference=[
            Run("(Kèm theo Giấy mời số"),
            Run("", BLANK),
            Run(f"/GM-{tail} ngày"),
            Run("", BLANK_DAY),
            Run(f"tháng {frame.month} năm {frame.year} của {frame.organ})"),
        ],
        blocks=[_guest_table(guests)],
    )


def _guest_table(guests: Sequence[Guest]) -> Table:
    return Table(
        widths=[12, None, 34],
        head=[row("TT", "Cơ quan, đơn vị", "Số đại biểu")],
        rows=[
            *(
                row(cell(place, "centre"), each.name, cell(paper.count(each.seats), "centre"))
                for place, each in enumerate(guests, start=1)
            ),
            row("", "Tổng số", cell(paper.count(sum(each.seats for each in guests)), "centre"), look="total"),
        ],
    )


def _minutes_blocks(event: Event, guests: Sequence[Guest], conclusions: Sequence[Conclusion]) -> list[Block]:
    start = timezone.localtime(event.starts_at)
    came = [each for each in guests if each.came]
    counted = any(each.came is not None for each in guests)
    blocks: list[Block] = [
        paragraph(Run("Thời gian bắt đầu: ", "run-in"), f"{_at(start)}."),
        paragraph(Run("Địa điểm: ", "run-in"), f"{event.place}." if event.place else Run("", BLANK)),
        paragraph(Run("Chủ trì: ", "run-in"), Run("", BLANK)),
        paragraph(Run("Thư ký: ", "run-in"), Run("", BLANK)),
        paragraph(
            Run("Thành phần tham dự: ", "run-in"),
            _turnout(came, guests) if counted else Run("", BLANK),
            ":" if came else ".",
        ),
    ]
    if came:
        blocks.append(_attendance_table(came))
    blocks.append(Heading(text="I. NỘI DUNG"))
    said = [line.strip() for line in event.minutes.splitlines() if line.strip()]
    blocks += [paragraph(line) for line in said] or [paragraph(Run("", BLANK))]
    if conclusions:
        blocks.append(Heading(text="II. KẾT LUẬN"))
        blocks += [paragraph(f"{each.order}. {each.text.rstrip('. ')}{_given(each)}.") for each in conclusions]
    held = event.state == Event.State.HELD
    end = timezone.localtime(event.ends_at)
    closing = f"{KINDS[Event.Kind(event.kind)]} kết thúc vào "
    blocks.append(
        paragraph(
            closing[:1].upper() + closing[1:],
            _at(end) if held else Run("", BLANK),
            "./.",
        )
    )
    return blocks


def _turnout(came: Sequence[Guest], guests: Sequence[Guest]) -> str:
    people = paper.count(sum(each.came or 0 for each in came))
    return f"{people} đại biểu của {paper.count(len(came))}/{paper.count(len(guests))} cơ quan, đơn vị được mời"


def _attendance_table(came: Sequence[Guest]) -> Table:
    return Table(
        widths=[12, None, 22, 62],
        head=[row("TT", "Cơ quan, đơn vị", "Số người", "Họ và tên")],
        rows=[
            row(cell(place, "centre"), each.name, cell(paper.count(each.came or 0), "centre"), "\n".join(each.names))
            for place, each in enumerate(came, start=1)
        ],
    )


def _given(conclusion: Conclusion) -> str:
    unit: Unit | None = conclusion.unit
    given = f"; giao {formal(unit.name)} thực hiện" if unit else ""
    return f"{given}, thời hạn {paper.written_day(conclusion.due_on)}" if conclusion.due_on else given


def _at(moment: datetime) -> str:
    return f"{moment.hour:02d} giờ {moment.minute:02d}, ngày {moment.day:02d}/{moment.month}/{moment.year}"


def _when(event: Event) -> str:
    start, end = timezone.localtime(event.starts_at), timezone.localtime(event.ends_at)
    begin = f"{start.hour:02d} giờ {start.minute:02d}"
    if start.date() == end.date():
        day = f"{WEEKDAYS[start.weekday()]}, ngày {paper.written_day(start.date())}"
        return f"từ {begin} đến {end.hour:02d} giờ {end.minute:02d}, {day}"
    first = f"{begin}, {WEEKDAYS[start.weekday()]}, ngày {paper.written_day(start.date())}"
    last = f"{end.hour:02d} giờ {end.minute:02d}, {WEEKDAYS[end.weekday()]}, ngày {paper.written_day(end.date())}"
    return f"từ {first} đến {last}"


def _with_total(rows: Sequence[Sequence[str | int | None]], summed: Sequence[int]) -> list[Row]:
    if not rows:
        return []
    total = [SumOf(rows=range(len(rows))) if place in summed else None for place in range(len(rows[0]))]
    return [*(Row(cells=cells) for cells in rows), Row(cells=["", "Tổng cộng", *total[2:]], look="total")]
