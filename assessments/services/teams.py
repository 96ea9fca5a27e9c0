"""Teams of assessors, and which of them verifies which sheet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from activity.services import record
from assessments.contexts.sharing import Share, SharedSheet, share
from assessments.models import Assessment, Assignment, Round, Team
from assessments.services.phases import ReasonMissing, RoundSettled, locked_round, manages
from units.access import holders
from units.models import Membership, User
from units.permissions import Permission

# Sheets that are still to be verified: the others need nobody any more.
TO_VERIFY = frozenset(
    {
        Assessment.State.SCORING,
        Assessment.State.HEAD_REVIEW,
        Assessment.State.SUBMITTED,
        Assessment.State.RETURNED,
        Assessment.State.VERIFYING,
    }
)


class TeamRefused(Exception):
    """Why a team or an assignment is not as wished. `field` is the one that is to be mended, if it is one."""

    field: str | None = None


class TitleTaken(TeamRefused):
    field = "title"

    def __str__(self) -> str:
        return _("This round has a team of this name already.")


class NotAssessors(TeamRefused):
    field = "members"

    def __init__(self, people: Collection[User]) -> None:
        super().__init__(people)
        self.people = people

    def __str__(self) -> str:
        names = ", ".join(str(each) for each in self.people)
        return _("Not assessors of the province: %(names)s.") % {"names": names}


class NoMembers(TeamRefused):
    field = "members"

    def __str__(self) -> str:
        return _("Choose at least one member.")


class TeamHasSheets(TeamRefused):
    """Members who have sheets cannot leave, nor can their team be removed."""

    field = "members"

    def __init__(self, people: Collection[User]) -> None:
        super().__init__(people)
        self.people = people

    def __str__(self) -> str:
        names = ", ".join(str(each) for each in self.people)
        return _("Give the sheets of %(names)s to others first.") % {"names": names}


class NoTeam(TeamRefused):
    def __str__(self) -> str:
        return _("The round has no assessors yet. Set up a team first.")


class SharingChanged(TeamRefused):
    """Sheets, teams or assignments changed since the preview was shown."""

    def __str__(self) -> str:
        return _("Something changed since you saw the preview. This is how the sheets would be shared now.")


class NotInTeams(TeamRefused):
    field = "assessor"

    def __str__(self) -> str:
        return _("Choose a member of one of the round's teams.")


class OwnUnit(TeamRefused):
    field = "assessor"

    def __str__(self) -> str:
        return _("Nobody verifies the sheet of a unit in which they hold an office. Choose another assessor.")


class AlreadyOnSheet(TeamRefused):
    field = "assessor"

    def __str__(self) -> str:
        return _("This assessor verifies the sheet already. Choose another one.")


class AlreadyFinished(TeamRefused):
    def __str__(self) -> str:
        return _("This assessor has finished the sheet: it stays with them.")


class AssignmentChanged(TeamRefused):
    def __init__(self, assessor: User | None) -> None:
        super().__init__(assessor)
        self.assessor = assessor

    def __str__(self) -> str:
        if self.assessor is None:
            return _("Somebody changed this at the same time: the sheet has no assessor now.")
        return _("Somebody changed this at the same time: the sheet is with %(who)s now.") % {"who": self.assessor}


def _open(round_: Round, by: User) -> Round:
    manages(by, round_.unit)
    stored = locked_round(round_)
    if stored.state not in {Round.State.PREPARING, Round.State.RUNNING}:
        raise RoundSettled
    return stored


def _assessors(round_: Round, people: Sequence[User]) -> None:
    able = holders(Permission.ASSESSMENT_VERIFY, round_.unit)
    if wrong := [each for each in people if each.pk not in able]:
        raise NotAssessors(wrong)


@transaction.atomic
def make_team(*, round: Round, title: str, chair: User | None, members: Sequence[User], by: User) -> Team:
    """Raises PermissionDenied, RoundSettled, NoMembers, NotAssessors, TitleTaken."""
    stored = _open(round, by)
    if not members:
        raise NoMembers
    _assessors(stored, [*members, *([chair] if chair else [])])
    try:
        with transaction.atomic():
            team = Team.objects.create(round=stored, title=title.strip(), chair=chair)
    except IntegrityError as error:
        raise TitleTaken from error
    team.members.set(members)
    record(
        by=by,
        action="assessments.team_made",
        target=stored,
        changes={
            "title": [None, team.title],
            "chair": [None, str(chair) if chair else None],
            "members": [None, sorted(str(each) for each in members)],
        },
        unit_path=stored.unit.path,
        notify={each.pk for each in members} | ({chair.pk} if chair else set()),
    )
    return team


@transaction.atomic
def change_team(*, team: Team, title: str, chair: User | None, members: Sequence[User], by: User) -> Team:
    """Raises PermissionDenied, RoundSettled, NoMembers, NotAssessors, TeamHasSheets, TitleTaken."""
    stored = _open(team.round, by)
    if not members:
        raise NoMembers
    before = {each.pk: each for each in team.members.all()}
    joined = [each for each in members if each.pk not in before]
    _assessors(stored, [*joined, *([chair] if chair and chair.pk != team.chair_id else [])])
    gone = before.keys() - {each.pk for each in members}
    busy = Assignment.objects.filter(team=team, assessor__in=gone, finished_at=None).values("assessor")
    if kept := list(User.objects.filter(pk__in=busy).order_by("pk")):
        raise TeamHasSheets(kept)
    changes: dict[str, list[Any]] = {
        "title": [team.title, title.strip()],
        "chair": [str(team.chair) if team.chair else None, str(chair) if chair else None],
        "members": [sorted(str(each) for each in before.values()), sorted(str(each) for each in members)],
    }
    changes = {name: values for name, values in changes.items() if values[0] != values[1]}
    if not changes:
        return team
    told = {each.pk for each in joined} | ({chair.pk} if chair and chair.pk != team.chair_id else set())
    team.title, team.chair = title.strip(), chair
    try:
        with transaction.atomic():
            team.save(update_fields=["title", "chair"])
    except IntegrityError as error:
        raise TitleTaken from error
    team.members.set(members)
    record(
        by=by,
        action="assessments.team_changed",
        target=stored,
        changes=changes,
        unit_path=stored.unit.path,
        notify=told,
    )
    return team


@transaction.atomic
def remove_team(*, team: Team, by: User) -> None:
    """Only a team without sheets. Raises PermissionDenied, RoundSettled, TeamHasSheets."""
    stored = _open(team.round, by)
    if kept := list(User.objects.filter(assignments__team=team).distinct().order_by("pk")):
        raise TeamHasSheets(kept)
    record(
        by=by,
        action="assessments.team_removed",
        target=stored,
        changes={"title": [team.title, None]},
        unit_path=stored.unit.path,
    )
    team.delete()


def team_of(round_: Round) -> dict[int, int]:
    """The members of the round's teams who may still verify, and the team of each; the first of several. Two
    queries."""
    able = holders(Permission.ASSESSMENT_VERIFY, round_.unit)
    through = Team.members.through.objects.filter(team__round=round_, user__in=able).order_by("-team_id")
    return {row.user_id: row.team_id for row in through}


def sharing(round_: Round) -> Share:
    """How the sheets that nobody verifies yet would be shared now. Five queries."""
    teams = team_of(round_)
    sheets = Assessment.objects.filter(round=round_, state__in=TO_VERIFY)
    units = dict(sheets.order_by("pk").values_list("pk", "unit_id"))
    barred: dict[int, set[int]] = defaultdict(set)
    offices = Membership.objects.current().filter(user__in=teams, unit__in=units.values())
    for unit_id, user_id in offices.values_list("unit_id", "user_id"):
        barred[unit_id].add(user_id)
    held: dict[int, dict[int, int]] = defaultdict(dict)
    given = Assignment.objects.filter(assessment__round=round_).order_by()
    for sheet_id, place, assessor_id in given.values_list("assessment_id", "place", "assessor_id"):
        held[sheet_id][place] = assessor_id
    places = 2 if round_.second_assessor else 1
    wanted = [
        SharedSheet(pk=pk, places=places, barred=frozenset(barred[unit_id]), held=held.pop(pk, {}))
        for pk, unit_id in units.items()
    ]
    # What is past verification counts as somebody's load, but takes nobody any more.
    done = [SharedSheet(pk=pk, places=0, held=on_it) for pk, on_it in held.items()]
    return share([*wanted, *done], list(teams), teams)


@transaction.atomic
def assign_evenly(*, round: Round, by: User, seen: str = "") -> Share:
    """Share the sheets that nobody verifies yet over the members of the teams. What is assigned stays; a second time
    nothing is left to do. `seen`: the digest of the preview that was shown. Raises PermissionDenied, RoundSettled,
    NoTeam, SharingChanged."""
    stored = _open(round, by)
    teams = team_of(stored)
    if not teams:
        raise NoTeam
    found = sharing(stored)
    if seen and seen != found.digest:
        raise SharingChanged
    if not found.placed:
        return found
    Assignment.objects.bulk_create(
        Assignment(assessment_id=sheet_id, assessor_id=person, team_id=teams[person], place=place, by=by)
        for (sheet_id, place), person in found.placed.items()
    )
    people = User.objects.in_bulk(found.loads.keys())
    new: dict[int, int] = defaultdict(int)
    for person in found.placed.values():
        new[person] += 1
    record(
        by=by,
        action="assessments.assigned",
        target=stored,
        changes={"sheets": [None, len(found.placed)], "assessors": [None, {str(people[pk]): new[pk] for pk in new}]},
        unit_path=stored.unit.path,
        notify=new,
    )
    return found


@transaction.atomic
def assign(
    *, assessment: Assessment, place: int, assessor: User, reason: str, by: User, expected: int | None = None
) -> Assignment:
    """Give a place of a sheet to `assessor` by hand. Whoever had it is told, and no longer verifies; `reason` is owed
    then. `expected` is the assessor who had it when it was looked at, None where it had none. Raises PermissionDenied,
    RoundSettled, NotInTeams, OwnUnit, AlreadyOnSheet, AlreadyFinished, AssignmentChanged, ReasonMissing."""
    stored = _open(assessment.round, by)
    sheet = Assessment.objects.select_for_update(of=("self",)).select_related("unit").get(pk=assessment.pk)
    teams = team_of(stored)
    if assessor.pk not in teams:
        raise NotInTeams
    if Membership.objects.current().filter(user=assessor, unit=sheet.unit_id).exists():
        raise OwnUnit
    on_it = {each.place: each for each in Assignment.objects.filter(assessment=sheet).select_related("assessor")}
    before = on_it.get(place)
    if (before.assessor_id if before else None) != expected:
        raise AssignmentChanged(before.assessor if before else None)
    if any(each.assessor_id == assessor.pk for each in on_it.values()):
        raise AlreadyOnSheet
    if before and before.finished_at:
        raise AlreadyFinished
    reason = reason.strip()
    if before and not reason:
        raise ReasonMissing
    was = before.assessor if before else None
    if before:
        before.assessor, before.team_id, before.by = assessor, teams[assessor.pk], by
        before.save(update_fields=["assessor", "team", "by"])
    else:
        before = Assignment.objects.create(
            assessment=sheet, assessor=assessor, team_id=teams[assessor.pk], place=place, by=by
        )
    record(
        by=by,
        action="assessments.reassigned",
        target=sheet,
        changes={"assessor": [str(was) if was else None, str(assessor)], "place": place},
        unit_path=sheet.unit.path,
        reason=reason,
        notify={assessor.pk} | ({was.pk} if was else set()),
    )
    return before
