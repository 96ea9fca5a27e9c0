"""Chasing letters for programs: who reads which, and the reply, once."""

from __future__ import annotations

import pytest

from plans.models import ChasingLetter
from plans.services import send_letters
from tests.factories.chasing import an_item, chase_units, many_units
from units.permissions import Role

LETTERS = "/api/v1/chasing-letters/"


@pytest.fixture
def letter(cast) -> ChasingLetter:
    made = chase_units(cast, items=[an_item(cast.a, "task:1"), an_item(cast.a, "due_report:2")])
    return send_letters(letters=made.letters, by=cast[Role.PROGRAMME_OFFICER])[0]


@pytest.mark.parametrize(
    ("person", "count"), [(Role.LEADER, 1), (Role.UNIT_OFFICER, 1), ("sibling", 0), ("foreign", 0)]
)
def test_who_reads_which_letters(cast, client, letter, person, count):
    client.force_login(cast[person])

    assert len(client.get(LETTERS).json()["results"]) == count


def test_a_letter_with_its_things(cast, client, letter):
    client.force_login(cast[Role.UNIT_OFFICER])

    row = client.get(f"{LETTERS}{letter.pk}/").json()

    assert (row["number"], row["symbol"], row["state"], row["times"]) == (1, "SKHCN-TĐC", "sent", 1)
    assert [item["reference"] for item in row["items"]] == ["due_report:2", "task:1"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_any_number(cast, client, rows, django_assert_num_queries):
    chase_units(cast, *many_units(cast, rows))
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    client.get(LETTERS)

    with django_assert_num_queries(4):
        assert len(client.get(LETTERS).json()["results"]) == rows


@pytest.mark.parametrize(
    ("person", "status"),
    [(Role.UNIT_OFFICER, 200), (Role.PROGRAMME_OFFICER, 200), (Role.OBSERVER, 403), ("sibling", 404)],
)
def test_who_may_reply(cast, client, letter, person, status):
    client.force_login(cast[person])

    response = client.post(f"{LETTERS}{letter.pk}/reply/", {"reply": "Đã xong"}, content_type="application/json")

    assert response.status_code == status
    assert (ChasingLetter.objects.get().state == "answered") is (status == 200)


def test_a_reply_is_logged_once_and_says_something(cast, client, letter):
    client.force_login(cast[Role.UNIT_OFFICER])

    def reply(**body):
        return client.post(f"{LETTERS}{letter.pk}/reply/", body, content_type="application/json").status_code

    assert [reply(), reply(answer="x"), reply(reply="Đã xong"), reply(reply="Nữa")] == [400, 400, 200, 409]
    assert ChasingLetter.objects.get().reply == "Đã xong"
