"""Rounds, their units, extensions, teams and assignments over the API."""

from __future__ import annotations

import pytest

from assessments.models import Assignment, Extension, Round, Team
from tests.factories.assessments import load_sets
from tests.factories.rounds import assessors, opened, phases, sheet_of, team
from units.permissions import Role

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}


@pytest.fixture
def caller(client, cast):
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    return client


def body_of(cast, **changed):
    days = {name: value.isoformat() for name, value in phases().values.items()}
    own = {"unit": cast.province.pk, "criteria_set": load_sets()["iso9001-example"].pk, "title": "Đợt", "year": 2026}
    return days | own | changed


def patch(client, round_, data, tag):
    return client.patch(f"/api/v1/rounds/{round_.pk}/", data, headers={"If-Match": tag}, **JSON)


def test_a_round_is_prepared_given_units_and_opened(caller, cast):
    made = caller.post("/api/v1/rounds/", body_of(cast), **JSON)
    assert (made.status_code, made.json()["state"]) == (201, "preparing")
    assert caller.post("/api/v1/rounds/", body_of(cast), **JSON).status_code == 409
    place = made["Location"]

    units = caller.post(f"{place}units/", {"units": [cast.a.pk, cast.a.pk, cast.b.pk]}, **JSON)
    assert units.json() == {
        "results": [{"unit": cast.a.pk, "outcome": "added"}, {"unit": cast.b.pk, "outcome": "added"}]
    }
    assert caller.post(f"{place}units/", {"units": [cast.foreign.pk]}, **JSON).status_code == 400
    opened_ = caller.post(f"{place}open/")

    assert (opened_.status_code, opened_.json()["state"], opened_["ETag"]) == (200, "running", '"2"')
    assert caller.post(f"{place}open/").status_code == 409


def test_a_round_that_runs_changes_its_dates_with_a_reason(caller, cast):
    round_ = opened(cast, cast.a)
    later = {"approve_by": "2026-05-01"}

    assert patch(caller, round_, {"title": "Khác"}, '"2"').status_code == 409
    assert patch(caller, round_, later, '"2"').json()["errors"]
    assert patch(caller, round_, later | {"reason": "vì"}, '"1"').status_code == 412
    changed = patch(caller, round_, later | {"reason": "vì"}, '"2"')

    assert (changed.status_code, changed["ETag"], changed.json()["approve_by"]) == (200, '"3"', "2026-05-01")
    assert changed.json()["closes_at"] is not None
    assert Round.objects.get().closes_at == phases().closes_at


def test_a_unit_is_given_more_time(caller, cast):
    sheet = sheet_of(opened(cast, cast.a), cast.a)
    sent = {"assessment": sheet.pk, "phase": "self_score", "until": "2099-01-01T17:00:00+07:00", "reason": "Bão"}

    assert caller.post("/api/v1/extensions/", sent | {"until": "2020-01-01T00:00:00Z"}, **JSON).status_code == 400
    assert caller.post("/api/v1/extensions/", sent | {"assessment": 10**15}, **JSON).status_code == 400
    made = caller.post("/api/v1/extensions/", sent, **JSON)
    assert made.status_code == 201
    assert Extension.objects.get().assessment == sheet
    caller.force_login(cast[Role.UNIT_HEAD])
    assert len(caller.get("/api/v1/extensions/").json()["results"]) == 1
    assert caller.post("/api/v1/extensions/", sent, **JSON).status_code == 403
    end = f"{made['Location']}end/"
    assert caller.post(end, {"reason": "Nhầm"}, **JSON).status_code == 403
    caller.force_login(cast[Role.PROGRAMME_OFFICER])
    assert caller.post(end, {}, **JSON).json()["errors"]["reason"]
    ended = caller.post(end, {"reason": "Nhầm"}, **JSON)
    assert (ended.status_code, ended.json()["until"] < sent["until"]) == (200, True)
    assert caller.post(end, {"reason": "Nhầm"}, **JSON).status_code == 409


def test_teams_and_assignments_are_for_the_side_that_assesses(caller, cast):
    round_ = opened(cast, cast.a)
    one, two = assessors(cast, 2)
    sent = {"round": round_.pk, "title": "Tổ 1", "members": [one.pk, two.pk]}
    assert caller.post("/api/v1/teams/", sent | {"members": [cast[Role.LEADER].pk]}, **JSON).status_code == 400
    assert caller.post("/api/v1/teams/", sent | {"members": [10**15]}, **JSON).status_code == 400
    made = caller.post("/api/v1/teams/", sent, **JSON)
    assert (made.status_code, made.json()["members"]) == (201, sorted([one.pk, two.pk]))

    given = {"assessment": sheet_of(round_, cast.a).pk, "assessor": one.pk}
    assert caller.post("/api/v1/assignments/", given, **JSON).status_code == 201
    assert caller.post("/api/v1/assignments/", given | {"assessor": two.pk}, **JSON).status_code == 409
    moved = given | {"assessor": two.pk, "expected": one.pk}
    assert caller.post("/api/v1/assignments/", moved, **JSON).status_code == 400
    assert caller.post("/api/v1/assignments/", moved | {"reason": "Nghỉ"}, **JSON).status_code == 201
    assert Assignment.objects.get().assessor == two

    for person, seen in [(Role.LEADER, 1), (Role.UNIT_HEAD, 0), ("foreign", 0)]:
        caller.force_login(cast[person])
        assert len(caller.get("/api/v1/teams/").json()["results"]) == seen
        assert len(caller.get("/api/v1/assignments/").json()["results"]) == seen


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_for_one_row_and_three(caller, cast, django_assert_num_queries, count):
    round_ = opened(cast, cast.a)
    for n in range(count):
        team(cast, round_, assessors(cast, 1 + n), title=f"Tổ {n}")

    with django_assert_num_queries(6):
        assert len(caller.get("/api/v1/teams/").json()["results"]) == count == Team.objects.count()
