"""A sheet's life as data: which act is possible in which state, where it leads and which right it takes.

States are those of `Assessment.State`, phases those of `Round.Phase`: an act with a phase is possible only while the
phase runs, or an extension of this sheet does. Tests ask every state × act × role.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto

from units.permissions import Permission


class Act(StrEnum):
    SCORE = auto()  # the unit's own rows, evidence, explanations
    SCORE_FOR_UNIT = auto()  # a workbook that the unit sent by post or e-mail, entered by who manages the round
    SEND_TO_HEAD = auto()
    TAKE_BACK = auto()  # the head gives the sheet back to those who score, before it is submitted
    SUBMIT = auto()
    RETURN = auto()  # the assessor asks for completion
    BEGIN_VERIFICATION = auto()
    VERIFY = auto()
    DECIDE_DIFFERENCE = auto()  # between the two assessors of a sheet, by the team's chair
    TELL_RESULT = auto()  # the preliminary result is told to the unit
    WRITE_APPEAL = auto()
    APPEAL = auto()  # the head sends what the unit's officers wrote
    WITHDRAW_APPEAL = auto()
    DECIDE_APPEAL = auto()
    CLOSE_APPEALS = auto()  # all are decided: the result stands again
    PROPOSE = auto()
    WITHDRAW_PROPOSAL = auto()
    APPROVE = auto()
    PUBLISH = auto()
    CHANGE_RESULT = auto()  # after publication, by a numbered decision


@dataclass(frozen=True)
class Rule:
    """`to` is the state the act leads to, None where it stays; `phase` must run; `reason` tells whether one is owed."""

    states: frozenset[str]
    permission: Permission
    to: str | None = None
    phase: str | None = None
    reason: bool = False


# What the unit may change. Until its head has submitted it, the sheet is the unit's.
OWN = frozenset({"scoring", "returned"})
# From here on a unit sees what the assessors gave it.
RESULT_SHOWN = frozenset({"preliminary", "appealed", "proposed", "approved", "published"})
# Nothing in these changes any more but by a decision.
SETTLED = frozenset({"approved", "published"})

ACTS: dict[Act, Rule] = {
    Act.SCORE: Rule(OWN, Permission.ASSESSMENT_SCORE, phase="self_score"),
    Act.SCORE_FOR_UNIT: Rule(OWN, Permission.ROUND_MANAGE, phase="self_score"),
    Act.SEND_TO_HEAD: Rule(OWN, Permission.ASSESSMENT_SCORE, to="head_review", phase="self_score"),
    Act.TAKE_BACK: Rule(frozenset({"head_review"}), Permission.ASSESSMENT_SCORE, to="scoring", phase="self_score"),
    Act.SUBMIT: Rule(OWN | {"head_review"}, Permission.ASSESSMENT_SUBMIT, to="submitted", phase="self_score"),
    Act.RETURN: Rule(
        frozenset({"submitted", "verifying"}), Permission.ASSESSMENT_VERIFY, to="returned", phase="verify", reason=True
    ),
    Act.BEGIN_VERIFICATION: Rule(
        frozenset({"submitted"}), Permission.ASSESSMENT_VERIFY, to="verifying", phase="verify"
    ),
    Act.VERIFY: Rule(frozenset({"submitted", "verifying"}), Permission.ASSESSMENT_VERIFY, phase="verify"),
    Act.DECIDE_DIFFERENCE: Rule(frozenset({"verifying"}), Permission.ASSESSMENT_VERIFY, reason=True),
    Act.TELL_RESULT: Rule(frozenset({"verifying"}), Permission.ASSESSMENT_VERIFY, to="preliminary"),
    Act.WRITE_APPEAL: Rule(frozenset({"preliminary"}), Permission.ASSESSMENT_SCORE, phase="appeal"),
    Act.APPEAL: Rule(frozenset({"preliminary"}), Permission.ASSESSMENT_SUBMIT, to="appealed", phase="appeal"),
    Act.WITHDRAW_APPEAL: Rule(frozenset({"preliminary", "appealed"}), Permission.ASSESSMENT_SCORE),
    # Both by the chair of the assessors' team, or by who manages the round: see `contexts.verification.decides`.
    Act.DECIDE_APPEAL: Rule(frozenset({"appealed"}), Permission.ASSESSMENT_VERIFY, reason=True),
    Act.CLOSE_APPEALS: Rule(frozenset({"appealed"}), Permission.ASSESSMENT_VERIFY, to="preliminary"),
    Act.PROPOSE: Rule(frozenset({"preliminary"}), Permission.ROUND_MANAGE, to="proposed"),
    Act.WITHDRAW_PROPOSAL: Rule(frozenset({"proposed"}), Permission.ROUND_MANAGE, to="preliminary", reason=True),
    Act.APPROVE: Rule(frozenset({"proposed"}), Permission.ASSESSMENT_APPROVE, to="approved"),
    Act.PUBLISH: Rule(frozenset({"approved"}), Permission.ROUND_MANAGE, to="published"),
    Act.CHANGE_RESULT: Rule(SETTLED, Permission.ASSESSMENT_APPROVE, reason=True),
}
