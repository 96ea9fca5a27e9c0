"""Inspections on their pages: who sees which visit, and how many findings each has."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise

from assessments.contexts.visits import reads_minutes
from assessments.models import ChecklistItem, Finding, Inspection, Visit
from units.models import User
from units.permissions import Permission

DONE = (Visit.State.SIGNED, Visit.State.CANCELLED)


@dataclass(frozen=True, kw_only=True)
class KindCount:
    kind: str
    word: str | Promise
    count: int


@dataclass(frozen=True, kw_only=True)
class VisitLine:
    """`counts` and the answers are None where the person does not read them yet."""

    visit: Visit
    counts: Sequence[KindCount] | None
    answered: int | None
    questions: int | None


@dataclass(frozen=True, kw_only=True)
class Turnout:
    """How far the visits of an inspection are that the person sees."""

    visits: int = 0
    by_state: dict[str, int] = field(default_factory=dict)


def inspections_of(user: User) -> QuerySet[Inspection]:
    """Those the person sees, each with how many visits of it they see and how many of these are over."""
    seen = Visit.objects.allowed_to(user, Permission.ASSESSMENT_VIEW).order_by().values("pk")
    live = [state for state in Visit.State if state != Visit.State.CANCELLED]
    mine = Q(visits__in=seen, visits__state__in=live)
    return (
        Inspection.objects.allowed_to(user, Permission.ASSESSMENT_VIEW)
        .select_related("unit")
        .annotate(
            visit_count=Count("visits", filter=mine, distinct=True),
            signed_count=Count("visits", filter=mine & Q(visits__state=Visit.State.SIGNED), distinct=True),
        )
    )


def visits_of(inspection: Inspection, user: User) -> QuerySet[Visit]:
    rows = Visit.objects.allowed_to(user, Permission.ASSESSMENT_VIEW).filter(inspection=inspection)
    return rows.select_related("unit", "inspection__unit")


def turnout_of(visits: QuerySet[Visit]) -> Turnout:
    """One query."""
    counted = dict(visits.order_by().values_list("state").annotate(count=Count("pk")))
    live = sum(count for state, count in counted.items() if state != Visit.State.CANCELLED)
    return Turnout(visits=live, by_state=counted)


def counts_by_visit(visits: Iterable[Visit]) -> dict[int, Counter[str]]:
    """How many findings of each kind. One query."""
    ids = [each.pk for each in visits]
    found: dict[int, Counter[str]] = defaultdict(Counter)
    rows = Finding.objects.filter(visit__in=ids).order_by().values_list("visit_id", "kind").annotate(count=Count("pk"))
    for visit_id, kind, count in rows:
        found[visit_id][kind] = count
    return found


def kind_counts(counted: Counter[str]) -> list[KindCount]:
    """Those kinds that occur, worst first."""
    return [
        KindCount(kind=kind.value, word=kind.label, count=counted[kind.value])
        for kind in Finding.Kind
        if counted[kind.value]
    ]


def visit_lines(visits: Sequence[Visit], user: User) -> list[VisitLine]:
    """Two queries for any number of visits."""
    found = counts_by_visit(visits)
    asked = {
        visit_id: (questions, answered)
        for visit_id, questions, answered in ChecklistItem.objects.filter(visit__in=[each.pk for each in visits])
        .order_by()
        .values_list("visit_id")
        .annotate(questions=Count("pk"), answered=Count("pk", filter=~Q(result="")))
    }
    lines = []
    for visit in visits:
        reads = reads_minutes(user, visit)
        questions, answered = asked.get(visit.pk, (0, 0))
        lines.append(
            VisitLine(
                visit=visit,
                counts=kind_counts(found[visit.pk]) if reads else None,
                answered=answered if reads else None,
                questions=questions if reads else None,
            )
        )
    return lines
