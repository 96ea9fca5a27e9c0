"""Sheets and scores over the API: what is read, what is masked, what is written."""

from __future__ import annotations

import pytest
from django.urls import reverse

from assessments.models import Assessment, Score
from tests.factories.assessments import AssessmentFactory, ScoreFactory
from units.permissions import Role

JSON = "application/json"


def score_url(sheets, code: str) -> str:
    return reverse("api:assessment-score", args=[sheets.points.pk, sheets.criterion(code).pk])


def put(client, url: str, answer: dict, *, version: str | None = '"0"', explanation: str = ""):
    headers = {} if version is None else {"If-Match": version}
    body = {"answer": answer, "explanation": explanation}
    return client.put(url, body, content_type=JSON, headers=headers)


@pytest.fixture
def officer(client, sheets):
    client.force_login(sheets.officer)
    return client


def test_a_score_is_saved_with_the_version_that_was_read(officer, sheets):
    url = score_url(sheets, "2.1")

    empty = officer.get(url)
    assert (empty.status_code, empty.headers["ETag"], empty.json()["answer"]) == (200, '"0"', {})
    first = put(officer, url, {"done": 109, "of": 118}, explanation="đủ")
    assert (first.status_code, first.headers["ETag"], first.json()["points"]) == (200, '"1"', "7.39")
    assert put(officer, url, {"done": 100, "of": 118}).status_code == 412
    assert put(officer, url, {"done": 109, "of": 118}, explanation="đủ").status_code == 200
    assert put(officer, url, {"done": 100, "of": 118}, version=None).status_code == 428
    assert put(officer, url, {"done": 119, "of": 118}, version='"1"').status_code == 400
    assert put(officer, url, {"done": 100, "of": 118}, version='"1"').json()["version"] == 2
    assert Score.objects.get().answer == {"done": 100, "of": 118}


@pytest.mark.parametrize(
    ("person", "status"),
    [
        (Role.UNIT_HEAD, 200),
        (Role.UNIT_OFFICER, 200),
        (Role.PROGRAMME_OFFICER, 403),
        (Role.ASSESSOR, 403),
        (Role.OBSERVER, 403),
        ("sibling", 404),
        ("stranger", 404),
    ],
)
def test_who_writes_a_score_on_the_page_and_over_the_api(client, sheets, person, status):
    client.force_login(sheets.cast[person])
    page = reverse("assessments:score", args=[sheets.points.pk, sheets.criterion("1.4").pk])

    written = put(client, score_url(sheets, "1.2"), {"value": True})
    typed = client.post(page, {"value": "true", "version": 0})

    assert written.status_code == status
    assert typed.status_code == (302 if status == 200 else status)
    assert Score.objects.count() == (2 if status == 200 else 0)


def test_submission_over_the_api(client, sheets):
    url = reverse("api:assessment-submit", args=[sheets.points.pk])
    client.force_login(sheets.officer)
    assert client.post(url, {}, content_type=JSON).status_code == 403
    client.force_login(sheets.cast[Role.UNIT_HEAD])

    refused = client.post(url, {}, content_type=JSON)

    assert refused.status_code == 409
    assert "1.1" in refused.json()["detail"]
    client.force_login(sheets.cast["sibling"])
    assert client.post(url, {}, content_type=JSON).status_code == 404


def test_to_the_head_and_back_over_the_api(client, sheets):
    send = reverse("api:assessment-send-to-head", args=[sheets.points.pk])
    back = reverse("api:assessment-take-back", args=[sheets.points.pk])
    version = Assessment.objects.get(pk=sheets.points.pk).version
    client.force_login(sheets.officer)

    stale = client.post(send, {"version": version + 1}, content_type=JSON)
    sent = client.post(send, {"difficulties": "Thiếu người", "version": version}, content_type=JSON)

    assert (stale.status_code, sent.status_code, sent.json()["state"]) == (409, 200, "head_review")
    assert client.post(send, {}, content_type=JSON).status_code == 409
    client.force_login(sheets.cast[Role.ASSESSOR])
    assert client.post(back, {}, content_type=JSON).status_code == 403
    client.force_login(sheets.cast[Role.UNIT_HEAD])
    returned = client.post(back, {"note": "Xem lại 1.2"}, content_type=JSON)
    assert (returned.status_code, returned.json()["state"]) == (200, "scoring")
    assert Assessment.objects.get(pk=sheets.points.pk).difficulties == "Thiếu người"


@pytest.mark.parametrize("state", ["submitted", "verifying", "preliminary"])
def test_what_the_assessors_gave_is_told_to_the_unit_with_the_preliminary_result(client, sheets, state):
    Assessment.objects.filter(pk=sheets.points.pk).update(state=state, verified_total=50, final_total=50, grade="good")
    ScoreFactory(
        assessment=sheets.points, criterion=sheets.criterion("1.2"), stage="verified", answer={"value": True}, points=3
    )
    shown = state == "preliminary"
    row_url = reverse("api:assessment-detail", args=[sheets.points.pk])
    scores_url = reverse("api:score-list") + f"?assessment={sheets.points.pk}"

    for person in (
        Role.UNIT_HEAD,
        Role.UNIT_OFFICER,
        Role.OBSERVER,
        Role.ASSESSOR,
        Role.PROGRAMME_OFFICER,
        Role.LEADER,
    ):
        client.force_login(sheets.cast[person])
        row = client.get(row_url).json()
        stages = [each["stage"] for each in client.get(scores_url).json()["results"]]
        inside = person in {Role.ASSESSOR, Role.PROGRAMME_OFFICER, Role.LEADER}
        assert (row["verified_total"] == "50.00") is (shown or inside), person
        assert (row["grade"] == "good") is (shown or inside), person
        if person != Role.LEADER:
            assert ("verified" in stages) is (shown or inside), person
        page = client.get(reverse("assessments:sheet", args=[sheets.points.pk]))
        assert (b'id="z' in page.content) is (shown or inside), person


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same(client, sheets, django_assert_num_queries, count):
    Assessment.objects.exclude(pk=sheets.points.pk).delete()
    for unit in [sheets.cast.b, sheets.cast.a1][: count - 1]:
        AssessmentFactory(round=sheets.round, unit=unit)
    client.force_login(sheets.cast[Role.LEADER])

    with django_assert_num_queries(LIST_QUERIES):
        assert len(client.get(reverse("api:assessment-list")).json()["results"]) == count


LIST_QUERIES = 5
