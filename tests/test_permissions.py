"""Every route × every person of the cast × GET and POST: what it answers, and that it shows nobody's else's data.

`ROUTES` has one line per route. The walk over the resolver fails when a route has no line or a line no route, so a new
page or endpoint comes with its line. Objects are those of unit A, a district (tests/factories/world.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from plans.models import PlanQuerySet
from tests.factories.world import PROVINCE_PEOPLE, REACH, UNITS, World, canary, make_world
from units.access import UnitScopedQuerySet
from units.permissions import Role

PEOPLE = [*Role, "sibling", "commune", "foreign", "stranger", "anonymous"]
SIGNED_IN = frozenset(PEOPLE) - {"anonymous"}
ADMINISTRATOR, OFFICER, LEADER, FINANCE = Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER, Role.LEADER, Role.FINANCE
A = frozenset({Role.UNIT_HEAD, Role.UNIT_OFFICER, Role.OBSERVER})
PROVINCE = frozenset(PROVINCE_PEOPLE)
SEES_A = PROVINCE | A
SEES_SHEET_A = SEES_A - {FINANCE}
SEES_SOME_SHEET = SIGNED_IN - {FINANCE, "stranger"}
SEES_ROUND = SEES_SOME_SHEET - {"foreign"}
ENTERS_A = frozenset({ADMINISTRATOR, OFFICER, Role.UNIT_HEAD, Role.UNIT_OFFICER})  # a workbook of A's sheet
WORKS_ON_RESULTS = frozenset({ADMINISTRATOR, OFFICER, Role.ASSESSOR, LEADER})
APPROVES = frozenset({ADMINISTRATOR, LEADER})
SEES_LOG = frozenset({ADMINISTRATOR, OFFICER, LEADER, "foreign"})
SEES_MONEY_A = frozenset({ADMINISTRATOR, OFFICER, LEADER, FINANCE})
SPENDS_A = frozenset({ADMINISTRATOR, OFFICER, FINANCE})
EDITS_A = frozenset({ADMINISTRATOR, OFFICER, Role.UNIT_HEAD, Role.UNIT_OFFICER})
ISSUES_A = EDITS_A - {Role.UNIT_OFFICER}
DECIDES_A = ISSUES_A | {LEADER}
EDITOR_SOMEWHERE = EDITS_A | {"sibling", "commune", "foreign"}
REPORTS_A = EDITS_A
ACCEPTS_A = frozenset({ADMINISTRATOR, OFFICER})
ACCEPTER_SOMEWHERE = ACCEPTS_A | {"foreign"}
TOLD = frozenset({Role.UNIT_OFFICER})  # of what was done with A's plan
REQUESTER = frozenset({Role.UNIT_OFFICER})  # of A's report job


@dataclass(frozen=True)
class Answer:
    """`status` for `who`, 403 for `refused` (they see it, but may not), `others` for the rest of who is signed in."""

    status: int
    who: frozenset[str] = SIGNED_IN
    refused: frozenset[str] = frozenset()
    others: int = 404
    anonymous: int | None = None  # None: sent to the login page, in the API 401

    def to(self, person: str, route: str) -> int:
        if person == "anonymous":
            return self.anonymous or (401 if route.startswith("api:") and route != "api:docs" else 302)
        if person in self.who:
            return self.status
        return 403 if person in self.refused else self.others


def seen_by(who: frozenset[str], status: int = 200) -> Answer:
    return Answer(status, who)


def only(who: frozenset[str], status: int, but_seen_by: frozenset[str] = frozenset()) -> Answer:
    return Answer(status, who, refused=but_seen_by - who)


EVERYBODY = Answer(200)
OPEN = Answer(200, anonymous=200)
NO_POST = Answer(405)  # an anonymous person is sent to the login page before the method is looked at
NO_GET = Answer(405)
API_NO_POST = Answer(405)


@dataclass(frozen=True)
class Route:
    name: str
    get: Answer
    post: Answer
    kwargs: dict[str, str] = field(default_factory=dict)  # url argument → "row" or "row.attribute" of A, or =literal
    query: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)


SEES_REGISTER_A = SIGNED_IN - {"foreign", "stranger"}  # a province's register is one for all its units
KEEPS_A_REGISTER = ACCEPTS_A | {"foreign"}


EDITS_CRITERIA_A = frozenset({ADMINISTRATOR, OFFICER})  # of A's province
CRITERIA_EDITOR_SOMEWHERE = EDITS_CRITERIA_A | {"foreign"}
CRITERIA_DRAFT = {"pk": "criteria_draft.pk"}
DRAFT_CRITERION = CRITERIA_DRAFT | {"criterion_pk": "draft_criterion.pk"}
ROUND = {"pk": "round.pk"}
ROUND_SEEN = SEES_SOME_SHEET - {"foreign"}
RUNS_A_ROUND = frozenset({ADMINISTRATOR, OFFICER, LEADER, Role.ASSESSOR})  # the side of those who assess
PK = {"pk": "plan.pk"}
LEGAL = {"pk": "legal_document.pk"}
TASK, SHEET, JOB = {"pk": "task.pk"}, {"pk": "assessment.pk"}, {"pk": "job.pk"}
SHEET_ROW = {"pk": "assessment.pk", "criterion_pk": "criterion.pk"}
EVENT = {"pk": "event.pk"}
APPEAL = {"pk": "appeal.pk"}
EXTENSION = {"pk": "extension.pk"}
SCORES_A = frozenset({Role.UNIT_HEAD, Role.UNIT_OFFICER})
ASSESSES_A = frozenset({Role.ASSESSOR})
CORRECTION = {"pk": "correction.pk"}
SYSTEM = {"pk": "system.pk"}
CORRECTS_A = frozenset({ADMINISTRATOR, Role.UNIT_HEAD, Role.UNIT_OFFICER})
RAISES_A = CORRECTS_A | {OFFICER, Role.ASSESSOR}
RAISER_SOMEWHERE = RAISES_A | {"sibling", "commune", "foreign"}
LETTER = {"pk": "letter.pk"}
DIAGNOSIS = {"pk": "diagnosis.pk"}
INSPECTION, VISIT, FINDING = {"pk": "inspection.pk"}, {"pk": "visit.pk"}, {"pk": "finding.pk"}
VISIT_ITEM = {"pk": "visit.pk", "item_pk": "item.pk"}
INSPECTS = frozenset({ADMINISTRATOR, OFFICER, Role.ASSESSOR})
INSPECTOR_SOMEWHERE = INSPECTS | {"foreign"}
READS_VISIT_A = INSPECTS | {LEADER}
UNIT_A = {"object_id": "unit.pk"}
MATERIAL, OBSTACLE = {"pk": "material.pk"}, {"pk": "obstacle.pk"}
SETTLES_A = DECIDES_A | {Role.UNIT_OFFICER}
PLAN_QUERY = {"plan": "plan.pk"}
CELL = {"pk": "period.pk", "unit_pk": "unit.pk"}


def api(name: str, row: str, get: Answer, listed: Answer = EVERYBODY, posted: Answer = API_NO_POST) -> list[Route]:
    """A resource of the API: its list and one row of it."""
    return [
        Route(f"api:{name}-list", get=listed, post=posted),
        Route(f"api:{name}-detail", get=get, post=API_NO_POST, kwargs={"pk": f"{row}.pk"}),
    ]


def administration(model: str, row: str, changed: Answer) -> list[Route]:
    """The administration of one model: administrators only, everybody else is told no; nothing can be deleted."""
    one = {"object_id": f"{row}.pk"}
    return [
        Route(f"admin:units_{model}_changelist", ADMIN_ONLY, ADMIN_ONLY),
        Route(f"admin:units_{model}_add", ADMIN_ONLY, ADMIN_ONLY),
        Route(f"admin:units_{model}_change", ADMIN_ONLY, changed, kwargs=one),
        Route(f"admin:units_{model}_history", ADMIN_ONLY, ADMIN_ONLY, kwargs=one),
        Route(f"admin:units_{model}_delete", ADMIN_NEVER, ADMIN_NEVER, kwargs=one),
    ]


# Who may not enter the administration is sent to its login, which refuses who is signed in already.
ADMIN_ONLY = Answer(200, frozenset({ADMINISTRATOR}), others=302)
ADMIN_NO_POST = Answer(405, frozenset({ADMINISTRATOR}), others=302)
ADMIN_NEVER = Answer(403, frozenset({ADMINISTRATOR}), others=302)

ROUTES: list[Route] = [
    # -- Pages ---------------------------------------------------------------------------------------------------------
    Route("home", EVERYBODY, NO_POST),
    Route("activity:list", Answer(200, SEES_LOG, others=403), NO_POST),
    Route("activity:inbox", EVERYBODY, NO_POST),
    Route("activity:unread_count", EVERYBODY, NO_POST),
    Route("activity:read_all", NO_GET, Answer(302)),
    Route("activity:look", seen_by(TOLD, 302), NO_POST, kwargs={"pk": "notification.pk"}),
    Route("activity:read", NO_GET, seen_by(TOLD, 302), kwargs={"pk": "notification.pk"}),
    Route("activity:preferences", EVERYBODY, Answer(422)),
    Route("assessments:criteria", seen_by(SEES_SOME_SHEET), NO_POST, kwargs={"pk": "criteria_set.pk"}),
    Route("assessments:criteria_list", EVERYBODY, NO_POST),
    Route("assessments:corrective_actions", EVERYBODY, NO_POST),
    Route(
        "assessments:corrective_action_new",
        Answer(200, RAISER_SOMEWHERE, others=403),
        Answer(422, RAISER_SOMEWHERE, others=403),
    ),
    Route("assessments:corrective_action", seen_by(SEES_SHEET_A), NO_POST, kwargs=CORRECTION),
    Route(
        "assessments:corrective_action_act",
        NO_GET,
        only(CORRECTS_A, 422, SEES_SHEET_A),
        kwargs=CORRECTION | {"act": "=plan"},
    ),
    Route("assessments:systems", EVERYBODY, NO_POST),
    Route(
        "assessments:system_new",
        Answer(200, EDITOR_SOMEWHERE, others=403),
        Answer(422, EDITOR_SOMEWHERE, others=403),
    ),
    Route("assessments:system", seen_by(SEES_SHEET_A), NO_POST, kwargs=SYSTEM),
    Route(
        "assessments:system_act",
        NO_GET,
        only(EDITS_A, 422, SEES_SHEET_A),
        kwargs=SYSTEM | {"act": "=record"},
    ),
    Route("assessments:unit_systems", seen_by(SEES_A), NO_POST, kwargs={"pk": "unit.pk"}),
    Route("assessments:obligations", EVERYBODY, Answer(422, ACCEPTER_SOMEWHERE, others=403)),
    Route("assessments:obligation_end", NO_GET, only(ACCEPTS_A, 302, ROUND_SEEN), kwargs={"pk": "obligation.pk"}),
    Route("assessments:sheet_corrections", only(RAISES_A, 200, SEES_SHEET_A), only(RAISES_A, 422, SEES_SHEET_A), SHEET),
    Route("assessments:compare", seen_by(SEES_ROUND), NO_POST, query={"round": "round.pk"}),
    Route("assessments:unit_trend", seen_by(SEES_SHEET_A), NO_POST, kwargs={"pk": "unit.pk"}),
    Route(
        "assessments:criteria_new",
        Answer(200, CRITERIA_EDITOR_SOMEWHERE, others=403),
        Answer(422, CRITERIA_EDITOR_SOMEWHERE, others=403),
    ),
    Route(
        "assessments:criteria_begin",
        NO_GET,
        only(CRITERIA_EDITOR_SOMEWHERE, 302, SEES_SOME_SHEET),
        kwargs={"pk": "criteria_set.pk"},
    ),
    Route(
        "assessments:criteria_act",
        seen_by(EDITS_CRITERIA_A),
        seen_by(EDITS_CRITERIA_A, 409),
        kwargs=CRITERIA_DRAFT | {"act": "=publish"},
    ),
    Route(
        "assessments:criteria_diff",
        seen_by(EDITS_CRITERIA_A),
        NO_POST,
        kwargs=CRITERIA_DRAFT | {"other_pk": "criteria_set.pk"},
    ),
    Route("assessments:criteria_export", seen_by(EDITS_CRITERIA_A), NO_POST, kwargs=CRITERIA_DRAFT | {"kind": "=json"}),
    Route(
        "assessments:criteria_edit", seen_by(EDITS_CRITERIA_A), seen_by(EDITS_CRITERIA_A, 422), kwargs=CRITERIA_DRAFT
    ),
    Route(
        "assessments:criteria_policy", seen_by(EDITS_CRITERIA_A), seen_by(EDITS_CRITERIA_A, 422), kwargs=CRITERIA_DRAFT
    ),
    Route(
        "assessments:criteria_mapping", seen_by(EDITS_CRITERIA_A), seen_by(EDITS_CRITERIA_A, 409), kwargs=CRITERIA_DRAFT
    ),
    Route(
        "assessments:criteria_upload", seen_by(EDITS_CRITERIA_A), seen_by(EDITS_CRITERIA_A, 422), kwargs=CRITERIA_DRAFT
    ),
    Route("assessments:criteria_questions", NO_GET, seen_by(EDITS_CRITERIA_A, 302), kwargs=CRITERIA_DRAFT),
    Route("assessments:criterion_preview", NO_GET, seen_by(EDITS_CRITERIA_A), kwargs=CRITERIA_DRAFT),
    Route(
        "assessments:criterion_add", seen_by(EDITS_CRITERIA_A), seen_by(EDITS_CRITERIA_A, 422), kwargs=CRITERIA_DRAFT
    ),
    Route(
        "assessments:criterion_edit", seen_by(EDITS_CRITERIA_A), seen_by(EDITS_CRITERIA_A, 422), kwargs=DRAFT_CRITERION
    ),
    Route("assessments:criterion_move", NO_GET, seen_by(EDITS_CRITERIA_A, 302), kwargs=DRAFT_CRITERION),
    Route(
        "assessments:criterion_remove",
        seen_by(EDITS_CRITERIA_A),
        seen_by(EDITS_CRITERIA_A, 409),
        kwargs=DRAFT_CRITERION,
    ),
    Route("assessments:approval", only(WORKS_ON_RESULTS, 200, SEES_ROUND), NO_POST, kwargs={"pk": "round.pk"}),
    Route("assessments:approve", NO_GET, only(APPROVES, 422, SEES_ROUND), kwargs={"pk": "round.pk"}),
    Route(
        "assessments:change_result", only(APPROVES, 200, SEES_SHEET_A), only(APPROVES, 422, SEES_SHEET_A), kwargs=SHEET
    ),
    Route("assessments:propose", NO_GET, only(ACCEPTS_A, 422, SEES_ROUND), kwargs={"pk": "round.pk"}),
    Route("assessments:publication", seen_by(SEES_ROUND), NO_POST, kwargs={"pk": "round.pk"}),
    Route(
        "assessments:publish",
        only(ACCEPTS_A, 200, SEES_ROUND),
        only(ACCEPTS_A, 422, SEES_ROUND),
        kwargs={"pk": "round.pk"},
    ),
    Route("assessments:ranking", seen_by(SEES_ROUND), NO_POST, kwargs={"pk": "round.pk"}),
    Route(
        "assessments:withdraw_proposal",
        only(ACCEPTS_A, 200, SEES_SHEET_A),
        only(ACCEPTS_A, 422, SEES_SHEET_A),
        kwargs=SHEET,
    ),
    Route("assessments:diagnosis_list", EVERYBODY, NO_POST),
    Route("assessments:diagnosis", seen_by(SEES_SHEET_A), NO_POST, kwargs=DIAGNOSIS),
    Route("assessments:diagnosis_questions", seen_by(SEES_SHEET_A), NO_POST, kwargs=DIAGNOSIS),
    Route("assessments:diagnosis_goals", seen_by(SEES_SHEET_A), NO_POST, kwargs=DIAGNOSIS),
    Route("assessments:diagnosis_actions", seen_by(SEES_SHEET_A), NO_POST, kwargs=DIAGNOSIS),
    Route("assessments:diagnosis_history", seen_by(SEES_SHEET_A), NO_POST, kwargs=DIAGNOSIS),
    Route(
        "assessments:indicator",
        seen_by(SEES_SHEET_A),
        only(frozenset({ADMINISTRATOR, OFFICER, Role.UNIT_HEAD, Role.UNIT_OFFICER}), 302, SEES_SHEET_A),
        kwargs=DIAGNOSIS | {"criterion_pk": "indicator.pk"},
    ),
    Route("assessments:plan_diagnosis", seen_by(SEES_A), NO_POST, kwargs=PK),
    Route("assessments:inspection_list", EVERYBODY, NO_POST),
    Route(
        "assessments:inspection_new",
        Answer(200, INSPECTOR_SOMEWHERE, others=403),
        Answer(422, INSPECTOR_SOMEWHERE, others=403),
    ),
    Route("assessments:inspection", seen_by(SEES_ROUND), NO_POST, kwargs=INSPECTION),
    Route(
        "assessments:inspection_edit",
        only(INSPECTS, 200, SEES_ROUND),
        only(INSPECTS, 422, SEES_ROUND),
        kwargs=INSPECTION,
    ),
    Route(
        "assessments:inspection_team",
        only(INSPECTS, 200, SEES_ROUND),
        only(INSPECTS, 422, SEES_ROUND),
        kwargs=INSPECTION,
    ),
    Route(
        "assessments:inspection_visits",
        only(INSPECTS, 200, SEES_ROUND),
        only(INSPECTS, 422, SEES_ROUND),
        kwargs=INSPECTION,
    ),
    Route("assessments:inspection_close", NO_GET, only(INSPECTS, 409, SEES_ROUND), kwargs=INSPECTION),
    Route("assessments:visit", seen_by(SEES_SHEET_A), NO_POST, kwargs=VISIT),
    Route("assessments:visit_findings", seen_by(SEES_SHEET_A), NO_POST, kwargs=VISIT),
    Route("assessments:visit_minutes", seen_by(SEES_SHEET_A), only(INSPECTS, 422, SEES_SHEET_A), kwargs=VISIT),
    # A's visit was held: it can be neither moved nor cancelled, and there are no minutes to sign yet.
    Route("assessments:visit_move", only(INSPECTS, 302, SEES_SHEET_A), only(INSPECTS, 422, SEES_SHEET_A), kwargs=VISIT),
    Route(
        "assessments:visit_cancel", only(INSPECTS, 302, SEES_SHEET_A), only(INSPECTS, 422, SEES_SHEET_A), kwargs=VISIT
    ),
    Route("assessments:visit_hold", only(INSPECTS, 200, SEES_SHEET_A), only(INSPECTS, 422, SEES_SHEET_A), kwargs=VISIT),
    Route("assessments:visit_sign", only(INSPECTS, 302, SEES_SHEET_A), only(INSPECTS, 422, SEES_SHEET_A), kwargs=VISIT),
    Route(
        "assessments:visit_questions",
        only(INSPECTS, 200, SEES_SHEET_A),
        only(INSPECTS, 422, SEES_SHEET_A),
        kwargs=VISIT,
    ),
    Route(
        "assessments:checklist_item",
        only(INSPECTS, 200, SEES_SHEET_A),
        only(INSPECTS, 422, SEES_SHEET_A),
        kwargs=VISIT_ITEM,
    ),
    Route("assessments:checklist_remove", NO_GET, only(INSPECTS, 302, SEES_SHEET_A), kwargs=VISIT_ITEM),
    Route(
        "assessments:finding_new", only(INSPECTS, 200, SEES_SHEET_A), only(INSPECTS, 422, SEES_SHEET_A), kwargs=VISIT
    ),
    # A reads its findings once the minutes are drawn up, which they are not.
    Route(
        "assessments:finding_edit",
        only(INSPECTS, 200, READS_VISIT_A),
        only(INSPECTS, 422, READS_VISIT_A),
        kwargs=FINDING,
    ),
    Route("assessments:finding_remove", NO_GET, only(INSPECTS, 302, READS_VISIT_A), kwargs=FINDING),
    Route("assessments:finding_file", Answer(404), NO_POST, kwargs=FINDING | {"evidence_pk": "material.pk"}),
    Route("assessments:list", EVERYBODY, NO_POST),
    Route("assessments:round_list", EVERYBODY, NO_POST),
    Route(
        "assessments:round_new",
        Answer(200, ACCEPTER_SOMEWHERE, others=403),
        Answer(422, ACCEPTER_SOMEWHERE, others=403),
    ),
    # A's round runs already: only its dates can be changed.
    Route("assessments:round_edit", only(ACCEPTS_A, 302, ROUND_SEEN), only(ACCEPTS_A, 302, ROUND_SEEN), kwargs=ROUND),
    Route("assessments:round_dates", only(ACCEPTS_A, 200, ROUND_SEEN), only(ACCEPTS_A, 422, ROUND_SEEN), kwargs=ROUND),
    Route("assessments:round_open", NO_GET, only(ACCEPTS_A, 302, ROUND_SEEN), kwargs=ROUND),
    Route(
        "assessments:extension_end",
        only(ACCEPTS_A, 200, SEES_SHEET_A),
        only(ACCEPTS_A, 422, SEES_SHEET_A),
        kwargs=EXTENSION,
    ),
    Route("assessments:round_extend", only(ACCEPTS_A, 200, ROUND_SEEN), only(ACCEPTS_A, 422, ROUND_SEEN), kwargs=ROUND),
    Route("assessments:round_units", only(ACCEPTS_A, 200, ROUND_SEEN), only(ACCEPTS_A, 422, ROUND_SEEN), kwargs=ROUND),
    Route(
        "assessments:round_unit_remove",
        NO_GET,
        only(ACCEPTS_A, 302, ROUND_SEEN),
        kwargs=ROUND | {"sheet_pk": "assessment.pk"},
    ),
    Route("assessments:round_teams", only(ACCEPTS_A, 200, ROUND_SEEN), only(ACCEPTS_A, 422, ROUND_SEEN), kwargs=ROUND),
    Route("assessments:round_assign", NO_GET, only(ACCEPTS_A, 302, ROUND_SEEN), kwargs=ROUND),
    Route(
        "assessments:team",
        only(ACCEPTS_A, 200, ROUND_SEEN),
        only(ACCEPTS_A, 422, ROUND_SEEN),
        kwargs=ROUND | {"team_pk": "team.pk"},
    ),
    Route(
        "assessments:sheet_assessors",
        only(ACCEPTS_A, 200, SEES_SHEET_A),
        only(ACCEPTS_A, 422, SEES_SHEET_A),
        kwargs=SHEET,
    ),
    Route("assessments:round", seen_by(SEES_SOME_SHEET - {"foreign"}), NO_POST, kwargs={"pk": "round.pk"}),
    Route(
        "assessments:score",
        seen_by(SEES_SHEET_A, 302),
        only(frozenset({Role.UNIT_HEAD, Role.UNIT_OFFICER}), 422, SEES_SHEET_A),
        kwargs={"pk": "assessment.pk", "criterion_pk": "criterion.pk"},
    ),
    Route("assessments:sheet", seen_by(SEES_SHEET_A), NO_POST, kwargs=SHEET),
    Route(
        "assessments:comments",
        seen_by(SEES_SHEET_A),
        only(frozenset({Role.UNIT_HEAD, Role.UNIT_OFFICER, Role.PROGRAMME_OFFICER, Role.ASSESSOR}), 422, SEES_SHEET_A),
        kwargs=SHEET_ROW,
    ),
    Route(
        "assessments:evidence",
        seen_by(SEES_SHEET_A),
        only(frozenset({Role.UNIT_HEAD, Role.UNIT_OFFICER}), 422, SEES_SHEET_A),
        kwargs=SHEET_ROW,
    ),
    Route(
        "assessments:evidence_remove",
        NO_GET,
        only(frozenset({Role.UNIT_HEAD, Role.UNIT_OFFICER}), 302, SEES_SHEET_A),
        kwargs=SHEET_ROW | {"evidence_pk": "material.pk"},
    ),
    Route(
        "assessments:send_to_head",
        NO_GET,
        only(frozenset({Role.UNIT_HEAD, Role.UNIT_OFFICER}), 302, SEES_SHEET_A),
        kwargs=SHEET,
    ),
    Route(
        "assessments:submit",
        only(frozenset({Role.UNIT_HEAD, Role.UNIT_OFFICER}), 200, SEES_SHEET_A),
        only(frozenset({Role.UNIT_HEAD}), 302, SEES_SHEET_A),
        kwargs=SHEET,
    ),
    Route(
        "assessments:take_back",
        NO_GET,
        only(frozenset({Role.UNIT_HEAD, Role.UNIT_OFFICER}), 302, SEES_SHEET_A),
        kwargs=SHEET,
    ),
    Route("assessments:workbook", seen_by(SEES_SHEET_A), only(ENTERS_A, 422, SEES_SHEET_A), kwargs=SHEET),
    Route("assessments:workbook_file", seen_by(SEES_SHEET_A), NO_POST, kwargs=SHEET),
    Route(
        "assessments:workbooks",
        seen_by(SEES_ROUND),
        only(ENTERS_A | {"sibling", "commune"}, 422, SEES_ROUND),
        kwargs={"pk": "round.pk"},
    ),
    Route("assessments:workbooks_file", seen_by(SEES_ROUND), NO_POST, kwargs={"pk": "round.pk"}),
    Route("assessments:workbook_upload", seen_by(ENTERS_A), NO_POST, kwargs={"pk": "upload.pk"}),
    Route("assessments:workbook_take", NO_GET, only(TOLD, 422, ENTERS_A), kwargs={"pk": "upload.pk"}),
    Route("assessments:workbook_drop", NO_GET, only(TOLD, 302, ENTERS_A), kwargs={"pk": "upload.pk"}),
    Route("assessments:verification", EVERYBODY, NO_POST),
    Route("assessments:verification_acts", NO_GET, EVERYBODY),
    Route(
        "assessments:verify_score",
        only(ASSESSES_A, 302, SEES_SHEET_A),
        only(ASSESSES_A, 422, SEES_SHEET_A),
        kwargs=SHEET_ROW,
    ),
    Route("assessments:accept", NO_GET, only(ASSESSES_A, 302, SEES_SHEET_A), kwargs=SHEET),
    Route("assessments:verify_begin", NO_GET, only(ASSESSES_A, 302, SEES_SHEET_A), kwargs=SHEET),
    Route("assessments:verify_finish", NO_GET, only(ASSESSES_A, 302, SEES_SHEET_A), kwargs=SHEET),
    Route("assessments:verify_resume", NO_GET, only(ASSESSES_A, 302, SEES_SHEET_A), kwargs=SHEET),
    Route("assessments:verify_tell", NO_GET, only(ASSESSES_A, 302, SEES_SHEET_A), kwargs=SHEET),
    Route("assessments:return", only(ASSESSES_A, 200, SEES_SHEET_A), only(ASSESSES_A, 422, SEES_SHEET_A), kwargs=SHEET),
    Route("assessments:differences", only(ASSESSES_A | {OFFICER}, 200, SEES_SHEET_A), NO_POST, kwargs=SHEET),
    Route(
        "assessments:decide_difference",
        NO_GET,
        only(ASSESSES_A | {OFFICER}, 422, SEES_SHEET_A),
        kwargs=SHEET_ROW,
    ),
    Route("assessments:appeals", seen_by(SEES_SHEET_A), NO_POST, kwargs=SHEET),
    Route("assessments:appeals_send", NO_GET, only(frozenset({Role.UNIT_HEAD}), 302, SEES_SHEET_A), kwargs=SHEET),
    Route("assessments:appeals_close", NO_GET, only(frozenset({OFFICER}), 302, SEES_SHEET_A), kwargs=SHEET),
    Route(
        "assessments:appeal_new", only(SCORES_A, 200, SEES_SHEET_A), only(SCORES_A, 422, SEES_SHEET_A), kwargs=SHEET_ROW
    ),
    Route("assessments:appeal_edit", only(SCORES_A, 200, SEES_SHEET_A), only(SCORES_A, 422, SEES_SHEET_A), APPEAL),
    Route("assessments:appeal_withdraw", NO_GET, only(SCORES_A, 302, SEES_SHEET_A), kwargs=APPEAL),
    Route("assessments:appeal_decide", NO_GET, only(frozenset({OFFICER}), 422, SEES_SHEET_A), kwargs=APPEAL),
    Route("budgets:ceiling", only(SPENDS_A, 200, SEES_MONEY_A), only(SPENDS_A, 422, SEES_MONEY_A), kwargs=PK),
    Route("budgets:list", EVERYBODY, NO_POST),
    Route("budgets:open", NO_GET, only(SPENDS_A, 302, SEES_MONEY_A), kwargs=PK),
    Route("budgets:plan", seen_by(SEES_MONEY_A), only(SPENDS_A, 422, SEES_MONEY_A), kwargs=PK),
    Route("budgets:plan_panel", seen_by(SEES_MONEY_A), NO_POST, kwargs=PK),
    Route(
        "budgets:reverse",
        only(SPENDS_A, 200, SEES_MONEY_A),
        only(SPENDS_A, 422, SEES_MONEY_A),
        kwargs={"pk": "plan.pk", "entry_pk": "entry.pk"},
    ),
    # A's plan is a draft: there is nothing to amend yet.
    Route("plans:amend", only(EDITS_A, 200, SEES_A), only(EDITS_A, 422, SEES_A), kwargs=PK),
    Route("plans:amendment_cancel", NO_GET, Answer(404, EDITS_A, refused=SEES_A - EDITS_A), kwargs=PK),
    Route(
        "plans:amendment_issue",
        Answer(404, ISSUES_A, refused=SEES_A - ISSUES_A),
        Answer(404, ISSUES_A, refused=SEES_A - ISSUES_A),
        kwargs=PK,
    ),
    Route("plans:amendments", seen_by(SEES_A), NO_POST, kwargs=PK),
    Route("plans:calendar", EVERYBODY, NO_POST),
    Route(
        "plans:days_off",
        EVERYBODY,
        Answer(422, frozenset({ADMINISTRATOR, OFFICER, "foreign"}), others=403),
    ),
    Route("plans:feeds", EVERYBODY, EVERYBODY),
    Route("plans:feed_revoke", NO_GET, only(REQUESTER, 302), kwargs={"pk": "feed.pk"}),
    # Its token is the one key to a feed, whoever asks (tests/plans/test_calendar.py); without it there is nothing.
    Route("plans:feed", Answer(404, anonymous=404), Answer(405, anonymous=405), kwargs={"token": "=cal_unknown"}),
    Route("plans:assign", NO_GET, only(EDITS_A, 422, SEES_A), kwargs=TASK),
    Route("plans:detail", seen_by(SEES_A), NO_POST, kwargs=PK),
    Route("plans:edit", only(EDITS_A, 200, SEES_A), only(EDITS_A, 422, SEES_A), kwargs=PK),
    Route("plans:import", Answer(200, EDITOR_SOMEWHERE, others=403), Answer(422, EDITOR_SOMEWHERE, others=403)),
    Route("plans:cancel", only(ISSUES_A, 200, SEES_A), only(ISSUES_A, 422, SEES_A), kwargs=PK),
    Route("plans:close", only(ISSUES_A, 200, SEES_A), only(ISSUES_A, 409, SEES_A), kwargs=PK),
    Route("plans:issue", only(ISSUES_A, 200, SEES_A), only(ISSUES_A, 422, SEES_A), kwargs=PK),
    Route("plans:legal", seen_by(SEES_REGISTER_A), NO_POST, kwargs=LEGAL),
    Route("plans:legal_add", Answer(200, KEEPS_A_REGISTER, others=403), Answer(422, KEEPS_A_REGISTER, others=403)),
    Route(
        "plans:legal_edit", only(ACCEPTS_A, 200, SEES_REGISTER_A), only(ACCEPTS_A, 422, SEES_REGISTER_A), kwargs=LEGAL
    ),
    Route("plans:legal_list", EVERYBODY, NO_POST),
    Route(
        "plans:legal_merge", only(ACCEPTS_A, 200, SEES_REGISTER_A), only(ACCEPTS_A, 422, SEES_REGISTER_A), kwargs=LEGAL
    ),
    Route(
        "plans:legal_replace",
        only(ACCEPTS_A, 200, SEES_REGISTER_A),
        only(ACCEPTS_A, 422, SEES_REGISTER_A),
        kwargs=LEGAL,
    ),
    Route("plans:evidence", seen_by(SEES_A), NO_POST, kwargs=MATERIAL),
    Route("plans:evidence_picture", Answer(404), NO_POST, kwargs=MATERIAL),  # it is a text: nobody sees a picture
    Route("plans:evidence_preview", seen_by(SEES_A), NO_POST, kwargs=MATERIAL),
    Route("plans:evidence_withdraw", NO_GET, seen_by(SEES_A, 302), kwargs=MATERIAL),
    Route("plans:list", EVERYBODY, NO_POST),
    Route("plans:obstacle", seen_by(SEES_A), NO_POST, kwargs=OBSTACLE),
    Route("plans:obstacle_answer", NO_GET, only(ACCEPTS_A, 422, SEES_A), kwargs=OBSTACLE),
    Route("plans:obstacle_close", NO_GET, only(SETTLES_A, 409, SEES_A), kwargs=OBSTACLE),
    Route("plans:obstacle_direct", NO_GET, only(ACCEPTS_A, 422, SEES_A), kwargs=OBSTACLE),
    Route("plans:obstacle_escalate", NO_GET, only(ACCEPTS_A | {LEADER}, 422, SEES_A), kwargs=OBSTACLE),
    Route("plans:obstacle_new", EVERYBODY, Answer(422)),
    Route("plans:obstacle_note", NO_GET, only(SETTLES_A, 422, SEES_A), kwargs=OBSTACLE),
    Route("plans:obstacle_panel", seen_by(SEES_A), NO_POST, query=PLAN_QUERY),
    Route("plans:obstacle_reopen", NO_GET, only(frozenset(), 422, SEES_A), kwargs=OBSTACLE),  # it is open
    Route("plans:obstacles", EVERYBODY, NO_POST),
    Route("plans:new", Answer(200, EDITOR_SOMEWHERE, others=403), Answer(422, EDITOR_SOMEWHERE, others=403)),
    Route("plans:period", EVERYBODY, NO_POST),
    # Events.
    Route("plans:events", EVERYBODY, NO_POST),
    Route("plans:event", seen_by(SEES_A), NO_POST, kwargs=EVENT),
    Route("plans:event_new", Answer(200, EDITOR_SOMEWHERE, others=403), Answer(422, EDITOR_SOMEWHERE, others=403)),
    Route("plans:event_edit", only(EDITS_A, 200, SEES_A), only(EDITS_A, 422, SEES_A), kwargs=EVENT),
    Route("plans:event_cancel", only(EDITS_A, 200, SEES_A), only(EDITS_A, 422, SEES_A), kwargs=EVENT),
    Route("plans:event_invite", only(EDITS_A, 200, SEES_A), only(EDITS_A, 422, SEES_A), kwargs=EVENT),
    Route("plans:event_hold", NO_GET, only(EDITS_A, 422, SEES_A), kwargs=EVENT),
    Route("plans:event_minutes", NO_GET, only(EDITS_A, 422, SEES_A), kwargs=EVENT),
    Route("plans:event_materials", NO_GET, only(EDITS_A, 422, SEES_A), kwargs=EVENT),
    Route(
        "plans:event_material_remove",
        NO_GET,
        only(EDITS_A, 302, SEES_A),
        kwargs=EVENT | {"file_pk": "material.pk"},
    ),
    Route("plans:attendance", NO_GET, only(EDITS_A, 422, SEES_A), kwargs={"pk": "invitation.pk"}),
    Route("plans:invitation_withdraw", NO_GET, only(EDITS_A, 422, SEES_A), kwargs={"pk": "invitation.pk"}),
    Route("plans:conclusion_add", NO_GET, only(EDITS_A, 422, SEES_A), kwargs=EVENT),
    Route("plans:conclusion", only(EDITS_A, 200, SEES_A), only(EDITS_A, 422, SEES_A), kwargs={"pk": "conclusion.pk"}),
    Route("plans:conclusion_remove", NO_GET, only(EDITS_A, 302, SEES_A), kwargs={"pk": "conclusion.pk"}),
    Route("plans:conclusion_task", NO_GET, only(EDITS_A, 422, SEES_A), kwargs={"pk": "conclusion.pk"}),
    Route("plans:parent", only(EDITS_A, 200, SEES_A), only(EDITS_A, 302, SEES_A), kwargs=PK),
    Route("chasing_new", Answer(200, ACCEPTER_SOMEWHERE, others=403), Answer(422, ACCEPTER_SOMEWHERE, others=403)),
    Route("plans:chasing", EVERYBODY, NO_POST),
    Route("plans:chasing_send", NO_GET, Answer(422, ACCEPTER_SOMEWHERE, others=403)),
    Route(
        "plans:chasing_register",
        Answer(200, ACCEPTER_SOMEWHERE, others=403),
        Answer(422, ACCEPTER_SOMEWHERE, others=403),
    ),
    Route("plans:chasing_letter", seen_by(SEES_A), NO_POST, kwargs=LETTER),
    Route("plans:chasing_cancel", NO_GET, only(ACCEPTS_A, 409, SEES_A), kwargs=LETTER),
    Route("plans:chasing_reply", NO_GET, only(REPORTS_A, 422, SEES_A), kwargs=LETTER),
    Route("plans:pilot", seen_by(SEES_A), only(EDITS_A, 422, SEES_A), kwargs={"pk": "pilot.pk"}),
    Route("plans:pilot_choose", only(EDITS_A, 200, SEES_A), only(EDITS_A, 422, SEES_A), kwargs=PK),
    Route("plans:pilot_end", NO_GET, only(EDITS_A, 302, SEES_A), kwargs=PK),
    Route("plans:pilot_survey", only(EDITS_A, 200, SEES_A), only(EDITS_A, 422, SEES_A), kwargs=PK),
    Route("plans:pilots", seen_by(SEES_A), NO_POST, kwargs=PK),
    Route("plans:return", only(DECIDES_A, 200, SEES_A), only(DECIDES_A, 409, SEES_A), kwargs=PK),
    Route(
        "plans:sub_plan_start",
        NO_GET,
        Answer(302, EDITS_A),
        kwargs={"pk": "plan.pk", "unit_pk": "unit.pk"},
    ),
    Route("plans:sub_plans", seen_by(SEES_A), NO_POST, kwargs=PK),
    Route("plans:submit", only(EDITS_A, 200, SEES_A), only(EDITS_A, 302, SEES_A), kwargs=PK),
    Route("plans:schedule", seen_by(SEES_A), NO_POST, kwargs=PK),
    Route(
        "plans:hand_over",
        only(EDITS_A, 200, SEES_A),
        only(EDITS_A, 422, SEES_A),
        kwargs={"pk": "task.pk", "deliverable_pk": "deliverable.pk"},
    ),
    Route("plans:task_dates", only(EDITS_A, 200, SEES_A), only(EDITS_A, 200, SEES_A), kwargs=TASK),
    Route("plans:task_deliverables", seen_by(SEES_A), only(EDITS_A, 422, SEES_A), kwargs=TASK),
    Route("plans:task_dependencies", only(EDITS_A, 200, SEES_A), only(EDITS_A, 422, SEES_A), kwargs=TASK),
    Route("plans:task_performers", only(EDITS_A, 200, SEES_A), only(EDITS_A, 404, SEES_A), kwargs=TASK),
    Route("plans:task_structure", only(EDITS_A, 200, SEES_A), only(EDITS_A, 422, SEES_A), kwargs=TASK),
    Route("plans:task_targets", only(EDITS_A, 200, SEES_A), only(EDITS_A, 422, SEES_A), kwargs=TASK),
    Route("plans:progress", EVERYBODY, NO_POST),
    Route("plans:due_report", only(REPORTS_A, 200, SEES_A), only(REPORTS_A, 422, SEES_A), kwargs={"pk": "due.pk"}),
    Route("plans:workbook", EVERYBODY, Answer(422)),
    Route("plans:workbook_file", seen_by(REPORTS_A), NO_POST, kwargs={"pk": "unit.pk"}),
    Route("plans:submit_drafts", NO_GET, Answer(302)),
    Route("plans:review", Answer(200, ACCEPTER_SOMEWHERE, others=403), Answer(200, ACCEPTER_SOMEWHERE, others=403)),
    Route("plans:update", seen_by(SEES_A), only(ACCEPTS_A, 422, SEES_A), kwargs={"pk": "update.pk"}),
    Route("plans:board", seen_by(SEES_A), NO_POST, query=PLAN_QUERY),
    Route("plans:board_cell", seen_by(SEES_A), only(EDITS_A, 422, SEES_A), kwargs=CELL),
    Route("plans:period_lock", NO_GET, only(EDITS_A, 302, SEES_A), kwargs={"pk": "period.pk"}),
    Route("plans:period_unlock", NO_GET, only(EDITS_A, 302, SEES_A), kwargs={"pk": "period.pk"}),
    Route("plans:reporting", only(EDITS_A, 200, SEES_A), only(EDITS_A, 422, SEES_A), kwargs=PK),
    Route("plans:task", seen_by(SEES_A), only(REPORTS_A, 422, SEES_A), kwargs=TASK),
    Route("plans:unit_pilots", seen_by(SEES_A), NO_POST, kwargs={"pk": "unit.pk"}),
    Route("reports:cancel", NO_GET, only(REQUESTER, 302), kwargs=JOB),
    Route("reports:download", seen_by(REQUESTER), NO_POST, kwargs={"key": "job.download_key"}),
    Route("reports:job", seen_by(REQUESTER), NO_POST, kwargs=JOB),
    Route("reports:list", EVERYBODY, NO_POST),
    Route(
        "reports:request",
        NO_GET,
        only(SEES_A - {Role.OBSERVER}, 302, SEES_A),
        kwargs={"kind": "=progress"},
        data=PLAN_QUERY | {"format": "=pdf"},
    ),
    Route("reports:retry", NO_GET, only(REQUESTER, 302), kwargs=JOB),
    Route("reports:show", seen_by(SEES_A), NO_POST, kwargs={"kind": "=progress"}, query=PLAN_QUERY),
    Route("units:detail", seen_by(SEES_A), NO_POST, kwargs={"pk": "unit.pk"}),
    Route("units:list", EVERYBODY, NO_POST),
    # -- API -----------------------------------------------------------------------------------------------------------
    *api("unit", "unit", seen_by(SEES_A)),
    *api("pilot-unit", "pilot", seen_by(SEES_A)),
    *api("legal-basis", "legal_document", seen_by(SEES_REGISTER_A)),
    *api("plan", "plan", seen_by(SEES_A)),
    *api("amendment", "amendment", seen_by(SEES_A)),
    *api("task", "task", seen_by(SEES_A)),
    *api("progress-update", "update", seen_by(SEES_A), posted=Answer(400)),
    Route("api:progress-update-accept", API_NO_POST, Answer(400)),
    Route("api:progress-update-return", API_NO_POST, Answer(400), kwargs={"pk": "update.pk"}),
    *api("reporting-period", "period", seen_by(SEES_A)),
    *api("due-report", "due", seen_by(SEES_A)),
    *api("event", "event", seen_by(SEES_A), posted=Answer(400)),
    *api("invitation", "invitation", seen_by(SEES_A)),
    *api("notification", "notification", seen_by(TOLD)),
    Route("api:notification-read", NO_GET, seen_by(TOLD), kwargs={"pk": "notification.pk"}),
    *api("chasing-letter", "letter", seen_by(SEES_A)),
    Route("api:chasing-letter-reply", NO_GET, only(REPORTS_A, 400, SEES_A), kwargs=LETTER),
    *api("evidence", "material", seen_by(SEES_A), posted=Answer(415)),
    *api("obstacle", "obstacle", seen_by(SEES_A), posted=Answer(400)),
    Route("api:obstacle-answer", API_NO_POST, seen_by(SEES_A, 400), kwargs=OBSTACLE),
    Route("api:obstacle-close", API_NO_POST, only(SETTLES_A, 409, SEES_A), kwargs=OBSTACLE),
    *api("criteria-set", "criteria_set", seen_by(SEES_SOME_SHEET), posted=Answer(400)),
    Route("api:criteria-set-content", API_NO_POST, API_NO_POST, kwargs=CRITERIA_DRAFT),
    Route("api:criteria-set-document", seen_by(EDITS_CRITERIA_A), API_NO_POST, kwargs=CRITERIA_DRAFT),
    Route("api:criteria-set-publish", API_NO_POST, seen_by(EDITS_CRITERIA_A, 428), kwargs=CRITERIA_DRAFT),
    Route("api:criteria-set-retire", API_NO_POST, seen_by(EDITS_CRITERIA_A, 409), kwargs=CRITERIA_DRAFT),
    *api("criterion", "criterion", seen_by(SEES_SOME_SHEET)),
    *api("round", "round", seen_by(ROUND_SEEN), posted=Answer(400)),
    Route("api:round-open", API_NO_POST, only(ACCEPTS_A, 409, ROUND_SEEN), kwargs=ROUND),
    Route("api:round-units", API_NO_POST, only(ACCEPTS_A, 400, ROUND_SEEN), kwargs=ROUND),
    *api("extension", "extension", seen_by(SEES_SHEET_A), posted=Answer(400)),
    Route("api:extension-end", API_NO_POST, seen_by(SEES_SHEET_A, 400), kwargs=EXTENSION),
    *api("team", "team", seen_by(RUNS_A_ROUND), posted=Answer(400)),
    *api("assignment", "assignment", seen_by(RUNS_A_ROUND), posted=Answer(400)),
    *api("assessment", "assessment", seen_by(SEES_SHEET_A)),
    *api("appeal", "appeal", seen_by(SEES_SHEET_A), posted=Answer(400)),
    Route("api:appeal-decide", API_NO_POST, seen_by(SEES_SHEET_A, 400), kwargs=APPEAL),
    Route("api:appeal-withdraw", API_NO_POST, seen_by(SEES_SHEET_A, 400), kwargs=APPEAL),
    Route("api:assessment-begin", API_NO_POST, only(ASSESSES_A, 409, SEES_SHEET_A), kwargs=SHEET),
    Route("api:assessment-finish", API_NO_POST, only(ASSESSES_A, 409, SEES_SHEET_A), kwargs=SHEET),
    Route("api:assessment-resume", API_NO_POST, only(ASSESSES_A, 409, SEES_SHEET_A), kwargs=SHEET),
    Route("api:assessment-return", API_NO_POST, seen_by(SEES_SHEET_A, 400), kwargs=SHEET),
    Route("api:assessment-tell-result", API_NO_POST, only(ASSESSES_A, 409, SEES_SHEET_A), kwargs=SHEET),
    Route("api:assessment-verify", API_NO_POST, seen_by(SEES_SHEET_A, 400), kwargs=SHEET),
    Route("api:assessment-accept", API_NO_POST, only(ASSESSES_A, 409, SEES_SHEET_A), kwargs=SHEET),
    Route("api:assessment-send-appeals", API_NO_POST, only(frozenset({Role.UNIT_HEAD}), 409, SEES_SHEET_A), SHEET),
    Route("api:assessment-close-appeals", API_NO_POST, only(frozenset({OFFICER}), 409, SEES_SHEET_A), SHEET),
    Route("api:assessment-account", seen_by(SEES_SHEET_A), API_NO_POST, kwargs=SHEET),
    Route("api:assessment-diagnosis", seen_by(SEES_SHEET_A), API_NO_POST, kwargs=DIAGNOSIS),
    Route("api:assessment-score", seen_by(SEES_SHEET_A), API_NO_POST, kwargs=SHEET | {"criterion": "criterion.pk"}),
    Route("api:assessment-send-to-head", API_NO_POST, only(SCORES_A, 200, SEES_SHEET_A), kwargs=SHEET),
    Route("api:assessment-take-back", API_NO_POST, only(SCORES_A, 409, SEES_SHEET_A), kwargs=SHEET),
    Route("api:assessment-submit", API_NO_POST, only(frozenset({Role.UNIT_HEAD}), 200, SEES_SHEET_A), kwargs=SHEET),
    Route("api:assessment-workbook", seen_by(SEES_SHEET_A), seen_by(SEES_SHEET_A, 415), kwargs=SHEET),
    Route("api:assessment-workbook-take", API_NO_POST, seen_by(SEES_SHEET_A, 400), kwargs=SHEET),
    *api("score", "score", seen_by(SEES_SHEET_A)),
    *api("decision", "decision", seen_by(WORKS_ON_RESULTS - {Role.ASSESSOR})),
    Route("api:ranking-list", EVERYBODY, API_NO_POST, query={"round": "round.pk"}),
    Route("api:ranking-detail", seen_by(WORKS_ON_RESULTS), API_NO_POST, kwargs=SHEET),
    *api("corrective-action", "correction", seen_by(SEES_SHEET_A), posted=Answer(400)),
    Route("api:corrective-action-plan", API_NO_POST, seen_by(SEES_SHEET_A, 400), kwargs=CORRECTION),
    Route("api:corrective-action-report", API_NO_POST, seen_by(SEES_SHEET_A, 400), kwargs=CORRECTION),
    Route("api:corrective-action-check", API_NO_POST, seen_by(SEES_SHEET_A, 400), kwargs=CORRECTION),
    Route("api:corrective-action-cancel", API_NO_POST, seen_by(SEES_SHEET_A, 400), kwargs=CORRECTION),
    *api("system", "system", seen_by(SEES_SHEET_A)),
    *api("declaration", "declaration", seen_by(SEES_SHEET_A)),
    *api("inspection", "inspection", seen_by(SEES_ROUND)),
    *api("visit", "visit", seen_by(SEES_SHEET_A)),
    *api("finding", "finding", seen_by(READS_VISIT_A)),
    *api("report-job", "job", seen_by(REQUESTER), posted=Answer(400)),
    Route("api:report-job-file", seen_by(REQUESTER), API_NO_POST, kwargs=JOB),
    Route("api:schema", EVERYBODY, API_NO_POST),
    Route("api:docs", EVERYBODY, NO_POST),
    Route("api-unknown", Answer(404, anonymous=404), Answer(404, anonymous=404)),
    # -- Administration ------------------------------------------------------------------------------------------------
    Route("admin:index", ADMIN_ONLY, ADMIN_ONLY),
    Route("admin:login", Answer(403), Answer(403)),
    Route("admin:logout", ADMIN_NO_POST, ADMIN_ONLY),
    Route("admin:password_change", ADMIN_ONLY, ADMIN_ONLY),
    Route("admin:password_change_done", ADMIN_ONLY, ADMIN_NO_POST),
    Route("admin:autocomplete", ADMIN_NEVER, ADMIN_NO_POST),
    Route("admin:jsi18n", ADMIN_ONLY, ADMIN_NO_POST),
    Route(
        "admin:view_on_site",
        Answer(404, frozenset({ADMINISTRATOR}), others=302),
        Answer(404, frozenset({ADMINISTRATOR}), others=302),
        kwargs={"content_type_id": "=1", "object_id": "=1"},
    ),
    Route("admin:app_list", ADMIN_ONLY, ADMIN_ONLY, kwargs={"app_label": "=units"}),
    *administration("unit", "unit", changed=ADMIN_ONLY),
    *administration("user", "person", changed=Answer(302, frozenset({ADMINISTRATOR}), others=302)),
    *administration("membership", "membership", changed=ADMIN_ONLY),
    # -- Open to everybody ---------------------------------------------------------------------------------------------
    Route("livez", OPEN, Answer(405, anonymous=405)),
    Route("readyz", OPEN, Answer(405, anonymous=405)),
    Route("set_language", Answer(302, anonymous=302), Answer(302, anonymous=302)),
    # -- One's own account (django-allauth) ----------------------------------------------------------------------------
    Route("account_login", Answer(302, anonymous=200), Answer(302, anonymous=200)),
    Route("account_logout", Answer(200, anonymous=302), Answer(302, anonymous=302)),
    Route("account_inactive", OPEN, Answer(405, anonymous=405)),
    Route("account_signup", Answer(302, anonymous=200), Answer(302, anonymous=200)),
    Route("account_reauthenticate", EVERYBODY, EVERYBODY),
    Route("account_email", EVERYBODY, Answer(302)),
    Route("account_email_verification_sent", OPEN, Answer(405, anonymous=405)),
    Route("account_change_password", EVERYBODY, EVERYBODY),
    Route("account_set_password", Answer(302), Answer(302)),
    Route("account_reset_password", OPEN, OPEN),
    Route("account_reset_password_done", OPEN, Answer(405, anonymous=405)),
    Route("account_reset_password_from_key", OPEN, OPEN, kwargs={"uidb36": "=1", "key": "=nothing"}),
    Route("account_reset_password_from_key_done", OPEN, Answer(405, anonymous=405)),
    Route("account_confirm_email", OPEN, Answer(404, anonymous=404), kwargs={"key": "=nothing"}),
    Route("account_confirm_login_code", Answer(302, anonymous=302), Answer(302, anonymous=302)),
    Route("usersessions_list", EVERYBODY, Answer(302)),
]
# Patterns of Django's admin without a name of their own: a redirect to the form and the answer to what does not exist.
UNNAMED = {f"admin/units/{model}/<path:object_id>/" for model in ("membership", "unit", "user")} | {
    "admin/(?P<url>.*)$"
}


def walk(resolver: URLResolver, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield (f"{namespace}{pattern.name}" if pattern.name else "", f"{prefix}{pattern.pattern}")
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from walk(pattern, f"{prefix}{pattern.pattern}", inner)


@pytest.fixture(scope="module")
def made_once(django_db_setup, django_db_blocker) -> Iterator[World]:
    """The world of all the tests below: each changes it inside a transaction of its own that is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(made_once, db) -> World:
    return made_once


