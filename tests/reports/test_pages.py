"""The report centre: kinds, one's jobs, the page of a report and the page of a job."""

from __future__ import annotations

from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from reports import jobs
from reports.contexts.job import OTHER_REASON, REASONS
from reports.models import ReportJob
from reports.registry import KINDS
from tests.factories.reports import ReportJobFactory, fund, make_assessment
from units.permissions import Role

State = ReportJob.State
LIST = "/reports/"
LIST_QUERIES = 5


def job_page(job):
    return reverse("reports:job", args=[job.pk])


def test_the_centre_describes_every_kind(cast, client):
    client.force_login(cast[Role.LEADER])

    page = client.get(LIST).content.decode()

    for kind in KINDS.values():
        assert str(kind.title) in page
        assert f'href="{reverse(kind.choose)}"' in page


def test_whoever_may_see_no_report_is_offered_none(cast, client):
    client.force_login(cast["stranger"])

    response = client.get(LIST)

    assert response.status_code == 200
    assert 'id="kinds"' not in response.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_one_s_jobs_costs_the_same_for_any_number(cast, client, rows, django_assert_num_queries):
    leader = cast[Role.LEADER]
    ReportJobFactory.create_batch(rows, requested_by=leader, title="Của tôi")
    ReportJobFactory(title="CANARY")
    client.force_login(leader)
    client.get(LIST)  # the session is there

    with django_assert_num_queries(LIST_QUERIES):
        page = client.get(LIST).content.decode()

    assert page.count('<li class="job">') == rows + len(KINDS)
    assert "CANARY" not in page


@pytest.mark.parametrize(
    ("person", "status", "may_ask"),
    [
        (Role.LEADER, 200, True),
        (Role.UNIT_OFFICER, 200, True),
        (Role.OBSERVER, 200, False),
        ("commune", 404, None),
        ("foreign", 404, None),
        ("stranger", 404, None),
    ],
)
def test_who_sees_a_plan_s_report_and_may_ask_for_its_files(cast, client, plan, person, status, may_ask):
    client.force_login(cast[person])

    response = client.get(reverse("reports:show", args=["progress"]), {"plan": plan.pk})

    assert response.status_code == status
    if status == 200:
        assert ('value="pdf"' in response.content.decode()) is may_ask


@pytest.mark.parametrize(("person", "status"), [(Role.OBSERVER, 403), ("foreign", 404), ("stranger", 404)])
def test_who_may_not_ask_is_refused(cast, client, plan, person, status):
    client.force_login(cast[person])

    response = client.post(reverse("reports:request", args=["progress"]), {"plan": plan.pk, "format": "pdf"})

    assert (response.status_code, ReportJob.objects.count()) == (status, 0)


@pytest.mark.parametrize("key", ["0", "x", "-1", "99999999999999999999", "²"])
def test_a_report_about_nothing_is_not_found(cast, client, key):
    client.force_login(cast[Role.LEADER])

    assert client.get(reverse("reports:show", args=["progress"]), {"plan": key}).status_code == 404
    posted = client.post(reverse("reports:request", args=["progress"]), {"plan": key, "format": "pdf"})
    assert posted.status_code == 404


def test_an_unknown_kind_is_not_found(cast, client):
    client.force_login(cast[Role.LEADER])

    assert client.get("/reports/nothing/").status_code == 404
    assert client.post("/reports/nothing/files/").status_code == 404


def test_a_report_about_something_to_be_chosen_leads_to_the_choice(cast, client):
    client.force_login(cast[Role.LEADER])

    assert client.get(reverse("reports:show", args=["progress"]))["Location"] == reverse("plans:list")


def test_an_unknown_format_is_said_on_the_same_page(cast, client, plan):
    client.force_login(cast[Role.LEADER])

    response = client.post(reverse("reports:request", args=["progress"]), {"plan": plan.pk, "format": "exe"})

    assert response.status_code == 422
    assert "data-error-summary" in response.content.decode()


def test_the_page_of_a_plan_s_report_tells_what_one_may_see(cast, client, plan):
    fund(plan, cast[Role.FINANCE])
    client.force_login(cast[Role.LEADER])
    all_of_it = client.get(reverse("reports:show", args=["progress"]), {"plan": plan.pk}).content.decode()
    client.force_login(cast["sibling"])
    part = client.get(reverse("reports:show", args=["progress"]), {"plan": plan.pk}).content.decode()

    assert "CANARY-A" in all_of_it
    assert 'id="money"' in all_of_it
    assert "CANARY-A" not in part
    assert 'id="money"' not in part
    assert cast.b.name in part


@pytest.mark.parametrize("scale", ["points", "rag"])
def test_the_page_of_a_sheet_s_report(cast, client, scale):
    sheet = make_assessment(cast, scale)
    client.force_login(cast[Role.ASSESSOR])

    page = client.get(reverse("reports:show", args=["assessment"]), {"assessment": sheet.pk}).content.decode()

    assert cast.a.name in page
    assert ("2,50" in page) is (scale == "points")
    assert ('class="rag x"' in page) is (scale == "rag")


