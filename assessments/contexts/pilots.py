"""The diagnoses of a plan's pilot units, before and after, and those of one unit through the years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assessments.contexts.diagnosis import STANDING, Counts, Taken, basis_of, change_of, taken
from assessments.contexts.lights import sheet_lights
from assessments.contexts.pairing import diagnoses, paired
from assessments.models import Assessment, Round
from plans.models import PilotUnit, Plan
from units.models import User
from units.permissions import Permission


@dataclass(frozen=True, kw_only=True)
class Past:
    """One diagnosis of a unit with its counts as they are stored."""

    taken: Taken
    counts: Counts


@dataclass(frozen=True, kw_only=True)
class PilotRow:
    """A pilot unit under a plan. `before`, `after`: None where none was taken, or none that may be seen."""

    unit: str
    unit_id: int
    pilot_id: int
    phase: str
    before: Past | None
    after: Past | None
    up: int
    down: int
    same: int


def stored_counts(assessment: Assessment) -> Counts:
    """The counts of the basis that is shown of this sheet."""
    standing = basis_of(assessment) == STANDING
    green, yellow, red, scored = (
        (assessment.final_green, assessment.final_yellow, assessment.final_red, assessment.final_scored)
        if standing
        else (assessment.green, assessment.yellow, assessment.red, assessment.scored)
    )
    of = max(assessment.of or assessment.round.criteria_set.size, scored)
    return Counts(green=green, yellow=yellow, red=red, missing=of - green - yellow - red)


def past_of(assessment: Assessment) -> Past:
    return Past(taken=taken(assessment, basis_of(assessment)), counts=stored_counts(assessment))


def through_time(assessment: Assessment, user: User) -> Sequence[Past]:
    """The diagnoses of the unit by the same standard, the latest first. One query."""
    same = diagnoses(user).filter(
        unit=assessment.unit_id, round__criteria_set__standard=assessment.round.criteria_set.standard_id
    )
    return [past_of(each) for each in same.with_sheet_head().order_by("-round__opens_at", "-pk")]


def _moves(before: Assessment, after: Assessment) -> list[str]:
    then = sheet_lights(before, standing=basis_of(before) == STANDING)
    now = sheet_lights(after, standing=basis_of(after) == STANDING)
    codes = paired(now.rules.criteria, then.rules.criteria)
    indicators = [each for group in now.groups for each in now.indicators(group)]
    return [
        change_of(then.light(codes[each.code]) if each.code in codes else "", now.light(each.code))
        for each in indicators
    ]


def pilots_before_and_after(plan: Plan, user: User) -> Sequence[PilotRow]:
    """Every chosen pilot unit of the plan that `user` may see. What changed is worked out per unit that was diagnosed
    twice: a plan has a handful."""
    chosen = PilotUnit.objects.allowed_to(user, Permission.PLAN_VIEW).filter(plan=plan)
    left_out = [PilotUnit.Phase.SURVEYED, PilotUnit.Phase.NOT_CHOSEN]
    chosen = chosen.exclude(phase__in=left_out).select_related("unit").order_by("unit__name", "pk")
    found: dict[tuple[int, str], Assessment] = {}
    sheets = diagnoses(user).filter(round__plan=plan).with_sheet_head().order_by("round__opens_at", "pk")
    for sheet in sheets:
        found[sheet.unit_id, sheet.round.occasion] = sheet
    rows = []
    for pilot in chosen:
        before = found.get((pilot.unit_id, Round.Occasion.BEFORE_PILOT))
        after = found.get((pilot.unit_id, Round.Occasion.AFTER_PILOT))
        moves = _moves(before, after) if before and after else []
        rows.append(
            PilotRow(
                unit=pilot.unit.name,
                unit_id=pilot.unit_id,
                pilot_id=pilot.pk,
                phase=pilot.phase,
                before=past_of(before) if before else None,
                after=past_of(after) if after else None,
                up=moves.count("up"),
                down=moves.count("down"),
                same=moves.count("same"),
            )
        )
    return rows
