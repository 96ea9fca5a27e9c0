"""How far a round's results have come: what is proposed, what is missing, what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assessments.contexts.ranking import grade_titles
from assessments.models import Assessment, Decision, Round
from assessments.permissions import RESULT_SHOWN

PRELIMINARY, PROPOSED = Assessment.State.PRELIMINARY, Assessment.State.PROPOSED


@dataclass(frozen=True, kw_only=True)
class SheetLine:
    """A sheet on its way to approval. `refused`: why the last act on it did not happen."""

    sheet_id: int
    unit: str
    state: str
    group: str
    total: Decimal | None
    green: int
    yellow: int
    red: int
    grade: str
    knocked_out: Sequence[str]
    refused: str = ""
    reason: str = ""

    @property
    def may_propose(self) -> bool:
        return self.state == PRELIMINARY

    @property
    def may_withdraw(self) -> bool:
        return self.state == PROPOSED

    @property
    def needs_reason(self) -> bool:
        """Not proposed: approved with the others only if left out with a reason."""
        return self.state != PROPOSED


def sheet_lines(
    round_: Round, *, refused: Mapping[int, str] | None = None, reasons: Mapping[int, str] | None = None
) -> list[SheetLine]:
    """All sheets of a round, those that are not proposed first. One query."""
    grades = grade_titles(round_.criteria_set)
    sheets = Assessment.objects.filter(round=round_).select_related("unit").defer("frozen", "group_totals")
    lines = [
        SheetLine(
            sheet_id=sheet.pk,
            unit=sheet.unit.name,
            state=sheet.state,
            group=sheet.ranking_group,
            total=sheet.final_total,
            green=sheet.final_green,
            yellow=sheet.final_yellow,
            red=sheet.final_red,
            grade=grades.get(sheet.grade, sheet.grade) if sheet.state in RESULT_SHOWN else "",
            knocked_out=sheet.knocked_out,
            refused=(refused or {}).get(sheet.pk, ""),
            reason=(reasons or {}).get(sheet.pk, ""),
        )
        for sheet in sheets.order_by("unit__name", "pk")
    ]
    return sorted(lines, key=lambda line: (line.state == PROPOSED, line.state != PRELIMINARY))


@dataclass(frozen=True, kw_only=True)
class Change:
    """One criterion that a decision changed, as its page tells it."""

    unit: str
    criterion: str
    title: str
    before: str | None
    after: str | None
    reason: str
    total: Sequence[str | None]
    sheet_id: int


@dataclass(frozen=True, kw_only=True)
class DecisionLine:
    decision: Decision
    changes: Sequence[Change]
    left_out: Sequence[tuple[str, str]]


def decision_lines(round_: Round, *, sheets: set[int] | None = None) -> list[DecisionLine]:
    """The decisions on a round's results, the latest first. `sheets`: whose changes and omissions are told, None for
    all; the decisions themselves are told whole. One query."""

    def shown(each: Mapping[str, object]) -> bool:
        return sheets is None or each.get("assessment") in sheets

    lines = []
    for decision in round_.decisions.select_related("file", "by").order_by("-pk"):
        changes = [each for each in decision.changes if "criterion" in each and shown(each)]
        lines.append(
            DecisionLine(
                decision=decision,
                changes=[
                    Change(
                        unit=each["unit"],
                        criterion=each["criterion"],
                        title=each["title"],
                        before=each["before"],
                        after=each["after"],
                        reason=each["reason"],
                        total=each["total"],
                        sheet_id=each["assessment"],
                    )
                    for each in changes
                ],
                left_out=[
                    (each["unit"], each["left_out"]) for each in decision.changes if "left_out" in each and shown(each)
                ],
            )
        )
    return lines