def test_a_request_leads_to_the_page_of_its_job(cast, client, plan):
    client.force_login(cast[Role.LEADER])

    response = client.post(
        reverse("reports:request", args=["progress"]), {"plan": plan.pk, "format": "pdf"}, follow=True
    )

    assert response.redirect_chain == [(job_page(ReportJob.objects.get()), 302)]
    assert "hx-get" in response.content.decode()


def test_the_fourth_request_says_to_wait(cast, client, plan):
    client.force_login(cast[Role.LEADER])
    waiting = ReportJobFactory.create_batch(3, requested_by=cast[Role.LEADER])

    response = client.post(reverse("reports:request", args=["progress"]), {"plan": plan.pk, "format": "pdf"})

    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    for job in waiting:
        assert job_page(job) in response.content.decode()


@pytest.mark.parametrize("person", [Role.PROGRAMME_OFFICER, Role.ADMINISTRATOR, "foreign", "stranger"])
def test_a_job_is_its_requester_s_alone(cast, client, queued, person):
    client.force_login(cast[person])

    assert client.get(job_page(queued)).status_code == 404
    for act in ("cancel", "retry"):
        assert client.post(reverse(f"reports:{act}", args=[queued.pk])).status_code == 404


def test_the_live_part_asks_again_until_the_job_has_ended(cast, client, queued):
    client.force_login(cast[Role.LEADER])
    headers = {"HX-Request": "true"}

    waiting = client.get(job_page(queued), headers=headers).content.decode()
    ReportJob.objects.update(state=State.RUNNING, progress=40, step="rendering")
    running = client.get(job_page(queued), headers=headers).content.decode()
    jobs.run(queued.pk)
    ReportJob.objects.update(state=State.QUEUED)
    jobs.run(queued.pk)
    queued.refresh_from_db()
    done = client.get(job_page(queued), headers=headers).content.decode()

    assert "<html" not in waiting
    assert f'hx-get="{job_page(queued)}"' in waiting
    assert 'hx-trigger="every 1s"' in running
    assert '<progress class="meter mt-2" value="40"' in running
    assert "hx-get" not in done
    assert reverse("reports:download", args=[queued.download_key]) in done
    assert queued.sha256 in done


def test_without_javascript_the_page_reloads_itself_until_the_end(cast, client, queued):
    client.force_login(cast[Role.LEADER])
    refresh = '<noscript><meta http-equiv="refresh"'

    assert refresh in client.get(job_page(queued)).content.decode()
    ReportJob.objects.update(state=State.CANCELLED)
    assert refresh not in client.get(job_page(queued)).content.decode()


def test_the_page_of_a_job_is_never_kept(cast, client, queued):
    client.force_login(cast[Role.LEADER])

    assert "no-store" in client.get(job_page(queued))["Cache-Control"]


@pytest.mark.parametrize(
    ("code", "may_retry"),
    [("memory", True), ("attempts", True), ("crashed", True), ("unheard-of", True), ("no_access", False)],
)
def test_a_failure_is_told_in_words(cast, client, queued, code, may_retry):
    ReportJob.objects.update(state=State.FAILED, error_code=code, finished_at=timezone.now())
    client.force_login(cast[Role.LEADER])

    page = client.get(job_page(queued)).content.decode()

    assert 'class="notice bad"' in page
    assert str(REASONS.get(code, OTHER_REASON)) in unescape(page)
    assert (reverse("reports:retry", args=[queued.pk]) in page) is may_retry


def test_what_is_put_off_says_why(cast, client, queued):
    ReportJob.objects.update(error_code="disk_full", step="deferred")
    client.force_login(cast[Role.LEADER])

    assert 'class="notice warn"' in client.get(job_page(queued)).content.decode()


def test_cancel_and_retry_lead_back_to_the_job(cast, client, queued):
    client.force_login(cast[Role.LEADER])

    cancelled = client.post(reverse("reports:cancel", args=[queued.pk]))
    queued.refresh_from_db()
    assert (cancelled["Location"], queued.state) == (job_page(queued), State.CANCELLED)

    again = client.post(reverse("reports:cancel", args=[queued.pk]), follow=True)
    assert _("The report had ended already.") in again.content.decode()
    refused = client.post(reverse("reports:retry", args=[queued.pk]), follow=True)
    assert _("Only a report that failed can be tried again.") in refused.content.decode()

    ReportJob.objects.update(state=State.FAILED, error_code="timeout")
    retried = client.post(reverse("reports:retry", args=[queued.pk]))
    queued.refresh_from_db()
    assert (retried["Location"], queued.state) == (job_page(queued), State.QUEUED)


def test_a_retry_of_what_is_gone_or_too_much_is_refused(cast, client, queued):
    ReportJob.objects.update(state=State.FAILED, error_code="timeout")
    client.force_login(cast[Role.LEADER])
    ReportJobFactory.create_batch(3, requested_by=cast[Role.LEADER])
    assert client.post(reverse("reports:retry", args=[queued.pk])).status_code == 429

    ReportJob.objects.filter(pk=queued.pk).update(kind="forgotten")
    assert client.post(reverse("reports:retry", args=[queued.pk])).status_code == 404
