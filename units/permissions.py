"""Roles and permissions as data: who may do what. Where they may do it is in `units.access`."""

from __future__ import annotations

from enum import StrEnum, auto

from django.db import models
from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    UNIT_VIEW = auto()
    PLAN_VIEW = auto()
    PLAN_EDIT = auto()
    PLAN_DECIDE = auto()  # return what was submitted
    PLAN_ISSUE = auto()  # record number, date and signer; close, cancel
    TASK_REPORT = auto()
    PROGRESS_ACCEPT = auto()
    OBSTACLE_ANSWER = auto()
    CHASE = auto()
    ASSESSMENT_VIEW = auto()
    ASSESSMENT_SCORE = auto()
    ASSESSMENT_SUBMIT = auto()  # for the unit, as its head
    ASSESSMENT_VERIFY = auto()
    ASSESSMENT_APPROVE = auto()
    CRITERIA_EDIT = auto()
    ROUND_MANAGE = auto()
    INSPECT = auto()
    QMS_EDIT = auto()
    CORRECTION_PLAN = auto()  # cause, action, what was done
    CORRECTION_CHECK = auto()  # whether it worked
    BUDGET_VIEW = auto()
    BUDGET_SPEND = auto()
    REPORT_VIEW = auto()
    REPORT_REQUEST = auto()
    AUDIT_VIEW = auto()
    ACCOUNT_MANAGE = auto()


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("Administrator")
    PROGRAMME_OFFICER = "programme_officer", _("Programme officer")
    ASSESSOR = "assessor", _("Assessor")
    LEADER = "leader", _("Leader")
    FINANCE = "finance", _("Finance")
    UNIT_HEAD = "unit_head", _("Unit head")
    UNIT_OFFICER = "unit_officer", _("Unit officer")
    OBSERVER = "observer", _("Observer")


# Roles that reach over their unit and everything below it; the others hold in their own unit alone.
SUBTREE_ROLES: frozenset[Role] = frozenset(
    {Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER, Role.ASSESSOR, Role.LEADER, Role.FINANCE}
)

_READ = frozenset({Permission.UNIT_VIEW, Permission.PLAN_VIEW, Permission.ASSESSMENT_VIEW, Permission.REPORT_VIEW})

GRANTS: dict[Role, frozenset[Permission]] = {
    # An administrator keeps the house: what a unit says of itself and what assessors say of it is not theirs to write.
    Role.ADMINISTRATOR: frozenset(Permission)
    - {Permission.ASSESSMENT_SCORE, Permission.ASSESSMENT_SUBMIT, Permission.ASSESSMENT_VERIFY},
    Role.PROGRAMME_OFFICER: _READ
    | {
        Permission.PLAN_EDIT,
        Permission.PLAN_DECIDE,
        Permission.PLAN_ISSUE,
        Permission.TASK_REPORT,
        Permission.PROGRESS_ACCEPT,
        Permission.OBSTACLE_ANSWER,
        Permission.CHASE,
        Permission.CRITERIA_EDIT,
        Permission.ROUND_MANAGE,
        Permission.INSPECT,
        Permission.QMS_EDIT,
        Permission.CORRECTION_CHECK,
        Permission.BUDGET_VIEW,
        Permission.BUDGET_SPEND,
        Permission.REPORT_REQUEST,
        Permission.AUDIT_VIEW,
    },
    Role.ASSESSOR: _READ
    | {
        Permission.ASSESSMENT_VERIFY,
        Permission.INSPECT,
        Permission.CORRECTION_CHECK,
        Permission.REPORT_REQUEST,
    },
    Role.LEADER: _READ
    | {
        Permission.PLAN_DECIDE,
        Permission.OBSTACLE_ANSWER,
        Permission.ASSESSMENT_APPROVE,
        Permission.BUDGET_VIEW,
        Permission.REPORT_REQUEST,
        Permission.AUDIT_VIEW,
    },
    Role.FINANCE: (_READ - {Permission.ASSESSMENT_VIEW})
    | {Permission.BUDGET_VIEW, Permission.BUDGET_SPEND, Permission.REPORT_REQUEST},
    # A unit writes and issues a plan of its own under the province's.
    Role.UNIT_HEAD: _READ
    | {
        Permission.PLAN_EDIT,
        Permission.PLAN_DECIDE,
        Permission.PLAN_ISSUE,
        Permission.TASK_REPORT,
        Permission.ASSESSMENT_SCORE,
        Permission.ASSESSMENT_SUBMIT,
        Permission.QMS_EDIT,
        Permission.CORRECTION_PLAN,
        Permission.REPORT_REQUEST,
    },
    Role.UNIT_OFFICER: _READ
    | {
        Permission.PLAN_EDIT,
        Permission.TASK_REPORT,
        Permission.ASSESSMENT_SCORE,
        Permission.QMS_EDIT,
        Permission.CORRECTION_PLAN,
        Permission.REPORT_REQUEST,
    },
    Role.OBSERVER: _READ,
}
