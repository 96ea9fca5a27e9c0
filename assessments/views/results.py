"""Pages of a round's results: the ranking, approval, publication, and changes by decision."""

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
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import scoring
from assessments.contexts import refusal_text
from assessments.contexts.change import change_line, criteria_of
from assessments.contexts.publication import decision_lines, sheet_lines
from assessments.contexts.ranking import INSIDERS, ranking_page, ranking_table, sees_draft, sees_ranking
from assessments.contexts.standing import is_own
from assessments.forms.ranking import RankingForm
from assessments.forms.results import ApproveForm, ChangeForm, ProposeForm, PublishForm, WithdrawForm
from assessments.models import Assessment, Criterion, Round
from assessments.permissions import SETTLED
from assessments.services import NotInThisSheet, approval, changes, publication
from assessments.services.standing import ActRefused
from plans.services.evidence import EvidenceRefused, keep_evidence
from plans.views.evidence import status_of
from units.access import get_allowed, holds_in
from units.http import UserRequest
from units.permissions import Permission

UNPROCESSABLE = int(HTTPStatus.UNPROCESSABLE_ENTITY)


def load_round(request: UserRequest, pk: int) -> Round:
    rounds = Round.objects.select_related("unit", "criteria_set__standard")
    return get_allowed(rounds, request.user, Permission.ASSESSMENT_VIEW, pk=pk)


def _inside(request: UserRequest, pk: int, permission: Permission | None = None) -> Round:
    """The round for those who work on its results, 403 for others who see it."""
    round_ = load_round(request, pk)
    wanted = INSIDERS if permission is None else (permission,)
    if not any(holds_in(request.user, each, round_.unit) for each in wanted):
        raise PermissionDenied
    return round_


def _rights(request: UserRequest, round_: Round) -> dict[str, Any]:
    managed = holds_in(request.user, Permission.ROUND_MANAGE, round_.unit)
    approves = holds_in(request.user, Permission.ASSESSMENT_APPROVE, round_.unit)
    state = round_.state
    return {
        "is_inside": sees_draft(request.user, round_),
        "may_propose": managed and state == Round.State.RUNNING,
        "may_approve": approves and state == Round.State.RUNNING,
        "may_publish": managed and state == Round.State.APPROVED,
        "may_change": approves and state in (Round.State.APPROVED, Round.State.PUBLISHED),
    }


def _own_sheets(request: UserRequest, round_: Round) -> set[int]:
    seen = Assessment.objects.allowed_to(request.user, Permission.ASSESSMENT_VIEW).filter(round=round_)
    return set(seen.order_by().values_list("pk", flat=True))


@login_required
@require_safe
def ranking(request: UserRequest, pk: int) -> HttpResponse:
    round_ = load_round(request, pk)
    if not sees_ranking(request.user, round_):
        return render(request, "assessments/ranking.html", {"round": round_})
    table = ranking_table(round_)
    form = RankingForm(request.GET or None, table=table)
    page = ranking_page(
        round_,
        table,
        narrowed=form.narrowed(round_),
        sort=request.GET.get("sort", ""),
        page=request.GET.get("page"),
    )
    seen = Assessment.objects.allowed_to(request.user, Permission.ASSESSMENT_VIEW)
    values = {
        "round": round_,
        "table": table,
        "form": form,
        "page": page,
        "own": set(seen.filter(pk__in=[row.sheet_id for row in page]).order_by().values_list("pk", flat=True)),
        "may_report": holds_in(request.user, Permission.REPORT_VIEW, round_.unit),
        **_rights(request, round_),
    }
    return render(request, "assessments/ranking.html", values)


def _approval_page(request: UserRequest, round_: Round, status: int = HTTPStatus.OK, **values: Any) -> HttpResponse:
    refused, reasons = values.pop("refused", None), values.pop("reasons", None)
    lines = sheet_lines(round_, refused=refused, reasons=reasons)
    context = {
        "round": round_,
        "lines": lines,
        "proposed": sum(line.may_withdraw for line in lines),
        "waiting": sum(line.may_propose for line in lines),
        "is_points": round_.criteria_set.scale == "points",
        "propose_form": ProposeForm(sheets=[]),
        "form": ApproveForm(),
        **_rights(request, round_),
        **values,
    }
    return render(request, "assessments/approval.html", context, status=status)


@login_required
@require_safe
def approve_page(request: UserRequest, pk: int) -> HttpResponse:
    return _approval_page(request, _inside(request, pk))


@login_required
@require_POST
def propose(request: UserRequest, pk: int) -> HttpResponse:
    round_ = _inside(request, pk, Permission.ROUND_MANAGE)
    sheets = {sheet.pk: sheet for sheet in Assessment.objects.filter(round=round_).select_related("round", "unit")}
    form = ProposeForm(request.POST, sheets=sheets)
    if not form.is_valid():
        return _approval_page(request, round_, UNPROCESSABLE, propose_form=form)
    rows = approval.propose(
        assessments=[sheets[pk] for pk in form.cleaned_data["sheets"]],
        reason=form.cleaned_data["reason"],
        by=request.user,
    )
    refused = {row.assessment.pk: str(row.refused) or str(_("You may not do this.")) for row in rows if row.refused}
    done = len(rows) - len(refused)
    if done:
        said = ngettext("%(count)s sheet is proposed.", "%(count)s sheets are proposed.", done) % {"count": done}
        messages.success(request, said)
    if not refused:
        return redirect("assessments:approval", pk=pk)
    return _approval_page(request, round_, UNPROCESSABLE, refused=refused, propose_form=form)


