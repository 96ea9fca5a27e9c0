"""One row of a sheet: shown, saved, refused."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments import scoring, services
from assessments.contexts import SheetContext, answer_text, refusal_text, sheet_context
from assessments.contexts.rules import known_rules
from assessments.contexts.verification import manages
from assessments.forms import ScoreForm
from assessments.models import Assessment, Criterion, Score
from assessments.services.scores import enter_score
from assessments.views.sheet_tabs import page_values
from units.access import get_allowed, holds_in
from units.http import UserRequest
from units.permissions import Permission


def context_of(request: UserRequest, assessment: Assessment, *, saved: Criterion | None = None) -> SheetContext:
    return sheet_context(assessment, user=request.user, now=timezone.now(), saved=saved)


def load_sheet(request: UserRequest, pk: int, then: Permission | None = None) -> Assessment:
    return get_allowed(Assessment.objects.with_sheet_head(), request.user, Permission.ASSESSMENT_VIEW, then, pk=pk)


def load_criterion(assessment: Assessment, pk: int) -> Criterion:
    """A scored criterion of the set that the sheet is scored by, 404 otherwise."""
    for criterion in known_rules(assessment.round.criteria_set).criteria:
        if criterion.pk == pk and criterion.scoring != Criterion.Scoring.GROUP:
            return criterion
    raise Http404


def require_entry(request: UserRequest, assessment: Assessment, criterion: Criterion) -> None:
    """Who scores for the unit enters its rows, who manages the round those of the province; whether they may do it now
    is the service's to say."""
    if criterion.scored_by == Criterion.ScoredBy.PROVINCE and manages(request.user, assessment):
        return
    if not holds_in(request.user, Permission.ASSESSMENT_SCORE, assessment.unit):
        raise PermissionDenied


def row_address(assessment: Assessment, criterion: Criterion) -> str:
    """The row on the page of its sheet."""
    return f"{reverse('assessments:sheet', args=[assessment.pk])}#c{criterion.pk}"


def row_values(context: SheetContext, criterion: Criterion) -> dict[str, Any]:
    """The line of a criterion, its groups from the top down, and the roll-up it is a part of: as the row's templates
    want them."""
    by_code = {group.code: group for group in context.result.groups}
    for group in context.result.groups:
        for line in group.lines:
            if criterion.pk in {line.criterion_id, *(part.criterion_id for part in line.parts)}:
                own = next(each for each in [line, *line.parts] if each.criterion_id == criterion.pk)
                groups = [group]
                while groups[-1].parent in by_code:
                    groups.append(by_code[groups[-1].parent])
                values = {"sheet": context, "group": group, "groups": groups, "line": own}
                return values | {"above": line if own is not line else None}
    raise services.NotInThisSheet


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
    status: HTTPStatus,
    error: str = "",
    conflict: services.StaleScore | None = None,
) -> HttpResponse:
    context = _with_entry(context_of(request, assessment), criterion, form)
    values: dict[str, Any] = row_values(context, criterion) | {"error": error, "bad": criterion.pk}
    if conflict:
        values |= {
            "conflict": conflict,
            "stored_text": answer_text(conflict.stored.result),
            "mine_text": answer_text(conflict.mine.result),
        }
    if request.htmx:
        return render(request, "assessments/_saved.html", values, status=status)
    return render(request, "assessments/sheet.html", page_values(context) | values, status=status)


def saved_row(request: UserRequest, score: Score, *, whole: bool) -> HttpResponse:
    """The parts of the page that follow from a save. The sheet comes from the service, which holds it as it is stored:
    it is not read again. `whole`: the fields of the row too."""
    saved = score.criterion
    context = context_of(request, score.assessment, saved=None if whole else saved)
    return render(request, "assessments/_saved.html", row_values(context, saved) | {"whole_row": whole})


def _save(request: UserRequest, assessment: Assessment, criterion: Criterion, form: ScoreForm) -> Score:
    """By the unit or, of a row that the province enters, by the province."""
    save = services.save_score
    if criterion.scored_by == Criterion.ScoredBy.PROVINCE and manages(request.user, assessment):
        save = enter_score
    return save(
        assessment=assessment,
        criterion=criterion,
        answer=form.answer,
        explanation=form.cleaned_data["explanation"],
        expected_version=form.expected_version,
        by=request.user,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def score(request: UserRequest, pk: int, criterion_pk: int) -> HttpResponse:
    """One row. POST saves it: 422 with the row's error, 409 with both values where somebody else was there first."""
    assessment = load_sheet(request, pk)
    criterion = load_criterion(assessment, criterion_pk)
    if request.method != "POST":
        if not request.htmx:
            return redirect(row_address(assessment, criterion))
        return render(request, "assessments/_row.html", row_values(context_of(request, assessment), criterion))
    require_entry(request, assessment, criterion)
    form = ScoreForm(request.POST, criterion=criterion)
    if not form.is_valid():
        said = " ".join(str(each) for errors in form.errors.values() for each in errors)
        return _refused(request, assessment, criterion, form, status=HTTPStatus.UNPROCESSABLE_ENTITY, error=said)
    try:
        stored = _save(request, assessment, criterion, form)
    except scoring.InvalidAnswer as error:
        said = refusal_text(error)
        return _refused(request, assessment, criterion, form, status=HTTPStatus.UNPROCESSABLE_ENTITY, error=said)
    except services.ActRefused as error:
        said = str(error)
        return _refused(request, assessment, criterion, form, status=HTTPStatus.UNPROCESSABLE_ENTITY, error=said)
    except services.StaleScore as error:
        return _refused(request, assessment, criterion, form, status=HTTPStatus.CONFLICT, conflict=error)
    if not request.htmx:
        messages.success(request, _("Criterion %(code)s is saved.") % {"code": criterion.code})
        return redirect(row_address(assessment, criterion))
    return saved_row(request, stored, whole=form.cleaned_data["clear"])
