"""Chasing letters: all of them, one with its text and its answer, and the register of their numbers."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plans.contexts.letter import letter_words
from plans.filters import ChasingLetterFilter
from plans.forms.chasing import RegisterForm, ReplyForm, SendForm
from plans.models import ChasingLetter, ChasingRun, Evidence, RegisterNumber
from plans.services.chasing import AnsweredBefore, ChasingRefused, NotADraft, cancel_letter
from plans.services.evidence import EvidenceRefused, keep_all
from plans.services.letters import log_reply, mark_read, send_letters
from plans.services.numbering import NumberRefused, last_symbol, reserve
from units.access import allowed_units, get_allowed, holds, holds_in
from units.http import UserRequest
from units.models import Unit
from units.permissions import Permission

LETTERS_A_PAGE = 50
NUMBERS_A_PAGE = 100
RUNS_SHOWN = 8
State = ChasingLetter.State


@login_required
@require_safe
def letter_list(request: UserRequest) -> HttpResponse:
    return _list(request)


def _list(request: UserRequest, *, refused: str = "", symbol: str = "", status: int = 200) -> HttpResponse:
    may_chase = holds(request.user, Permission.CHASE)
    visible = ChasingLetter.objects.allowed_to(request.user, Permission.PLAN_VIEW)
    rows = visible.select_related("unit", "addressee", "register_number", "run").annotate(things=Count("items"))
    filter = ChasingLetterFilter(request.GET, queryset=rows, request=request)
    page = Paginator(filter.qs.order_by("-pk"), LETTERS_A_PAGE).get_page(request.GET.get("page"))
    runs = ChasingRun.objects.allowed_to(request.user, Permission.CHASE).select_related("unit", "by")
    chosen = runs.filter(pk=request.GET["run"]).first() if request.GET.get("run", "").isdecimal() else None
    context = {
        "filter": filter,
        "page": page,
        "run": chosen,
        "runs": []
        if chosen
        else runs.annotate(
            made=Count("letters", filter=~Q(letters__state=State.CANCELLED)),
            sent=Count("letters", filter=Q(letters__sent_at__isnull=False)),
            answered=Count("letters", filter=Q(letters__state=State.ANSWERED)),
        )[:RUNS_SHOWN],
        "may_chase": may_chase,
        "has_drafts": may_chase and any(letter.state == State.DRAFT for letter in page),
        "form": SendForm(initial={"symbol": symbol or (chosen.symbol if chosen else "")}),
        "refused": refused,
    }
    return render(request, "plans/chasing_list.html", context, status=status)


@login_required
@require_POST
def letters_send(request: UserRequest) -> HttpResponse:
    """Send the drafts that were chosen, or with `run` every draft of that run."""
    if not holds(request.user, Permission.CHASE):
        raise PermissionDenied
    drafts = ChasingLetter.objects.allowed_to(request.user, Permission.CHASE).filter(state=State.DRAFT)
    run, chosen = request.POST.get("run", ""), [key for key in request.POST.getlist("letter") if key.isdecimal()]
    letters = list(drafts.filter(run_id=int(run)) if run.isdecimal() else drafts.filter(pk__in=chosen))
    form = SendForm(request.POST)
    symbol = form.cleaned_data["symbol"] if form.is_valid() else ""
    try:
        sent = send_letters(letters=letters, by=request.user, symbol=symbol)
    except ChasingRefused as refused:
        return _list(request, refused=str(refused), symbol=symbol, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    first, last = sent[0].register_number, sent[-1].register_number
    if len(sent) == 1:
        messages.success(request, _("The letter is sent with number %(number)s.") % {"number": first})
        return redirect("plans:chasing_letter", pk=sent[0].pk)
    said = _("%(count)d letters are sent, with numbers %(first)s to %(last)s.")
    messages.success(request, said % {"count": len(sent), "first": first, "last": last})
    return redirect("plans:chasing")


def load_letter(request: UserRequest, pk: int, then: Permission | None = None) -> ChasingLetter:
    rows = ChasingLetter.objects.select_related(
        "unit__parent", "addressee", "run__by", "register_number", "sent_by", "replied_by"
    ).prefetch_related("items", "reply_files__unit", "reply_files__uploaded_by")
    return get_allowed(rows, request.user, Permission.PLAN_VIEW, then, pk=pk)


@login_required
@require_safe
def letter_detail(request: UserRequest, pk: int) -> HttpResponse:
    letter = load_letter(request, pk)
    mark_read(letter=letter, by=request.user)
    return _show(request, letter, ReplyForm(evidence_of=_earlier(letter)))


def _show(request: UserRequest, letter: ChasingLetter, form: ReplyForm, *, refused: str = "", status: int = 200):
    user = request.user
    may_chase = holds_in(user, Permission.CHASE, letter.unit)
    may_reply = may_chase or holds_in(user, Permission.TASK_REPORT, letter.addressee)
    context = {
        "letter": letter,
        "words": letter_words(letter),
        "may_chase": may_chase,
        "may_reply": may_reply and letter.state == State.SENT,
        "may_request": holds_in(user, Permission.REPORT_REQUEST, letter.unit)
        or holds_in(user, Permission.REPORT_REQUEST, letter.addressee),
        "is_late": letter.state == State.SENT and letter.respond_by < timezone.localdate(),
        "form": form,
        "send_form": SendForm(initial={"symbol": letter.run.symbol}),
        "refused": refused,
    }
    return render(request, "plans/chasing_letter.html", context, status=status)


def _earlier(letter: ChasingLetter):
    return Evidence.objects.kept().filter(unit=letter.addressee)


@login_required
@require_POST
def letter_cancel(request: UserRequest, pk: int) -> HttpResponse:
    letter = load_letter(request, pk, Permission.CHASE)
    try:
        cancel_letter(letter=letter, by=request.user)
    except NotADraft as refused:
        form = ReplyForm(evidence_of=_earlier(letter))
        return _show(request, letter, form, refused=str(refused), status=HTTPStatus.CONFLICT)
    messages.success(request, _("The draft is thrown away. What it spoke of may be chased anew."))
    return redirect("plans:chasing")


@login_required
@require_POST
def letter_reply(request: UserRequest, pk: int) -> HttpResponse:
    letter = load_letter(request, pk)
    user = request.user
    if not (holds_in(user, Permission.CHASE, letter.unit) or holds_in(user, Permission.TASK_REPORT, letter.addressee)):
        raise PermissionDenied
    form = ReplyForm(request.POST, request.FILES, evidence_of=_earlier(letter))
    if form.is_valid():
        data = form.cleaned_data
        try:
            files = keep_all(unit=letter.addressee, files=data["files"], earlier=data["earlier"], by=user)
            log_reply(letter=letter, reply=data["reply"], document=data["document"], files=files, by=user)
        except AnsweredBefore as refused:
            fresh = load_letter(request, pk)
            return _show(request, fresh, form, refused=str(refused), status=HTTPStatus.CONFLICT)
        except (ChasingRefused, EvidenceRefused) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The reply is logged."))
            return redirect("plans:chasing_letter", pk=pk)
    return _show(request, letter, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@login_required
@require_http_methods(["GET", "POST"])
def register(request: UserRequest) -> HttpResponse:
    """The numbers of a unit's outgoing letters in one year, and a form for those that were given elsewhere."""
    if not holds(request.user, Permission.CHASE):
        raise PermissionDenied
    units = issuing_units(request)
    form = RegisterForm(request.POST if request.method == "POST" else None, units=units, initial=_first(units))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            entered = reserve(**data, year=data["issued_on"].year, by=request.user)
        except NumberRefused as refused:
            form.add_error("number", str(refused))
        else:
            messages.success(request, _("%(number)s is in the register.") % {"number": entered})
            return redirect("plans:chasing_register")
    rows = RegisterNumber.objects.allowed_to(request.user, Permission.CHASE).select_related("unit", "by", "letter")
    page = Paginator(rows.order_by("-year", "unit", "-number"), NUMBERS_A_PAGE).get_page(request.GET.get("page"))
    tops = RegisterNumber.objects.filter(unit__in=units, year=timezone.localdate().year)
    context = {
        "form": form,
        "page": page,
        "next": [
            (row["unit__name"], row["top"] + 1)
            for row in tops.order_by("unit__name").values("unit__name").annotate(top=Max("number"))
        ],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "plans/chasing_register.html", context, status=status)


def issuing_units(request: UserRequest):
    """Units in whose name the person may chase: of the province, or their own."""
    own = [membership.unit_id for membership in request.user.held_roles]
    kinds = (Unit.Kind.PROVINCE, Unit.Kind.DEPARTMENT, Unit.Kind.BRANCH, Unit.Kind.COMMITTEE)
    reached = allowed_units(request.user, Permission.CHASE).valid_on(timezone.localdate())
    return reached.filter(Q(kind__in=kinds) | Q(pk__in=own)).order_by("path")


def _first(units) -> dict[str, object]:
    """What the form begins with: the department that stands for the province where there is one."""
    found = list(units)
    unit = next((each for each in found if each.kind == Unit.Kind.DEPARTMENT), found[0] if found else None)
    return {"unit": unit, "symbol": last_symbol(unit) if unit else "", "issued_on": timezone.localdate()}
