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


class CorrectionAct(StrEnum):
    """What is done with a corrective action once it is raised."""

    PLAN = auto()  # cause, action, who does it and until when
    REPORT = auto()  # it is done
    EFFECTIVE = auto()  # looked at, and it worked
    INEFFECTIVE = auto()  # looked at, and it did not: planned again
    CANCEL = auto()


# The unit itself, or those who check it, raise one.
CORRECTION_RAISERS = (Permission.CORRECTION_PLAN, Permission.CORRECTION_CHECK)
# Not settled: the unit works on it, or somebody is to look at it.
CORRECTION_OPEN = frozenset({"raised", "planned", "done"})
# In these its day can be missed: what is done waits for others.
CORRECTION_OWED = frozenset({"raised", "planned"})

CORRECTION_ACTS: dict[CorrectionAct, Rule] = {
    CorrectionAct.PLAN: Rule(CORRECTION_OWED, Permission.CORRECTION_PLAN, to="planned"),
    CorrectionAct.REPORT: Rule(frozenset({"planned"}), Permission.CORRECTION_PLAN, to="done"),
    # Never by somebody who holds an office in the unit itself: see `contexts.corrective_actions.holds_for`.
    CorrectionAct.EFFECTIVE: Rule(frozenset({"done"}), Permission.CORRECTION_CHECK, to="closed", reason=True),
    CorrectionAct.INEFFECTIVE: Rule(frozenset({"done"}), Permission.CORRECTION_CHECK, to="planned", reason=True),
    CorrectionAct.CANCEL: Rule(CORRECTION_OPEN, Permission.CORRECTION_CHECK, to="cancelled", reason=True),
}


class VisitAct(StrEnum):
    MOVE = auto()  # another day, another form
    CANCEL = auto()
    ASK = auto()  # put questions on the checklist and take them off
    CHECK = auto()  # answer them
    FIND = auto()
    HOLD = auto()
    WRITE = auto()  # conclusion, requests, the unit's opinion
    MINUTE = auto()
    SIGN = auto()


@dataclass(frozen=True)
class VisitRule:
    """`apart`: not by somebody who holds an office in the unit that is visited."""

    states: frozenset[str]
    to: str | None = None
    reason: bool = False
    apart: bool = True


# States are those of `Visit.State`; every act takes `Permission.INSPECT` in the unit that holds the inspection, which
# must not be closed.
_BEFORE_MINUTES = frozenset({"planned", "held"})
VISIT_ACTS: dict[VisitAct, VisitRule] = {
    VisitAct.MOVE: VisitRule(frozenset({"planned"}), apart=False),
    VisitAct.CANCEL: VisitRule(frozenset({"planned"}), to="cancelled", reason=True, apart=False),
    VisitAct.ASK: VisitRule(_BEFORE_MINUTES),
    VisitAct.CHECK: VisitRule(_BEFORE_MINUTES),
    VisitAct.FIND: VisitRule(_BEFORE_MINUTES),
    VisitAct.HOLD: VisitRule(_BEFORE_MINUTES, to="held"),
    VisitAct.WRITE: VisitRule(frozenset({"held"})),
    VisitAct.MINUTE: VisitRule(frozenset({"held"}), to="minuted"),
    VisitAct.SIGN: VisitRule(frozenset({"minuted"}), to="signed"),
}
# From here on the unit reads the checklist, the findings and the minutes.
MINUTES_OUT = frozenset({"minuted", "signed"})


# Every how many months a system is audited and reviewed. TCVN ISO 9001:2015 (9.2.1, 9.3.1) asks for planned intervals
# without saying how long; a year is what most provinces plan. For the province to confirm.
QMS_INTERVALS: dict[str, int] = {"internal_audit": 12, "management_review": 12}
# Steps that need one of another kind done before them, and so lead on from it.
QMS_AFTER: dict[str, frozenset[str]] = {
    "declare": frozenset({"apply"}),
    "redeclare": frozenset({"declare"}),
    "maintain": frozenset({"declare"}),
}
