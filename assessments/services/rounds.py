"""Rounds of assessment and the sheets in them: prepared, given their units, opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from activity.services import record
from assessments.contexts.rules import rules_of
from assessments.models import (
    Assessment,
    Competence,
    CriteriaSet,
    Criterion,
    CriterionComment,
    Round,
    Score,
    WorkbookUpload,
)
from assessments.services.phases import (
    Phases,
    RoundChanged,
    RoundRefused,
    RoundSettled,
    locked_round,
    manages,
    moved,
    people_in,
    scorers_of,
    write,
)
from plans.models import Plan
from units.models import Unit, User

Group = Mapping[str, Any]


class CriteriaSetNotPublished(RoundRefused):
    field = "criteria_set"

    def __str__(self) -> str:
        return _("The criteria set is not in force. Choose a published version.")


class RoundExists(RoundRefused):
    def __str__(self) -> str:
        return _("This unit already has a round by this criteria set in this year.")


class UnitOutsideRound(RoundRefused):
    def __str__(self) -> str:
        return _("The unit does not belong to the unit that holds the round.")


class AssessmentExists(RoundRefused):
    def __str__(self) -> str:
        return _("The unit already has a sheet in this round.")


class RoundIsOpen(RoundRefused):
    def __str__(self) -> str:
        return _("The round is open already: only its dates can be changed.")


class RoundHasNoUnits(RoundRefused):
    def __str__(self) -> str:
        return _("No unit is in this round yet. Choose the units first.")


class SheetBegun(RoundRefused):
    def __str__(self) -> str:
        return _("The unit has already entered something in its sheet: it stays in the round.")


@dataclass(frozen=True, kw_only=True)
class UnitResult:
    """What became of one unit that was to be added: added, already, outside or ended."""

    unit: Unit
    outcome: str


def group_of(groups: Iterable[Group], kind: str) -> str:
    """The code of the group in which units of `kind` are ranked. A kind that no group names is a group of its own."""
    return next((str(group["code"]) for group in groups if kind in group.get("kinds", ())), kind)


def sizes_of(criteria_set: CriteriaSet, kinds: Iterable[str]) -> dict[str, int]:
    """How many criteria a sheet has, by the kind of its unit. One query."""
    criteria = list(Criterion.objects.filter(criteria_set=criteria_set).order_by("order"))
    return {kind: rules_of(criteria_set, criteria, kind=kind).size for kind in set(kinds)}


def _in_force(criteria_set: CriteriaSet) -> None:
    if criteria_set.status != CriteriaSet.Status.PUBLISHED:
        raise CriteriaSetNotPublished


def _create(*, by: User, phases: Phases, state: Round.State, **values: Any) -> Round:
    unit: Unit = values["unit"]
    manages(by, unit)
    _in_force(values["criteria_set"])
    phases.check()
    try:
        with transaction.atomic():
            return Round.objects.create(state=state, created_by=by, **values, **phases.values)
    except IntegrityError as error:  # the database knows best, even of two at once
        raise RoundExists from error


@transaction.atomic
def open_round(
    *, unit: Unit, criteria_set: CriteriaSet, title: str, year: int, opens_at: datetime, closes_at: datetime, by: User
) -> Round:
    """A round over [opens_at, closes_at) that runs at once, in which the units below `unit` score themselves by
    `criteria_set`: without the steps of a prepared one."""
    round_ = _create(
        by=by,
        phases=Phases(opens_at=opens_at, closes_at=closes_at),
        state=Round.State.RUNNING,
        unit=unit,
        criteria_set=criteria_set,
        title=title,
        year=year,
    )
    record(
        by=by,
        action="assessments.round_opened",
        target=round_,
        changes={"opens_at": [None, opens_at.isoformat()], "closes_at": [None, closes_at.isoformat()]},
        unit_path=unit.path,
    )
    return round_


@transaction.atomic
def prepare_round(
    *,
    unit: Unit,
    criteria_set: CriteriaSet,
    title: str,
    year: int,
    phases: Phases,
    by: User,
    occasion: str = Round.Occasion.YEARLY,
    plan: Plan | None = None,
    second_assessor: bool = False,
    groups: Sequence[Group] = (),
    previous: Round | None = None,
) -> Round:
    """A round that nobody but those who manage it sees until it is opened. Raises PermissionDenied,
    CriteriaSetNotPublished, RoundOutOfOrder, PhaseOutOfOrder, RoundExists."""
    round_ = _create(
        by=by,
        phases=phases,
        state=Round.State.PREPARING,
        unit=unit,
        criteria_set=criteria_set,
        title=title.strip(),
        year=year,
        occasion=occasion,
        plan=plan,
        second_assessor=second_assessor,
        groups=[dict(group) for group in groups],
        previous=previous,
    )
    record(
        by=by,
        action="assessments.round_prepared",
        target=round_,
        changes={"title": [None, round_.title], "criteria_set": [None, str(criteria_set)], "year": [None, year]},
        unit_path=unit.path,
    )
    return round_


@transaction.atomic
def edit_round(*, round: Round, phases: Phases, expected_version: int, by: User, **values: Any) -> Round:
    """Change what a round that is being prepared says of itself: `values` of the fields that `prepare_round` takes.
    Raises PermissionDenied, RoundIsOpen, RoundChanged, and what `prepare_round` raises."""
    manages(by, round.unit)
    stored = locked_round(round)
    if stored.state != Round.State.PREPARING:
        raise RoundIsOpen
    if stored.version != expected_version:
        raise RoundChanged(stored)
    _in_force(values.get("criteria_set", stored.criteria_set))
    phases.check()
    changes: dict[str, Any] = dict(moved(Phases.of(stored), phases))
    for name, value in values.items():
        before = getattr(stored, name)
        if before != value:
            changes[name] = [_said(before), _said(value)]
    if not changes:
        return stored
    try:
        with transaction.atomic():
            write(stored, expected_version, phases.values | values)
    except IntegrityError as error:
        raise RoundExists from error
    record(by=by, action="assessments.round_edited", target=stored, changes=changes, unit_path=stored.unit.path)
    return stored


def _said(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | bool | list) else str(value)


@transaction.atomic
def open_assessment(*, round: Round, unit: Unit, by: User) -> Assessment:
    """An empty sheet for `unit`, which stands below the unit that holds the round."""
    manages(by, round.unit)
    if not unit.path.startswith(round.unit.path):
        raise UnitOutsideRound
    sheet, created = Assessment.objects.get_or_create(round=round, unit=unit, defaults=_given(round, [unit])[unit.kind])
    if not created:
        raise AssessmentExists
    record(
        by=by,
        action="assessments.assessment_opened",
        target=sheet,
        changes={"round": [None, round.title], "unit": [None, unit.name]},
        unit_path=unit.path,
        notify=() if round.state == Round.State.PREPARING else scorers_of(unit),
    )
    return sheet


def _given(round_: Round, units: Iterable[Unit]) -> dict[str, dict[str, Any]]:
    """What a new sheet starts with, by the kind of its unit. One query."""
    sizes = sizes_of(round_.criteria_set, {unit.kind for unit in units})
    return {kind: {"of": size, "ranking_group": group_of(round_.groups, kind)} for kind, size in sizes.items()}


@transaction.atomic
def add_units(*, round: Round, units: Sequence[Unit], by: User, as_of: date | None = None) -> list[UnitResult]:
    """A sheet for each of the units that can have one, and for each of them what became of it. They must not have ended
    before `as_of`, today if it is not given. Units that join a round that runs are told. A constant number of queries.
    Raises PermissionDenied, RoundSettled."""
    manages(by, round.unit)
    stored = locked_round(round)
    if stored.state not in {Round.State.PREPARING, Round.State.RUNNING}:
        raise RoundSettled
    there = set(Assessment.objects.filter(round=stored).values_list("unit_id", flat=True))
    day = as_of or timezone.localdate()
    results, new = [], []
    for unit in units:
        outcome = "added"
        if not unit.path.startswith(stored.unit.path):
            outcome = "outside"
        elif unit.pk in there:
            outcome = "already"
        elif unit.valid_to and unit.valid_to < day:
            outcome = "ended"
        else:
            there.add(unit.pk)
            new.append(unit)
        results.append(UnitResult(unit=unit, outcome=outcome))
    if not new:
        return results
    given = _given(stored, new)
    Assessment.objects.bulk_create(Assessment(round=stored, unit=unit, **given[unit.kind]) for unit in new)
    record(
        by=by,
        action="assessments.units_added",
        target=stored,
        changes={"units": [None, [unit.name for unit in new]]},
        unit_path=stored.unit.path,
        notify=scorers_of(*new) if stored.state == Round.State.RUNNING else (),
    )
    return results


def untouched(sheets: QuerySet[Assessment, Assessment]) -> QuerySet[Assessment, Assessment]:
    """Those of `sheets` in which nobody has entered anything."""
    entered = [Score, CriterionComment, Competence, WorkbookUpload]
    rule = Q()
    for model in entered:
        rule &= ~Q(Exists(model._default_manager.filter(assessment=OuterRef("pk"))))
    return sheets.filter(rule, state=Assessment.State.SCORING, submitted_at=None, sent_to_head_at=None)


@transaction.atomic
def remove_unit(*, assessment: Assessment, by: User) -> None:
    """Take a unit out of the round again, as long as nothing was entered in its sheet. Raises PermissionDenied,
    RoundSettled, SheetBegun."""
    manages(by, assessment.round.unit)
    round_ = locked_round(assessment.round)
    if round_.state not in {Round.State.PREPARING, Round.State.RUNNING}:
        raise RoundSettled
    sheet = Assessment.objects.select_for_update(of=("self",)).select_related("unit").get(pk=assessment.pk)
    if not untouched(Assessment.objects.filter(pk=sheet.pk)).exists():
        raise SheetBegun
    record(
        by=by,
        action="assessments.unit_removed",
        target=round_,
        changes={"unit": [sheet.unit.name, None]},
        unit_path=round_.unit.path,
        notify=scorers_of(sheet.unit) if round_.state == Round.State.RUNNING else (),
    )
    sheet.extensions.all().delete()
    sheet.delete()


@transaction.atomic
def open_prepared(*, round: Round, by: User) -> Round:
    """From now on the units see their sheets; they are told. What a sheet has to score and with whom it is ranked is
    set as the round says it now. Raises PermissionDenied, RoundIsOpen, CriteriaSetNotPublished, RoundHasNoUnits."""
    manages(by, round.unit)
    stored = locked_round(round)
    if stored.state != Round.State.PREPARING:
        raise RoundIsOpen
    _in_force(stored.criteria_set)
    sheets = Assessment.objects.filter(round=stored)
    kinds = set(sheets.order_by().values_list("unit__kind", flat=True).distinct())
    if not kinds:
        raise RoundHasNoUnits
    for kind, size in sorted(sizes_of(stored.criteria_set, kinds).items()):
        own = sheets.filter(unit__kind=kind)
        own.update(of=size, ranking_group=group_of(stored.groups, kind))
    write(stored, stored.version, {"state": Round.State.RUNNING})
    record(
        by=by,
        action="assessments.round_opened",
        target=stored,
        changes={
            "state": [Round.State.PREPARING.value, Round.State.RUNNING.value],
            "units": [None, sheets.count()],
            "opens_at": [None, timezone.localtime(stored.opens_at).isoformat()],
            "closes_at": [None, timezone.localtime(stored.closes_at).isoformat()],
        },
        unit_path=stored.unit.path,
        notify=people_in(stored),
    )
    return stored
