"""The page on which the chair settles where two assessors differ."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments import scoring
from assessments.contexts import refusal_text
from assessments.contexts.differences import difference_page, sees_differences, with_entry
from assessments.forms import ScoreForm
from assessments.models import Assessment, Criterion, Score
from assessments.services.differences import decide_difference
from assessments.services.rows import NotInThisSheet, StaleScore
from assessments.services.standing import ActRefused
from units.access import get_allowed
from units.http import UserRequest
from units.permissions import Permission

CHOICES = {"first": Score.Stage.VERIFIED, "second": Score.Stage.SECOND}


def _load(request: UserRequest, pk: int) -> Assessment:
    sheets = Assessment.objects.with_sheet_head()
    assessment = get_allowed(sheets, request.user, Permission.ASSESSMENT_VIEW, pk=pk)
    if not sees_differences(request.user, assessment):
        raise PermissionDenied
    return assessment


def _render(request: UserRequest, assessment: Assessment, status: int = 200, **values: Any) -> HttpResponse:
    page = difference_page(assessment, user=request.user)
    lines = list(page.lines)
    if typed := values.pop("typed", None):
        pk, answer, note = typed
        lines = [with_entry(line, answer, note) if line.criterion_id == pk else line for line in lines]
    values |= {"page": page, "lines": lines}
    return render(request, "assessments/verification/differences.html", values, status=status)


@login_required
@require_safe
def differences(request: UserRequest, pk: int) -> HttpResponse:
    return _render(request, _load(request, pk))


def _answer(form: ScoreForm, assessment: Assessment, criterion: Criterion) -> Any:
    """That of the assessor whose result stands, otherwise what was entered."""
    stage = CHOICES.get(form.data.get("stands", ""))
    if stage is None:
        return form.answer
    rows = assessment.scores.filter(criterion=criterion, stage=stage)
    return rows.values_list("answer", flat=True).first() or {}


@login_required
@require_POST
def decide(request: UserRequest, pk: int, criterion_pk: int) -> HttpResponse:
    """One difference: 422 with what is wrong, 409 where it was decided meanwhile; nothing typed is lost."""
    assessment = _load(request, pk)
    criteria = Criterion.objects.exclude(scoring=Criterion.Scoring.GROUP)
    criterion = get_object_or_404(criteria, criteria_set=assessment.round.criteria_set_id, pk=criterion_pk)
    form = ScoreForm(request.POST, criterion=criterion)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    answer: Any = {}
    if form.is_valid():
        answer = _answer(form, assessment, criterion)
        try:
            decide_difference(
                assessment=assessment,
                criterion=criterion,
                answer=answer,
                reason=form.cleaned_data["explanation"],
                expected_version=form.expected_version,
                by=request.user,
            )
        except scoring.InvalidAnswer as error:
            said = refusal_text(error)
        except StaleScore as error:
            said, status = str(error), HTTPStatus.CONFLICT
        except (ActRefused, NotInThisSheet) as error:
            said = str(error)
        else:
            messages.success(request, _("The decision on %(code)s is saved.") % {"code": criterion.code})
            return redirect(f"{reverse('assessments:differences', args=[pk])}#c{criterion_pk}")
    else:
        said = " ".join(str(each) for errors in form.errors.values() for each in errors)
    typed = (criterion.pk, form.answer or answer, request.POST.get("explanation", ""))
    return _render(request, assessment, status, error=said, bad=criterion.pk, typed=typed)
