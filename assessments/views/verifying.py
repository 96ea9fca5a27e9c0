"""What an assessor does on the page of a sheet: one row, many rows, beginning, finishing, returning, telling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from assessments import scoring, services
from assessments.contexts import SheetContext, answer_text, refusal_text
from assessments.contexts.standing import holds_for, runs
from assessments.contexts.verification import assignments_of, place_of
from assessments.contexts.verifying import verifying_bar
from assessments.forms import ScoreForm
from assessments.forms.verification import ReturnForm
from assessments.models import Assessment, Criterion, Round
from assessments.permissions import ACTS, Act
from assessments.services.accepting import accept_rows
from assessments.services.returning import (
    ExtensionMissing,
    ExtensionPast,
    ExtensionTooLong,
    NoteMissing,
    return_sheet,
    tell_result,
)
from assessments.services.standing import ActRefused
from assessments.services.verification import (
    begin_verification,
    finish_verification,
    resume_verification,
    save_verified,
)
from assessments.views.score_rows import context_of, load_criterion, load_sheet, row_address, row_values
from assessments.views.sheet_tabs import page_values
from units.http import UserRequest
from units.permissions import Permission

UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
SINGLE: dict[str, tuple[Callable[..., Assessment], Any]] = {
    "begin": (begin_verification, gettext_lazy("Verification has begun.")),
    "finish": (finish_verification, gettext_lazy("You have finished verifying this sheet.")),
    "resume": (resume_verification, gettext_lazy("The rows take entries again.")),
    "tell": (tell_result, gettext_lazy("The unit is told its preliminary result.")),
}


def verified_sheet(request: UserRequest, pk: int) -> Assessment:
    """404 where the person may not see the sheet, 403 where they do not verify sheets of its unit."""
    return load_sheet(request, pk, Permission.ASSESSMENT_VERIFY)


def _with_entry(context: SheetContext, criterion: Criterion, form: ScoreForm) -> SheetContext:
    """The sheet with what was typed in the row that was not saved: nothing typed is lost."""

    def typed(line):
        line = replace(line, parts=[typed(part) for part in line.parts])
        if line.criterion_id != criterion.pk:
            return line
        return replace(line, entry=form.answer, note=form.data.get("explanation", ""))

    groups = [replace(group, lines=[typed(line) for line in group.lines]) for group in context.result.groups]
    return replace(context, result=replace(context.result, groups=groups))


def _refused(
    request: UserRequest,
    assessment: Assessment,
    criterion: Criterion,
    form: ScoreForm,
    *,
    error: str = "",
    conflict: services.StaleScore | None = None,
) -> HttpResponse:
    """422 with what is wrong, 409 with both values; nothing that was typed is lost."""
    context = _with_entry(context_of(request, assessment), criterion, form)
    values: dict[str, Any] = row_values(context, criterion) | {"error": error, "bad": criterion.pk}
    if conflict:
        values |= {
            "conflict": conflict,
            "stored_text": answer_text(conflict.stored.result),
            "mine_text": answer_text(conflict.mine.result),
        }
    status = HTTPStatus.CONFLICT if conflict else UNPROCESSABLE
    if request.htmx:
        return render(request, "assessments/_saved.html", values, status=status)
    values |= {"verifying": verifying_bar(assessment, user=request.user, now=timezone.now())}
    return render(request, "assessments/sheet.html", page_values(context) | values, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def verify_score(request: UserRequest, pk: int, criterion_pk: int) -> HttpResponse:
    """One row at the stage of the person's place. POST saves it: 422 with the row's error, 409 with both values."""
    assessment = verified_sheet(request, pk)
    criterion = load_criterion(assessment, criterion_pk)
    if request.method != "POST":
        if not request.htmx:
            return redirect(row_address(assessment, criterion))
        return render(request, "assessments/_row.html", row_values(context_of(request, assessment), criterion))
    form = ScoreForm(request.POST, criterion=criterion)
    if not form.is_valid():
        said = " ".join(str(each) for errors in form.errors.values() for each in errors)
        return _refused(request, assessment, criterion, form, error=said)
    try:
        save_verified(
            assessment=assessment,
            criterion=criterion,
            answer=form.answer,
            reason=form.cleaned_data["explanation"],
            expected_version=form.expected_version,
            by=request.user,
        )
    except scoring.InvalidAnswer as error:
        return _refused(request, assessment, criterion, form, error=refusal_text(error))
    except services.StaleScore as error:
        return _refused(request, assessment, criterion, form, conflict=error)
    except (ActRefused, services.NotInThisSheet) as error:
        return _refused(request, assessment, criterion, form, error=str(error))
    if not request.htmx:
        messages.success(request, _("Criterion %(code)s is saved.") % {"code": criterion.code})
        return redirect(row_address(assessment, criterion))
    assessment = load_sheet(request, pk)
    values = row_values(context_of(request, assessment), criterion)
    return render(request, "assessments/_saved.html", values | {"whole_row": form.cleaned_data["clear"]})


@login_required
@require_POST
def accept(request: UserRequest, pk: int) -> HttpResponse:
    """Take over what the unit gave itself: in one row or a group (`criterion`, `group`), or in all that are left."""
    assessment = verified_sheet(request, pk)
    chosen = _chosen(assessment, request.POST.get("group", ""), request.POST.get("criterion", ""))
    try:
        outcomes = accept_rows(assessment=assessment, by=request.user, criteria=chosen)
    except ActRefused as error:
        messages.error(request, str(error))
        return redirect("assessments:sheet", pk=pk)
    done = sum(each.is_done for each in outcomes)
    said = ngettext("%(count)d criterion is accepted as scored.", "%(count)d criteria are accepted as scored.", done)
    messages.success(request, said % {"count": done})
    if left := [each.criterion.code for each in outcomes if not each.is_done]:
        said = _("Not accepted, because the unit has not scored them: %(codes)s.")
        messages.warning(request, said % {"codes": ", ".join(left)})
    return redirect("assessments:sheet", pk=pk)


def _chosen(assessment: Assessment, group: str, criterion: str) -> set[int] | None:
    if not group and not criterion:
        return None
    criteria = Criterion.objects.filter(criteria_set=assessment.round.criteria_set_id)
    found = set(criteria.filter(code=criterion).values_list("pk", flat=True))
    wanted = set(criteria.filter(code=group).values_list("pk", flat=True)) if group else set()
    parents = list(criteria.values_list("pk", "parent"))
    while wanted:
        wanted = {pk for pk, parent in parents if parent in wanted}
        found |= wanted
    return found


@login_required
@require_POST
def verify_act(request: UserRequest, pk: int, act: str) -> HttpResponse:
    """Begin, finish, take up again, tell the result."""
    assessment = verified_sheet(request, pk)
    service, said = SINGLE[act]
    try:
        service(assessment=assessment, by=request.user)
    except ActRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, str(said))
    return redirect("assessments:sheet", pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def return_page(request: UserRequest, pk: int) -> HttpResponse:
    """Ask the unit for completion."""
    assessment = verified_sheet(request, pk)
    if not holds_for(request.user, Act.RETURN, assessment):
        raise PermissionDenied
    if place_of(request.user, assessment, assignments_of(assessment)) is None:
        raise PermissionDenied
    now = timezone.now()
    form = ReturnForm(request.POST or None)
    values = {
        "assessment": assessment,
        "form": form,
        "possible": assessment.state in ACTS[Act.RETURN].states and runs(assessment, Round.Phase.VERIFY, now),
        "runs": runs(assessment, Round.Phase.SELF_SCORE, now),
    }
    if request.method == "POST" and form.is_valid():
        try:
            return_sheet(assessment=assessment, note=form.cleaned_data["note"], until=form.moment, by=request.user)
        except NoteMissing as error:
            form.add_error("note", str(error))
        except (ExtensionMissing, ExtensionPast, ExtensionTooLong) as error:
            form.add_error("until", str(error))
        except ActRefused as error:
            form.add_error(None, str(error))
        else:
            said = _("The sheet is returned to %(unit)s, which is told.")
            messages.success(request, said % {"unit": assessment.unit.label})
            return redirect("assessments:verification")
    status = UNPROCESSABLE if request.method == "POST" else HTTPStatus.OK
    return render(request, "assessments/verification/return.html", values, status=status)
