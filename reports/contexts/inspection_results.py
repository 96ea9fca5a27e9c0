"""The results of an inspection: every visit with what was found, question by question and kind by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from assessments.models import ChecklistItem, Finding, Inspection, Visit
from reports.contexts import paper
from reports.contexts.blocks import Block, Heading, Table, cell, paragraph, row
from reports.contexts.inspection import FINDINGS, FORMS, RESULTS, inside, inspection_paper
from reports.contexts.report import Column, DocumentReport, Kind, Row, Sheet, SumOf
from units.models import User
from units.permissions import Permission

STATES = {
    Visit.State.PLANNED: "Dự kiến",
    Visit.State.HELD: "Đã kiểm tra",
    Visit.State.MINUTED: "Đã lập biên bản",
    Visit.State.SIGNED: "Đã ký biên bản",
    Visit.State.CANCELLED: "Đã hủy",
}


@dataclass(frozen=True, kw_only=True)
class VisitResult:
    """One visit of an inspection. `found` counts findings by kind."""

    unit: str
    state: str
    day: date
    form: str
    results: Sequence[str]
    answers: Sequence[str]
    found: Sequence[int]
    conclusion: str


@dataclass(frozen=True, kw_only=True)
class FindingResult:
    unit: str
    kind: str
    clause: str
    criterion: str
    text: str
    due_on: date | None


@dataclass(frozen=True, kw_only=True)
class InspectionResults(DocumentReport):
    inspection_id: int
    questions: Sequence[str] = field(default_factory=list)
    visits: Sequence[VisitResult] = field(default_factory=list)
    findings: Sequence[FindingResult] = field(default_factory=list)

    @property
    def sheets(self) -> Sequence[Sheet]:
        lines = [self.title]
        total = [SumOf(rows=range(len(self.visits))) for _kind in FINDINGS]
        counts = [
            Row(cells=[str(place), each.unit, each.day, each.form, each.state, *each.found, each.conclusion])
            for place, each in enumerate(self.visits, start=1)
        ]
        if counts:
            counts.append(Row(cells=["", "Tổng cộng", None, "", "", *total, ""], look="total"))
        return [
            Sheet(
                name="Đơn vị",
                title="KẾT QUẢ KIỂM TRA THEO ĐƠN VỊ",
                lines=lines,
                columns=[
                    Column(title="TT", width=6, kind=Kind.CENTRE),
                    Column(title="Đơn vị", width=42),
                    Column(title="Ngày", width=12, kind=Kind.DAY),
                    Column(title="Hình thức", width=24),
                    Column(title="Tình trạng", width=18),
                    *(Column(title=word, width=14, kind=Kind.WHOLE) for word in FINDINGS.values()),
                    Column(title="Kết luận", width=60),
                ],
                rows=counts,
            ),
            Sheet(
                name="Danh mục kiểm tra",
                title="KẾT QUẢ THEO NỘI DUNG KIỂM TRA",
                lines=lines,
                columns=[
                    Column(title="TT", width=6, kind=Kind.CENTRE),
                    Column(title="Nội dung kiểm tra", width=60),
                    *(Column(title=each.unit, width=22) for each in self.visits),
                ],
                rows=[
                    Row(cells=[str(place), question, *(each.answers[place - 1] for each in self.visits)])
                    for place, question in enumerate(self.questions, start=1)
                ],
            ),
            Sheet(
                name="Phát hiện",
                title="CÁC PHÁT HIỆN KHI KIỂM TRA",
                lines=lines,
                columns=[
                    Column(title="TT", width=6, kind=Kind.CENTRE),
                    Column(title="Đơn vị", width=42),
                    Column(title="Loại", width=26),
                    Column(title="Điều khoản", width=18),
                    Column(title="Tiêu chí", width=12),
                    Column(title="Nội dung", width=70),
                    Column(title="Khắc phục trước", width=16, kind=Kind.DAY),
                ],
                rows=[
                    Row(cells=[str(place), each.unit, each.kind, each.clause, each.criterion, each.text, each.due_on])
                    for place, each in enumerate(self.findings, start=1)
                ],
            ),
        ]


def inspection_results(inspection: Inspection, *, user: User) -> InspectionResults:
    """Every visit that was not cancelled. A constant number of queries."""
    visits = list(
        inspection.visits.exclude(state=Visit.State.CANCELLED)
        .select_related("unit")
        .prefetch_related("checklist__criterion", "findings__criterion")
        .order_by("planned_on", "unit__name", "pk")
    )
    questions = _questions(visits)
    today = timezone.localdate()
    results = [_result(visit, questions) for visit in visits]
    found = [_finding(visit, each) for visit in visits for each in visit.findings.all()]
    return InspectionResults(
        title=f"Kết quả {inside(inspection.title)}",
        file_name=paper.file_safe(f"Kết quả kiểm tra - {inspection.title}"),
        made_at=timezone.now(),
        scope={Permission.ASSESSMENT_VIEW.value: [inspection.unit_id]},
        paper=inspection_paper(inspection, today, "BÁO CÁO", "BC-", is_draft=True),
        abstract=paper.balanced(f"Kết quả {inside(inspection.title)}"),
        blocks=_result_blocks(inspection, results, found, questions),
        inspection_id=inspection.pk,
        questions=questions,
        visits=results,
        findings=found,
    )


def _questions(visits: Sequence[Visit]) -> list[str]:
    """Every question asked in any visit, criteria in their order, the team's own behind them."""
    asked: dict[str, tuple[int, int]] = {}
    for visit in visits:
        for item in visit.checklist.all():
            order = item.criterion.order if item.criterion else item.order
            asked.setdefault(_question(item), (0 if item.criterion else 1, order))
    return sorted(asked, key=lambda each: asked[each])


