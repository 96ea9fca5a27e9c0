"""Obstacles and evidence over the API: the pages' own services, a status for each refusal."""

from __future__ import annotations

import pytest
from django.test import Client

from plans.models import Evidence, Obstacle
from tests.factories.evidence import evidence_of, pdf, upload
from tests.factories.obstacles import ObstacleFactory, answered
from tests.factories.plans import PlanFactory, task_of
from units.permissions import Role

pytestmark = pytest.mark.django_db
OBSTACLES, EVIDENCE = "/api/v1/obstacles/", "/api/v1/evidence/"


def post(client: Client, url: str, data: dict):
    return client.post(url, data, content_type="application/json")


@pytest.fixture
def said(cast):
    task = task_of(PlanFactory(unit=cast.province), cast.a)
    return {"plan": task.plan_id, "task": task.pk, "unit": cast.a.pk, "title": "Thiếu người", "text": "Chưa có ai"}


@pytest.mark.parametrize(
    ("person", "status"),
    [(Role.UNIT_OFFICER, 201), (Role.PROGRAMME_OFFICER, 201), (Role.OBSERVER, 403), ("sibling", 400), ("foreign", 400)],
)
def test_who_raises_an_obstacle(client, cast, said, person, status):
    client.force_login(cast[person])

    response = post(client, OBSTACLES, said)

    assert response.status_code == status
    assert Obstacle.objects.count() == (status == 201)


def test_an_obstacle_is_raised_with_files_and_read_with_what_was_said(client, cast, said):
    client.force_login(cast[Role.UNIT_OFFICER])
    file = evidence_of(cast.a, cast[Role.UNIT_OFFICER])

    made = post(client, OBSTACLES, {**said, "evidence": [file.pk]}).json()

    assert (made["number"], made["state"], made["level"], made["evidence"]) == (1, "open", 2, [file.pk])
    answered(Obstacle.objects.get(), cast[Role.PROGRAMME_OFFICER], "Đã có")
    detail = client.get(f"{OBSTACLES}{made['id']}/").json()
    assert [(step["kind"], step["text"]) for step in detail["steps"]] == [("answer", "Đã có")]


@pytest.mark.parametrize(
    "wrong", [{"level": 3}, {"title": " "}, {"task": 10**9}, {"evidence": [10**9]}, {"plan": 0}, {"state": "closed"}]
)
def test_a_wrong_obstacle_is_refused(client, cast, said, wrong):
    client.force_login(cast[Role.UNIT_OFFICER])

    assert post(client, OBSTACLES, {**said, **wrong}).status_code == 400
    assert not Obstacle.objects.exists()


def test_an_answer_and_the_end_each_with_their_refusals(client, cast):
    obstacle = ObstacleFactory(plan=PlanFactory(unit=cast.province), unit=cast.a)
    url = f"{OBSTACLES}{obstacle.pk}/"
    client.force_login(cast[Role.UNIT_OFFICER])
    assert post(client, f"{url}close/", {}).status_code == 409
    assert post(client, f"{url}answer/", {"text": "Tự trả lời"}).status_code == 403
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    assert post(client, f"{url}answer/", {"text": "x", "version": 7}).status_code == 409
    assert post(client, f"{url}answer/", {}).status_code == 400

    answer = post(client, f"{url}answer/", {"text": "Đã bố trí", "version": 1})

    assert (answer.status_code, answer.json()["state"]) == (200, "answered")
    client.force_login(cast[Role.UNIT_OFFICER])
    assert post(client, f"{url}close/", {"text": "Xong"}).json()["state"] == "closed"
    client.force_login(cast["sibling"])
    assert post(client, f"{url}close/", {}).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_any_number(client, cast, rows, django_assert_num_queries):
    ObstacleFactory.create_batch(rows, plan=PlanFactory(unit=cast.province), unit=cast.a)
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    client.get(OBSTACLES)

    with django_assert_num_queries(4):
        assert len(client.get(OBSTACLES, {"state": "open"}).json()["results"]) == rows


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [("a.pdf", pdf(), 201), ("a.exe", b"MZ", 422), ("a.pdf", b"<html>", 422), ("a.pdf", b"", 422)],
)
def test_a_file_is_uploaded_or_refused_with_its_reason(client, cast, name, content, status):
    client.force_login(cast[Role.UNIT_OFFICER])

    response = client.post(EVIDENCE, {"unit": cast.a.pk, "title": "Biên bản", "file": upload(name, content)})

    assert response.status_code == status
    assert Evidence.objects.count() == (status == 201)
    if status == 201:
        assert response.json()["sha256"] == Evidence.objects.get().sha256
        assert response.headers["Location"] == f"{EVIDENCE}{response.json()['id']}/"
        again = client.post(EVIDENCE, {"unit": cast.a.pk, "file": upload("b.pdf", content)})
        assert again.json()["id"] == response.json()["id"]
    else:
        assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("limit", "value"), [("MAX_UPLOAD", 50), ("UPLOAD_QUOTA", 50)])
def test_what_is_too_large_answers_413(client, cast, settings, limit, value):
    setattr(settings, limit, value)
    client.force_login(cast[Role.UNIT_OFFICER])

    assert client.post(EVIDENCE, {"unit": cast.a.pk, "file": upload()}).status_code == 413
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    ("person", "status"), [(Role.OBSERVER, 403), ("sibling", 400), ("stranger", 400), (Role.PROGRAMME_OFFICER, 201)]
)
def test_who_uploads_for_a_unit(client, cast, person, status):
    client.force_login(cast[person])

    assert client.post(EVIDENCE, {"unit": cast.a.pk, "file": upload()}).status_code == status


def test_a_form_without_a_file_is_refused(client, cast):
    client.force_login(cast[Role.UNIT_OFFICER])

    assert client.post(EVIDENCE, {"unit": cast.a.pk}).status_code == 400
    assert client.post(EVIDENCE, {"unit": "x", "file": upload()}).status_code == 400
    assert client.post(EVIDENCE, {"file": upload(), "unit": cast.a.pk, "size": 1}).status_code == 400
