"""The checklist of a visit: choosing its questions, answering them one by one."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from assessments.contexts.checklists import offers_of, sheets_for
from assessments.forms.inspection import ItemForm, QuestionsForm, VersionForm
from assessments.models import Assessment, ChecklistItem, Visit
from assessments.permissions import VisitAct
from assessments.services.checklists import StaleItem, add_questions, answer_item, remove_question
from assessments.services.inspections import InspectionRefused
from assessments.views.inspections import refuse, status_of
from assessments.views.visits import load_visit, too_late
from units.http import UserRequest

SHEETS_OFFERED = 12


def load_item(request: UserRequest, visit: Visit, item_pk: int) -> ChecklistItem:
    return get_object_or_404(ChecklistItem.objects.select_related("criterion", "by"), pk=item_pk, visit_id=visit.pk)


def asked_sheet(request: UserRequest, sheets: list[Assessment]) -> Assessment | None:
    """?sheet=: the one whose low criteria are chosen; nothing for what is not offered."""
    asked = request.GET.get("sheet", "")
    return next((each for each in sheets if str(each.pk) == asked), None)


@login_required
@require_http_methods(["GET", "POST"])
def visit_questions(request: UserRequest, pk: int) -> HttpResponse:
    visit = load_visit(request, pk, VisitAct.ASK)
    if request.method != "POST" and (answer := too_late(request, visit, VisitAct.ASK)):
        return answer
    sheets = list(sheets_for(visit, request.user)[:SHEETS_OFFERED])
    sheet = asked_sheet(request, sheets)
    offers = offers_of(visit, sheet, request.user)
    form = QuestionsForm(request.POST if request.method == "POST" else None, offers=offers)
    if form.is_bound and form.is_valid():
        chosen = {each.pk for each in form.cleaned_data["criteria"]}
        try:
            items = add_questions(
                visit=visit,
                criteria=[each.criterion for each in offers if each.criterion.pk in chosen],
                questions=form.lines,
                by=request.user,
            )
        except InspectionRefused as refused:
            refuse(form, refused)
        else:
            said = ngettext(
                "%(count)s question is put on the checklist.",
                "%(count)s questions are put on the checklist.",
                len(items),
            )
            messages.success(request, said % {"count": len(items)})
            return redirect("assessments:visit", pk=pk)
    context = {
        "form": form,
        "visit": visit,
        "inspection": visit.inspection,
        "sheets": sheets,
        "sheet": sheet,
        "offers": offers,
        "low": sum(each.is_low for each in offers),
    }
    return render(request, "assessments/inspections/questions.html", context, status=status_of(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def checklist_item(request: UserRequest, pk: int, item_pk: int) -> HttpResponse:
    """One question by itself: 409 with both values where another member answered it meanwhile."""
    visit = load_visit(request, pk, VisitAct.CHECK)
    item = load_item(request, visit, item_pk)
    if request.method != "POST":
        return show_item(request, visit, item, ItemForm(initial=_values(item)))
    form, stale = ItemForm(request.POST), None
    if form.is_valid():
        data = form.cleaned_data
        try:
            item = answer_item(
                item=item,
                result=data["result"],
                note=data["note"],
                expected_version=data["version"],
                by=request.user,
            )
        except StaleItem as refused:
            stale, item = refused, refused.stored
            refuse(form, refused)
            form.data = {**request.POST.dict(), "version": str(item.version)}
        except InspectionRefused as refused:
            refuse(form, refused)
        else:
            if request.htmx:
                return show_item(request, visit, item, ItemForm(initial=_values(item)), saved=True)
            return redirect(f"{reverse('assessments:visit', args=[pk])}#item-{item.pk}")
    return show_item(request, visit, item, form, stale=stale)


def _values(item: ChecklistItem) -> dict[str, object]:
    return {"result": item.result, "note": item.note, "version": item.version}


def show_item(request: UserRequest, visit: Visit, item: ChecklistItem, form, *, stale=None, saved=False):
    template = "_item" if request.htmx else "item"
    context = {
        "visit": visit,
        "inspection": visit.inspection,
        "item": item,
        "form": form,
        "stale": stale,
        "saved": saved,
        "may_check": True,
        "may_ask": True,
    }
    status = HTTPStatus.CONFLICT if stale else status_of(form)
    return render(request, f"assessments/inspections/{template}.html", context, status=status)


@login_required
@require_POST
def checklist_remove(request: UserRequest, pk: int, item_pk: int) -> HttpResponse:
    visit = load_visit(request, pk, VisitAct.ASK)
    item = load_item(request, visit, item_pk)
    form = VersionForm(request.POST)
    try:
        version = form.cleaned_data["version"] if form.is_valid() else 0
        remove_question(item=item, expected_version=version, by=request.user)
    except InspectionRefused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("The question is taken off."))
    return redirect("assessments:visit", pk=pk)