def _question(item: ChecklistItem) -> str:
    return f"{item.criterion.code}. {item.text}" if item.criterion else item.text


def _result(visit: Visit, questions: Sequence[str]) -> VisitResult:
    given = {_question(each): each.result for each in visit.checklist.all()}
    counted = Counter(each.kind for each in visit.findings.all())
    return VisitResult(
        unit=visit.unit.name,
        state=STATES[Visit.State(visit.state)],
        day=timezone.localtime(visit.starts_at).date() if visit.starts_at else visit.planned_on,
        form=_capital(FORMS[Visit.Form(visit.form)]),
        results=list(given.values()),
        answers=[RESULTS[ChecklistItem.Result(given[each])] if given.get(each) else "" for each in questions],
        found=[counted[kind] for kind in FINDINGS],
        conclusion=visit.conclusion,
    )


def _finding(visit: Visit, finding: Finding) -> FindingResult:
    return FindingResult(
        unit=visit.unit.name,
        kind=FINDINGS[Finding.Kind(finding.kind)],
        clause=finding.clause,
        criterion=finding.criterion.code if finding.criterion else "",
        text=finding.text,
        due_on=finding.due_on,
    )


def _result_blocks(
    inspection: Inspection, visits: Sequence[VisitResult], findings: Sequence[FindingResult], questions: Sequence[str]
) -> list[Block]:
    period = f"từ ngày {paper.written_day(inspection.starts_on)} đến ngày {paper.written_day(inspection.ends_on)}"
    if not visits:
        return [paragraph(f"Chưa có lịch kiểm tra đơn vị nào ({period})./.")]
    counted = [sum(each.found[place] for each in visits) for place in range(len(FINDINGS))]
    told = "; ".join(
        f"{paper.count(number)} {word.lower()}" for number, word in zip(counted, FINDINGS.values(), strict=True)
    )
    blocks: list[Block] = [
        paragraph(f"Đoàn kiểm tra làm việc với {paper.count(len(visits))} đơn vị {period}; ghi nhận {told}."),
        Heading(text="1. Kết quả theo đơn vị"),
        Table(
            widths=[10, None, 24, 20, 20, 18, 18],
            head=[row("TT", "Đơn vị", "Tình trạng", "KPH nặng", "KPH nhẹ", "Lưu ý", "Điểm mạnh")],
            rows=[
                *(
                    row(
                        cell(place, "centre"), each.unit, each.state, *(cell(number, "centre") for number in each.found)
                    )
                    for place, each in enumerate(visits, start=1)
                ),
                row("", "Tổng cộng", "", *(cell(number, "centre") for number in counted), look="total"),
            ],
        ),
        paragraph("KPH: điểm không phù hợp.", look="note"),
        Heading(text="2. Kết quả theo nội dung kiểm tra"),
    ]
    blocks.append(_question_table(visits, questions) if questions else paragraph("Chưa lập danh mục kiểm tra."))
    blocks.append(Heading(text="3. Các phát hiện"))
    if not findings:
        return [*blocks, paragraph("Không có phát hiện./.")]
    rows = [
        row(
            cell(place, "centre"),
            each.unit,
            each.kind,
            f"{each.text} ({each.clause})" if each.clause else each.text,
            cell(paper.written_day(each.due_on) if each.due_on else "", "centre"),
        )
        for place, each in enumerate(findings, start=1)
    ]
    head = row("TT", "Đơn vị", "Loại", "Nội dung", "Khắc phục trước")
    return [*blocks, Table(widths=[10, 36, 28, None, 24], head=[head], rows=rows)]


def _question_table(visits: Sequence[VisitResult], questions: Sequence[str]) -> Table:
    rows = []
    for place, question in enumerate(questions):
        counted = Counter(each.answers[place] for each in visits)
        rows.append(row(question, *(cell(counted[word], "centre") for word in RESULTS.values())))
    words = ("Phù hợp", "Một phần", "Không phù hợp", "Không xem xét")
    return Table(widths=[None, 20, 20, 22, 22], head=[row("Nội dung kiểm tra", *words)], rows=rows)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
