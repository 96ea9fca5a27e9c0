"""An issued plan changes by an amendment alone: drafted, compared, issued with a number of its own, applied at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from activity.models import AuditEvent, Notification
from plans.contexts.content import PerformerContent, PlanContent, TaskContent, content_of
from plans.contexts.versions import compared, versions_of
from plans.models import Amendment, Evidence, Plan, ProgressUpdate, Task
from plans.services import amending
from tests.factories.plans import PlanFactory, import_seed, task_of
from units.permissions import Role

pytestmark = pytest.mark.django_db
DAY = date(2024, 6, 1)


@pytest.fixture
def officer(cast):
    return cast[Role.PROGRAMME_OFFICER]


@pytest.fixture
def plan(cast):
    plan = import_seed("bac_giang", cast.province)
    Plan.objects.filter(pk=plan.pk).update(status="issued", number="12", issue_day=16)
    plan.refresh_from_db()
    return plan


@pytest.fixture
def draft(plan, officer):
    return amending.draft_amendment(plan=plan, reason="Lùi thời gian học tập", by=officer)


def changed(draft, *, drop=(), **values):
    """The draft's content with its second task changed and the tasks at `drop` taken out."""
    content = PlanContent.from_json(draft.content)
    tasks = list(content.tasks)
    tasks[1] = replace(tasks[1], **values)
    return replace(content, tasks=tuple(task for place, task in enumerate(tasks) if place not in drop))


def save(draft, content, by, **more):
    version = more.pop("version", draft.version)
    return amending.save_amendment_content(amendment=draft, content=content, expected_version=version, by=by, **more)


def issue(draft, by, **more):
    values = {"number": "30", "symbol": "KH-BCĐ", "issued_on": DAY, "signer_name": "Nguyễn Văn Ký"} | more
    return amending.issue_amendment(amendment=draft, by=by, **values)


def later(draft, by):
    """The draft with a later period for the second task, saved."""
    return save(draft, changed(draft, period_text="Tháng 9/2024", start=date(2024, 9, 1), end=date(2024, 9, 30)), by)


def test_a_draft_holds_the_plan_as_it_is_and_changes_nothing(plan, draft, officer):
    assert PlanContent.from_json(draft.content) == content_of(plan)
    assert (draft.order, draft.based_on, draft.symbol) == (1, plan.version, plan.symbol)
    event = AuditEvent.objects.get(action="plans.amendment_drafted")
    assert (event.by, event.unit_path, event.reason) == (officer, plan.unit.path, "Lùi thời gian học tập")

    saved = later(draft, officer)

    plan.refresh_from_db()
    assert (saved.version, plan.version) == (2, 1)
    assert plan.tasks.get(order=1).period_text == "Tháng 02-6/2024"
    assert AuditEvent.objects.filter(action="plans.amendment_edited").count() == 1


@pytest.mark.parametrize("status", ["draft", "submitted", "returned", "closed", "cancelled"])
def test_only_an_issued_plan_is_amended(cast, officer, status):
    plan = PlanFactory(unit=cast.province, status=status)

    with pytest.raises(amending.CannotAmend):
        amending.draft_amendment(plan=plan, reason="Vì sao", by=officer)

    assert not Amendment.objects.exists()


def test_a_reason_is_needed(plan, officer):
    with pytest.raises(amending.ReasonMissing):
        amending.draft_amendment(plan=plan, reason="  ", by=officer)


def test_a_plan_has_one_draft_at_a_time(plan, draft, officer, cast):
    with pytest.raises(amending.DraftExists) as refused:
        amending.draft_amendment(plan=plan, reason="Khác", by=cast[Role.ADMINISTRATOR])

    assert refused.value.amendment == draft
    assert str(officer) in str(refused.value)
    amending.cancel_amendment(amendment=draft, by=officer)
    assert amending.draft_amendment(plan=plan, reason="Khác", by=officer).order == 2


def test_issuing_makes_the_plan_what_the_draft_says(plan, draft, officer):
    before = content_of(plan)
    ids = [task.pk for task in plan.tasks.all()]

    issued = issue(later(draft, officer), officer)

    plan.refresh_from_db()
    task = plan.tasks.get(order=1)
    assert (issued.status, str(issued), issued.issued_on) == ("issued", "30/KH-BCĐ", DAY)
    assert PlanContent.from_json(issued.before) == before
    assert PlanContent.from_json(issued.content) == content_of(plan)
    assert (plan.version, plan.number, plan.status) == (2, "12", "issued")
    assert (task.pk, task.period_text, task.end, task.version, task.sequence) == (
        ids[1],
        "Tháng 9/2024",
        date(2024, 9, 30),
        2,
        1,
    )
    rows = [item["cells"] for section in plan.sections.all() for item in section.items if item["cells"]]
    assert [row[-1] for row in rows] == [
        "Thời gian thực hiện",
        "Từ tháng 01 - 12/ 2024",
        "Tháng 9/2024",
        "Tháng 10/2024",
        "Tháng 10/2024",
        "Tháng 10-12/2024",
    ]


