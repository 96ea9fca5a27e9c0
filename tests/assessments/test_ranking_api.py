"""Rankings and decisions over the API: places, who is told what, constant queries."""

from __future__ import annotations

import pytest

from assessments.models import Assessment, Decision
from tests.factories.results import Results, make_results
from units.permissions import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def results() -> Results:
    made = make_results()
    made.sheet(unit=made.cast.a)
    made.sheet(("9", "9", "9"), unit=made.cast.b)
    return made


def rows(client, results: Results, **query) -> list[dict]:
    answer = client.get("/api/v1/rankings/", {"round": results.round.pk, **query})
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def test_a_draft_has_its_places_worked_out_and_hides_what_is_not_told(client, results):
    out = results.sheet(state="verifying")
    client.force_login(results.cast[Role.PROGRAMME_OFFICER])

    told = rows(client, results)

    assert [(row["place"], row["final_total"], row["grade"]) for row in told] == [
        (2, "24.00", "good"),
        (1, "27.00", "good"),
        (None, None, ""),
    ]
    assert client.get(f"/api/v1/rankings/{out.pk}/").json()["final_groups"] == {}


@pytest.mark.parametrize("person", [Role.UNIT_OFFICER, "sibling", "commune", "foreign", "stranger"])
def test_outsiders_read_rankings_and_decisions_once_they_are_published(client, results, person):
    client.force_login(results.cast[person])
    results.approve()
    assert rows(client, results) == []
    assert client.get("/api/v1/decisions/").json()["results"] == []

    results.publish()

    in_it = person in (Role.UNIT_OFFICER, "sibling")
    assert [row["place"] for row in rows(client, results)] == ([2, 1] if in_it else [])
    assert len(client.get("/api/v1/decisions/").json()["results"]) == (2 if in_it else 0)


def test_the_round_is_to_be_given(client, results):
    client.force_login(results.cast[Role.LEADER])

    assert "round" in client.get("/api/v1/rankings/").json()["errors"]


@pytest.mark.parametrize("published", [False, True])
def test_a_page_costs_the_same_for_1_and_3_units(client, results, published, django_assert_num_queries):
    client.force_login(results.cast[Role.LEADER])
    if published:
        results.approve()
        results.publish()
    expected = 4 if published else 6

    for size in (1, 2):
        with django_assert_num_queries(expected):
            assert len(rows(client, results, page_size=size)) == size


def test_a_change_tells_the_digest_of_what_was_before_and_not_its_content(client, results):
    results.approve()
    sheet = Assessment.objects.get(unit=results.cast.a)
    decision = Decision.objects.get()
    Decision.objects.filter(pk=decision.pk).update(
        changes=[{"assessment": sheet.pk, "former": {"digest": "f" * 64, "frozen": {"secret": 1}}}]
    )
    client.force_login(results.cast[Role.LEADER])

    [change] = client.get(f"/api/v1/decisions/{decision.pk}/").json()["changes"]

    assert change == {"assessment": sheet.pk, "former_sha256": "f" * 64}
