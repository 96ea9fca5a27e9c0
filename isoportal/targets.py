"""What notifications are about: who may still see each thing, and at which page it is looked at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Model, Q, QuerySet
from django.db.models.functions import Cast
from django.urls import NoReverseMatch, reverse

from activity.models import AuditEvent, Notification
from assessments.models import (
    Assessment,
    CorrectiveAction,
    CriteriaSet,
    Decision,
    Finding,
    Inspection,
    Qms,
    Round,
    Visit,
)
from plans.models import (
    Amendment,
    ChasingLetter,
    DueReport,
    Event,
    LegalDocument,
    Obstacle,
    Plan,
    ProgressUpdate,
    ReportingPeriod,
    Task,
)
from units.access import allowed_units
from units.models import Unit, User
from units.permissions import Permission


@dataclass(frozen=True, kw_only=True)
class Target:
    """`key` leads from the thing to the id that the page `url_name` takes."""

    model: type[Model]
    visible: Callable[[User], QuerySet[Any]]
    url_name: str
    key: str = "pk"


def _to(model: Any, url_name: str, key: str = "pk", permission: Permission = Permission.PLAN_VIEW) -> Target:
    return Target(
        model=model, visible=lambda user: model.objects.allowed_to(user, permission), url_name=url_name, key=key
    )


TARGETS: dict[str, Target] = {
    target.model._meta.label_lower: target
    for target in (
        _to(Plan, "plans:detail"),
        _to(Task, "plans:task"),
        _to(Event, "plans:event"),
        _to(Obstacle, "plans:obstacle"),
        _to(ProgressUpdate, "plans:task", "task_id"),
        _to(DueReport, "plans:task", "task_id"),
        _to(ReportingPeriod, "plans:detail", "plan_id"),
        _to(Amendment, "plans:detail", "plan_id"),
        _to(ChasingLetter, "plans:chasing_letter"),
        _to(LegalDocument, "plans:legal"),
        _to(Assessment, "assessments:sheet", permission=Permission.ASSESSMENT_VIEW),
        _to(CorrectiveAction, "assessments:corrective_action", permission=Permission.ASSESSMENT_VIEW),
        _to(Qms, "assessments:system", permission=Permission.ASSESSMENT_VIEW),
        _to(Round, "assessments:round", permission=Permission.ASSESSMENT_VIEW),
        _to(Decision, "assessments:publication", "round_id", permission=Permission.ASSESSMENT_VIEW),
        _to(CriteriaSet, "assessments:criteria", permission=Permission.ASSESSMENT_VIEW),
        _to(Inspection, "assessments:inspection", permission=Permission.ASSESSMENT_VIEW),
        _to(Visit, "assessments:visit", permission=Permission.ASSESSMENT_VIEW),
        _to(Finding, "assessments:visit_findings", "visit_id", permission=Permission.ASSESSMENT_VIEW),
        Target(model=Unit, visible=lambda user: allowed_units(user, Permission.UNIT_VIEW), url_name="units:detail"),
    )
}


def notifications_of(user: User) -> QuerySet[Notification]:
    """The person's own notifications, those whose target they may (still) see. One query, with what it needs inside."""
    rule = Q()
    for label, target in TARGETS.items():
        seen = target.visible(user).order_by().annotate(as_text=Cast("pk", CharField())).values("as_text")
        rule |= Q(event__target_model=label, event__target_id__in=seen)
    return Notification.objects.filter(rule, to=user)


def links_to(events: Iterable[AuditEvent]) -> dict[int, str]:
    """Where each event's target is looked at, by the event's id. One query for each kind whose page is another's."""
    ids: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for event in events:
        ids[event.target_model][event.target_id].append(event.pk)
    links: dict[int, str] = {}
    for label, wanted in ids.items():
        target = TARGETS.get(label)
        if target is None:
            continue
        keys: Iterable[tuple[Any, Any]] = ((pk, pk) for pk in wanted)
        if target.key != "pk":
            keys = target.model._default_manager.filter(pk__in=list(wanted)).values_list("pk", target.key)
        for pk, key in keys:
            try:
                url = reverse(target.url_name, args=[key])
            except NoReverseMatch:  # an id of another kind than the page takes
                continue
            links |= dict.fromkeys(wanted[str(pk)], url)
    return links
