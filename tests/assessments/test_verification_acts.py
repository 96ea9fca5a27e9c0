"""Every state × act × person of verification and appeals, against the table of `assessments/permissions.py`."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from assessments.models import Appeal, Assessment
from assessments.permissions import ACTS, Act
from assessments.services import appeals, returning, verification
from assessments.services.differences import decide_difference
from assessments.services.standing import ActRefused, WrongState
from tests.factories.verification import Verifying, make_verifying
from units.permissions import Role


def _acts(given: Verifying, draft: Appeal, sent: Appeal, by) -> dict:
    sheet, criterion = given.sheet, given.criterion("II.1")
    return {
        Act.BEGIN_VERIFICATION: lambda: verification.begin_verification(assessment=sheet, by=by),
        Act.VERIFY: lambda: given.verify("I.1", by=by, version=1),
        Act.RETURN: lambda: returning.return_sheet(assessment=sheet, note="Bổ sung", by=by),
        Act.DECIDE_DIFFERENCE: lambda: decide_difference(
            assessment=sheet, criterion=criterion, answer={"value": True}, reason="x", expected_version=0, by=by
        ),
        Act.TELL_RESULT: lambda: returning.tell_result(assessment=sheet, by=by),
        Act.WRITE_APPEAL: lambda: appeals.write_appeal(assessment=sheet, criterion=criterion, text="x", by=by),
        Act.APPEAL: lambda: appeals.send_appeals(assessment=sheet, by=by),
        Act.WITHDRAW_APPEAL: lambda: appeals.withdraw_appeal(appeal=draft, expected_version=1, by=by),
        Act.DECIDE_APPEAL: lambda: appeals.decide_appeal(
            appeal=sent, state="rejected", outcome="x", expected_version=1, by=by
        ),
        Act.CLOSE_APPEALS: lambda: appeals.close_appeals(assessment=sheet, by=by),
    }


ALLOWED = {
    Act.BEGIN_VERIFICATION: {"first", "chair"},
    Act.VERIFY: {"first", "chair"},
    Act.RETURN: {"first", "chair"},
    Act.DECIDE_DIFFERENCE: {"chair"},
    Act.TELL_RESULT: {"first", "chair"},
    Act.WRITE_APPEAL: {"head", "officer"},
    Act.APPEAL: {"head"},
    Act.WITHDRAW_APPEAL: {"head", "officer"},
    Act.DECIDE_APPEAL: {"chair", "manager"},
    Act.CLOSE_APPEALS: {"chair", "manager"},
}
PEOPLE = ("first", "second", "chair", "manager", "head", "officer")


@pytest.mark.django_db
def test_each_act_is_done_in_its_states_by_its_people_and_by_nobody_else():
    given = make_verifying()
    given.verify_all(finish=False)
    given.round.closes_at = given.round.verify_closes_at
    given.round.save()
    draft, sent = given.appeal("I.1"), given.appeal("I.2", Appeal.State.OPEN)
    people = {name: getattr(given, name) for name in PEOPLE}
    people |= {role: given.cast[role] for role in (Role.ADMINISTRATOR, Role.LEADER, Role.OBSERVER)}
    people["sibling"] = given.cast["sibling"]
    wrong = []
    for state in Assessment.State.values:
        given.put(state)
        for name, person in people.items():
            for act, do in _acts(given, draft, sent, person).items():
                answer = "done"
                try:
                    with transaction.atomic():
                        do()
                        raise _Undone
                except _Undone:
                    pass
                except PermissionDenied:
                    answer = "denied"
                except WrongState:
                    answer = "state"
                except ActRefused:
                    answer = "done"  # it got past the state and the right; what else it lacks is tested elsewhere
                expected = "denied" if name not in ALLOWED[act] else "done" if state in ACTS[act].states else "state"
                if answer != expected:
                    wrong.append((state, name, act.value, answer, expected))

    assert wrong == []


class _Undone(Exception):
    """The act was done, and is taken back for the next one."""
