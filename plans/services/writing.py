"""The rows of a plan's content: only the parts that changed are written, and tasks keep theirs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import F, ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from plans.contexts.content import PerformerContent, PlanContent, TaskContent
from plans.models import (
    Funding,
    LegalBasis,
    Passage,
    Plan,
    Recipient,
    Responsibility,
    Section,
    SignatureLine,
    Standard,
    Task,
    TaskPerformer,
    UnrecognisedLine,
)

_EDITION = re.compile(r"^(?P<code>.*\S)\s?[:-]\s?(?P<edition>(?:19|20)\d\d)$")
# Where rows stand while they are put into another order: above every place a plan has.
_ASIDE = 15_000


class TaskHasReports(Exception):
    """`task` cannot be taken out of the plan: units reported on it or something else hangs on it."""

    def __init__(self, task: Task) -> None:
        self.task = task

    def __str__(self) -> str:
        return _(
            "Task “%(task)s” cannot be removed: units have reported on it or something was raised under it. Put it "
            "back; once the plan is issued, an amendment can cancel it."
        ) % {"task": self.task}


def write_parts(plan: Plan, before: PlanContent, after: PlanContent, *, cancel_removed: bool = False) -> None:
    """Everything of `after` but the head, which the caller has written with the version.

    Removed tasks are deleted, with `cancel_removed` cancelled. Raises TaskHasReports.
    """
    if after.standards != before.standards:
        plan.standards.set(standards_of(after.standards))
    _write_lists(plan, before, after)
    if after.funding != before.funding:
        money = after.funding
        Funding.objects.update_or_create(
            plan=plan,
            defaults={
                "text": money.text,
                "source": money.fund_source,
                "norm": money.norm,
                "amount": money.amount,
                "figures": [{"text": each.text, "amount": each.amount} for each in money.figures],
                "source_lines": list(money.source),
            },
        )
    if after.tasks != before.tasks:
        _write_tasks(plan, before.tasks, after.tasks, cancel_removed=cancel_removed)


def standards_of(names: Iterable[str]) -> list[Standard]:
    found = []
    for name in names:
        parts = _EDITION.match(name)
        code, edition = (parts["code"], parts["edition"]) if parts else (name, "")
        found.append(Standard.objects.get_or_create(code=code[:60], edition=edition)[0])
    return found


def _write_lists(plan: Plan, before: PlanContent, after: PlanContent) -> None:
    if after.legal_bases != before.legal_bases:
        plan.legal_bases.all().delete()
        LegalBasis.objects.bulk_create(
            LegalBasis(
                plan=plan, order=order, text=each.text, document_id=each.document, source_lines=list(each.source)
            )
            for order, each in enumerate(after.legal_bases)
        )
    if after.passages != before.passages:
        plan.passages.all().delete()
        Passage.objects.bulk_create(
            Passage(plan=plan, order=order, kind=each.kind, text=each.text, source_lines=list(each.source))
            for order, each in enumerate(after.passages)
        )
    if after.sections != before.sections:
        plan.sections.all().delete()
        items = [section["items"] for section in after.as_json()["sections"]]
        Section.objects.bulk_create(
            Section(
                plan=plan,
                order=order,
                kind=each.kind,
                label=each.label,
                title=each.title,
                items=items[order],
                source_lines=list(each.source),
            )
            for order, each in enumerate(after.sections)
        )
    if after.responsibilities != before.responsibilities:
        plan.responsibilities.all().delete()
        Responsibility.objects.bulk_create(
            Responsibility(
                plan=plan,
                order=order,
                label=each.label,
                body=each.body,
                duties=list(each.duties),
                unit_id=each.unit,
                source_lines=list(each.source),
            )
            for order, each in enumerate(after.responsibilities)
        )
    if after.recipients != before.recipients:
        plan.recipients.all().delete()
        Recipient.objects.bulk_create(
            Recipient(
                plan=plan,
                order=order,
                text=each.text,
                purpose=each.purpose,
                is_filing=each.is_filing,
                source_lines=list(each.source),
            )
            for order, each in enumerate(after.recipients)
        )
    if after.signature_lines != before.signature_lines:
        plan.signature_lines.all().delete()
        SignatureLine.objects.bulk_create(
            SignatureLine(plan=plan, order=order, text=each.text, kind=each.kind, source_lines=list(each.source))
            for order, each in enumerate(after.signature_lines)
        )
    if after.unrecognised != before.unrecognised:
        plan.unrecognised_lines.all().delete()
        UnrecognisedLine.objects.bulk_create(
            UnrecognisedLine(plan=plan, order=order, text=each.text, source_lines=list(each.source))
            for order, each in enumerate(after.unrecognised)
        )


def _write_tasks(
    plan: Plan, before: tuple[TaskContent, ...], after: tuple[TaskContent, ...], *, cancel_removed: bool
) -> None:
    kept = {task.id for task in after}
    _remove(plan, [task.id for task in before if task.id and task.id not in kept], cancel=cancel_removed)
    rows = {task.pk: task for task in Task.objects.filter(plan=plan).select_for_update(no_key=True).order_by("pk")}
    known = {task.id: task for task in before}
    rest = sorted(rows.keys() - kept, key=lambda pk: rows[pk].order)
    places = [rows[pk].order if pk else None for pk in (*(task.id for task in after), *rest)]
    is_moved = places != list(range(len(places)))
    if is_moved:
        # Places are unique at every moment: all go up out of the way first.
        Task.objects.filter(plan=plan).update(order=F("order") + _ASIDE)
    for place, task in enumerate(after):
        if task.id is None:
            row = Task.objects.create(plan=plan, order=place, **_columns(task), source_lines=list(task.source))
            _write_performers(row.pk, task.performers)
            continue
        old = known.get(task.id)
        values: dict[str, Any] = {}
        if old is None or _columns(old) != _columns(task) or old.performers != task.performers:
            values |= _columns(task) | {"version": F("version") + 1, "updated_at": timezone.now()}
        if old is None or (old.start, old.end) != (task.start, task.end):
            values["sequence"] = F("sequence") + 1
        if old is None:
            values["is_cancelled"] = False
        if values:
            Task.objects.filter(pk=task.id, plan=plan).update(**values)
        if old is None or old.performers != task.performers:
            _write_performers(task.id, task.performers)
    # Where a task stands, and which lines print it, is no change of the task itself.
    placed = [*(task.id for task in after), *rest]
    sources = {task.id: list(task.source) for task in after}
    shifted = []
    for place, pk in enumerate(placed):
        if pk is None or pk not in rows:
            continue
        row = rows[pk]
        source = sources.get(pk, row.source_lines)
        if is_moved or row.source_lines != source:
            row.order, row.source_lines = place, source
            shifted.append(row)
    Task.objects.bulk_update(shifted, ["order", "source_lines"], batch_size=100)


def _remove(plan: Plan, ids: list[int], *, cancel: bool) -> None:
    if cancel:
        Task.objects.filter(plan=plan, pk__in=ids).update(
            is_cancelled=True, version=F("version") + 1, sequence=F("sequence") + 1, updated_at=timezone.now()
        )
        return
    for task in Task.objects.filter(plan=plan, pk__in=ids):
        # Parts of the work stay in the plan, by themselves.
        task.parts.update(parent=None)
        try:
            task.delete()
        except ProtectedError:
            raise TaskHasReports(task) from None


def _columns(task: TaskContent) -> dict[str, Any]:
    return {
        "number": task.number,
        "title": task.title,
        "group": task.group,
        "period_text": task.period_text,
        "start": task.start,
        "end": task.end,
        "quantity": task.quantity,
        "deliverable": task.deliverable,
        "cost_text": task.cost_text,
        "cost": task.cost,
        "details": list(task.details),
    }


def _write_performers(task_id: int, performers: tuple[PerformerContent, ...]) -> None:
    """The performers in the paper's words; units assigned by an officer for a group stay beside them."""
    TaskPerformer.objects.filter(task=task_id, as_written=True).delete()
    for each in performers:
        if each.unit:
            # Named by the paper now: no longer only assigned.
            TaskPerformer.objects.filter(task=task_id, unit=each.unit, role=each.role).delete()
    TaskPerformer.objects.bulk_create(
        TaskPerformer(task_id=task_id, order=order, text=each.text, unit_id=each.unit, role=each.role)
        for order, each in enumerate(performers)
    )