@login_required
@require_POST
def approve(request: UserRequest, pk: int) -> HttpResponse:
    round_ = _inside(request, pk, Permission.ASSESSMENT_APPROVE)
    left = Assessment.objects.filter(round=round_).exclude(state=Assessment.State.PROPOSED)
    form = ApproveForm(request.POST, left_out=left.values_list("pk", flat=True))
    if form.is_valid():
        data = form.cleaned_data
        try:
            approval.approve_round(round=round_, left_out=form.reasons, by=request.user, **data)
        except ActRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The results are approved and frozen."))
            return redirect("assessments:publication", pk=pk)
    return _approval_page(request, round_, UNPROCESSABLE, form=form, reasons=form.reasons)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: UserRequest, pk: int) -> HttpResponse:
    """Takes one sheet's proposal back."""
    sheets = Assessment.objects.select_related("unit", "round__unit")
    sheet = get_allowed(sheets, request.user, Permission.ASSESSMENT_VIEW, pk=pk)
    if not holds_in(request.user, Permission.ROUND_MANAGE, sheet.round.unit):
        raise PermissionDenied
    form = WithdrawForm(request.POST or None)
    status = int(HTTPStatus.OK)
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                approval.withdraw_proposal(assessment=sheet, by=request.user, **form.cleaned_data)
            except ActRefused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("The proposal is taken back."))
                return redirect("assessments:approval", pk=sheet.round_id)
    return render(request, "assessments/withdraw.html", {"sheet": sheet, "form": form}, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: UserRequest, pk: int) -> HttpResponse:
    round_ = _inside(request, pk, Permission.ROUND_MANAGE)
    form = PublishForm(request.POST or None, request.FILES or None)
    status = int(HTTPStatus.OK)
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            data = form.cleaned_data
            sent = data.pop("file")
            try:
                file = keep_evidence(unit=round_.unit, file=sent, by=request.user) if sent else None
                publication.publish(round=round_, file=file, by=request.user, **data)
            except EvidenceRefused as error:
                form.add_error("file", str(error))
                status = status_of(error)
            except ActRefused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("The results are published, and every unit of the round is told."))
                return redirect("assessments:publication", pk=pk)
    values = {"round": round_, "form": form, "possible": round_.state == Round.State.APPROVED}
    return render(request, "assessments/publish.html", values, status=status)


@login_required
@require_safe
def publication_page(request: UserRequest, pk: int) -> HttpResponse:
    """What was decided on the results of a round."""
    round_ = load_round(request, pk)
    values: dict[str, Any] = {"round": round_, **_rights(request, round_)}
    if sees_ranking(request.user, round_):
        own = _own_sheets(request, round_)
        table = ranking_table(round_)
        published = round_.state == Round.State.PUBLISHED
        values |= {
            "table": table,
            "decisions": decision_lines(round_, sheets=None if values["is_inside"] or published else own),
            "page": ranking_page(round_, table, page=request.GET.get("page")),
            "own": own,
            "may_report": holds_in(request.user, Permission.REPORT_VIEW, round_.unit),
        }
    return render(request, "assessments/publication.html", values)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: UserRequest, pk: int) -> HttpResponse:
    """Changes one criterion of a settled sheet by a numbered decision; ?criterion= chooses it."""
    sheets = Assessment.objects.with_sheet_head()
    sheet = get_allowed(sheets, request.user, Permission.ASSESSMENT_VIEW, pk=pk)
    if not holds_in(request.user, Permission.ASSESSMENT_APPROVE, sheet.round.unit):
        raise PermissionDenied
    criteria = criteria_of(sheet)
    wanted = request.GET.get("criterion", "")
    criterion = next((each for each in criteria if str(each.pk) == wanted), None)
    if wanted and criterion is None:
        get_object_or_404(Criterion.objects.none())
    values: dict[str, Any] = {
        "sheet": sheet,
        "criteria": criteria,
        "criterion": criterion,
        "possible": sheet.state in SETTLED and not is_own(request.user, sheet),
    }
    if criterion is None:
        status = UNPROCESSABLE if request.method == "POST" else int(HTTPStatus.OK)
        return render(request, "assessments/change.html", values, status=status)
    form = ChangeForm(request.POST or None, criterion=criterion, initial={"version": sheet.version})
    status = int(HTTPStatus.OK)
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            data = form.cleaned_data
            try:
                changes.change_result(
                    assessment=sheet,
                    criterion=criterion,
                    answer=form.answer,
                    expected_version=data.pop("version"),
                    by=request.user,
                    **data,
                )
            except changes.StaleResult as refused:
                status = int(HTTPStatus.CONFLICT)
                form.add_error(None, str(refused))
            except scoring.InvalidAnswer as invalid:
                form.add_error(None, refusal_text(invalid))
            except (ActRefused, NotInThisSheet) as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("The result is changed; what it was before stays with the decision."))
                return redirect(reverse("assessments:publication", args=[sheet.round_id]))
    entry = form.answer if request.method == "POST" else None
    values |= {"form": form, "line": change_line(sheet, criterion, entry)}
    return render(request, "assessments/change.html", values, status=status)
