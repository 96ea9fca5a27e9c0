"""The list of criteria sets, one set, and what brings a version from one state into the next."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.contexts.criteria_page import criteria_page
from assessments.contexts.criteria_problems import problems_of
from assessments.filters import CriteriaSetFilter
from assessments.forms.criteria import NewSetForm, RevisionForm
from assessments.models import CriteriaSet
from assessments.services import criteria as services
from units.access import allowed_units
from units.http import UserRequest
from units.models import Unit, User
from units.permissions import Permission

ACTS = ("publish", "retire", "discard")


def seen_by(user: User) -> QuerySet[CriteriaSet]:
    sets = CriteriaSet.objects.allowed_to(user, Permission.ASSESSMENT_VIEW)
    return sets.select_related("standard", "unit", "based_on")


def load_draft(request: UserRequest, pk: int) -> CriteriaSet:
    """The draft, 404 for who does not see it, 403 for who may not edit it or where nothing can be edited."""
    found = get_object_or_404(seen_by(request.user), pk=pk)
    if found.status != CriteriaSet.Status.DRAFT or not services.edits(request.user, found.unit):
        raise PermissionDenied
    return found


def provinces_of(user: User) -> list[Unit]:
    """Where the person edits criteria: as a rule one."""
    return list(allowed_units(user, Permission.CRITERIA_EDIT).filter(parent=None).order_by("name")[:50])


@login_required
@require_safe
def criteria_list(request: UserRequest) -> HttpResponse:
    filtered = CriteriaSetFilter(request.GET, queryset=seen_by(request.user), request=request)
    sets = filtered.qs.order_by("standard__code", "slug", "-version", "pk")
    values = {"filter": filtered, "sets": sets, "may_edit": bool(provinces_of(request.user))}
    return render(request, "assessments/criteria_list.html", values)


@login_required
@require_safe
def criteria(request: UserRequest, pk: int) -> HttpResponse:
    criteria_set = get_object_or_404(seen_by(request.user), pk=pk)
    versions = seen_by(request.user).filter(slug=criteria_set.slug, unit=criteria_set.unit_id).order_by("-version")
    page = criteria_page(criteria_set, versions, user=request.user, provinces=provinces_of(request.user))
    return render(request, "assessments/criteria.html", {"page": page, "criteria_set": criteria_set})


@login_required
@require_http_methods(["GET", "POST"])
def new(request: UserRequest) -> HttpResponse:
    """A set that the province does not have yet, from nothing."""
    provinces = provinces_of(request.user)
    if not provinces:
        raise PermissionDenied
    form = NewSetForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        draft = services.begin_set(province=provinces[0], by=request.user, **form.cleaned_data)
        return redirect("assessments:criteria_edit", pk=draft.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "assessments/criteria/new.html", {"form": form}, status=status)


@login_required
@require_POST
def begin(request: UserRequest, pk: int) -> HttpResponse:
    """A draft of the next version; where there is one already, that one."""
    base = get_object_or_404(seen_by(request.user), pk=pk)
    provinces = [base.unit] if base.unit else provinces_of(request.user)
    if not provinces or not services.edits(request.user, provinces[0]):
        raise PermissionDenied
    try:
        draft = services.begin_draft(province=provinces[0], based_on=base, by=request.user)
    except services.DraftExists as error:
        messages.info(request, str(error))
        draft = error.draft
    except services.CriteriaRefused as error:
        messages.error(request, str(error))
        return redirect("assessments:criteria", pk=pk)
    return redirect("assessments:criteria_edit", pk=draft.pk)


@login_required
@require_http_methods(["GET", "POST"])
def act(request: UserRequest, pk: int, act: str) -> HttpResponse:
    """Publish, retire or discard: a page that says what follows, and does it when told so."""
    if act not in ACTS:
        raise Http404
    found = get_object_or_404(seen_by(request.user), pk=pk)
    if not services.edits(request.user, found.unit):
        raise PermissionDenied
    criteria_ = list(found.criteria.order_by("order")) if act == "publish" else []
    values: dict[str, Any] = {"criteria_set": found, "act": act, "rounds": found.rounds.count()}
    needed = CriteriaSet.Status.PUBLISHED if act == "retire" else CriteriaSet.Status.DRAFT
    values["possible"] = found.status == needed
    values["problems"] = problems_of(found, criteria_) if act == "publish" and values["possible"] else []
    status = HTTPStatus.OK
    if request.method == "POST":
        form = RevisionForm(request.POST)
        try:
            expected = form.cleaned_data["revision"] if form.is_valid() else -1
            if act == "publish":
                services.publish(criteria_set=found, by=request.user, expected=expected)
            elif act == "retire":
                services.retire(criteria_set=found, by=request.user)
            else:
                services.discard_draft(criteria_set=found, by=request.user, expected=expected)
        except services.CannotPublish as error:
            values["problems"], status = error.problems, HTTPStatus.UNPROCESSABLE_ENTITY
        except services.CriteriaRefused as error:
            values["error"], status = str(error), HTTPStatus.CONFLICT
        else:
            said = {"publish": _("The version is in force."), "retire": _("The version is no longer in force.")}
            messages.success(request, said.get(act) or _("The draft was thrown away."))
            return (
                redirect("assessments:criteria_list") if act == "discard" else redirect("assessments:criteria", pk=pk)
            )
    return render(request, "assessments/criteria/act.html", values, status=status)
