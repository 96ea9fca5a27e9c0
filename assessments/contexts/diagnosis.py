"""A unit's diagnosis by ISO 18091: the light of every indicator, before and after, quadrant by quadrant.

The standard knows the lights of indicators and nothing above them: it gives no total. Every count here is the portal's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from assessments import scoring
from assessments.contexts.lights import Part, SheetLights, sheet_lights
from assessments.contexts.lines import title_of
from assessments.contexts.pairing import before_of, paired
from assessments.models import Assessment, Criterion
from assessments.permissions import RESULT_SHOWN
from plans.models import PilotUnit
from units.models import User

SELF, STANDING = "self", "standing"
CHANGES = ("up", "down", "same")


@dataclass(frozen=True, kw_only=True)
class Strip:
    look: str
    start: str
    width: str


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many indicators have which light; `missing`: none yet."""

    green: int = 0
    yellow: int = 0
    red: int = 0
    missing: int = 0

    @property
    def of(self) -> int:
        return self.green + self.yellow + self.red + self.missing

    @property
    def scored(self) -> int:
        return self.of - self.missing

    @property
    def strips(self) -> Sequence[Strip]:
        """Green, yellow and red laid end to end, in percent of all: for a bar."""
        found, start = [], 0.0
        for look, count in (("x", self.green), ("v", self.yellow), ("d", self.red)):
            width = 100 * count / self.of if self.of else 0.0
            if count:
                found.append(Strip(look=look, start=f"{start:.2f}", width=f"{width:.2f}"))
            start += width
        return found


def counts_of(lights: Iterable[str]) -> Counts:
    found = list(lights)
    return Counts(
        green=found.count("green"), yellow=found.count("yellow"), red=found.count("red"), missing=found.count("")
    )


def change_of(before: str | None, after: str) -> str:
    """up, down or same; "" where one of the two is not known."""
    if not before or not after:
        return ""
    was, now = scoring.LIGHTS.index(before), scoring.LIGHTS.index(after)
    return "up" if now < was else "down" if now > was else "same"


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """`light` and `before` are "" where there is none yet; `before` None where there is nothing to compare with.

    `worst` is what the sub-indicators give, `overridden` that another light was set by hand, for `reason`. `competence`
    is a value of Competence.Kind or "", `competence_name` its word.
    """

    criterion_id: int
    code: str
    title: str
    kind: str
    sdg: str
    light: str
    before: str | None
    answer_text: str
    reason: str
    by: str
    at: datetime | None
    overridden: bool
    worst: str
    competence: str
    competence_name: str
    competence_note: str
    parts: Sequence[Part]

    @property
    def change(self) -> str:
        return change_of(self.before, self.light)

    @property
    def goals(self) -> Sequence[int]:
        return [int(each) for each in self.sdg.split(",") if each.strip().isdigit()]


@dataclass(frozen=True, kw_only=True)
class Quadrant:
    code: str
    title: str
    lines: Sequence[Indicator]

    @property
    def counts(self) -> Counts:
        return counts_of(line.light for line in self.lines)

    @property
    def before(self) -> Counts:
        return counts_of(line.before or "" for line in self.lines)

    def changed(self, change: str) -> int:
        return sum(line.change == change for line in self.lines)

    @property
    def up(self) -> int:
        return self.changed("up")

    @property
    def down(self) -> int:
        return self.changed("down")


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A diagnosis that was taken: where and when. `basis`: the unit's own lights, or those that stand."""

    assessment_id: int
    round_id: int
    title: str
    year: int
    occasion: str
    day: datetime
    basis: str
    state: str


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    taken: Taken
    before: Taken | None
    unit: str
    unit_id: int
    unit_path: str
    province: str
    plan_id: int | None
    plan: str
    criteria_set: str
    criteria_set_id: int
    criteria_version: int
    standard: str
    verified: int
    phase: str
    difficulties: str
    quadrants: Sequence[Quadrant]

    @property
    def lines(self) -> Sequence[Indicator]:
        return [line for quadrant in self.quadrants for line in quadrant.lines]

    @property
    def counts(self) -> Counts:
        return counts_of(line.light for line in self.lines)

    @property
    def counts_before(self) -> Counts:
        return counts_of(line.before or "" for line in self.lines)

    def changed(self, change: str) -> int:
        return sum(line.change == change for line in self.lines)

    @property
    def up(self) -> int:
        return self.changed("up")

    @property
    def down(self) -> int:
        return self.changed("down")

    @property
    def same(self) -> int:
        return self.changed("same")

    @property
    def overridden(self) -> Sequence[Indicator]:
        return [line for line in self.lines if line.overridden]

    @property
    def weak(self) -> Sequence[Indicator]:
        """Those under the acceptable minimum: what an action plan is about."""
        return [line for line in self.lines if line.light in {"red", "yellow"}]

    def line(self, criterion_id: int) -> Indicator | None:
        return next((line for line in self.lines if line.criterion_id == criterion_id), None)

    @property
    def by_default(self) -> Indicator | None:
        """Whom the panel shows first: what was overridden, else what got worse, else what is red."""
        ranked = [*self.overridden, *(line for line in self.lines if line.change == "down")]
        ranked += [line for line in self.lines if line.light == "red"]
        return next(iter(ranked), None)


