"""The editor: one page for all of a plan. Buttons add, move and take out rows without saving; saving is one POST."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from isoportal.templatetags.fields import FieldError
from plans.contexts.content import PlanContent, content_of
from plans.contexts.versions import compared
from plans.forms import desk as desks
from plans.forms.editing import Reading, read_desk
from plans.forms.making import PlanForm
from plans.models import Passage, Plan, Section, SignatureLine, TaskPerformer
from plans.permissions import EDITABLE
from plans.services.amending import AmendmentRefused, StaleAmendment
from plans.services.content import NotOnTheDesk, OtherProvince, StaleContent, create_plan, save_content
from plans.services.preparing import ForeignTask, UnknownUnit
from plans.services.writing import TaskHasReports
from units.access import allowed_units, get_allowed
from units.http import UserRequest
from units.models import Unit
from units.permissions import Permission

REFUSED = (TaskHasReports, UnknownUnit, ForeignTask)
# Kinds of words that stand outside the sections and may be added by hand.
PASSAGES = (Passage.Kind.SUBJECT, Passage.Kind.AUTHORITY, Passage.Kind.PREAMBLE, Passage.Kind.CLOSING)


@login_required
@require_http_methods(["GET", "POST"])
def plan_edit(request: UserRequest, pk: int) -> HttpResponse:
    plan = get_allowed(
        Plan.objects.select_related("unit"), request.user, Permission.PLAN_VIEW, Permission.PLAN_EDIT, pk=pk
    )
    if plan.status not in EDITABLE and request.method == "GET":
        messages.warning(request, _("This plan is no longer a draft: it changes only by an amendment."))
        return redirect("plans:detail", pk=plan.pk)

    def save(content: PlanContent, version: int) -> None:
        save_content(plan=plan, content=content, expected_version=version, by=request.user)

    context = {"plan": plan, "here": reverse("plans:edit", args=[pk]), "back": reverse("plans:detail", args=[pk])}
    return editor(request, plan=plan, base=content_of(plan), version=plan.version, save=save, context=context)


def editor(
    request: UserRequest,
    *,
    plan: Plan,
    base: PlanContent,
    version: int,
    save: Callable[[PlanContent, int], None],
    context: dict[str, Any],
) -> HttpResponse:
    """Show `base` to be edited, or what was typed; `save` is called with the content and the version it was made of."""
    offered, labels = _units(plan)
    shown = context | {
        "version": version,
        "units": offered,
        "year": base.issue_year,
        "roles": TaskPerformer.Role.choices,
        "section_kinds": Section.Kind.choices,
        "signature_kinds": SignatureLine.Kind.choices,
        "passage_kinds": Passage.Kind.choices,
        "new_passage_kinds": [(kind.value, kind.label) for kind in PASSAGES],
    }
    if request.method != "POST":
        return _page(request, shown, desks.desk_of(base), base)
    desk = desks.desk_from(request.POST)
    sent = request.POST.get("version", "")
    shown["version"] = based_on = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 9 else 0
    if asked := request.POST.get("do", ""):
        shown["unsaved"] = True
        if asked == "paste":
            shown["pasted"] = desks.pasted(desk, request.POST.get("pasted", ""), read_desk(desk, base, labels).year)
        else:
            desks.act(desk, asked)
        return _page(request, shown, desk, base)
    reading = read_desk(desk, base, labels)
    content = reading.content
    if reading.errors or content is None:
        return _page(request, shown, desk, base, reading, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        save(content, based_on)
    except (StaleContent, StaleAmendment) as stale:
        now = stale.plan if isinstance(stale, StaleContent) else stale.amendment
        shown |= {"version": now.version, "conflict": str(stale), "changes": compared(stale.theirs, content)}
        return _page(request, shown, desk, stale.theirs, reading, HTTPStatus.CONFLICT)
    except (NotOnTheDesk, AmendmentRefused) as refused:
        shown["conflict"] = str(refused)
        return _page(request, shown, desk, base, reading, HTTPStatus.CONFLICT)
    except REFUSED as refused:
        reading.errors.append(FieldError("tasks", "", str(refused)))
        return _page(request, shown, desk, base, reading, HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, _("Saved."))
    return redirect(context["back"] if "leave" in request.POST else context["here"])


def _page(
    request: UserRequest,
    context: dict[str, Any],
    desk: desks.Row,
    base: PlanContent,
    reading: Reading | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    year = reading.year if reading else base.issue_year
    for task in desk["tasks"]:
        task["from"], task["to"] = desks.days_of(task["period"], year)
        task["is_open"] = bool(task["start"] or task["end"] or (reading and f"-{task['key']}-" in _targets(reading)))
    context |= {
        "desk": desk,
        "errors": reading.errors if reading else [],
        "blank_task": desks.blank(desk, "tasks") | {"key": "__key__"},
        "blank_section": desks.blank(desk, "sections") | {"key": "__key__"},
        "blank_item": desks.BLANKS["items"],
        "blank_performer": desks.BLANKS["performers"],
        "blank_basis": desks.BLANKS["legal_bases"],
        "blank_passage": desks.BLANKS["passages"],
        "blank_signature": desks.BLANKS["signature_lines"],
    }
    return render(request, "plans/plan_edit.html", context, status=status)


def _targets(reading: Reading) -> str:
    return " ".join(error.target for error in reading.errors)


def _units(plan: Plan) -> tuple[list[tuple[str, str]], dict[str, tuple[str, int]]]:
    """Names of the province's units that exist on the plan's date, as (what is offered, what it is called); units that
    share a name are offered with their parent's, and what is chosen then is (name, id). One query."""
    root = plan.unit.root_path
    day = plan.issue_date
    rows = Unit.objects.filter(path__startswith=root)
    rows = rows.valid_on(day) if day else rows
    units = list(rows.order_by("kind", "name").values_list("pk", "name", "short_name", "parent__name"))
    count = Counter(name for _pk, name, _short, _parent in units)
    labels = {f"{name} ({parent})": (name, pk) for pk, name, _short, parent in units if count[name] > 1 and parent}
    offered = [
        (f"{name} ({parent})" if count[name] > 1 and parent else name, short) for _pk, name, short, parent in units
    ]
    return offered, labels


@login_required
@require_safe
def period_days(request: UserRequest) -> HttpResponse:
    """The days that a period names, while it is typed: a fragment. Whichever field of the editor sends it."""
    text = next((request.GET.get(name, "") for name in request.GET if name.endswith("-period")), "")
    given = request.GET.get("year", "")
    year = int(given) if given.isascii() and given.isdigit() and len(given) == 4 else None
    start, end = desks.days_of(text, year)
    return render(request, "plans/_period_days.html", {"period": text.strip(), "from": start, "to": end})


@login_required
@require_http_methods(["GET", "POST"])
def plan_new(request: UserRequest) -> HttpResponse:
    """A plan written by hand: its first particulars, then the editor."""
    units = allowed_units(request.user, Permission.PLAN_EDIT).order_by("path")
    parents = Plan.objects.allowed_to(request.user, Permission.PLAN_VIEW).filter(status=Plan.Status.ISSUED)
    form = PlanForm(request.POST or None, units=units, parents=parents, initial={"parent": request.GET.get("parent")})
    if request.method == "POST" and form.is_valid():
        try:
            plan = create_plan(by=request.user, **form.cleaned_data)
        except OtherProvince as refused:
            form.add_error("parent", str(refused))
        else:
            messages.success(request, _("The draft is made. Write its content here."))
            return redirect("plans:edit", pk=plan.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return render(request, "plans/plan_new.html", {"form": form}, status=status)
