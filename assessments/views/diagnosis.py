"""Pages of the ISO 18091 diagnosis: the list, one unit's with its tabs, one indicator, a plan's pilot units."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from assessments.contexts.diagnosis import SELF, STANDING, Diagnosis, basis_of, diagnosis_of, summary_of
from assessments.contexts.pairing import after_of, diagnoses
from assessments.contexts.pilots import past_of, pilots_before_and_after, through_time
from assessments.contexts.sdg import goals_of
from assessments.contexts.standing import sees_result
from assessments.contexts.wheel import goal_bars, quadrant_bars, wheel_of
from assessments.filters import DiagnosisFilter
from assessments.forms.competence import CompetenceForm
from assessments.models import Assessment, CorrectiveAction, Criterion
from assessments.renderers.charts import NotDrawn
from assessments.renderers.wheel import bars_svg, wheel_svg
from assessments.services.competence import may_set_competence, set_competence
from assessments.services.rows import NotInThisSheet
from assessments.services.standing import ActRefused
from assessments.views.ordering import PAGE_SIZE, in_order
from plans.models import Plan
from units.access import get_allowed, holds_in
from units.http import UserRequest
from units.permissions import Permission

TABS = ("compare", "questions", "goals", "actions", "history")
NAMES = {"compare": "diagnosis"} | {tab: f"diagnosis_{tab}" for tab in TABS[1:]}
log = logging.getLogger(__name__)


@login_required
@require_safe
def diagnosis_list(request: UserRequest) -> HttpResponse:
    filtered = DiagnosisFilter(request.GET, queryset=diagnoses(request.user), request=request)
    filtered.offer_years()
    default = ("-round__year", "-round__opens_at", "unit__name")
    rows = in_order(filtered.qs.with_sheet_head(), request.GET.get("sort", ""), default)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    shown = [(sheet, past_of(sheet)) for sheet in page]
    return render(request, "assessments/diagnosis/list.html", {"filter": filtered, "page": page, "rows": shown})


def _load(request: UserRequest, pk: int) -> Assessment:
    sheets = diagnoses(request.user).with_sheet_head().select_related("round__plan")
    assessment = sheets.filter(pk=pk).first()
    if assessment is None:
        raise Http404
    return assessment


def _basis(request: UserRequest, assessment: Assessment) -> str:
    """What was asked for, where the person may see it."""
    asked = request.GET.get("basis", "")
    if asked == SELF or (asked == STANDING and sees_result(request.user, assessment)):
        return asked
    return basis_of(assessment)


def picture(draw: Callable[[Any], str], what: Any) -> SafeString:
    """The drawing, or nothing where it could not be made: the tables beside it say the same."""
    try:
        return mark_safe(draw(what))  # noqa: S308 -- drawn by ourselves, its texts escaped
    except NotDrawn:
        log.exception("A chart was not drawn")
        return mark_safe("")


def _context(request: UserRequest, assessment: Assessment, tab: str) -> dict[str, Any]:
    diagnosis = diagnosis_of(assessment, user=request.user, basis=_basis(request, assessment))
    plans = Plan.objects.none()
    if diagnosis.plan_id:
        plans = Plan.objects.allowed_to(request.user, Permission.PLAN_VIEW).filter(pk=diagnosis.plan_id)
    here = reverse(f"assessments:{NAMES[tab]}", args=[assessment.pk])
    return {
        "assessment": assessment,
        "diagnosis": diagnosis,
        "summary": [(row, _words()[row.light]) for row in summary_of(diagnosis)],
        "tab": tab,
        "tabs": _tabs(assessment.pk, tab, len(diagnosis.weak)),
        "bases": _bases(request, assessment, diagnosis, here),
        "plan": plans.first() if diagnosis.plan_id else None,
        "after": after_of(assessment, user=request.user) if tab == "compare" else None,
        "may_report": holds_in(request.user, Permission.REPORT_VIEW, assessment.unit),
        "may_set": may_set_competence(request.user, assessment),
    }


def _words() -> dict[str, str]:
    return {
        "green": _("Green: the acceptable minimum is met"),
        "yellow": _("Yellow: below the minimum"),
        "red": _("Red: not acceptable yet"),
        "": _("Without a light"),
    }


def _tabs(pk: int, tab: str, weak: int) -> list[dict[str, Any]]:
    labels = {
        "compare": _("Before and after"),
        "questions": _("Questions of the sub-indicators"),
        "goals": _("By sustainable development goal"),
        "actions": _("Action plan"),
        "history": _("History"),
    }
    counts = {"actions": weak or None}
    return [
        {
            "label": label,
            "url": reverse(f"assessments:{NAMES[each]}", args=[pk]),
            "current": each == tab,
            "count": counts.get(each),
        }
        for each, label in labels.items()
    ]


def _bases(request: UserRequest, assessment: Assessment, diagnosis: Diagnosis, here: str) -> list[dict[str, Any]]:
    """The two ways to look at the sheet, for whoever may see both; nothing while there is but one."""
    if not sees_result(request.user, assessment):
        return []
    if not assessment.verified_scored and basis_of(assessment) == SELF:
        return []
    labels = {SELF: _("Self-assessed"), STANDING: pgettext("lights", "Verified")}
    return [
        {"label": label, "url": f"{here}?basis={basis}", "current": diagnosis.taken.basis == basis}
        for basis, label in labels.items()
    ]


@login_required
@require_safe
def diagnosis(request: UserRequest, pk: int, tab: str = "compare") -> HttpResponse:
    assessment = _load(request, pk)
    context = _context(request, assessment, tab)
    told: Diagnosis = context["diagnosis"]
    if tab == "compare":
        context |= {"wheel": picture(wheel_svg, wheel_of(told)), "bars": picture(bars_svg, quadrant_bars(told))}
        context |= _panel(context, told.by_default.criterion_id if told.by_default else 0)
    elif tab == "goals":
        goals = goals_of(told.lines)
        context |= {"goals": goals, "bars": picture(bars_svg, goal_bars(goals))}
    elif tab == "actions":
        context["rows"] = _actions(request, assessment, told)
        context["may_correct"] = holds_in(request.user, Permission.CORRECTION_PLAN, assessment.unit)
    elif tab == "history":
        context |= {"past": through_time(assessment, request.user), "steps": _steps(assessment)}
    return render(request, "assessments/diagnosis/page.html", context)


def _actions(request: UserRequest, assessment: Assessment, told: Diagnosis) -> list[dict[str, Any]]:
    """Every indicator under the minimum with what is done about it."""
    held = CorrectiveAction.objects.allowed_to(request.user, Permission.ASSESSMENT_VIEW).filter(assessment=assessment)
    by_criterion: dict[int | None, list[CorrectiveAction]] = {}
    for action in held.order_by("pk"):
        by_criterion.setdefault(action.criterion_id, []).append(action)
    weak = sorted(told.weak, key=lambda line: line.light != "red")
    return [{"line": line, "actions": by_criterion.get(line.criterion_id, [])} for line in weak]


def _steps(assessment: Assessment) -> list[dict[str, Any]]:
    """What happened to the sheet, the latest first."""
    steps = [
        ("calendar", assessment.round.opens_at, _("Self-assessment opened"), ""),
        ("send", assessment.submitted_at, _("Submitted"), str(assessment.submitted_by or "")),
        ("circle-check", assessment.preliminary_at, _("The preliminary result was told"), ""),
        ("megaphone", assessment.round.published_at, _("Published"), ""),
    ]
    told = [{"icon": icon, "at": at, "text": text, "note": note} for icon, at, text, note in steps if at]
    return sorted(told, key=lambda step: step["at"], reverse=True)


def _panel(context: dict[str, Any], criterion_pk: int) -> dict[str, Any]:
    line = context["diagnosis"].line(criterion_pk)
    if line is None:
        return {"line": None}
    form = CompetenceForm(initial={"kind": line.competence, "note": line.competence_note}, prefix="")
    return {"line": line, "form": form if context["may_set"] else None}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def indicator(request: UserRequest, pk: int, criterion_pk: int) -> HttpResponse:
    """One indicator: a panel of the page for htmx, else the whole page with it. POST says whose affair it is."""
    assessment = _load(request, pk)
    context = _context(request, assessment, "compare")
    told: Diagnosis = context["diagnosis"]
    if told.line(criterion_pk) is None:
        raise Http404
    context |= _panel(context, criterion_pk)
    if request.method != "POST":
        return _with_panel(request, context, HTTPStatus.OK)
    criterion = Criterion.objects.get(pk=criterion_pk)
    form = CompetenceForm(request.POST)
    error = ""
    if form.is_valid():
        values = {"kind": form.cleaned_data["kind"], "note": form.cleaned_data["note"]}
        try:
            set_competence(assessment=assessment, criterion=criterion, by=request.user, **values)
        except (ActRefused, NotInThisSheet) as refused:
            error = str(refused)
        else:
            if not request.htmx:
                messages.success(request, _("The competence for %(code)s is saved.") % {"code": criterion.code})
                return redirect(f"{reverse('assessments:indicator', args=[pk, criterion_pk])}#indicator")
            context |= _panel(_context(request, assessment, "compare"), criterion_pk) | {"saved": True}
            return _with_panel(request, context, HTTPStatus.OK)
    return _with_panel(request, context | {"form": form, "error": error}, HTTPStatus.UNPROCESSABLE_ENTITY)


def _with_panel(request: UserRequest, context: dict[str, Any], status: HTTPStatus) -> HttpResponse:
    if request.htmx:
        return render(request, "assessments/diagnosis/_indicator.html", context, status=status)
    told: Diagnosis = context["diagnosis"]
    context |= {"wheel": picture(wheel_svg, wheel_of(told)), "bars": picture(bars_svg, quadrant_bars(told))}
    return render(request, "assessments/diagnosis/page.html", context, status=status)


@login_required
@require_safe
def plan_diagnosis(request: UserRequest, pk: int) -> HttpResponse:
    """A plan's pilot units before and after; asked for by the plan's page (htmx) it is a panel of that page."""
    plan = get_allowed(Plan.objects.all(), request.user, Permission.PLAN_VIEW, pk=pk)
    context = {"plan": plan, "rows": pilots_before_and_after(plan, request.user)}
    template = "assessments/diagnosis/plan.html"
    return render(request, f"{template}#panel" if request.htmx else template, context)