@dataclass(frozen=True, kw_only=True)
class SummaryRow:
    """`change` with its sign, "0" for none. `light` "" is the row of those without a light."""

    light: str
    before: int
    after: int

    @property
    def change(self) -> str:
        moved = self.after - self.before
        return f"+{moved}" if moved > 0 else f"−{-moved}" if moved else "0"


def summary_of(diagnosis: Diagnosis) -> Sequence[SummaryRow]:
    """Green, yellow, red, and those without a light where there are any."""
    now, then = diagnosis.counts, diagnosis.counts_before
    rows = [
        SummaryRow(light="green", before=then.green, after=now.green),
        SummaryRow(light="yellow", before=then.yellow, after=now.yellow),
        SummaryRow(light="red", before=then.red, after=now.red),
    ]
    none = SummaryRow(light="", before=then.missing if diagnosis.before else 0, after=now.missing)
    return [*rows, none] if none.before or none.after else rows


def basis_of(assessment: Assessment) -> str:
    """What stands once the preliminary result is told; until then the unit's own lights, whoever looks."""
    return STANDING if assessment.state in RESULT_SHOWN else SELF


def taken(assessment: Assessment, basis: str) -> Taken:
    round_ = assessment.round
    return Taken(
        assessment_id=assessment.pk,
        round_id=round_.pk,
        title=round_.title,
        year=round_.year,
        occasion=round_.occasion,
        day=assessment.submitted_at or min(assessment.updated_at, round_.closes_at),
        basis=basis,
        state=assessment.state,
    )


def _indicator(lights: SheetLights, criterion: Criterion, before: str | None) -> Indicator:
    said = lights.said(criterion)
    competence = lights.competences.get(criterion.pk)
    return Indicator(
        criterion_id=criterion.pk,
        code=criterion.code,
        title=title_of(criterion),
        kind=criterion.scoring,
        sdg=criterion.sdg,
        light=said.light,
        before=before,
        answer_text=said.answer_text,
        reason=said.reason,
        by=said.by,
        at=said.at,
        overridden=said.overridden,
        worst=said.worst,
        competence=competence.kind if competence else "",
        competence_name=str(competence.get_kind_display()) if competence else "",
        competence_note=competence.note if competence else "",
        parts=lights.parts(criterion),
    )


def _lights_before(after: SheetLights, before: Assessment) -> dict[str, str]:
    """By the code the indicator has now."""
    then = sheet_lights(before, standing=basis_of(before) == STANDING)
    codes = paired(after.rules.criteria, then.rules.criteria)
    return {code: then.light(codes[code]) for code in codes}


def diagnosis_of(assessment: Assessment, *, user: User, basis: str = "") -> Diagnosis:
    """The diagnosis as `user` may compare it. `assessment` from `with_sheet_head()`; the caller has asked whether
    `user` may see what `basis` tells."""
    round_ = assessment.round
    basis = basis or basis_of(assessment)
    lights = sheet_lights(assessment, standing=basis == STANDING)
    earlier = before_of(assessment, user=user)
    then = _lights_before(lights, earlier) if earlier else None
    pilot = PilotUnit.objects.filter(plan=round_.plan_id, unit=assessment.unit_id).first() if round_.plan_id else None
    quadrants = [
        Quadrant(
            code=group.code,
            title=title_of(group),
            lines=[
                _indicator(lights, criterion, None if then is None else then.get(criterion.code, ""))
                for criterion in lights.indicators(group)
            ],
        )
        for group in lights.groups
    ]
    return Diagnosis(
        taken=taken(assessment, basis),
        before=taken(earlier, basis_of(earlier)) if earlier else None,
        unit=assessment.unit.name,
        unit_id=assessment.unit_id,
        unit_path=assessment.unit.path,
        province=round_.unit.name,
        plan_id=round_.plan_id,
        plan=str(round_.plan or ""),
        criteria_set=title_of(round_.criteria_set),
        criteria_set_id=round_.criteria_set_id,
        criteria_version=round_.criteria_set.version,
        standard=str(round_.criteria_set.standard),
        verified=assessment.final_scored if assessment.state in RESULT_SHOWN else 0,
        phase=pilot.phase if pilot else "",
        difficulties=assessment.difficulties,
        quadrants=[quadrant for quadrant in quadrants if quadrant.lines],
    )
