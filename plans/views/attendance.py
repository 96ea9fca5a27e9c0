"""Who is invited to an event, who came, what was concluded, which files belong to it."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from plans.contexts.events import event_page
from plans.forms.events import AttendanceForm, ConclusionForm, InviteForm
from plans.forms.evidence import WithEvidence
from plans.models import Conclusion, Event, Evidence, Invitation
from plans.services import conclusions, invitations
from plans.services.arising import NobodyPerforms
from plans.services.events import NotBegunYet, NotInThisState
from plans.services.evidence import EvidenceRefused, keep_all
from plans.services.materials import add_materials, remove_material
from plans.services.progress import OutsideThePlan
from plans.services.standing import PlanIsClosed
from plans.views.events import load_event, show, with_version
from units.access import get_allowed
from units.http import UserRequest
from units.permissions import Permission

REFUSED = (
    PlanIsClosed,
    NotBegunYet,
    NotInThisState,
    OutsideThePlan,
    NobodyPerforms,
    invitations.NobodyToInvite,
    invitations.NoSuchNumber,
    invitations.CameAlready,
    conclusions.NothingConcluded,
    conclusions.ConclusionIsTask,
)


def load_invitation(request: UserRequest, pk: int) -> Invitation:
    """Of an event that the person may change; an invited unit sees its invitation and is told no."""
    rows = Invitation.objects.select_related("event__plan__unit", "unit")
    row = get_allowed(rows, request.user, Permission.PLAN_VIEW, Permission.PLAN_VIEW, pk=pk)
    load_event(request, row.event_id, Permission.PLAN_EDIT)
    return row


def load_conclusion(request: UserRequest, pk: int) -> Conclusion:
    return get_allowed(
        Conclusion.objects.select_related("event__plan__unit", "unit", "task"),
        request.user,
        Permission.PLAN_VIEW,
        Permission.PLAN_EDIT,
        pk=pk,
    )


@login_required
@require_http_methods(["GET", "POST"])
def event_invite(request: UserRequest, pk: int) -> HttpResponse:
    event = load_event(request, pk, Permission.PLAN_EDIT)
    form = InviteForm(request.POST if request.method == "POST" else None, event=event, user=request.user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        units = list(invitations.units_to_invite(event, data["kinds"], of_task=data.get("of_task", False)))
        try:
            made = invitations.invite_units(
                event=event, units=[*units, *data["units"]], seats=data["seats"], by=request.user
            )
        except REFUSED as refused:
            form.add_error(None, str(refused))
        else:
            said = ngettext("%(count)d unit is invited.", "%(count)d units are invited.", len(made))
            messages.success(request, said % {"count": len(made)})
            return redirect("plans:event", pk=pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "plans/event_invite.html", {"form": form, "event": event}, status=status)


@login_required
@require_POST
def invitation_withdraw(request: UserRequest, pk: int) -> HttpResponse:
    row = load_invitation(request, pk)
    try:
        invitations.withdraw_invitation(invitation=row, by=request.user)
    except REFUSED as refused:
        event = load_event(request, row.event_id)
        return show(request, event, HTTPStatus.UNPROCESSABLE_ENTITY, refused=str(refused))
    messages.success(request, _("%(unit)s is no longer invited.") % {"unit": row.unit.label})
    return redirect("plans:event", pk=row.event_id)


@login_required
@require_POST
def attendance(request: UserRequest, pk: int) -> HttpResponse:
    """One row of the grid, saved as soon as it is left; htmx replaces its state and the sums, never what is typed."""
    row = load_invitation(request, pk)
    form = AttendanceForm(request.POST)
    error = ""
    if form.is_valid():
        try:
            row = invitations.record_attendance(invitation=row, by=request.user, **form.cleaned_data)
        except invitations.AlreadyCounted as counted:
            row, error = counted.invitation, str(counted)
        except REFUSED as refused:
            error = str(refused)
    else:
        error = " ".join(str(each) for errors in form.errors.values() for each in errors)
    event = load_event(request, row.event_id)
    if request.htmx:
        context = {"row": row, "error": error, "page": event_page(event=event, user=request.user), "saved": not error}
        status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
        return render(request, "plans/_attendance_saved.html", context, status=status)
    if error:
        return show(
            request, event, HTTPStatus.UNPROCESSABLE_ENTITY, bad_row=row.pk, row_error=error, typed=request.POST
        )
    return redirect("plans:event", pk=row.event_id)


@login_required
@require_POST
def conclusion_add(request: UserRequest, pk: int) -> HttpResponse:
    event = load_event(request, pk, Permission.PLAN_EDIT)
    form = ConclusionForm(request.POST, event=event, user=request.user, auto_id="conclusion_%s")
    if form.is_valid():
        data = form.cleaned_data
        try:
            conclusions.add_conclusion(
                event=event, text=data["text"], unit=data["unit"], due_on=data["due_on"], by=request.user
            )
        except REFUSED as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The conclusion is written down."))
            return redirect("plans:event", pk=pk)
    return show(request, event, HTTPStatus.UNPROCESSABLE_ENTITY, conclusion_form=form)


@login_required
@require_http_methods(["GET", "POST"])
def conclusion_edit(request: UserRequest, pk: int) -> HttpResponse:
    row = load_conclusion(request, pk)
    event: Event = row.event
    given = request.POST if request.method == "POST" else None
    initial = {"text": row.text, "unit": row.unit, "due_on": row.due_on, "version": row.version}
    form = ConclusionForm(given, initial=initial, event=event, user=request.user)
    status = HTTPStatus.OK
    if given is not None and form.is_valid():
        data = form.cleaned_data
        try:
            conclusions.edit_conclusion(conclusion=row, by=request.user, **data | {"version": data["version"] or 0})
        except conclusions.ConclusionChanged as changed:
            form.add_error(None, str(changed))
            form = with_version(form, changed.conclusion.version)
            status = HTTPStatus.CONFLICT
        except REFUSED as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The conclusion is saved."))
            return redirect("plans:event", pk=event.pk)
    if form.errors and status == HTTPStatus.OK:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "plans/conclusion.html", {"form": form, "event": event, "row": row}, status=status)


@login_required
@require_POST
def conclusion_remove(request: UserRequest, pk: int) -> HttpResponse:
    row = load_conclusion(request, pk)
    event = row.event
    try:
        conclusions.remove_conclusion(conclusion=row, by=request.user)
    except REFUSED as refused:
        return show(request, event, HTTPStatus.UNPROCESSABLE_ENTITY, refused=str(refused))
    messages.success(request, _("The conclusion is removed."))
    return redirect("plans:event", pk=event.pk)


@login_required
@require_POST
def conclusion_task(request: UserRequest, pk: int) -> HttpResponse:
    row = load_conclusion(request, pk)
    try:
        task = conclusions.conclusion_to_task(conclusion=row, by=request.user)
    except REFUSED as refused:
        return show(request, row.event, HTTPStatus.UNPROCESSABLE_ENTITY, refused=str(refused))
    messages.success(request, _("The conclusion is task %(number)s now.") % {"number": task.number})
    return redirect("plans:event", pk=row.event_id)


@login_required
@require_POST
def event_materials(request: UserRequest, pk: int) -> HttpResponse:
    event = load_event(request, pk, Permission.PLAN_EDIT)
    unit = event.plan.unit
    form = WithEvidence(request.POST, request.FILES, evidence_of=Evidence.objects.kept().filter(unit=unit))
    if form.is_valid() and not (form.cleaned_data["files"] or form.cleaned_data["earlier"]):
        form.add_error("files", _("Choose at least one file."))
    if form.is_valid():
        data = form.cleaned_data
        try:
            kept = keep_all(unit=unit, files=data["files"], earlier=data["earlier"], by=request.user)
            add_materials(event=event, files=kept, by=request.user)
        except (EvidenceRefused, *REFUSED) as refused:
            form.add_error("files", str(refused))
        else:
            messages.success(request, _("The files are attached."))
            return redirect("plans:event", pk=pk)
    return show(request, event, HTTPStatus.UNPROCESSABLE_ENTITY, material_form=form)


@login_required
@require_POST
def event_material_remove(request: UserRequest, pk: int, file_pk: int) -> HttpResponse:
    event = load_event(request, pk, Permission.PLAN_EDIT)
    file = get_object_or_404(event.materials, pk=file_pk)
    try:
        remove_material(event=event, file=file, by=request.user)
    except REFUSED as refused:
        return show(request, event, HTTPStatus.UNPROCESSABLE_ENTITY, refused=str(refused))
    messages.success(request, _("The file no longer belongs to this event."))
    return redirect("plans:event", pk=pk)
