"""One visit as its page shows it, with what the person may do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from activity.models import AuditEvent
from assessments.contexts.inspections import KindCount, kind_counts
from assessments.contexts.visits import acts_of, reads_minutes
from assessments.models import ChecklistItem, Finding, InspectionMember, Visit
from assessments.permissions import VisitAct
from units.access import holds_in
from units.models import User
from units.permissions import Permission

NONCONFORMITIES = frozenset({Finding.Kind.MAJOR, Finding.Kind.MINOR})


@dataclass(frozen=True, kw_only=True)
class FindingLine:
    finding: Finding
    may_correct: bool  # a corrective action may be raised from it
    actions: Sequence[object]  # corrective actions that were


@dataclass(frozen=True, kw_only=True)
class VisitPage:
    """`reads`: whether the person reads what the team wrote; where not, items and findings are empty and the counts
    None."""

    visit: Visit
    tab: str
    may: frozenset[VisitAct]
    reads: bool
    may_report: bool
    members: Sequence[InspectionMember]
    items: Sequence[ChecklistItem]
    findings: Sequence[FindingLine]
    questions: int | None
    answered: int | None
    finding_count: int | None
    counts: Sequence[KindCount]
    cancelled_because: str

    @property
    def unanswered(self) -> int:
        return (self.questions or 0) - (self.answered or 0)

    @property
    def hosts(self) -> list[str]:
        return [line for line in self.visit.hosts.splitlines() if line.strip()]


def visit_page(visit: Visit, user: User, tab: str) -> VisitPage:
    """A constant number of queries, whatever the visit holds."""
    reads = reads_minutes(user, visit)
    items = list(visit.checklist.select_related("criterion", "by")) if reads else []
    findings = (
        list(visit.findings.select_related("criterion", "by").prefetch_related("evidence", "corrective_actions"))
        if reads
        else []
    )
    corrects = any(
        holds_in(user, permission, visit.unit) for permission in (Permission.CORRECTION_PLAN, Permission.INSPECT)
    )
    out = visit.state in {Visit.State.MINUTED, Visit.State.SIGNED}
    report_unit = visit.unit if out else visit.inspection.unit
    return VisitPage(
        visit=visit,
        tab=tab,
        may=acts_of(user, visit),
        reads=reads,
        may_report=reads
        and (
            holds_in(user, Permission.REPORT_REQUEST, report_unit)
            or holds_in(user, Permission.REPORT_REQUEST, visit.inspection.unit)
        ),
        members=list(visit.inspection.members.all()),
        items=items,
        findings=[_line(each, out and corrects) for each in findings],
        questions=len(items) if reads else None,
        answered=sum(bool(each.result) for each in items) if reads else None,
        finding_count=len(findings) if reads else None,
        counts=kind_counts(Counter(each.kind for each in findings)),
        cancelled_because=_reason(visit) if visit.state == Visit.State.CANCELLED else "",
    )


def _line(finding: Finding, corrects: bool) -> FindingLine:
    actions = [each for each in finding.corrective_actions.all() if each.state != each.State.CANCELLED]
    return FindingLine(
        finding=finding,
        may_correct=corrects and finding.kind in NONCONFORMITIES and not actions,
        actions=actions,
    )


def _reason(visit: Visit) -> str:
    """Why it was cancelled stands in the log, which the unit was told of."""
    cancelled = AuditEvent.objects.filter(
        target_model=visit._meta.label_lower, target_id=str(visit.pk), action="assessments.visit_cancelled"
    )
    last = cancelled.order_by("-pk").first()
    return last.reason if last else ""
