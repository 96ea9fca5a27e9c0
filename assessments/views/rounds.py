"""Pages of rounds: the list, preparing one, its page, its dates."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.contexts.rounds import SUBMITTED, grid_of, phases_of, progress_of, sheet_lines, stage_of, with_lines
from assessments.filters import RoundFilter
from assessments.forms.round import DatesForm, PhaseFields, RoundForm, SheetFilter, holders_of_rounds
from assessments.models import Assessment, Round, Team
from assessments.services.phases import Phases, RoundChanged, RoundRefused, change_phases, moved
from assessments.services.rounds import edit_round, open_prepared, prepare_round
from assessments.views.ordering import PAGE_SIZE, in_order
from units.access import get_allowed, holds, holds_in
from units.http import UserRequest
from units.models import User
from units.permissions import Permission

OPEN = (Round.State.PREPARING, Round.State.RUNNING)


def load_round(request: UserRequest, pk: int, then: Permission | None = None) -> Round:
    """404 where the person does not see the round, 403 where they may not do `then` for the unit that holds it."""
    rounds = Round.objects.select_related("unit", "criteria_set__standard", "plan", "previous")
    return get_allowed(rounds, request.user, Permission.ASSESSMENT_VIEW, then, pk=pk)


def status_of(form) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def refuse(form, refused) -> None:
    """At the field that is to be mended, where the form has it."""
    form.add_error(refused.field if refused.field in form.fields else None, str(refused))


@login_required
@require_safe
def round_list(request: UserRequest) -> HttpResponse:
    rounds = Round.objects.allowed_to(request.user, Permission.ASSESSMENT_VIEW)
    filtered = RoundFilter(request.GET, queryset=rounds, request=request)
    filtered.offer_years()
    seen = Assessment.objects.allowed_to(request.user, Permission.ASSESSMENT_VIEW).order_by().values("pk")
    mine = Q(assessments__in=seen)
    found = (
        filtered.qs.select_related("unit", "criteria_set__standard")
        .annotate(
            sheets=Count("assessments", filter=mine),
            submitted=Count("assessments", filter=mine & Q(assessments__state__in=SUBMITTED)),
        )
        .order_by("-year", "-opens_at", "pk")
    )
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    now = timezone.now()
    values = {
        "filter": filtered,
        "page": page,
        "rows": [(each, stage_of(each, now)) for each in page],
        "may_prepare": holds(request.user, Permission.ROUND_MANAGE),
    }
    return render(request, "assessments/rounds/list.html", values)


@login_required
@require_http_methods(["GET", "POST"])
def round_new(request: UserRequest) -> HttpResponse:
    units = holders_of_rounds(request.user)
    if not units:
        raise PermissionDenied
    form = RoundForm(
        request.POST if request.method == "POST" else None,
        user=request.user,
        initial={"unit": units[0], "year": timezone.localdate().year, "occasion": Round.Occasion.YEARLY},
    )
    if request.method == "POST" and form.is_valid():
        try:
            round_ = prepare_round(by=request.user, unit=form.cleaned_data["unit"], **form.values)
        except RoundRefused as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("The round is prepared. Now choose its units."))
            return redirect("assessments:round_units", pk=round_.pk)
    return render(request, "assessments/rounds/form.html", {"form": form}, status=status_of(form))


@login_required
@require_http_methods(["GET", "POST"])
def round_edit(request: UserRequest, pk: int) -> HttpResponse:
    """Everything about a round that is being prepared; of one that runs only the dates can be changed."""
    round_ = load_round(request, pk, Permission.ROUND_MANAGE)
    if round_.state != Round.State.PREPARING:
        return redirect("assessments:round_dates", pk=pk)
    given = request.POST.copy() if request.method == "POST" else None
    form = RoundForm(given, user=request.user, round_=round_, initial=RoundForm.values_of(round_))
    status, stored = HTTPStatus.OK, None
    if given is not None and form.is_valid():
        try:
            expected = form.cleaned_data["version"] or 0
            edit_round(round=round_, by=request.user, expected_version=expected, **form.values)
        except RoundChanged as changed:
            form.add_error(None, str(changed))
            given["version"], stored = str(changed.stored.version), changed.stored
        except RoundRefused as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("The round is saved."))
            return redirect("assessments:round", pk=pk)
    status = HTTPStatus.CONFLICT if stored else status_of(form)
    context = {"form": form, "round": round_, "stored": stored}
    return render(request, "assessments/rounds/form.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def round_dates(request: UserRequest, pk: int) -> HttpResponse:
    round_ = load_round(request, pk, Permission.ROUND_MANAGE)
    given = request.POST.copy() if request.method == "POST" else None
    form = DatesForm(given, initial=PhaseFields.dates_of(round_) | {"version": round_.version})
    stored: Round | None = None
    if given is not None and form.is_valid():
        data = form.cleaned_data
        try:
            change_phases(
                round=round_,
                phases=form.phases,
                reason=data["reason"],
                expected_version=data["version"],
                by=request.user,
            )
        except RoundChanged as changed:
            form.add_error(None, str(changed))
            given["version"], stored = str(changed.stored.version), changed.stored
        except RoundRefused as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("The dates are changed and the units are told."))
            return redirect("assessments:round", pk=pk)
    differing = list(moved(Phases.of(stored), form.phases)) if stored else []
    context = {
        "form": form,
        "round": round_,
        "stored": stored,
        "differing": [(form[name], getattr(stored, name)) for name in differing],
        "settled": round_.state not in OPEN,
    }
    return render(
        request, "assessments/rounds/dates.html", context, status=HTTPStatus.CONFLICT if stored else status_of(form)
    )


@login_required
@require_POST
def round_open(request: UserRequest, pk: int) -> HttpResponse:
    round_ = load_round(request, pk, Permission.ROUND_MANAGE)
    try:
        open_prepared(round=round_, by=request.user)
    except RoundRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The round is open. The units see their sheets and are told."))
    return redirect("assessments:round", pk=pk)


def _assessors(round_: Round) -> list[User]:
    return list(User.objects.filter(assignments__assessment__round=round_).distinct().order_by("full_name", "pk"))


@login_required
@require_safe
def round_detail(request: UserRequest, pk: int) -> HttpResponse:
    """For those who run and read the round: where all its sheets are. A unit sees the dates and its own sheet."""
    round_ = load_round(request, pk)
    now = timezone.now()
    inside = holds_in(request.user, Permission.ASSESSMENT_VIEW, round_.unit)
    manages = holds_in(request.user, Permission.ROUND_MANAGE, round_.unit)
    sheets = Assessment.objects.allowed_to(request.user, Permission.ASSESSMENT_VIEW).filter(round=round_)
    context: dict[str, Any] = {
        "round": round_,
        "stage": stage_of(round_, now),
        "phases": phases_of(round_, now),
        "inside": inside,
        "manages": manages,
        "may_chase": holds_in(request.user, Permission.CHASE, round_.unit),
        "may_report": inside and holds(request.user, Permission.REPORT_REQUEST),
        "is_preparing": round_.state == Round.State.PREPARING,
        "is_open": round_.state in OPEN,
    }
    if not inside:
        lines = sheet_lines(with_lines(sheets).order_by("unit__path"), now=now, inside=False)
        return render(request, "assessments/rounds/own.html", context | {"lines": lines})
    filter = SheetFilter(request.GET, assessors=_assessors(round_))
    shown = filter.narrow(sheets, now) if filter.is_valid() else sheets
    rows = in_order(with_lines(shown), request.GET.get("sort", ""), ("unit__kind", "unit__name"))
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    progress = progress_of(sheets, now)
    context |= {
        "filter": filter,
        "page": page,
        "lines": sheet_lines(page, now=now, inside=True),
        "grid": grid_of(sheets),
        "progress": progress,
        "figures": _figures(progress),
        "teams": Team.objects.filter(round=round_).count(),
    }
    return render(request, "assessments/round.html", context)


def _figures(progress) -> list[dict[str, Any]]:
    """The way of the sheets, each a step behind the one before."""
    of = _("of %(all)d sheets") % {"all": progress.sheets}
    told = [
        (progress.begun, _("begun")),
        (progress.submitted, _("submitted")),
        (progress.verified, _("verified")),
        (progress.told, _("with their result")),
        (progress.settled, _("approved")),
    ]
    figures: list[dict[str, Any]] = [{"value": f"{count}", "label": label, "note": of} for count, label in told]
    late = {"value": f"{progress.late}", "label": _("late"), "note": _("not submitted in time"), "url": "?late=1#units"}
    return [*figures, late] if progress.late else figures