def test_a_removed_task_is_cancelled_and_keeps_its_reports(plan, draft, officer, cast):
    task = plan.tasks.get(order=2)
    update = ProgressUpdate.objects.create(task=task, unit=cast.a, percent=40, by=officer)
    fresh = TaskContent(number="6", title="Việc thêm", performers=(PerformerContent(text="UBND huyện B"),))
    content = changed(draft, drop={2})

    issue(save(draft, replace(content, tasks=(*content.tasks, fresh)), officer), officer)

    task.refresh_from_db()
    assert (task.is_cancelled, task.sequence, update.task_id) == (True, 1, task.pk)
    assert [each.title for each in plan.tasks.filter(is_cancelled=False)][-1] == "Việc thêm"
    assert plan.tasks.get(title="Việc thêm").performers.get().unit == cast.b
    assert [each.order for each in plan.tasks.all()] == list(range(6))


def test_those_who_perform_before_and_after_are_told(plan, draft, officer, cast):
    task = plan.tasks.first()
    task.performers.create(order=9, text="UBND huyện A", unit=cast.a)
    Amendment.objects.filter(pk=draft.pk).update(content=content_of(plan).as_json())
    draft.refresh_from_db()
    content = changed(draft, title="Học tập kinh nghiệm tại Huế")
    first = replace(content.tasks[0], performers=(PerformerContent(text="UBND huyện B"),))

    issue(save(draft, replace(content, tasks=(first, *content.tasks[1:])), officer), cast[Role.ADMINISTRATOR])

    event = AuditEvent.objects.get(action="plans.amended")
    told = set(Notification.objects.filter(event=event).values_list("to", flat=True))
    expected = {officer.pk, cast[Role.UNIT_OFFICER].pk, cast[Role.UNIT_HEAD].pk, cast["sibling"].pk}
    assert told == expected
    assert event.reason == "Lùi thời gian học tập"
    assert "tasks" in event.changes


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({"number": " "}, ["number"]),
        ({"issued_on": None}, ["issued_on"]),
        ({"signer_name": "", "number": ""}, ["number", "signer_name"]),
    ],
)
def test_an_issued_amendment_has_number_date_and_signer(draft, officer, values, missing):
    draft = later(draft, officer)

    with pytest.raises(amending.AmendmentLacks) as refused:
        issue(draft, officer, **values)

    assert refused.value.missing == missing
    draft.refresh_from_db()
    assert draft.status == "draft"


@pytest.mark.parametrize("day", [date(2024, 2, 15), timezone.localdate() + timedelta(days=1)])
def test_its_day_is_neither_before_the_plan_nor_to_come(draft, officer, day):
    with pytest.raises(amending.WrongDay):
        issue(later(draft, officer), officer, issued_on=day)


def test_an_amendment_that_changes_nothing_is_not_issued(draft, officer):
    with pytest.raises(amending.NothingAmended):
        issue(draft, officer)


def test_a_plan_that_moved_on_is_looked_at_first(plan, draft, officer):
    draft = later(draft, officer)
    Plan.objects.filter(pk=plan.pk).update(version=5)

    with pytest.raises(amending.PlanMovedOn):
        issue(draft, officer)
    draft = save(draft, PlanContent.from_json(draft.content), officer, seen=5)

    assert issue(draft, officer).status == "issued"


def test_an_older_version_of_the_draft_is_neither_saved_nor_issued(draft, officer, cast):
    now = later(draft, cast[Role.ADMINISTRATOR])

    with pytest.raises(amending.StaleAmendment) as refused:
        save(draft, changed(draft, title="Của tôi"), officer)
    with pytest.raises(amending.StaleAmendment):
        issue(draft, officer, version=1)

    assert refused.value.theirs.tasks[1].period_text == "Tháng 9/2024"
    assert issue(now, officer, version=2).status == "issued"


def test_an_amendment_that_is_over_stays_as_it_is(draft, officer):
    issued = issue(later(draft, officer), officer)

    for refused in (
        lambda: issue(issued, officer),
        lambda: amending.cancel_amendment(amendment=issued, by=officer),
        lambda: save(issued, changed(issued, title="Khác"), officer),
    ):
        with pytest.raises(amending.NotADraft):
            refused()

    assert AuditEvent.objects.filter(action="plans.amended").count() == 1


def test_number_and_date_of_the_plan_are_never_amended(plan, draft, officer):
    content = replace(changed(draft, title="Khác"), number="99", issue_year=2020)

    issue(save(draft, content, officer), officer)

    plan.refresh_from_db()
    assert (plan.number, plan.issue_year) == ("12", 2024)


