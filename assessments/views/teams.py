"""Pages of a round's assessors: teams, sharing the sheets, one sheet's assessors."""

from __future__ import annotations

from collections import Counter, defaultdict
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from assessments.contexts.sharing import Share, Unplaced
from assessments.forms.round import AssignForm, TeamForm
from assessments.models import Assessment, Assignment, Round, Team
from assessments.services import teams as services
from assessments.services.phases import RoundRefused
from assessments.views.rounds import OPEN, load_round, refuse, status_of
from units.access import get_allowed, holders, holds_in
from units.http import UserRequest
from units.models import User
from units.permissions import Permission

REFUSED = (services.TeamRefused, RoundRefused)
WHY = {
    Unplaced.NO_ASSESSOR: gettext_lazy("There are no assessors."),
    Unplaced.OWN_UNIT: gettext_lazy("Every assessor holds an office in this unit."),
    Unplaced.NO_SECOND: gettext_lazy("There is no second assessor who may verify it."),
}


def _able(round_: Round):
    """Who may be in a team: the assessors of the province today."""
    return User.objects.filter(pk__in=holders(Permission.ASSESSMENT_VERIFY, round_.unit)).order_by("full_name", "pk")


@login_required
@require_http_methods(["GET", "POST"])
def round_teams(request: UserRequest, pk: int) -> HttpResponse:
    """The teams, who has how many sheets, and how those would be shared that nobody has. POST sets up a team."""
    round_ = load_round(request, pk, Permission.ROUND_MANAGE)
    form = TeamForm(request.POST if request.method == "POST" else None, assessors=_able(round_))
    if request.method == "POST" and form.is_valid():
        try:
            team = services.make_team(round=round_, by=request.user, **form.cleaned_data)
        except REFUSED as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("The team “%(team)s” is set up.") % {"team": team})
            return redirect("assessments:round_teams", pk=pk)
    return _show_teams(request, round_, form, status_of(form))


def _show_teams(request: UserRequest, round_: Round, form, status: int) -> HttpResponse:
    shown = Team.objects.filter(round=round_).select_related("chair").order_by("pk")
    members = User.objects.order_by("full_name", "pk")
    teams = list(shown.prefetch_related(Prefetch("members", members)))
    counts = {
        row["assessor"]: row
        for row in Assignment.objects.filter(assessment__round=round_)
        .order_by()
        .values("assessor")
        .annotate(sheets=Count("pk"), finished=Count("pk", filter=Q(finished_at__isnull=False)))
    }
    share = services.sharing(round_) if teams and round_.state in OPEN else None
    new = Counter(share.placed.values()) if share else Counter()
    context = {
        "round": round_,
        "form": form,
        "teams": [(team, [(each, counts.get(each.pk), new[each.pk]) for each in team.members.all()]) for team in teams],
        "share": share,
        "rows": _rows(share) if share else [],
        "is_open": round_.state in OPEN,
    }
    return render(request, "assessments/rounds/teams.html", context, status=status)


def _rows(share: Share) -> list[dict[str, Any]]:
    """Each sheet of a sharing with who gets it, or why nobody does. Two queries."""
    keys = [*share.placed, *share.unplaced]
    sheets = Assessment.objects.select_related("unit").in_bulk({pk for pk, _place in keys})
    people = User.objects.in_bulk(set(share.placed.values()))
    rows: dict[int, dict[str, Any]] = defaultdict(lambda: {"people": [], "why": ""})
    for pk, place in sorted(keys, key=lambda key: (sheets[key[0]].unit.path, key[1])):
        row = rows[pk]
        row["sheet"] = sheets[pk]
        if (pk, place) in share.placed:
            row["people"].append(people[share.placed[pk, place]])
        else:
            row["why"] = WHY[share.unplaced[pk, place]]
    return list(rows.values())


