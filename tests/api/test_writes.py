"""Progress and reports by POST: the pages' own services, one effect for a repeated request."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from activity.models import AuditEvent
from plans.models import ProgressUpdate
from reports.models import ReportJob
from tests.factories.plans import PlanFactory, task_of
from units.models import IdempotencyRecord
from units.permissions import Role

pytestmark = pytest.mark.django_db
UPDATES, JOBS = "/api/v1/progress-updates/", "/api/v1/report-jobs/"


@pytest.fixture
def task(cast):
    return task_of(PlanFactory(unit=cast.a), cast.a)


@pytest.fixture
def said(cast, task):
    return {"task": task.pk, "unit": cast.a.pk, "percent": 40, "note": "Đã tập huấn"}


def post(client: Client, url: str, data: dict, **headers):
    return client.post(url, data, content_type="application/json", headers=headers)


@pytest.mark.parametrize(
    ("person", "status"),
    [
        (Role.UNIT_OFFICER, 201),
        (Role.UNIT_HEAD, 201),
        (Role.PROGRAMME_OFFICER, 201),
        (Role.OBSERVER, 403),
        (Role.LEADER, 403),
        ("sibling", 400),
        ("foreign", 400),
        ("stranger", 400),
    ],
)
def test_who_may_report_progress(client, cast, said, person, status):
    client.force_login(cast[person])

    response = post(client, UPDATES, said)

    assert response.status_code == status
    assert ProgressUpdate.objects.count() == (status == 201)


def test_progress_is_recorded_as_an_act_over_the_api(client, cast, said):
    client.force_login(cast[Role.UNIT_OFFICER])

    response = post(client, UPDATES, said)

    update = ProgressUpdate.objects.get()
    assert (response.json()["id"], response["Location"]) == (update.pk, f"{UPDATES}{update.pk}/")
    event = AuditEvent.objects.get(action="plans.progress_reported")
    assert (event.by, event.channel, event.unit_path) == (cast[Role.UNIT_OFFICER], "api", cast.a.path)


def test_a_unit_that_does_not_perform_the_task_has_nothing_to_report(client, cast, said):
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    response = post(client, UPDATES, said | {"unit": cast.b.pk})

    assert (response.status_code, list(response.json()["errors"])) == (400, ["unit"])


@pytest.mark.parametrize("changed", [{"percent": 101}, {"percent": -1}, {"percent": None}, {"note": "x" * 5000}])
def test_values_out_of_shape_are_refused(client, cast, said, changed):
    client.force_login(cast[Role.UNIT_OFFICER])

    response = post(client, UPDATES, said | changed)

    assert list(response.json()["errors"]) == list(changed)
    assert not ProgressUpdate.objects.exists()


def test_a_repeated_request_has_one_effect_and_one_answer(client, cast, said):
    client.force_login(cast[Role.UNIT_OFFICER])

    first, second = (post(client, UPDATES, said, **{"Idempotency-Key": "k-1"}) for _each in range(2))

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert ("Idempotent-Replayed" in first, second["Idempotent-Replayed"]) == (False, "true")
    assert ProgressUpdate.objects.count() == 1


def test_a_key_stands_for_one_body_of_one_person(client, cast, said):
    client.force_login(cast[Role.UNIT_OFFICER])
    post(client, UPDATES, said, **{"Idempotency-Key": "k-1"})

    other_body = post(client, UPDATES, said | {"percent": 50}, **{"Idempotency-Key": "k-1"})
    client.force_login(cast[Role.UNIT_HEAD])
    other_person = post(client, UPDATES, said | {"percent": 60}, **{"Idempotency-Key": "k-1"})

    assert (other_body.status_code, other_body.json()["code"]) == (422, "idempotency_key_reused")
    assert other_person.status_code == 201


def test_a_request_that_failed_may_be_sent_again_under_its_key(client, cast, said):
    client.force_login(cast[Role.OBSERVER])
    refused = post(client, UPDATES, said, **{"Idempotency-Key": "k-1"})

    assert refused.status_code == 403
    assert not IdempotencyRecord.objects.exists()


def test_answers_are_forgotten_after_a_day(client, cast, said):
    client.force_login(cast[Role.UNIT_OFFICER])
    post(client, UPDATES, said, **{"Idempotency-Key": "k-1"})
    IdempotencyRecord.objects.update(created_at=timezone.now() - timedelta(hours=25))

    post(client, UPDATES, said, **{"Idempotency-Key": "k-1"})

    assert ProgressUpdate.objects.count() == 2


@pytest.mark.parametrize("key", ["", "x" * 101, "có dấu", "a b"])
def test_a_key_must_be_plain(client, cast, said, key):
    client.force_login(cast[Role.UNIT_OFFICER])

    response = post(client, UPDATES, said, **{"Idempotency-Key": key})

    assert list(response.json()["errors"]) == ["Idempotency-Key"]


@pytest.fixture
def wanted(task):
    return {"kind": "progress", "format": "pdf", "params": {"plan": task.plan_id}}


@pytest.mark.parametrize(
    ("person", "status"),
    [(Role.LEADER, 202), (Role.UNIT_OFFICER, 202), (Role.OBSERVER, 403), ("sibling", 400), ("stranger", 400)],
)
def test_who_may_request_a_report(client, cast, wanted, person, status):
    client.force_login(cast[person])

    response = post(client, JOBS, wanted)

    assert response.status_code == status
    assert ReportJob.objects.count() == (status == 202)
    assert "download_key" not in response.json()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "nothing"}, "kind"),
        ({"format": "exe"}, "format"),
        ({"params": {}}, "params"),
        ({"params": {"plan": "x"}}, "params"),
        ({"params": {"plan": 1, "user": 2}}, "params"),
        ({"params": {"plan": 2**70}}, "params"),
    ],
)
def test_a_report_that_does_not_exist_cannot_be_requested(client, cast, wanted, changed, field):
    client.force_login(cast[Role.LEADER])

    response = post(client, JOBS, wanted | changed)

    assert (response.status_code, list(response.json()["errors"])) == (400, [field])


def test_the_same_request_gives_the_job_that_is_under_way(client, cast, wanted):
    client.force_login(cast[Role.LEADER])

    first, second = post(client, JOBS, wanted), post(client, JOBS, wanted)

    assert first.json()["id"] == second.json()["id"]


def test_more_reports_than_one_may_have_wait(client, cast):
    client.force_login(cast[Role.LEADER])

    answers = [
        post(client, JOBS, {"kind": "progress", "format": "pdf", "params": {"plan": PlanFactory(unit=cast.a).pk}})
        for _each in range(4)
    ]

    assert [response.status_code for response in answers] == [202, 202, 202, 429]
    assert int(answers[3]["Retry-After"]) > 0


def done(job: ReportJob, settings, content: bytes = b"%PDF-1.7 x") -> ReportJob:
    path = Path(settings.REPORT_ROOT) / "files" / "x.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    job.state, job.file, job.size = ReportJob.State.DONE, "files/x.pdf", len(content)
    job.sha256 = hashlib.sha256(content).hexdigest()
    job.scope = {}
    job.save()
    return job


def test_the_file_of_a_job_that_is_done_can_be_fetched_by_its_requester_alone(client, cast, wanted, settings):
    client.force_login(cast[Role.LEADER])
    url = f"{JOBS}{post(client, JOBS, wanted).json()['id']}/file/"
    before = client.get(url)
    job = done(ReportJob.objects.get(), settings)

    response = client.get(url, headers={"Accept": "application/pdf"})
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    anothers = client.get(url)

    assert (before.status_code, anothers.status_code) == (404, 404)
    assert b"".join(response.streaming_content) == b"%PDF-1.7 x"
    assert response["Content-Type"] == "application/pdf"
    assert hashlib.sha256(b"%PDF-1.7 x").hexdigest() == job.sha256


def test_a_file_that_is_not_the_one_that_was_made_is_not_given_out(client, cast, wanted, settings):
    client.force_login(cast[Role.LEADER])
    post(client, JOBS, wanted)
    job = done(ReportJob.objects.get(), settings)
    (Path(settings.REPORT_ROOT) / job.file).write_bytes(b"%PDF-1.7 y")

    response = client.get(f"{JOBS}{job.pk}/file/")

    assert (response.status_code, response.json()["code"]) == (410, "file_damaged")
