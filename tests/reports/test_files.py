"""What is handed out is what was made, to the one who asked, while they may still see all that is in it."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.db.models.functions import Now
from django.urls import reverse

from reports import jobs
from reports.models import ReportJob
from reports.services import may_download, request_report
from tests.factories.reports import fund
from tests.factories.units import MembershipFactory
from units.models import Membership, User
from units.permissions import Role

State = ReportJob.State


@pytest.fixture
def done(queued) -> ReportJob:
    jobs.run(queued.pk)
    queued.refresh_from_db()
    assert queued.state == State.DONE
    return queued


def url_of(job):
    return reverse("reports:download", args=[job.download_key])


def path_of(job, settings) -> Path:
    return Path(settings.REPORT_ROOT) / job.file


def body_of(response) -> bytes:
    return b"".join(response.streaming_content)


def test_the_requester_gets_the_file(cast, client, done, settings):
    client.force_login(cast[Role.LEADER])

    response = client.get(url_of(done))

    assert response.status_code == 200
    assert body_of(response) == path_of(done, settings).read_bytes()
    assert response["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert set(response["Cache-Control"].split(", ")) == {"private", "no-store"}
    assert response["X-Content-Type-Options"] == "nosniff"
    disposition = response["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=utf-8''")
    assert unquote(disposition).endswith(".xlsx")
    assert "Báo cáo tiến độ - Kế hoạch 231-KH-UBND" in unquote(disposition)
    assert "ETag" not in response


@pytest.mark.parametrize("person", [Role.PROGRAMME_OFFICER, Role.ADMINISTRATOR, "foreign", "stranger"])
@pytest.mark.parametrize("method", ["get", "head"])
def test_nobody_else_gets_it(cast, client, done, person, method):
    client.force_login(cast[person])

    response = getattr(client, method)(url_of(done))

    assert response.status_code == 404
    assert "Content-Disposition" not in response


def test_after_logging_out_there_is_no_file(client, done):
    response = client.get(url_of(done))

    assert response.status_code == 302
    assert reverse("account_login") in response["Location"]


@pytest.mark.parametrize("key", ["0" * 32, "x", "../../etc/passwd"])
def test_a_guessed_key_opens_nothing(cast, client, done, key):
    client.force_login(cast[Role.LEADER])

    assert client.get(f"/reports/files/{key}/").status_code == 404


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING, State.FAILED, State.CANCELLED, State.EXPIRED])
def test_only_what_is_done_has_a_file(cast, client, done, state):
    ReportJob.objects.update(state=state)
    client.force_login(cast[Role.LEADER])

    assert client.get(url_of(done)).status_code == 404


def test_who_lost_access_to_the_subject_lost_the_file(cast, client, done):
    cast[Role.LEADER].memberships.all().delete()
    client.force_login(cast[Role.LEADER])

    assert client.get(url_of(done)).status_code == 404


def test_who_sees_fewer_units_lost_the_file(cast, client, done):
    """A province's leader moves to district A: the plan is still theirs to read, B's progress is not."""
    leader = cast[Role.LEADER]
    leader.memberships.all().delete()
    MembershipFactory(user=leader, unit=cast.a, role=Role.UNIT_HEAD)
    client.force_login(leader)

    assert client.get(reverse("reports:show", args=["progress"]), done.params).status_code == 200
    assert client.get(url_of(done)).status_code == 404


def test_who_no_longer_sees_money_lost_the_file_with_money(cast, plan):
    person = cast[Role.LEADER]
    fund(plan, cast[Role.FINANCE])
    job = request_report(kind="progress", format="xlsx", params={"plan": plan.pk}, by=person)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert may_download(job=job, user=person)

    Membership.objects.filter(user=person).update(role=Role.ASSESSOR)

    assert not may_download(job=job, user=User.objects.get(pk=person.pk))


@pytest.mark.parametrize("damage", ["changed", "longer", "gone"])
def test_a_damaged_file_is_not_handed_out_but_can_be_made_again(cast, client, done, settings, damage):
    path = path_of(done, settings)
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(content[:-1] + b"x" if damage == "changed" else content + b"x")
    client.force_login(cast[Role.LEADER])

    response = client.get(url_of(done))

    assert response.status_code == 410
    assert reverse("reports:request", args=["progress"]) in response.content.decode()
    again = client.post(reverse("reports:request", args=["progress"]), {"plan": done.params["plan"], "format": "xlsx"})
    assert again["Location"] != reverse("reports:job", args=[done.pk])


def test_files_are_kept_for_their_days_and_no_longer(done, settings):
    assert jobs.expire()["expired"] == 0
    ReportJob.objects.update(finished_at=Now() - timedelta(days=settings.REPORT_KEEP_DAYS, hours=1))

    assert jobs.expire()["expired"] == 1

    done.refresh_from_db()
    assert done.state == State.EXPIRED
    assert not path_of(done, settings).exists()
    assert jobs.expire()["expired"] == 0


def test_what_no_row_knows_is_swept_after_an_hour(done, settings):
    root = Path(settings.REPORT_ROOT)
    strays = [root / "tmp" / "job.token", root / "files" / "00" / "job.token.pdf"]
    for stray in strays:
        stray.parent.mkdir(parents=True, exist_ok=True)
        stray.write_bytes(b"half")
    assert jobs.expire()["swept"] == 0
    for path in [*strays, path_of(done, settings)]:
        os.utime(path, (time.time() - 7200,) * 2)

    assert jobs.expire()["swept"] == 2

    assert not any(stray.exists() for stray in strays)
    assert path_of(done, settings).exists()


def test_what_is_being_written_is_not_swept(queued, settings):
    lease = jobs.claim(queued.pk)
    draft = Path(settings.REPORT_ROOT) / "tmp" / f"{queued.pk}.{lease.token}"
    draft.parent.mkdir(parents=True)
    draft.write_bytes(b"half")
    os.utime(draft, (time.time() - 7200,) * 2)

    assert jobs.expire()["swept"] == 0
    assert draft.exists()