@login_required
@require_POST
def round_assign(request: UserRequest, pk: int) -> HttpResponse:
    """Share the sheets as the preview showed it."""
    round_ = load_round(request, pk, Permission.ROUND_MANAGE)
    try:
        share = services.assign_evenly(round=round_, by=request.user, seen=request.POST.get("seen", "")[:64])
    except services.SharingChanged as changed:
        messages.warning(request, str(changed))
        return _show_teams(request, round_, TeamForm(assessors=_able(round_)), HTTPStatus.CONFLICT)
    except REFUSED as refused:
        messages.error(request, str(refused))
        return redirect("assessments:round_teams", pk=pk)
    count = len(share.placed)
    said = ngettext("%(count)d assignment is made.", "%(count)d assignments are made.", count)
    messages.success(request, said % {"count": count} if count else _("Every sheet has its assessors already."))
    return redirect("assessments:round_teams", pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def team(request: UserRequest, pk: int, team_pk: int) -> HttpResponse:
    """Change a team, or remove it while it has no sheets."""
    round_ = load_round(request, pk, Permission.ROUND_MANAGE)
    found = get_object_or_404(Team.objects.select_related("chair", "round__unit"), pk=team_pk, round=round_)
    assessors = (_able(round_) | User.objects.filter(assessor_teams=found)).distinct()
    removing = "remove" in request.POST
    form = TeamForm(
        request.POST if request.method == "POST" and not removing else None,
        assessors=assessors,
        initial={"title": found.title, "chair": found.chair_id, "members": list(found.members.all())},
    )
    if request.method == "POST" and (removing or form.is_valid()):
        try:
            if removing:
                services.remove_team(team=found, by=request.user)
            else:
                services.change_team(team=found, by=request.user, **form.cleaned_data)
        except REFUSED as refused:
            if removing:
                messages.error(request, str(refused))
                return redirect("assessments:team", pk=pk, team_pk=team_pk)
            refuse(form, refused)
        else:
            messages.success(request, _("The team is removed.") if removing else _("The team is saved."))
            return redirect("assessments:round_teams", pk=pk)
    context = {"round": round_, "team": found, "form": form, "is_open": round_.state in OPEN}
    return render(request, "assessments/rounds/team.html", context, status=status_of(form))


@login_required
@require_http_methods(["GET", "POST"])
def sheet_assessors(request: UserRequest, pk: int) -> HttpResponse:
    """Who verifies one sheet. POST gives a place to somebody else, with a reason where somebody had it."""
    sheets = Assessment.objects.select_related("unit", "round__unit")
    sheet = get_allowed(sheets, request.user, Permission.ASSESSMENT_VIEW, Permission.ROUND_MANAGE, pk=pk)
    given = request.POST if request.method == "POST" else None
    places = 2 if sheet.round.second_assessor else 1
    on_it = {each.place: each for each in sheet.assignments.select_related("assessor", "team")}
    able = User.objects.filter(pk__in=services.team_of(sheet.round)).exclude(memberships__unit=sheet.unit_id)
    able = able.exclude(pk__in=[each.assessor_id for each in on_it.values()]).order_by("full_name", "pk")
    rows, status = [], HTTPStatus.OK
    for place in range(1, max(places, *on_it, 1) + 1):
        now = on_it.get(place)
        mine = given if given and given.get("place") == str(place) else None
        initial = {"place": place, "expected": now.assessor_id if now else None}
        form = AssignForm(mine, assessors=able, initial=initial, auto_id=f"id_{place}_%s")
        form.fields["reason"].required = now is not None
        if mine and form.is_valid():
            try:
                services.assign(assessment=sheet, by=request.user, **form.cleaned_data)
            except REFUSED as refused:
                refuse(form, refused)
            else:
                messages.success(request, _("%(unit)s is with %(who)s now.") % {
                    "unit": sheet.unit.label, "who": form.cleaned_data["assessor"]
                })  # fmt: skip
                return redirect("assessments:round", pk=sheet.round_id)
        status = max(status, status_of(form))
        rows.append((place, now, form))
    if given is not None and status == HTTPStatus.OK:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {
        "sheet": sheet,
        "round": sheet.round,
        "rows": rows,
        "may": holds_in(request.user, Permission.ROUND_MANAGE, sheet.round.unit) and sheet.round.state in OPEN,
    }
    return render(request, "assessments/rounds/assessors.html", context, status=status)
