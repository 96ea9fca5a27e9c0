"""A plan's life as data: which act is possible in which state, where it leads and which right it takes.

States are those of `Plan.Status`. `tests/plans/test_lifecycle.py` asks every state × act × role.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto

from units.permissions import Permission, Role


class Act(StrEnum):
    EDIT = auto()
    SUBMIT = auto()
    RETURN = auto()
    ISSUE = auto()
    AMEND = auto()
    CLOSE = auto()
    CANCEL = auto()
    REPORT = auto()
    ASSIGN = auto()


@dataclass(frozen=True)
class Rule:
    """`to` is the state the act leads to, None where it stays; `reason` tells whether one must be given."""

    states: frozenset[str]
    permission: Permission
    to: str | None = None
    reason: bool = False


# What may be edited is a paper on the desk; an issued plan changes by an amendment alone.
EDITABLE = frozenset({"draft", "returned"})
# What still lives: units report, tasks are given, events are held. Nothing happens under a closed or cancelled plan.
OPEN = EDITABLE | {"submitted", "issued"}

ACTS: dict[Act, Rule] = {
    Act.EDIT: Rule(EDITABLE, Permission.PLAN_EDIT),
    Act.SUBMIT: Rule(EDITABLE, Permission.PLAN_EDIT, to="submitted"),
    Act.RETURN: Rule(frozenset({"submitted"}), Permission.PLAN_DECIDE, to="returned", reason=True),
    Act.ISSUE: Rule(EDITABLE | {"submitted"}, Permission.PLAN_ISSUE, to="issued"),
    Act.AMEND: Rule(frozenset({"issued"}), Permission.PLAN_EDIT),
    Act.CLOSE: Rule(frozenset({"issued"}), Permission.PLAN_ISSUE, to="closed"),
    Act.CANCEL: Rule(OPEN, Permission.PLAN_ISSUE, to="cancelled", reason=True),
    # Units begin before the registry gives the number, so what is no more than a draft may be reported on.
    Act.REPORT: Rule(OPEN, Permission.TASK_REPORT),
    Act.ASSIGN: Rule(OPEN, Permission.PLAN_EDIT),
}


class EventAct(StrEnum):
    CHANGE = auto()  # its words, its time, its place
    INVITE = auto()
    CANCEL = auto()
    HOLD = auto()
    COUNT = auto()  # who came
    MINUTE = auto()
    CONCLUDE = auto()
    GIVE_TASK = auto()
    ADD_MATERIAL = auto()


# States are those of `Event.State`. Who came is counted at the door, before anybody says that the event was held.
# `tests/plans/test_event_rules.py` asks every state × act × role.
_NOT_CANCELLED = frozenset({"planned", "held"})
EVENT_ACTS: dict[EventAct, Rule] = {
    EventAct.CHANGE: Rule(frozenset({"planned"}), Permission.PLAN_EDIT),
    EventAct.INVITE: Rule(frozenset({"planned"}), Permission.PLAN_EDIT),
    EventAct.CANCEL: Rule(frozenset({"planned"}), Permission.PLAN_EDIT, to="cancelled", reason=True),
    EventAct.HOLD: Rule(frozenset({"planned"}), Permission.PLAN_EDIT, to="held"),
    EventAct.COUNT: Rule(_NOT_CANCELLED, Permission.PLAN_EDIT),
    EventAct.MINUTE: Rule(_NOT_CANCELLED, Permission.PLAN_EDIT),
    EventAct.CONCLUDE: Rule(_NOT_CANCELLED, Permission.PLAN_EDIT),
    EventAct.GIVE_TASK: Rule(frozenset({"held"}), Permission.PLAN_EDIT),
    EventAct.ADD_MATERIAL: Rule(_NOT_CANCELLED, Permission.PLAN_EDIT),
}


class ObstacleAct(StrEnum):
    NOTE = auto()
    ANSWER = auto()
    DIRECT = auto()  # an answer that gives somebody a task
    ESCALATE = auto()
    REOPEN = auto()
    CLOSE = auto()


class Party(StrEnum):
    """Who somebody is to one obstacle."""

    RAISER = auto()  # reports for the unit that raised it
    ANSWERER = auto()  # answers at its level
    OFFICE = auto()  # holds the right to answers in the plan's unit, at whatever level it stands


@dataclass(frozen=True)
class ObstacleRule:
    """`to` is the state the act leads to, None where it stays."""

    states: frozenset[str]
    parties: frozenset[Party]
    to: str | None = None


# States are those of `Obstacle.State`. `tests/plans/test_obstacle_rules.py` asks every state × act × role.
_UNSETTLED = frozenset({"open", "answered"})
OBSTACLE_ACTS: dict[ObstacleAct, ObstacleRule] = {
    ObstacleAct.NOTE: ObstacleRule(_UNSETTLED, frozenset({Party.RAISER, Party.ANSWERER, Party.OFFICE})),
    ObstacleAct.ANSWER: ObstacleRule(_UNSETTLED, frozenset({Party.ANSWERER}), to="answered"),
    ObstacleAct.DIRECT: ObstacleRule(_UNSETTLED, frozenset({Party.ANSWERER}), to="answered"),
    ObstacleAct.ESCALATE: ObstacleRule(frozenset({"open"}), frozenset({Party.ANSWERER, Party.OFFICE})),
    ObstacleAct.REOPEN: ObstacleRule(
        frozenset({"answered", "closed"}), frozenset({Party.RAISER, Party.OFFICE}), to="open"
    ),
    # Only what was answered is closed.
    ObstacleAct.CLOSE: ObstacleRule(frozenset({"answered"}), frozenset({Party.RAISER, Party.OFFICE}), to="closed"),
}
# Who answers at which level (`Obstacle.Level`); an administrator stands in for anybody.
ANSWERERS: dict[int, frozenset[Role]] = {
    1: frozenset({Role.UNIT_HEAD}),
    2: frozenset({Role.PROGRAMME_OFFICER}),
    3: frozenset({Role.LEADER}),
    4: frozenset({Role.LEADER}),
}
# A leader's answer often comes on paper: the standing body's officer then records it, naming the document.
RECORDERS: dict[int, frozenset[Role]] = {
    3: frozenset({Role.PROGRAMME_OFFICER}),
    4: frozenset({Role.PROGRAMME_OFFICER}),
}
HIGHEST_LEVEL = max(ANSWERERS)
# Within how many working days each level answers, where a province says nothing else (`AnswerDeadline`).
ANSWER_DAYS: dict[int, int] = {1: 5, 2: 7, 3: 10, 4: 15}


# Which phase of a pilot unit may follow which (`PilotUnit.Phase`). A unit is chosen by a decision (`choose_pilots`) and
# by nothing else; what was declared may be declared again after a change.
PILOT_PATH: dict[str, frozenset[str]] = {
    "surveyed": frozenset(),
    "not_chosen": frozenset(),
    "chosen": frozenset({"building", "ended"}),
    "building": frozenset({"applying", "ended"}),
    "applying": frozenset({"declared", "ended"}),
    "declared": frozenset({"maintained", "ended"}),
    "maintained": frozenset({"declared", "ended"}),
    "ended": frozenset(),
}
