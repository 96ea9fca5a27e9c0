"""The page of the log."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from activity.models import AuditEvent
from activity.services import record
from isoportal.audit_words import ACTIONS, change_words
from units.permissions import Role

APPS = ("activity", "units", "plans", "assessments", "budgets", "reports")


@pytest.fixture
def events(cast):
    AuditEvent.objects.all().delete()
    for unit in (cast.a, cast.b, cast.foreign):
        record(
            by=cast[Role.UNIT_OFFICER],
            action="units.changed",
            target=unit,
            unit_path=unit.path,
            changes={"name": ["x", "y"]},
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("person", "units"), [(Role.LEADER, ["b", "a"]), (Role.ADMINISTRATOR, ["b", "a"]), ("foreign", ["foreign"])]
)
def test_one_sees_the_log_of_the_units_one_oversees(client, cast, events, person, units):
    client.force_login(cast[person])

    rows = client.get("/activity/").context["rows"]

    assert [row["event"].target_name for row in rows] == [str(getattr(cast, unit)) for unit in units]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"action": "units.changed"}, 2),
        ({"action": "units.created"}, 0),
        ({"person": "nobody"}, 0),
        ({"day": "2020-01-01"}, 0),
    ],
)
def test_the_log_is_filtered(client, cast, events, query, found):
    client.force_login(cast[Role.LEADER])

    assert len(client.get("/activity/", query).context["rows"]) == found


@pytest.mark.django_db
def test_a_day_runs_from_midnight_to_midnight_in_vietnam(client, cast, events):
    zone = timezone.get_current_timezone()
    midnight = datetime(2026, 3, 2, tzinfo=zone)
    first, second, _third = AuditEvent.objects.order_by("pk")
    AuditEvent.objects.filter(pk=first.pk).update(at=midnight)
    AuditEvent.objects.filter(pk=second.pk).update(at=midnight - timedelta(microseconds=1))
    client.force_login(cast[Role.LEADER])

    rows = client.get("/activity/", {"day": "2026-03-02"}).context["rows"]

    assert [row["event"].pk for row in rows] == [first.pk]


@pytest.mark.django_db
@pytest.mark.parametrize("query", [{"day": "x"}, {"action": "x"}])
def test_filters_that_cannot_be_used_are_said(client, cast, query):
    client.force_login(cast[Role.LEADER])

    assert client.get("/activity/", query).status_code == 422


@pytest.mark.django_db
@pytest.mark.parametrize("more", [0, 2])
def test_the_page_costs_the_same_for_one_event_and_for_three(client, cast, django_assert_num_queries, more):
    AuditEvent.objects.all().delete()
    for _each in range(1 + more):
        record(by=cast[Role.LEADER], action="units.changed", target=cast.a, unit_path=cast.a.path, changes={})
    client.force_login(cast[Role.LEADER])
    client.get("/units/")

    with django_assert_num_queries(6):
        client.get("/activity/")


def test_every_action_in_the_code_has_words():
    sources = "".join(path.read_text() for app in APPS for path in Path(settings.BASE_DIR, app).rglob("*.py"))
    written = set(re.findall(rf'"((?:{"|".join(APPS)})\.[a-z_]+)"', sources))
    actions = {name for name in written if re.search(r"(ed|spent)$", name)}

    assert len(actions) > 15
    assert actions - ACTIONS.keys() == set()


def test_changes_are_readable():
    changes = {
        "percent": [None, 40],
        "read_only": [False, True],
        "valid_to": [None, "2025-06-30"],
        "note": ["", ""],
        "expires_at": [None, "2026-11-30T03:48:27.759239+00:00"],
        "odd": {"a": [1, 2]},
    }

    said = [(before, after) for _field, before, after in change_words(changes)]

    assert said[0] == ("–", "40")
    assert said[1][0] != said[1][1]
    assert said[2] == ("–", "30/6/2025")
    assert said[3] == ("–", "10:48 30/11/2026")
    assert said[4] == ("–", "a: 1, 2")
