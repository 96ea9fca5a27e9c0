"""The queue of those who verify, and acts on many sheets of it at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from assessments.contexts.queue import Bucket, QueueRow, counts, queue
from assessments.forms.verification import BUCKETS, QueueFilter
from assessments.models import Assessment
from assessments.services.returning import tell_result
from assessments.services.standing import ActRefused
from assessments.services.verification import begin_verification
from assessments.views.ordering import PAGE_SIZE
from units.http import UserRequest
from units.permissions import Permission

MOST_AT_ONCE = 300
ACTS: dict[str, tuple[Callable[..., Assessment], Any]] = {
    "begin": (begin_verification, gettext_lazy("Verification has begun.")),
    "tell": (tell_result, gettext_lazy("The unit is told its preliminary result.")),
}
RIGHTS: dict[str, tuple[Any, Callable[[QueueRow], bool]]] = {
    "assigned": (gettext_lazy("Assigned to me"), lambda row: row.place is not None and not row.is_chair),
    "chair": (gettext_lazy("Of the team I chair"), lambda row: row.is_chair),
    "round": (gettext_lazy("Of the rounds I manage"), lambda row: row.is_manager),
}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one chosen sheet."""

    unit: str
    pk: int
    is_done: bool
    said: str


def _filtered(rows: list[QueueRow], form: QueueFilter) -> list[QueueRow]:
    """What is told already is shown only where it is asked for."""
    if not form.is_valid():
        return [row for row in rows if row.bucket != Bucket.DONE]
    data = form.cleaned_data
    word = data["unit"].casefold()
    return [
        row
        for row in rows
        if (row.bucket == data["state"] if data["state"] else row.bucket != Bucket.DONE)
        and (data["round"] is None or row.assessment.round_id == data["round"])
        and (not data["mine"] or RIGHTS[data["mine"]][1](row))
        and word in row.assessment.unit.name.casefold()
    ]


def _page(request: UserRequest, outcomes: list[Outcome] | None = None) -> HttpResponse:
    rows = queue(request.user, now=timezone.now())
    rounds = {row.assessment.round_id: row.assessment.round.title for row in rows}
    rights = [(key, word) for key, (word, test) in RIGHTS.items() if any(test(row) for row in rows)]
    form = QueueFilter(request.GET, rounds=sorted(rounds.items(), reverse=True), rights=rights)
    found = _filtered(rows, form)
    counted = counts(rows)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    chosen = request.GET.get("state", "")
    values = {
        "filter": form,
        "page": page,
        "rows": page.object_list,
        "total": len(rows),
        "tabs": [
            {"label": word, "url": f"?state={key.value}", "current": chosen == key.value, "count": counted[key]}
            for key, word in BUCKETS.items()
            if counted[key] and key != Bucket.DONE
        ],
        "next": next((row for row in rows if row.is_work), None),
        "looks_on": any(row.place is None for row in page.object_list),
        "may_begin": any(row.may_begin for row in page.object_list),
        "may_tell": any(row.may_tell for row in page.object_list),
        "outcomes": outcomes,
        "done": sum(each.is_done for each in outcomes or ()),
    }
    return render(request, "assessments/verification/queue.html", values)


@login_required
@require_safe
def verification(request: UserRequest) -> HttpResponse:
    return _page(request)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@login_required
@require_POST
def verification_acts(request: UserRequest) -> HttpResponse:
    """Begin, or tell the result of, the sheets that were chosen: each by itself, and each with what became of it."""
    act = request.POST.get("act", "")
    keys = [key for key in map(_number, request.POST.getlist("sheet")[:MOST_AT_ONCE]) if key]
    visible = Assessment.objects.allowed_to(request.user, Permission.ASSESSMENT_VIEW).select_related("unit")
    outcomes = []
    for sheet in visible.filter(pk__in=keys).order_by("unit__name") if act in ACTS else visible.none():
        service, said = ACTS[act]
        try:
            service(assessment=sheet, by=request.user)
        except PermissionDenied as error:
            text = str(error) or _("You may not do this with the sheet of this unit.")
            outcomes.append(Outcome(unit=sheet.unit.name, pk=sheet.pk, is_done=False, said=text))
        except ActRefused as error:
            outcomes.append(Outcome(unit=sheet.unit.name, pk=sheet.pk, is_done=False, said=str(error)))
        else:
            outcomes.append(Outcome(unit=sheet.unit.name, pk=sheet.pk, is_done=True, said=str(said)))
    return _page(request, outcomes)
