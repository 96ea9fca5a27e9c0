"""Choosing what is late, of plans and of rounds alike, and drafting one letter to each unit that owes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from itertools import groupby

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from assessments.contexts import late_sheets
from assessments.models import Round
from plans.contexts import LateItem, late_items
from plans.forms.chasing import ChasingForm, LateFilter
from plans.models import ChasingLetter, Plan
from plans.services.chasing import ChasingRefused, already_chased, chase
from plans.services.numbering import last_symbol
from plans.views.chasing import issuing_units
from units.access import holds
from units.http import UserRequest
from units.models import Unit
from units.permissions import Permission

DAYS_TO_ANSWER = 7


class LateInRoundFilter(LateFilter):
    """What of all that is late the page shows: of one round, its sheets alone."""

    round = forms.ModelChoiceField(
        label=_("Round"), queryset=Round.objects.none(), required=False, empty_label=_("All")
    )

    def __init__(self, *args, rounds, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["round"].queryset = rounds


@dataclass(frozen=True, kw_only=True)
class LateRow:
    """An item with its past: chased `times` times; `waits` while its last letter may still be answered."""

    item: LateItem
    times: int
    waits: bool


@dataclass(frozen=True, kw_only=True)
class LateUnit:
    unit: Unit
    rows: Sequence[LateRow]

    @property
    def open(self) -> int:
        return sum(not row.waits for row in self.rows)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: UserRequest) -> HttpResponse:
    if not holds(request.user, Permission.CHASE):
        raise PermissionDenied
    today = timezone.localdate()
    plans = Plan.objects.allowed_to(request.user, Permission.CHASE).filter(status=Plan.Status.ISSUED)
    rounds = Round.objects.allowed_to(request.user, Permission.CHASE).filter(state=Round.State.RUNNING)
    filter = LateInRoundFilter(request.GET, plans=plans, rounds=rounds.order_by("-year", "title"))
    rows = _rows(request, filter, today)
    units = issuing_units(request)
    if request.method == "GET":
        form = ChasingForm(units=units, initial=_first(list(units), today))
        return _show(request, filter, rows, form)
    form = ChasingForm(request.POST, units=units)
    keys = set(request.POST.getlist("item"))
    if not form.is_valid():
        return _show(request, filter, rows, form, keys, HTTPStatus.UNPROCESSABLE_ENTITY)
    everything = "all" in request.POST
    # An item whose letter waits cannot be ticked; one that began to wait since the page was shown is told afterwards.
    chosen = [row.item for row in rows if row.item.key in keys or (everything and not row.waits)]
    try:
        made = chase(**form.cleaned_data, items=chosen, as_of=today, by=request.user)
    except ChasingRefused as refused:
        form.add_error(None, str(refused))
        return _show(request, filter, rows, form, keys, HTTPStatus.UNPROCESSABLE_ENTITY)
    if made.skipped:
        said = ngettext(
            "%(count)d thing was left out: its letter may still be answered.",
            "%(count)d things were left out: their letters may still be answered.",
            len(made.skipped),
        )
        messages.warning(request, said % {"count": len(made.skipped)})
    if made.run is None:
        return redirect("chasing_new")
    said = ngettext("%(count)d letter is drafted.", "%(count)d letters are drafted.", len(made.letters))
    messages.success(request, said % {"count": len(made.letters)})
    return redirect(f"{reverse('plans:chasing')}?run={made.run.pk}")


def _rows(request: UserRequest, filter: LateInRoundFilter, today) -> list[LateRow]:
    """All that is late and fits the filter. A constant number of queries."""
    chosen = filter.cleaned_data if filter.is_valid() else {}
    if round_ := chosen.get("round"):
        items = late_sheets(user=request.user, as_of=today, round_=round_)
    else:
        items = [*late_items(user=request.user, as_of=today), *late_sheets(user=request.user, as_of=today)]
    past = already_chased(items, as_of=today) if items else {}
    rows = [
        LateRow(item=item, times=past.get(item.key, (0, False))[0], waits=past.get(item.key, (0, False))[1])
        for item in items
        if (not chosen.get("plan") or item.plan_id == chosen["plan"].pk)
        and (not chosen.get("kind") or item.kind == chosen["kind"])
        and item.late_days >= (chosen.get("days") or 0)
    ]
    if request.method == "GET" and not chosen.get("waiting"):
        rows = [row for row in rows if not row.waits]
    return sorted(rows, key=lambda row: (row.item.unit.path, row.item.due_on, row.item.reference))


def _show(
    request: UserRequest,
    filter: LateInRoundFilter,
    rows: list[LateRow],
    form: ChasingForm,
    keys=frozenset(),
    status=200,
) -> HttpResponse:
    groups = [
        LateUnit(unit=owed[0].item.unit, rows=owed)
        for _unit, grouped in groupby(rows, key=lambda row: row.item.unit.pk)
        if (owed := list(grouped))
    ]
    context = {
        "filter": filter,
        "form": form,
        "groups": groups,
        "things": sum(group.open for group in groups),
        "units": sum(bool(group.open) for group in groups),
        "waiting": sum(row.waits for row in rows),
        "ticked": keys,
    }
    return render(request, "chasing_new.html", context, status=status)


def _first(units: list[Unit], today) -> dict[str, object]:
    """As the last letters went out; for the first ones the department that stands for the province."""
    last = ChasingLetter.objects.filter(unit__in=units).select_related("run", "unit").order_by("-pk").first()
    unit = last.unit if last else next((each for each in units if each.kind == Unit.Kind.DEPARTMENT), None)
    unit = unit or (units[0] if units else None)
    return {
        "unit": unit,
        "respond_by": today + timedelta(days=DAYS_TO_ANSWER),
        "symbol": (last.run.symbol if last else "") or (last_symbol(unit) if unit else ""),
        "signer_lines": last.signer_lines if last else ["GIÁM ĐỐC"],
        "signer_name": last.signer_name if last else "",
        "recipients": last.run.recipients if last else ["Lưu: VT"],
    }
