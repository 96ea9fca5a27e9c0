"""Quality management systems as people see them: their phase, what is due of them, what obliges their unit."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from assessments.models import CorrectiveAction, Declaration, Obligation, Qms, QmsStep
from assessments.permissions import CORRECTION_OPEN, QMS_INTERVALS
from units.access import holds_in
from units.models import Unit, User
from units.permissions import Permission

Kind = QmsStep.Kind
Phase = Qms.Phase
# What a step leads to, from first to last; the others change no phase.
LEADS_TO: tuple[tuple[Kind, Phase], ...] = (
    (Kind.ESTABLISH, Phase.ESTABLISHING),
    (Kind.APPLY, Phase.APPLYING),
    (Kind.DECLARE, Phase.DECLARED),
    (Kind.REDECLARE, Phase.DECLARED),
    (Kind.MAINTAIN, Phase.MAINTAINED),
    (Kind.END, Phase.ENDED),
)
# In these a system is to be audited and reviewed.
ALIVE = frozenset({Phase.APPLYING, Phase.DECLARED, Phase.MAINTAINED})
DECLARING = frozenset({Kind.DECLARE, Kind.REDECLARE})


@dataclass(frozen=True, kw_only=True)
class Due:
    """`planned`: somebody set the day; else it follows from the interval."""

    kind: str
    due_on: date
    planned: bool

    @property
    def name(self) -> str:
        return str(Kind(self.kind).label)


@dataclass(frozen=True, kw_only=True)
class SystemRow:
    """`obligation` is a value of Obligation.Kind, "" where no rule holds today."""

    qms: Qms
    obligation: str
    last_audit: date | None
    last_review: date | None
    declaration: Declaration | None
    dues: Sequence[Due]
    today: date

    @property
    def obligation_name(self) -> str:
        return str(Obligation.Kind(self.obligation).label) if self.obligation else ""

    @property
    def next_due(self) -> Due | None:
        return self.dues[0] if self.dues else None

    @property
    def overdue(self) -> Sequence[Due]:
        return [due for due in self.dues if due.due_on < self.today]

    @property
    def is_late(self) -> bool:
        return bool(self.overdue)


@dataclass(frozen=True, kw_only=True)
class SystemPage:
    row: SystemRow
    steps: Sequence[QmsStep]
    planned: Sequence[QmsStep]
    declarations: Sequence[Declaration]
    open_corrections: int
    may_edit: bool

    @property
    def qms(self) -> Qms:
        return self.row.qms


def phase_of(done: Iterable[str]) -> Phase:
    """The phase that follows from the kinds of steps that are done, in whatever order they were written down."""
    kinds = set(done)
    reached = [phase for kind, phase in LEADS_TO if kind in kinds]
    return reached[-1] if reached else Phase.ESTABLISHING


def months_after(day: date, months: int) -> date:
    """The same day so many months on, the last of the month where there is none such."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def dues_of(phase: str, last: Mapping[str, date], planned: Iterable[tuple[str, date]]) -> list[Due]:
    """What is to be done, the earliest first: what was planned, and audits and reviews by their interval since the last
    one, or since the system was applied. A day that was planned within the interval stands for it.

    `last`: by kind of step, the day on which it was done the last time.
    """
    if phase == Phase.ENDED:
        return []
    dues = [Due(kind=kind, due_on=day, planned=True) for kind, day in planned]
    for kind, months in QMS_INTERVALS.items():
        since = last.get(kind) or last.get(Kind.APPLY)
        if phase not in ALIVE or since is None:
            continue
        due_on = months_after(since, months)
        if not any(due.kind == kind and due.due_on <= due_on for due in dues):
            dues.append(Due(kind=kind, due_on=due_on, planned=False))
    return sorted(dues, key=lambda due: (due.due_on, due.kind))


def obligation_in(rules: Iterable[Obligation], unit: Unit, standard_code: str, day: date) -> Obligation | None:
    """The rule that holds for `unit` on `day`: its own before that of its kind, the latest first."""
    holding = [
        rule
        for rule in rules
        if rule.standard_code == standard_code
        and rule.valid_from <= day
        and (rule.valid_to is None or day <= rule.valid_to)
        and rule.province.path == unit.root_path
        and (rule.unit_id == unit.pk or (rule.unit_id is None and rule.unit_kind == unit.kind))
    ]
    return max(holding, key=lambda rule: (rule.unit_id is not None, rule.valid_from, rule.pk), default=None)


def rules_for(units: Iterable[Unit]) -> list[Obligation]:
    """The rules of the provinces of `units`. One query."""
    roots = {unit.root_path for unit in units}
    return list(Obligation.objects.filter(province__path__in=roots).select_related("province"))


def system_rows(systems: QuerySet[Qms, Qms], *, today: date) -> list[SystemRow]:
    """Four queries, however many systems there are."""
    found = list(systems.select_related("unit", "standard"))
    keys = [each.pk for each in found]
    last: dict[int, dict[str, date]] = defaultdict(dict)
    planned: dict[int, list[tuple[str, date]]] = defaultdict(list)
    steps = QmsStep.objects.filter(qms__in=keys).order_by("pk")
    for key, kind, planned_on, done_on in steps.values_list("qms", "kind", "planned_on", "done_on"):
        if done_on is not None:
            last[key][kind] = max(done_on, last[key].get(kind, done_on))
        elif planned_on is not None:
            planned[key].append((kind, planned_on))
    declared = Declaration.objects.filter(qms__in=keys, successor=None)
    in_force = {each.qms_id: each for each in declared.order_by("pk")}
    rules = rules_for(each.unit for each in found)
    rows = []
    for qms in found:
        rule = obligation_in(rules, qms.unit, qms.standard.code, today)
        rows.append(
            SystemRow(
                qms=qms,
                obligation=rule.kind if rule else "",
                last_audit=last[qms.pk].get(Kind.INTERNAL_AUDIT),
                last_review=last[qms.pk].get(Kind.MANAGEMENT_REVIEW),
                declaration=None if qms.phase == Phase.ENDED else in_force.get(qms.pk),
                dues=dues_of(qms.phase, last[qms.pk], planned[qms.pk]),
                today=today,
            )
        )
    return rows


def may_edit(user: User, unit: Unit) -> bool:
    return holds_in(user, Permission.QMS_EDIT, unit)


def system_page(*, qms: Qms, user: User) -> SystemPage:
    """Eight queries, however many steps there are."""
    today = timezone.localdate()
    steps = list(qms.steps.select_related("by", "declaration").prefetch_related("evidence"))
    done = [step for step in steps if step.done_on is not None]
    declarations = qms.declarations.select_related("supersedes", "file", "by").order_by("-declared_on", "-pk")
    open_ = CorrectiveAction.objects.filter(unit=qms.unit, state__in=CORRECTION_OPEN)
    return SystemPage(
        row=system_rows(Qms.objects.filter(pk=qms.pk), today=today)[0],
        steps=sorted(done, key=lambda step: (step.done_on or today, step.pk), reverse=True),
        planned=sorted(
            (step for step in steps if step.done_on is None), key=lambda step: (step.planned_on or today, step.pk)
        ),
        declarations=list(declarations),
        open_corrections=open_.count(),
        may_edit=may_edit(user, qms.unit) and qms.phase != Phase.ENDED,
    )