def test_any_two_versions_are_compared(plan, draft, officer):
    issue(later(draft, officer), officer)
    second = amending.draft_amendment(plan=plan, reason="Lần hai", by=officer)
    issue(save(second, changed(second, title="Học tập tại Huế"), officer), officer, number="31")

    first, middle, last = versions_of(Plan.objects.get(pk=plan.pk))

    def fields(changes):
        return {(change.field, change.after) for change in changes}

    assert [version.key for version in (first, middle, last)] == ["0", "1", "2"]
    assert fields(compared(first.content, middle.content)) == {
        ("period_text", "Tháng 9/2024"),
        ("start", "01/09/2024"),
        ("end", "30/09/2024"),
    }
    assert fields(compared(middle.content, last.content)) == {("title", "Học tập tại Huế")}
    assert len(compared(first.content, last.content)) == 4


# -- Pages -------------------------------------------------------------------------------------------------------------
def test_an_amendment_is_made_from_draft_to_issue_on_its_pages(client, plan, officer, cast):
    client.force_login(officer)

    assert client.post(f"/plans/{plan.pk}/amend/", {"reason": ""}).status_code == 422
    client.post(f"/plans/{plan.pk}/amend/", {"reason": "Lùi thời gian"})
    draft = plan.amendments.get()
    later(draft, officer)
    listed = client.get(f"/plans/{plan.pk}/amendments/").content.decode()
    assert "Tháng 9/2024" in listed
    refused = client.post(f"/plans/{plan.pk}/amendments/issue/", {"number": "", "version": 2})
    assert refused.status_code == 422
    stale = client.post(
        f"/plans/{plan.pk}/amendments/issue/",
        {"number": "30", "issued_on": "2024-06-01", "signer_name": "Ký", "version": 1},
    )
    assert stale.status_code == 409
    scan = SimpleUploadedFile("van-ban.txt", "Kế hoạch sửa đổi".encode(), content_type="text/plain")
    done = client.post(
        f"/plans/{plan.pk}/amendments/issue/",
        {"number": "30", "symbol": "KH", "issued_on": "2024-06-01", "signer_name": "Ký", "version": 2, "file": scan},
    )

    assert done.url == f"/plans/{plan.pk}/amendments/"
    draft.refresh_from_db()
    assert (draft.status, draft.signed_file) == ("issued", Evidence.objects.get())
    page = client.get(f"/plans/{plan.pk}/amendments/")
    assert [change.field for change in page.context["changes"]] == ["period_text", "start", "end"]


def test_the_draft_is_seen_by_those_who_may_edit_alone(client, plan, draft, officer, cast):
    later(draft, officer)
    seen = {}
    for person in (Role.PROGRAMME_OFFICER, Role.LEADER, Role.ASSESSOR):
        client.force_login(cast[person])
        seen[person] = "Tháng 9/2024" in client.get(f"/plans/{plan.pk}/amendments/").content.decode()

    assert seen == {Role.PROGRAMME_OFFICER: True, Role.LEADER: False, Role.ASSESSOR: False}


def test_a_draft_is_given_up(client, plan, draft, officer):
    client.force_login(officer)

    response = client.post(f"/plans/{plan.pk}/amendments/cancel/")

    assert response.url == f"/plans/{plan.pk}/amendments/"
    draft.refresh_from_db()
    assert draft.status == "cancelled"
    assert client.get(f"/plans/{plan.pk}/amendments/issue/").status_code == 404


def test_cancelled_tasks_leave_the_paper_and_come_back_by_an_amendment(plan, draft, officer):
    gone = plan.tasks.get(order=2)
    issue(save(draft, changed(draft, drop={2}), officer), officer)
    second = amending.draft_amendment(plan=plan, reason="Phục hồi", by=officer)
    content = PlanContent.from_json(second.content)
    assert gone.pk not in [task.id for task in content.tasks]
    back = TaskContent(id=gone.pk, number="3", title=gone.title, period_text=gone.period_text)

    issue(save(second, replace(content, tasks=(*content.tasks, back)), officer), officer, number="31")

    assert Task.objects.get(pk=gone.pk).is_cancelled is False


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_versions_costs_the_same_for_few_and_many(client, cast, officer, count, django_assert_num_queries):
    plan = PlanFactory(unit=cast.province, status="issued")
    task_of(plan, cast.a)
    for number in range(count):
        draft = amending.draft_amendment(plan=plan, reason="Vì sao", by=officer)
        content = PlanContent.from_json(draft.content)
        issue(save(draft, replace(content, title=f"Lần {number}"), officer), officer, number=str(number + 1))
        plan.refresh_from_db()
    client.force_login(officer)
    url = f"/plans/{plan.pk}/amendments/"
    client.get(url)

    with django_assert_num_queries(19):
        client.get(url)
