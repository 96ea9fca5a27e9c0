"""The province that the load is put on, in the database that DATABASE_URL names.

`python -m tests.load.office make 300` fills it and prints, as JSON, each person's session and the rows of their sheet;
`python -m tests.load.office read` prints what is stored: per sheet and criterion the answer and the version.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 -- settings come first
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.utils import timezone  # noqa: E402

from assessments.models import Assessment, Criterion, Score  # noqa: E402
from assessments.services import open_assessment, open_round  # noqa: E402
from tests.factories.assessments import load_sets  # noqa: E402
from tests.factories.units import MembershipFactory, UnitFactory  # noqa: E402
from units.models import Unit, User  # noqa: E402
from units.permissions import Role  # noqa: E402

COLLEAGUES = 15  # sheets on which two people work at once


def session_of(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def make(people: int) -> dict[str, Any]:
    province = UnitFactory(kind=Unit.Kind.PROVINCE, name="UBND tỉnh Tải")
    officer = MembershipFactory(unit=province, role=Role.PROGRAMME_OFFICER).user
    criteria_set = load_sets()["iso9001-example"]
    now = timezone.now()
    round_ = open_round(
        unit=province,
        criteria_set=criteria_set,
        title="Đợt chấm điểm",
        year=now.year,
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=1),
        by=officer,
    )
    staff = []
    for place in range(people - COLLEAGUES):
        unit = UnitFactory(parent=province, name=f"UBND huyện {place}")
        sheet = open_assessment(round=round_, unit=unit, by=officer)
        for _ in range(2 if place < COLLEAGUES else 1):
            user = MembershipFactory(unit=unit, role=Role.UNIT_OFFICER).user
            staff.append({"session": session_of(user), "sheet": sheet.pk})
    rows = Criterion.objects.filter(
        criteria_set=criteria_set, scored_by=Criterion.ScoredBy.UNIT, scoring__in=["yes_no", "levels", "ratio"]
    )
    return {
        "staff": staff,
        "officer": session_of(officer),
        "round": round_.pk,
        "criteria": [{"pk": row.pk, "kind": row.scoring} for row in rows],
    }


def read() -> dict[str, Any]:
    return {
        "scores": [
            [score.assessment_id, score.criterion_id, score.answer, score.version]
            for score in Score.objects.filter(stage=Score.Stage.SELF)
        ],
        "totals": {sheet.pk: sheet.scored for sheet in Assessment.objects.all()},
    }


if __name__ == "__main__":
    answer = make(int(sys.argv[2])) if sys.argv[1] == "make" else read()
    json.dump(answer, sys.stdout)
