"""What is written of an inspection: the minutes of one visit (biên bản kiểm tra).

The minutes follow Nghị định 30/2020/NĐ-CP, phụ lục III, mẫu 1.10, with the two parties that sign. What nobody wrote
down stays an empty place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from django.utils import timezone

from assessments.models import ChecklistItem, Finding, Inspection, InspectionMember, Visit
from plans.contexts.letter import formal
from reports.contexts import paper
from reports.contexts.blocks import BLANK, BLANK_DAY, Block, Heading, Run, Table, cell, paragraph, row
from reports.contexts.paper import Paper
from reports.contexts.report import DocumentReport, Sheet
from units.models import User
from units.permissions import Permission

RESULTS = {
    ChecklistItem.Result.CONFORMS: "Phù hợp",
    ChecklistItem.Result.PARTLY: "Phù hợp một phần",
    ChecklistItem.Result.FAILS: "Không phù hợp",
    ChecklistItem.Result.NOT_SEEN: "Không xem xét",
}
FINDINGS = {
    Finding.Kind.MAJOR: "Điểm không phù hợp nặng",
    Finding.Kind.MINOR: "Điểm không phù hợp nhẹ",
    Finding.Kind.OBSERVATION: "Điểm lưu ý",
    Finding.Kind.STRENGTH: "Điểm mạnh",
}
PLACES = {
    InspectionMember.Place.HEAD: "Trưởng đoàn",
    InspectionMember.Place.DEPUTY: "Phó Trưởng đoàn",
    InspectionMember.Place.SECRETARY: "Thư ký đoàn",
    InspectionMember.Place.MEMBER: "Thành viên",
}
FORMS = {Visit.Form.ON_SITE: "kiểm tra trực tiếp", Visit.Form.DOSSIER: "kiểm tra qua báo cáo, hồ sơ"}
OUT = frozenset({Visit.State.MINUTED, Visit.State.SIGNED})


@dataclass(frozen=True, kw_only=True)
class VisitMinutes(DocumentReport):
    print_template: ClassVar[str] = "reports/inspection_minutes_print.html"

    visit_id: int
    signed_by_team: str = ""
    signed_by_unit: str = ""

    @property
    def sheets(self) -> Sequence[Sheet]:
        return []


def inspection_minutes(visit: Visit, *, user: User) -> VisitMinutes:
    """A constant number of queries."""
    inspection = visit.inspection
    members = list(inspection.members.all())
    items = list(visit.checklist.select_related("criterion"))
    findings = list(visit.findings.select_related("criterion").prefetch_related("evidence"))
    began = timezone.localtime(visit.starts_at).date() if visit.starts_at else visit.planned_on
    signed = visit.state == Visit.State.SIGNED
    # Whoever fetches the file later must still read it: the unit by its own sheet, the inspecting people by theirs.
    holder = visit.unit_id if visit.state in OUT else inspection.unit_id
    return VisitMinutes(
        title=f"Biên bản kiểm tra {visit.unit.name}",
        file_name=paper.file_safe(f"Biên bản kiểm tra - {visit.unit.name} - {began.day}-{began.month}-{began.year}"),
        made_at=timezone.now(),
        scope={Permission.ASSESSMENT_VIEW.value: [holder]},
        paper=inspection_paper(inspection, began, "BIÊN BẢN", "BB-", is_draft=not signed),
        abstract=paper.balanced(f"{_subject(inspection)} tại {formal(visit.unit.name)}"),
        blocks=_minutes_blocks(visit, members, items, findings),
        visit_id=visit.pk,
        signed_by_team=visit.signed_by_team,
        signed_by_unit=visit.signed_by_unit,
    )


def inspection_paper(inspection: Inspection, day: date, type: str, symbol: str, *, is_draft: bool) -> Paper:
    unit = inspection.unit
    is_peoples_committee = len(paper.organ_lines(unit.name)) > 1
    recipients = [("Đơn vị được kiểm tra", ""), (unit.name, ""), ("Lưu: Đoàn kiểm tra", "")]
    return Paper(
        type=type,
        symbol_head=symbol,
        parent_organ=paper.parent_organ(unit.name, unit.parent),
        organ=unit.name,
        organ_lines=paper.organ_lines(unit.name),
        symbol_tail="ĐKT" if symbol == "BB-" else "UBND" if is_peoples_committee else "",
        place=unit.place,
        month=paper.written_month(day.month),
        year=day.year,
        recipients=paper.recipient_lines(recipients),
        authorities=("TM. ĐOÀN KIỂM TRA", "TRƯỞNG ĐOÀN"),
        office_lines=(),
        is_draft=is_draft,
    )


def _subject(inspection: Inspection) -> str:
    title = inspection.title
    return title if title.lower().startswith("kiểm tra") else f"Kiểm tra {inside(title)}"


def _minutes_blocks(
    visit: Visit, members: Sequence[InspectionMember], items: Sequence[ChecklistItem], findings: Sequence[Finding]
) -> list[Block]:
    blocks: list[Block] = []
    inspection = visit.inspection
    if inspection.decision:
        dated = f" ngày {paper.written_day(inspection.decided_on)}" if inspection.decided_on else ""
        blocks.append(
            paragraph(f"Thực hiện {_decision(inspection.decision)}{dated} về {inside(_subject(inspection))}.")
        )
    began = f"từ {_at(visit.starts_at)}." if visit.starts_at else Run("", BLANK)
    blocks += [
        paragraph(Run("Thời gian: ", "run-in"), began),
        paragraph(Run("Địa điểm: ", "run-in"), f"{visit.place}." if visit.place else Run("", BLANK)),
        paragraph(Run("Hình thức: ", "run-in"), f"{FORMS[Visit.Form(visit.form)]}."),
        Heading(text="I. THÀNH PHẦN"),
        paragraph(Run("1. Đoàn kiểm tra", "run-in")),
    ]
    team = [f"- {_person(each.name, each.office)} - {PLACES[InspectionMember.Place(each.place)]};" for each in members]
    hosts = [f"- {line.strip().rstrip(';.')};" for line in visit.hosts.splitlines() if line.strip()]
    blocks += [paragraph(line) for line in _closed(team)] or [paragraph(Run("", BLANK))]
    blocks.append(paragraph(Run(f"2. Đại diện {formal(visit.unit.name)}", "run-in")))
    blocks += [paragraph(line) for line in _closed(hosts)] or [paragraph(Run("", BLANK))]
    blocks.append(Heading(text="II. NỘI DUNG VÀ KẾT QUẢ KIỂM TRA"))
    blocks += _lines(inspection.purpose)
    blocks += [_checklist(items)] if items else [paragraph("Không lập danh mục kiểm tra.")]
    blocks += [Heading(text="III. CÁC PHÁT HIỆN"), *_finding_blocks(findings)]
    blocks += [
        Heading(text="IV. KẾT LUẬN CỦA ĐOÀN KIỂM TRA"),
        *(_lines(visit.conclusion) or [paragraph(Run("", BLANK))]),
    ]
    blocks.append(Heading(text=f"V. YÊU CẦU ĐỐI VỚI {paper.upper(formal(visit.unit.name))}"))
    blocks += _lines(visit.requests) or [paragraph("Không có.")]
    blocks.append(Heading(text="VI. Ý KIẾN CỦA ĐƠN VỊ ĐƯỢC KIỂM TRA"))
    blocks += _lines(visit.opinion) or [paragraph("Không có." if visit.state in OUT else Run("", BLANK))]
    ended: list[str | Run] = [_at(visit.ends_at)] if visit.ends_at else [Run("", BLANK), "ngày", Run("", BLANK_DAY)]
    blocks.append(
        paragraph(
            "Biên bản kết thúc vào ",
            *ended,
            "; đã được đọc lại cho những người có mặt cùng nghe, công nhận là đúng và lập thành 02 bản có giá trị như "
            "nhau, mỗi bên giữ 01 bản./.",
        )
    )
    return blocks


def _checklist(items: Sequence[ChecklistItem]) -> Table:
    return Table(
        widths=[12, None, 30, 52],
        head=[row("TT", "Nội dung kiểm tra", "Kết quả", "Ghi nhận")],
        rows=[
            row(
                cell(each.criterion.code if each.criterion else place, "centre"),
                each.text,
                cell(RESULTS[ChecklistItem.Result(each.result)] if each.result else "", "centre"),
                each.note,
            )
            for place, each in enumerate(items, start=1)
        ],
    )


def _finding_blocks(findings: Sequence[Finding]) -> list[Block]:
    if not findings:
        return [paragraph("Không có phát hiện.")]
    counted = Counter(each.kind for each in findings)
    told = "; ".join(f"{paper.count(counted[kind])} {word.lower()}" for kind, word in FINDINGS.items() if counted[kind])
    blocks: list[Block] = [paragraph(f"Đoàn kiểm tra ghi nhận {told}:")]
    for place, each in enumerate(findings, start=1):
        where = [f"điều khoản {each.clause}"] if each.clause else []
        where += [f"tiêu chí {each.criterion.code}"] if each.criterion else []
        inside = f" ({', '.join(where)})" if where else ""
        blocks.append(
            paragraph(Run(f"{place}. {FINDINGS[Finding.Kind(each.kind)]}{inside}: ", "run-in"), _sentence(each.text))
        )
        files = [file.title or file.name for file in each.evidence.all()]
        if files:
            blocks.append(paragraph(f"Bằng chứng: {'; '.join(files)}."))
        if each.due_on:
            blocks.append(paragraph(f"Thời hạn khắc phục: trước ngày {paper.written_day(each.due_on)}."))
    return blocks


def _lines(text: str) -> list[Block]:
    return [paragraph(_sentence(line)) for line in text.splitlines() if line.strip()]


def _closed(lines: Sequence[str]) -> list[str]:
    """The last line of a list ends with a full stop."""
    return [*lines[:-1], *(f"{line[:-1]}." for line in lines[-1:])]


def _person(name: str, office: str) -> str:
    return f"{name}, {office}" if office else name


def _decision(text: str) -> str:
    return text if text.lower().startswith("quyết định") else f"Quyết định số {text}"


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?", "…", ";", ":")) else f"{text}."


def inside(title: str) -> str:
    """The title inside a sentence loses its capital, unless it is an abbreviation."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def _at(moment: datetime) -> str:
    here = timezone.localtime(moment)
    return f"{here.hour:02d} giờ {here.minute:02d}, ngày {paper.written_day(here.date())}"
