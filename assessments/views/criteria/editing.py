"""The editor of a draft: its head and tree, one criterion, its policy."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from assessments import scoring
from assessments.contexts.criteria import criteria_tree, flat
from assessments.contexts.criteria_content import entry_of
from assessments.contexts.criteria_editor import criterion_preview, editor_page, parents_for
from assessments.contexts.criteria_parameters import ParameterInvalid
from assessments.forms.criteria import CriterionForm, HeadForm, RevisionForm, initial_of
from assessments.forms.criteria_policy import (
    GradeFormSet,
    KnockOutFormSet,
    PolicyForm,
    policy_from,
    policy_initial,
)
from assessments.models import CriteriaSet, Criterion
from assessments.services import criteria as services
from assessments.views.criteria.pages import load_draft
from units.http import UserRequest

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: UserRequest, pk: int) -> HttpResponse:
    draft = load_draft(request, pk)
    initial = {name: getattr(draft, name) for name in ("title", "title_en", "note", "revision")}
    form = HeadForm(request.POST if request.method == "POST" else None, initial=initial)
    stored, status = None, HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            services.edit_head(criteria_set=draft, expected=data.pop("revision"), by=request.user, **data)
        except services.StaleDraft as error:
            stored, draft, status = error.draft, load_draft(request, pk), HTTPStatus.CONFLICT
            form.add_error(None, str(error))
            form.data = {**request.POST.dict(), "revision": str(draft.revision)}
        except services.CriteriaRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("assessments:criteria_edit", pk=pk)
    if form.errors and status == HTTPStatus.OK:
        status = REFUSED
    values = {"criteria_set": draft, "form": form, "stored": stored, "page": editor_page(draft)}
    return render(request, "assessments/criteria/edit.html", values, status=status)


def _form(
    draft: CriteriaSet, criterion: Criterion | None, is_group: bool, data: Any, initial: dict[str, Any]
) -> CriterionForm:
    rows = list(draft.criteria.order_by("order"))
    codes = {row.pk: row.code for row in rows}
    entry = None
    if criterion:
        entry = entry_of(criterion, codes[criterion.parent_id] if criterion.parent_id else "")
        initial = initial_of(entry) | {"revision": draft.revision}
    parents = parents_for(draft, rows, criterion, is_group=is_group)
    return CriterionForm(data, scale=draft.scale, is_group=is_group, parents=parents, entry=entry, initial=initial)


def _page(
    request: UserRequest, draft: CriteriaSet, criterion: Criterion | None, form: CriterionForm, status: int, **more: Any
) -> HttpResponse:
    shown: tuple[str, dict[str, Any], bool] | None = None
    if form.is_bound and not form.is_group and form.is_valid():
        try:
            values = form.values()
            shown = values["scoring"], values["parameters"], values["skippable"]
        except ParameterInvalid:
            shown = None
    elif criterion and not form.is_bound:
        shown = criterion.scoring, criterion.parameters, criterion.skippable
    values = {
        "criteria_set": draft,
        "criterion": criterion,
        "form": form,
        "preview": criterion_preview(*shown) if shown else None,
        "lines": flat(criteria_tree(draft)),
        **more,
    }
    return render(request, "assessments/criteria/criterion.html", values, status=status)


def _values(form: CriterionForm) -> dict[str, Any] | None:
    """None: something is wrong, and the form says it."""
    if not form.is_valid():
        return None
    try:
        return form.values()
    except ParameterInvalid as error:
        form.refuse(error)
        return None


@login_required
@require_http_methods(["GET", "POST"])
def criterion_add(request: UserRequest, pk: int) -> HttpResponse:
    """?kind=group for a group; ?parent= names the row it is to stand under."""
    draft = load_draft(request, pk)
    is_group = (request.POST.get("kind") or request.GET.get("kind")) == "group"
    initial = {
        "parent": request.GET.get("parent", "")[:20],
        "revision": draft.revision,
        "weight": 1,
        "higher_is_better": True,
    }
    form = _form(draft, None, is_group, request.POST if request.method == "POST" else None, initial)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = REFUSED
        if (values := _values(form)) is not None:
            try:
                _draft, row = services.add_criterion(
                    criteria_set=draft, values=values, by=request.user, expected=form.cleaned_data["revision"]
                )
            except services.CriterionInvalid as error:
                form.accept(error.faults)
            except services.StaleDraft as error:
                draft, status = load_draft(request, pk), HTTPStatus.CONFLICT
                form.add_error(None, str(error))
                form.data = _renewed(request, draft)
            except services.CriteriaRefused as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("%(code)s was added.") % {"code": row.code})
                return redirect(f"{reverse('assessments:criteria_edit', args=[pk])}#c{row.pk}")
    return _page(request, draft, None, form, status)


def _renewed(request: UserRequest, draft: CriteriaSet) -> Any:
    """What was typed, on what the draft is now."""
    data = request.POST.copy()
    data["revision"] = str(draft.revision)
    return data


def _load(request: UserRequest, pk: int, criterion_pk: int) -> tuple[CriteriaSet, Criterion]:
    draft = load_draft(request, pk)
    rows = Criterion.objects.select_related("criteria_set__unit", "predecessor")
    return draft, get_object_or_404(rows, pk=criterion_pk, criteria_set=draft)


@login_required
@require_http_methods(["GET", "POST"])
def criterion_edit(request: UserRequest, pk: int, criterion_pk: int) -> HttpResponse:
    draft, criterion = _load(request, pk, criterion_pk)
    is_group = criterion.scoring == Criterion.Scoring.GROUP
    form = _form(draft, criterion, is_group, request.POST if request.method == "POST" else None, {})
    status, stored = HTTPStatus.OK, None
    if request.method == "POST":
        status = REFUSED
        if (values := _values(form)) is not None:
            try:
                services.change_criterion(
                    criterion=criterion, values=values, by=request.user, expected=form.cleaned_data["revision"]
                )
            except services.CriterionInvalid as error:
                form.accept(error.faults)
            except services.StaleDraft as error:
                draft, status = load_draft(request, pk), HTTPStatus.CONFLICT
                stored = error.stored
                form.add_error(None, str(error))
                form.data = _renewed(request, draft)
            except services.CriteriaRefused as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Saved."))
                return redirect(f"{reverse('assessments:criteria_edit', args=[pk])}#c{criterion_pk}")
    return _page(request, draft, criterion, form, status, stored=stored)


@login_required
@require_POST
def preview(request: UserRequest, pk: int) -> HttpResponse:
    """How what was typed will look on the sheet; nothing is saved."""
    draft = load_draft(request, pk)
    form = _form(draft, None, False, request.POST, {})
    form.fields["code"].required = form.fields["title"].required = False
    values = _values(form)
    shown = criterion_preview(values["scoring"], values["parameters"], values["skippable"]) if values else None
    return render(request, "assessments/criteria/_preview.html", {"preview": shown})


@login_required
@require_POST
def criterion_move(request: UserRequest, pk: int, criterion_pk: int) -> HttpResponse:
    _draft, criterion = _load(request, pk, criterion_pk)
    form = RevisionForm(request.POST)
    move = services.Move.UP if request.POST.get("move") == "up" else services.Move.DOWN
    try:
        expected = form.cleaned_data["revision"] if form.is_valid() else -1
        services.move_criterion(criterion=criterion, move=move, by=request.user, expected=expected)
    except services.CriteriaRefused as error:
        messages.error(request, str(error))
    return redirect(f"{reverse('assessments:criteria_edit', args=[pk])}#c{criterion_pk}")


@login_required
@require_POST
def questions(request: UserRequest, pk: int) -> HttpResponse:
    """The general sub-indicators below every indicator that has none."""
    draft = load_draft(request, pk)
    form = RevisionForm(request.POST)
    try:
        expected = form.cleaned_data["revision"] if form.is_valid() else -1
        _draft, count = services.add_default_questions(criteria_set=draft, revision=expected, by=request.user)
    except services.CriteriaRefused as error:
        messages.error(request, str(error))
    else:
        said = ngettext("%(count)d sub-indicator was added.", "%(count)d sub-indicators were added.", count)
        messages.success(request, said % {"count": count})
    return redirect(f"{reverse('assessments:criteria_edit', args=[pk])}#tree")


@login_required
@require_http_methods(["GET", "POST"])
def criterion_remove(request: UserRequest, pk: int, criterion_pk: int) -> HttpResponse:
    """GET asks first, and says what goes with it."""
    draft, criterion = _load(request, pk, criterion_pk)
    status, error = HTTPStatus.OK, ""
    if request.method == "POST":
        form = RevisionForm(request.POST)
        try:
            expected = form.cleaned_data["revision"] if form.is_valid() else -1
            services.remove_criterion(criterion=criterion, by=request.user, expected=expected)
        except services.CriteriaRefused as refused:
            error, status = str(refused), HTTPStatus.CONFLICT
            draft = load_draft(request, pk)
        else:
            messages.success(request, _("%(code)s was removed.") % {"code": criterion.code})
            return redirect("assessments:criteria_edit", pk=pk)
    lines = flat(criteria_tree(draft))
    own = next((line for line in lines if line.pk == criterion.pk), None)
    values = {
        "criteria_set": draft,
        "criterion": criterion,
        "below": flat(own.lines) if own else [],
        "error": error,
    }
    return render(request, "assessments/criteria/remove.html", values, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def policy(request: UserRequest, pk: int) -> HttpResponse:
    draft = load_draft(request, pk)
    try:
        head, grades, knock_outs = policy_initial(scoring.read_policy(draft.policy))
    except scoring.InvalidRule:
        head, grades, knock_outs = policy_initial(scoring.DEFAULT_POLICY)
    data = request.POST if request.method == "POST" else None
    form = PolicyForm(data, initial={**head, "revision": draft.revision})
    grade_forms = GradeFormSet(data, initial=grades, prefix="grades")
    knock_out_forms = KnockOutFormSet(data, initial=knock_outs, prefix="knock_outs")
    status, stored = HTTPStatus.OK, None
    if data is not None:
        status = REFUSED
        if form.is_valid() and grade_forms.is_valid() and knock_out_forms.is_valid():
            said = policy_from(form, grade_forms, knock_out_forms)
            try:
                services.edit_policy(
                    criteria_set=draft, policy=said, by=request.user, expected=form.cleaned_data["revision"]
                )
            except services.StaleDraft as error:
                draft, status = load_draft(request, pk), HTTPStatus.CONFLICT
                stored = draft
                form.add_error(None, str(error))
                form.data = _renewed(request, draft)
            except services.CriteriaRefused as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Saved."))
                return redirect("assessments:criteria_edit", pk=pk)
    values = {
        "criteria_set": draft,
        "form": form,
        "grades": grade_forms,
        "knock_outs": knock_out_forms,
        "codes": list(flat(criteria_tree(draft))),
        "stored": stored,
    }
    return render(request, "assessments/criteria/policy.html", values, status=status)
