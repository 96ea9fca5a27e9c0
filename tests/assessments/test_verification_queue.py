"""The queue of those who verify: what it holds for whom, bulk acts, verify mode of the sheet, reminders, the API."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.contexts.queue import neighbours, queue
from assessments.contexts.verification_reminders import verification_reminders
from plans.contexts.reminders import readers_among
from tests.factories.units import MembershipFactory
from tests.factories.verification import Verifying, make_verifying
from units.models import User
from units.permissions import Role


@pytest.fixture
def verifying(db) -> Verifying:
    return make_verifying()


def _queue(person: User) -> dict[str, str]:
    return {row.assessment.unit.name: row.bucket.value for row in queue(person, now=timezone.now())}


def test_each_sees_what_waits_for_them_the_most_pressing_first(verifying):
    verifying.another("Huyện Y", state="returned")
    verifying.another("Huyện X", state="verifying")
    verifying.another("Huyện Z", assessor=verifying.second)

    assert list(_queue(verifying.first).items()) == [
        ("Huyện X", "verifying"),
        ("UBND huyện A", "submitted"),
        ("Huyện Y", "returned"),
    ]
    assert _queue(verifying.second) == {"Huyện Z": "submitted"}
    assert (
        set(_queue(verifying.chair))
        == set(_queue(verifying.manager))
        == {
            "Huyện X",
            "Huyện Y",
            "Huyện Z",
            "UBND huyện A",
        }
    )
    for person in (verifying.head, verifying.officer, verifying.cast["foreign"]):
        assert _queue(person) == {}


def test_what_one_verifies_now_is_a_way_from_sheet_to_sheet(verifying):
    after = verifying.another("Huyện Z")

    way = neighbours(queue(verifying.first, now=timezone.now()), after)

    assert (way.number, way.total, way.after) == (1, 2, way.after)
    assert way.after.assessment.pk == verifying.sheet.pk
    assert neighbours(queue(verifying.manager, now=timezone.now()), after) is None


def test_a_sheet_of_ones_own_unit_is_not_ones_work(verifying):
    MembershipFactory(user=verifying.first, unit=verifying.cast.a, role=Role.OBSERVER)

    [row] = queue(User.objects.get(pk=verifying.first.pk), now=timezone.now())

    assert (row.place, row.is_work, row.may_begin) == (None, False, False)


@pytest.mark.parametrize("more", [0, 2])
def test_the_queue_costs_the_same_for_one_sheet_and_three(verifying, client, more, django_assert_num_queries):
    for number in range(more):
        verifying.another(f"Huyện {number}")
    client.force_login(verifying.first)
    url = reverse("assessments:verification")
    client.get(url)

    with django_assert_num_queries(8):
        page = client.get(url)

    assert page.content.decode().count('name="sheet"') == 1 + more


def test_acts_on_many_sheets_tell_what_became_of_each(verifying, client):
    late = verifying.another("Huyện Muộn", state="returned")
    foreign = verifying.another("Huyện Khác", assessor=verifying.second)
    client.force_login(verifying.first)
    url = reverse("assessments:verification_acts")

    begun = client.post(url, {"act": "begin", "sheet": [verifying.sheet.pk, late.pk, foreign.pk, "x", 10**30]})
    verifying.verify_all()
    told = client.post(url, {"act": "tell", "sheet": [verifying.sheet.pk]})
    unknown = client.post(url, {"act": "approve", "sheet": [foreign.pk]})

    assert [(each.unit, each.is_done) for each in begun.context["outcomes"]] == [
        ("Huyện Khác", False),
        ("Huyện Muộn", False),
        ("UBND huyện A", True),
    ]
    assert all(each.said for each in begun.context["outcomes"])
    assert [each.is_done for each in told.context["outcomes"]] == [True]
    assert verifying.now().state == "preliminary"
    assert unknown.context["outcomes"] == []
    assert verifying.now(foreign).state == "submitted"


def test_filters_narrow_the_queue(verifying, client):
    verifying.another("Huyện Y", state="returned")
    client.force_login(verifying.manager)
    url = reverse("assessments:verification")

    for query, units in (
        ({"state": "returned"}, ["Huyện Y"]),
        ({"unit": "huyện a"}, ["UBND huyện A"]),
        ({"round": verifying.round.pk, "mine": "round"}, ["UBND huyện A", "Huyện Y"]),
    ):
        assert [row.assessment.unit.name for row in client.get(url, query).context["rows"]] == units


def test_the_sheet_opens_in_verify_mode_and_saves_row_by_row(verifying, client):
    client.force_login(verifying.first)
    sheet = reverse("assessments:sheet", args=[verifying.sheet.pk])
    row = reverse("assessments:verify_score", args=[verifying.sheet.pk, verifying.criterion("I.1").pk])

    page = client.get(sheet).content.decode()
    unreasoned = client.post(row, {"version": "0", "value": "false", "explanation": ""})
    htmx = client.post(row, {"version": "0", "value": "false", "explanation": ""}, headers={"HX-Request": "true"})
    saved = client.post(row, {"version": "0", "value": "false", "explanation": "Chưa có quyết định"})
    stale = client.post(row, {"version": "0", "value": "true", "explanation": ""})

    assert f'action="{row}' in page
    assert (unreasoned.status_code, htmx.status_code, saved.status_code, stale.status_code) == (422, 422, 302, 409)
    assert 'role="alert"' in htmx.content.decode()
    assert verifying.row("I.1").explanation == "Chưa có quyết định"


def test_the_buttons_of_the_sheet_accept_finish_and_tell(verifying, client):
    client.force_login(verifying.first)
    key = [verifying.sheet.pk]

    client.post(reverse("assessments:verify_begin", args=key))
    client.post(reverse("assessments:accept", args=key), {"group": "I"})
    assert verifying.now().verified_scored == 2
    client.post(reverse("assessments:verify_finish", args=key))
    assert verifying.sheet.assignments.get().finished_at is None
    client.post(reverse("assessments:accept", args=key))
    client.post(reverse("assessments:verify_finish", args=key))
    client.post(reverse("assessments:verify_tell", args=key))

    assert (verifying.now().state, verifying.now().final_total) == ("preliminary", 30)


def test_a_return_from_the_page_needs_a_day_once_self_scoring_is_over(verifying, client):
    client.force_login(verifying.first)
    url = reverse("assessments:return", args=[verifying.sheet.pk])
    day = timezone.localdate() + timedelta(days=2)

    undated = client.post(url, {"note": "Bổ sung quyết định"})
    returned = client.post(url, {"note": "Bổ sung quyết định", "until": day.isoformat()})

    assert (undated.status_code, returned.status_code) == (422, 302)
    assert "Bổ sung quyết định" in undated.content.decode()
    until = timezone.localtime(verifying.sheet.extensions.get().until)
    assert (until.date(), until.hour) == (day + timedelta(days=1), 0)


def test_the_api_verifies_many_rows_with_a_result_for_each(verifying, client):
    client.force_login(verifying.first)
    first, second = verifying.criterion("I.1"), verifying.criterion("I.2")
    rows = [
        {"criterion": first.pk, "answer": {"value": True}, "version": 0},
        {"criterion": second.pk, "answer": {"value": False}, "version": 0},
    ]

    answer = client.post(
        reverse("api:assessment-verify", args=[verifying.sheet.pk]), {"rows": rows}, content_type="application/json"
    )
    tell = reverse("api:assessment-tell-result", args=[verifying.sheet.pk])
    told = client.post(tell, {}, content_type="application/json")

    assert [each["done"] for each in answer.json()["results"]] == [True, False]
    assert answer.json()["results"][1]["detail"]
    assert told.status_code == 409


def test_the_unit_sees_nothing_of_its_assessors_before_the_result_is_told(verifying, client):
    verifying.verify("I.1", False, reason="CANARY-reason")
    client.force_login(verifying.head)
    sheet = reverse("assessments:sheet", args=[verifying.sheet.pk])
    appeals = reverse("assessments:appeals", args=[verifying.sheet.pk])
    pages = [sheet, f"{sheet}?tab=history", f"{sheet}?tab=differences", appeals]

    for url in pages:
        assert "CANARY-reason" not in client.get(url).content.decode()
    scores = client.get(reverse("api:score-list"), {"assessment": verifying.sheet.pk}).json()["results"]
    assert {row["stage"] for row in scores} == {"self"}
    row = client.get(reverse("api:assessment-detail", args=[verifying.sheet.pk])).json()
    assert (row["verified_total"], row["final_total"]) == (None, None)
    assert client.get(reverse("assessments:differences", args=[verifying.sheet.pk])).status_code == 403


def test_assessors_and_units_are_reminded_of_phases_that_close(verifying):
    day = timezone.localdate()
    closes = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2)
    type(verifying.round).objects.filter(pk=verifying.round.pk).update(verify_closes_at=closes, appeal_closes_at=closes)
    told = verifying.another("Huyện Đã báo", state="preliminary")
    head = MembershipFactory(unit=told.unit, role=Role.UNIT_HEAD).user
    readers = readers_among(people=[verifying.first, verifying.officer, head], day=day)

    lines = verification_reminders(readers=readers, day=day)

    assert [(line.days, line.due_on) for line in lines[verifying.first.pk]] == [(1, day + timedelta(days=1))]
    assert [line.url for line in lines[head.pk]] == [reverse("assessments:appeals", args=[told.pk])]
    assert verifying.officer.pk not in lines
