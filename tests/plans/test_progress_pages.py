"""The pages of reporting: each shows what is theirs to do, loses nothing typed, and says what became of each row."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from plans.models import DueReport, Evidence, Plan, ProgressUpdate, ReportingPeriod
from plans.services import accept_progress, report_progress, return_progress
from plans.services.reporting import ask_for_reports, lock_period
from tests.factories.plans import PlanFactory, task_of
from units.permissions import Role

OFFICER, UNIT_OFFICER, UNIT_HEAD = Role.PROGRAMME_OFFICER, Role.UNIT_OFFICER, Role.UNIT_HEAD
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def plan(cast):
    return PlanFactory(unit=cast.province, status=Plan.Status.ISSUED)


@pytest.fixture
def due(cast, plan):
    """What A owes on one task, until today."""
    today = timezone.localdate()
    task_of(plan, cast.a, cast.b, start=today, end=today, target_quantity=24, quantity_unit="người")
    period = ask_for_reports(plan=plan, title="Báo cáo nhanh", start=today, end=today, due_on=today, by=cast[OFFICER])
    return DueReport.objects.select_related("task", "period", "unit").get(period=period, unit=cast.a)


def say(due, cast, percent=40, who=UNIT_OFFICER, **values):
    return report_progress(
        task=due.task, unit=due.unit, percent=percent, note="", by=cast[who], due_report=due, **values
    )


def enter(client, cast, due, who=UNIT_OFFICER, **data):
    client.force_login(cast[who])
    return client.post(f"/progress/due/{due.pk}/", {"percent": 40, **data})


# -- What is due -------------------------------------------------------------------------------------------------------
def test_a_unit_officer_sees_what_their_unit_owes_and_no_more(client, cast, due):
    client.force_login(cast[UNIT_OFFICER])

    page = client.get("/progress/")

    shown = page.context["due"]
    assert [item.report for item in shown.to_do] == [due]
    assert (shown.to_do[0].state, shown.to_do[0].days) == ("due", 0)
    assert cast.b.name not in page.content.decode()


def test_what_was_returned_is_due_again_with_the_reason(client, cast, due):
    return_progress(update=say(due, cast), note="Thiếu danh sách", by=cast[OFFICER])
    client.force_login(cast[UNIT_OFFICER])

    page = client.get("/progress/")

    assert [item.state for item in page.context["due"].to_do] == ["returned"]
    assert "Thiếu danh sách" in page.content.decode()


def test_what_is_done_waits_or_is_written_stands_elsewhere(client, cast, plan, due):
    client.force_login(cast[UNIT_HEAD])

    def counts():
        shown = client.get("/progress/").context["due"]
        return len(shown.to_do), len(shown.drafts), len(shown.waiting)

    before = counts()
    say(due, cast, submit=False)
    written = counts()
    update = say(due, cast)
    sent = counts()
    accept_progress(update=update, by=cast[OFFICER])

    assert (before, written, sent, counts()) == ((1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 0, 0))


def test_a_locked_period_asks_for_nothing(client, cast, due):
    lock_period(period=due.period, by=cast[OFFICER])
    client.force_login(cast[UNIT_OFFICER])

    assert client.get("/progress/").context["due"].to_do == ()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_report_and_three(
    client, cast, plan, settings, django_assert_num_queries, count
):
    settings.USERSESSIONS_TRACK_ACTIVITY = False  # it costs every page the same
    today = timezone.localdate()
    for _number in range(count):
        for _which in range(2):
            task_of(plan, cast.a, start=today, end=today)
    period = ask_for_reports(plan=plan, title="Báo cáo", start=today, end=today, due_on=today, by=cast[OFFICER])
    for report in DueReport.objects.filter(period=period).select_related("task", "unit")[:count]:
        say(report, cast, submit=False)
    client.force_login(cast[UNIT_OFFICER])

    with django_assert_num_queries(10):
        page = client.get("/progress/")

    assert (len(page.context["due"].to_do), len(page.context["due"].drafts)) == (count, count)


# -- Entry -------------------------------------------------------------------------------------------------------------
def test_a_report_is_sent_with_its_evidence(client, cast, due):
    file = SimpleUploadedFile("danh-sach.txt", "Danh sách dự tập huấn".encode())

    answer = enter(client, cast, due, percent=80, quantity_done=18, note="Đã đào tạo", files=[file])

    assert answer.status_code == 302
    update = ProgressUpdate.objects.get()
    assert (update.percent, update.quantity_done, update.note, update.state) == (80, 18, "Đã đào tạo", "submitted")
    assert (update.due_report, [each.name for each in update.evidence.all()]) == (due, ["danh-sach.txt"])


def test_a_draft_comes_back_as_it_was_written(client, cast, due):
    file = SimpleUploadedFile("danh-sach.txt", "Danh sách dự tập huấn".encode())
    enter(client, cast, due, percent="", exact=75, quantity_done=18, note="Còn nháp", files=[file], draft="1")

    form = client.get(f"/progress/due/{due.pk}/").context["form"]

    assert ProgressUpdate.objects.get().state == "draft"
    assert (form["exact"].value(), form["quantity_done"].value(), form["note"].value()) == (75, 18, "Còn nháp")
    assert form["earlier"].value() == [Evidence.objects.get().pk]


def test_nothing_typed_is_lost_when_it_is_refused(client, cast, due):
    lock_period(period=due.period, by=cast[OFFICER])
    file = SimpleUploadedFile("danh-sach.txt", "Danh sách dự tập huấn".encode())

    page = enter(client, cast, due, percent=80, note="Giữ lại", files=[file])

    assert page.status_code == 422
    form = page.context["form"]
    assert (form["percent"].value(), form["note"].value()) == ("80", "Giữ lại")
    assert form["earlier"].value() == [str(Evidence.objects.get().pk)]
    assert not ProgressUpdate.objects.exists()


@pytest.mark.parametrize("data", [{"percent": ""}, {"percent": "", "exact": 101}, {"quantity_done": -1}])
def test_a_figure_out_of_range_is_refused_beside_its_field(client, cast, due, data):
    page = enter(client, cast, due, **data)

    assert page.status_code == 422
    assert not ProgressUpdate.objects.exists()


def test_evidence_that_is_not_taken_is_named_and_nothing_is_sent(client, cast, due):
    page = enter(client, cast, due, files=[SimpleUploadedFile("a.exe", b"MZ")])

    assert (page.status_code, "files" in page.context["form"].errors) == (422, True)
    assert not ProgressUpdate.objects.exists()


def test_another_unit_s_file_cannot_be_chosen(client, cast, due):
    foreign = Evidence.objects.create(
        unit=cast.b,
        name="b.pdf",
        media_type="application/pdf",
        stored_as="b",
        sha256="b",
        size=1,
        uploaded_by=cast["sibling"],
    )

    page = enter(client, cast, due, earlier=[foreign.pk])

    assert (page.status_code, "earlier" in page.context["form"].errors) == (422, True)


# -- Check and send ----------------------------------------------------------------------------------------------------
def test_a_head_sends_the_drafts_that_are_chosen(client, cast, plan, due):
    first = say(due, cast, 60, submit=False)
    other = report_progress(
        task=task_of(plan, cast.a), unit=cast.a, percent=10, note="", by=cast[UNIT_OFFICER], submit=False
    )
    foreign = report_progress(
        task=task_of(plan, cast.b), unit=cast.b, percent=10, note="", by=cast["sibling"], submit=False
    )
    client.force_login(cast[UNIT_HEAD])

    client.post("/progress/submit/", {"id": [first.pk, foreign.pk, "x", "9" * 30]})

    assert set(ProgressUpdate.objects.filter(state="submitted").values_list("pk", flat=True)) == {first.pk}
    assert ProgressUpdate.objects.get(pk=first.pk).submitted_by == cast[UNIT_HEAD]
    assert {draft.update for draft in client.get("/progress/").context["due"].drafts} == {other}


# -- Accepting ---------------------------------------------------------------------------------------------------------
def test_the_queue_says_what_became_of_each_row(client, cast, plan, due):
    fine, late = (
        say(due, cast),
        report_progress(task=task_of(plan, cast.a), unit=cast.a, percent=10, note="", by=cast[UNIT_OFFICER]),
    )
    accept_progress(update=late, by=cast[Role.ADMINISTRATOR])
    client.force_login(cast[OFFICER])

    page = client.post("/progress/review/", {"id": [fine.pk, late.pk, 999_999]})

    assert [(each.pk, each.code) for each in page.context["outcomes"]] == [
        (fine.pk, ""),
        (late.pk, "already_decided"),
        (999_999, "not_found"),
    ]
    assert cast[Role.ADMINISTRATOR].full_name in page.content.decode()
    assert page.context["page"].paginator.count == 0


def test_the_queue_is_narrowed_by_plan_period_and_unit(client, cast, plan, due):
    own = say(due, cast)
    other = PlanFactory(unit=cast.province)
    report_progress(task=task_of(other, cast.b), unit=cast.b, percent=10, note="", by=cast["sibling"])
    client.force_login(cast[OFFICER])

    def found(**query):
        return [update for update, *_rest in client.get("/progress/review/", query).context["rows"]]

    assert len(found()) == 2
    for query in ({"plan": plan.pk}, {"period": due.period_id}, {"unit": cast.a.pk}):
        assert found(**query) == [own]


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_costs_the_same_for_one_report_and_three(
    client, cast, plan, settings, django_assert_num_queries, count
):
    settings.USERSESSIONS_TRACK_ACTIVITY = False
    for _number in range(count):
        report_progress(task=task_of(plan, cast.a), unit=cast.a, percent=10, note="", by=cast[UNIT_OFFICER])
    client.force_login(cast[OFFICER])

    with django_assert_num_queries(10):
        page = client.get("/progress/review/")

    assert len(page.context["rows"]) == count


def test_an_officer_returns_a_report_with_a_note(client, cast, due):
    update = say(due, cast)
    client.force_login(cast[OFFICER])
    url = f"/progress/updates/{update.pk}/"

    without = client.post(url, {"act": "return", "note": " "})
    done = client.post(url, {"act": "return", "note": "Thiếu danh sách"})
    late = client.post(url, {"act": "accept", "note": "Đồng ý"})

    assert (without.status_code, done.status_code, late.status_code) == (422, 302, 409)
    assert "note" in without.context["form"].errors
    assert late.context["form"]["note"].value() == "Đồng ý"
    update.refresh_from_db()
    assert (update.state, update.decision_note) == ("returned", "Thiếu danh sách")


def test_one_s_own_report_offers_no_decision(client, cast, due):
    own = say(due, cast, who=OFFICER)
    client.force_login(cast[OFFICER])

    page = client.get(f"/progress/updates/{own.pk}/")
    refused = client.post(f"/progress/updates/{own.pk}/", {"act": "accept"})

    assert (page.context["may_decide"], refused.status_code) == (False, 409)
    assert ProgressUpdate.objects.get().state == "submitted"


# -- Reporting periods of a plan ---------------------------------------------------------------------------------------
def test_an_officer_says_how_often_units_report_and_the_periods_are_there(client, cast, plan):
    today = timezone.localdate()
    task_of(plan, cast.a, start=today - timedelta(days=60), end=today)
    client.force_login(cast[OFFICER])

    answer = client.post(f"/plans/{plan.pk}/reporting/", {"act": "set", "reporting": "month", "days": 5})

    assert answer.status_code == 302
    assert ReportingPeriod.objects.count() == DueReport.objects.count() >= 2


def test_a_wrong_form_comes_back_with_what_was_typed(client, cast, plan):
    client.force_login(cast[OFFICER])
    url = f"/plans/{plan.pk}/reporting/"

    often = client.post(url, {"act": "set", "reporting": "month", "days": 200})
    once = client.post(url, {"act": "ask", "title": "Đột xuất", "start": "2024-02-01", "end": "2024-01-01"})

    assert (often.status_code, once.status_code) == (422, 422)
    assert often.context["form"]["days"].value() == "200"
    assert once.context["ask_form"]["title"].value() == "Đột xuất"


def test_a_period_is_locked_and_opened_again(client, cast, due):
    client.force_login(cast[OFFICER])

    for act, locked in (("lock", True), ("lock", True), ("unlock", False)):
        client.post(f"/progress/periods/{due.period_id}/{act}/")
        assert bool(ReportingPeriod.objects.get().locked_at) is locked