def value_of(world: World, said: str) -> Any:
    if said.startswith("="):
        return said[1:]
    if said == "person.pk":
        return world.cast[Role.UNIT_OFFICER].pk
    if said == "membership.pk":
        return world.cast[Role.UNIT_OFFICER].memberships.get().pk
    row, _dot, attribute = said.partition(".")
    return getattr(world["a"][row], attribute)


def ask(client: Client, world: World, route: Route, person: str, method: str) -> Any:
    client.cookies.clear()
    if person != "anonymous":
        world.sign_in(client, person)
    if route.name == "api-unknown":
        url = "/api/v1/nothing/"
    else:
        url = reverse(route.name, kwargs={name: value_of(world, said) for name, said in route.kwargs.items()})
    if method == "GET":
        return client.get(url, {name: value_of(world, said) for name, said in route.query.items()})
    data = {name: value_of(world, said) for name, said in route.data.items()}
    kind = {"content_type": "application/json"} if route.name.startswith("api") else {}
    return client.post(url, data or ("{}" if kind else {}), **kind)


def leaks(response: Any, person: str) -> list[str]:
    shown = b"".join(response.streaming_content) if response.streaming else response.content
    return [unit for unit in UNITS if unit not in REACH[person] and canary(unit).encode() in shown]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_each_route_answers_each_person_as_its_line_says(world, route):
    world.put_files()
    client = Client()
    wrong = []
    for method, answer in (("GET", route.get), ("POST", route.post)):
        for person in PEOPLE:
            with transaction.atomic():
                response = ask(client, world, route, person, method)
                transaction.set_rollback(True)
            if (status := response.status_code) != (expected := answer.to(person, route.name)):
                wrong.append(f"{method} {person}: {status} instead of {expected}")
            wrong += [f"{method} {person}: sees data of {unit}" for unit in leaks(response, person)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", ["plans:detail", "api:plan-list", "api:score-detail"])
def test_a_forgotten_rule_would_be_noticed(world, monkeypatch, name):
    """The control of the test above: without the rule the canaries of A are seen."""
    monkeypatch.setattr(UnitScopedQuerySet, "allowed_to", lambda self, user, permission: self)
    monkeypatch.setattr(PlanQuerySet, "allowed_to", lambda self, user, permission: self)
    route = next(route for route in ROUTES if route.name == name)

    assert "a" in leaks(ask(Client(), world, route, "sibling", "GET"), "sibling")


def test_every_route_has_one_line_and_every_line_a_route():
    found = {(name, pattern) for name, pattern in walk(get_resolver())}
    named = {name for name, _pattern in found if name and not name.endswith(":")}
    unnamed = {pattern.replace("^", "") for name, pattern in found if not name or name.endswith(":")}
    lines = Counter(route.name for route in ROUTES)

    assert {name for name, count in lines.items() if count > 1} == set()
    assert named == set(lines)
    assert unnamed == UNNAMED
