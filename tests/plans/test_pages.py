"""The pages of plans and tasks: who sees what, what they show, what they cost."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from activity.models import AuditEvent
from plans.document.lines import split_lines
from plans.document.spelling import fold
from plans.models import Plan, ProgressUpdate
from plans.services import report_progress
from tests.factories.plans import SEEDS, PlanFactory, StandardFactory, import_seed, task_of
from units.permissions import Role

pytestmark = pytest.mark.django_db

XSS = '"><img src=x onerror=alert(1)>'


@pytest.fixture
def plan(cast):
    """A plan of the province that district A performs a task of."""
    plan = PlanFactory(unit=cast.province)
    task_of(plan, cast.a)
    return plan


def words_of(html: str) -> str:
    """The text of a page, folded, one space between words."""
    body = re.sub(r"<(script|svg)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\W+", " ", fold(unescape(re.sub(r"<[^>]+>", " ", body))))


# -- Every word of the document ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", sorted(SEEDS))
def test_every_line_of_the_document_is_on_the_page(client, cast, name):
    plan = import_seed(name, cast.province)
    Plan.objects.filter(pk=plan.pk).update(source_text="")
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    shown = words_of(client.get(f"/plans/{plan.pk}/").content.decode())

    for line in split_lines(SEEDS[name].read_text(encoding="utf-8")):
        for cell in re.split(r"\t| - |: ", line.text):
            words = re.sub(r"\W+", " ", fold(cell)).strip()
            if not re.match(
                r"(noi nhan|tt|noi dung|thuc hien|thoi gian thuc hien|so|bac giang ngay|thua thien)\b", words
            ):
                assert words in shown, line


def test_what_the_paper_lacks_is_shown_as_missing(client, cast):
    plan = import_seed("bac_giang", cast.province)
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    page = client.get(f"/plans/{plan.pk}/")

    assert page.content.decode().count('class="missing"') >= 2
    assert [gap.target for gap in page.context["gaps"]] == ["facts", "tasks"]


def test_lines_that_were_not_understood_are_shown(client, cast, plan):
    plan.unrecognised_lines.create(order=0, text="Dòng lạ 12345", source_lines=[7])
    plan.source_text = "a\n\nDòng lạ 12345"
    plan.save()
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    assert "Dòng lạ 12345" in client.get(f"/plans/{plan.pk}/").content.decode()
    assert "Dòng lạ 12345" in client.get(f"/plans/{plan.pk}/?tab=source").content.decode()


# -- Who may see and do what ------------------------------------------------------------------------------------------
EVERYBODY = [*Role.values, "sibling", "commune", "foreign", "stranger"]
OUTSIDE = {"sibling", "commune", "foreign", "stranger"}
OFFICERS = {Role.ADMINISTRATOR.value, Role.PROGRAMME_OFFICER.value}
# Units write plans of their own as well.
WRITERS = OFFICERS | {Role.UNIT_HEAD.value, Role.UNIT_OFFICER.value, "sibling", "commune", "foreign"}
REPORTERS = {Role.PROGRAMME_OFFICER.value, Role.UNIT_HEAD.value, Role.UNIT_OFFICER.value}


def expected(who: str, may: set[str], done: int) -> int:
    return 404 if who in OUTSIDE else done if who in may else 403


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_reads_a_plan_and_its_task(client, cast, plan, who):
    client.force_login(cast[who])
    task = plan.tasks.get()

    for url in (f"/plans/{plan.pk}/", f"/plans/{plan.pk}/?tab=history", f"/tasks/{task.pk}/"):
        assert client.get(url).status_code == (404 if who in OUTSIDE else 200), url
    assert (plan.title in client.get("/plans/").content.decode()) == (who not in OUTSIDE)


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_changes_a_plan_and_its_task(client, cast, plan, who):
    client.force_login(cast[who])
    task = plan.tasks.get()

    reported = client.post(f"/tasks/{task.pk}/", {"unit": cast.a.pk, "percent": 40})
    assigned = client.post(f"/tasks/{task.pk}/units/", {"unit": cast.b.pk})
    issued = client.post(f"/plans/{plan.pk}/issue/")

    may_report = REPORTERS | {Role.ADMINISTRATOR.value}
    assert reported.status_code == expected(who, may_report, 302)
    assert assigned.status_code == expected(who, OFFICERS, 302)
    assert issued.status_code == expected(who, OFFICERS, 302)
    assert ProgressUpdate.objects.count() == (who in may_report)
    assert Plan.objects.filter(status="issued").exists() == (who in OFFICERS)


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_may_import(client, cast, who):
    client.force_login(cast[who])

    assert client.get("/plans/import/").status_code == (200 if who in WRITERS else 403)


@pytest.mark.parametrize("url", ["/plans/", "/plans/1/", "/plans/1/issue/", "/plans/import/", "/tasks/1/"])
def test_nobody_comes_in_without_signing_in(client, db, url):
    assert client.get(url).status_code == 302


def test_a_district_finds_no_word_of_another_in_plan_or_task(client, cast, plan):
    task = plan.tasks.get()
    task_of(plan, cast.b)
    task.performers.create(order=9, text=cast.b.label, unit=cast.b, as_written=False)
    report_progress(task=task, unit=cast.b, percent=77, note="CANARY-B", by=cast["sibling"])
    client.force_login(cast[Role.UNIT_OFFICER])

    for url in (f"/plans/{plan.pk}/", f"/plans/{plan.pk}/?tab=progress", f"/plans/{plan.pk}/?tab=history"):
        content = client.get(url).content.decode()
        assert "CANARY-B" not in content, url
        assert "77\u00a0%" not in content, url
    assert "CANARY-B" not in client.get(f"/tasks/{task.pk}/").content.decode()
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    assert "CANARY-B" in client.get(f"/tasks/{task.pk}/").content.decode()


def test_the_history_tells_what_was_done_to_those_who_read_the_log(client, cast, plan):
    report_progress(task=plan.tasks.get(), unit=cast.a, percent=40, note="Đã họp", by=cast[Role.UNIT_OFFICER])
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    (event,) = client.get(f"/plans/{plan.pk}/?tab=history").context["events"]

    assert ("40" in event.text, event.note, event.who) == (True, "Đã họp", str(cast[Role.UNIT_OFFICER]))


# -- The list ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_plan_and_three(client, cast, settings, django_assert_num_queries, count):
    settings.USERSESSIONS_TRACK_ACTIVITY = False  # it costs every page the same
    for number in range(count):
        plan = PlanFactory(unit=cast.province, issue_year=2024 - number)
        plan.standards.add(StandardFactory(edition=str(2015 + number)))
        report_progress(task=task_of(plan, cast.a), unit=cast.a, percent=40, note="", by=cast[Role.UNIT_OFFICER])
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    with django_assert_num_queries(13):
        page = client.get("/plans/")

    assert len(page.context["rows"]) == count


@pytest.mark.parametrize("count", [1, 3])
def test_a_plan_costs_the_same_with_one_task_and_three(client, cast, settings, django_assert_num_queries, count):
    settings.USERSESSIONS_TRACK_ACTIVITY = False  # it costs every page the same
    plan = PlanFactory(unit=cast.province)
    for _number in range(count):
        task = task_of(plan, cast.a, cast.b)
        report_progress(task=task, unit=cast.a, percent=40, note="", by=cast[Role.UNIT_OFFICER])
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    with django_assert_num_queries(18):
        client.get(f"/plans/{plan.pk}/")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("year=2023", ["231"]),
        ("status=issued", ["231"]),
        ("q=thi diem", ["231"]),
        ("q=THÍ ĐIỂM 18091", ["231"]),
        ("q=231/kh-ubnd", ["231"]),
        ("q=không có", []),
        ("year=abc", ["231", "45"]),
        ("sort=date", ["231", "45"]),
        ("sort=-date", ["45", "231"]),
        ("sort=nonsense", ["231", "45"]),
    ],
)
def test_the_list_is_narrowed_and_sorted(client, cast, query, found):
    PlanFactory(
        unit=cast.province, number="231", issue_year=2023, status="issued", title="Áp dụng thí điểm TCVN ISO 18091"
    )
    PlanFactory(unit=cast.province, number="45", issue_year=2024, title="Hoạt động của Ban Chỉ đạo")
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    rows = client.get(f"/plans/?{query}").context["rows"]

    numbers = [plan.number for plan, _progress in rows]
    assert numbers == found if "sort=" in query and "nonsense" not in query else sorted(numbers) == sorted(found)


def test_the_list_is_narrowed_by_standard_and_unit(client, cast):
    ours, other = PlanFactory(unit=cast.province), PlanFactory(unit=cast.a)
    ours.standards.add(StandardFactory())
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    def shown(query):
        return [plan for plan, _progress in client.get(f"/plans/?{query}").context["rows"]]

    assert shown(f"standard={StandardFactory().pk}") == [ours]
    assert shown(f"unit={cast.a.pk}") == [other]


def test_the_choices_of_the_list_name_nothing_foreign(client, cast):
    PlanFactory(unit=cast.province)
    PlanFactory(unit=cast.foreign, issue_year=1999)
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    content = client.get("/plans/").content.decode()

    assert cast.foreign.name not in content
    assert "1999" not in content


# -- Reporting ---------------------------------------------------------------------------------------------------------
def test_a_unit_officer_reports_with_one_tap(client, cast, plan):
    client.force_login(cast[Role.UNIT_OFFICER])
    task = plan.tasks.get()

    page = client.post(f"/tasks/{task.pk}/", {"unit": cast.a.pk, "percent": 40, "note": "Đã tập huấn"}, follow=True)

    assert page.redirect_chain == [(f"/tasks/{task.pk}/", 302)]
    assert "Đã tập huấn" in page.content.decode()
    assert ProgressUpdate.objects.get().percent == 40


def test_htmx_gets_the_fragment_and_a_toast(client, cast, plan):
    client.force_login(cast[Role.UNIT_OFFICER])
    task = plan.tasks.get()

    answer = client.post(f"/tasks/{task.pk}/", {"unit": cast.a.pk, "exact": 37}, headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    assert "toast" in answer["HX-Trigger"]
    assert ProgressUpdate.objects.get().percent == 37


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"note": "giữ lại"}, "percent"),
        ({"percent": 41, "note": "giữ lại"}, "percent"),
        ({"exact": 101, "note": "giữ lại"}, "exact"),
        ({"exact": "nửa", "note": "giữ lại"}, "exact"),
        ({"percent": 40, "unit": "0", "note": "giữ lại"}, "unit"),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_bad_report_is_refused_and_nothing_typed_is_lost(client, cast, plan, data, wrong, headers):
    client.force_login(cast[Role.UNIT_OFFICER])
    task = plan.tasks.get()

    answer = client.post(f"/tasks/{task.pk}/", {"unit": cast.a.pk, **data}, headers=headers)

    assert answer.status_code == 422
    assert wrong in answer.context["form"].errors
    assert "giữ lại" in answer.content.decode()
    assert not ProgressUpdate.objects.exists()


def test_nobody_reports_for_a_unit_that_is_not_theirs(client, cast, plan):
    task = plan.tasks.get()
    task.performers.create(order=9, text=cast.b.label, unit=cast.b)
    client.force_login(cast[Role.UNIT_OFFICER])

    answer = client.post(f"/tasks/{task.pk}/", {"unit": cast.b.pk, "percent": 40})

    assert answer.status_code == 422
    assert not ProgressUpdate.objects.exists()


def test_assigning_a_unit_twice_is_refused(client, cast, plan):
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    task = plan.tasks.get()

    answer = client.post(f"/tasks/{task.pk}/units/", {"unit": cast.a.pk})

    assert answer.status_code == 422
    assert "unit" in answer.context["assign_form"].errors


# -- Issuing -----------------------------------------------------------------------------------------------------------
def test_issuing_asks_only_for_what_the_paper_lacks(client, cast):
    plan = PlanFactory(unit=cast.province, number="", issue_day=None)
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    url = f"/plans/{plan.pk}/issue/"

    assert list(client.get(url).context["form"].fields) == ["version", "number", "issue_date", "file"]
    assert client.post(url, {"number": "45"}).status_code == 422
    assert client.post(url, {"number": "45", "issue_date": "2024-03-01"}).status_code == 422
    assert client.post(url, {"number": "45", "issue_date": "2024-02-20"}).status_code == 302
    assert client.post(url).status_code == 409
    plan.refresh_from_db()
    assert (plan.status, plan.number, plan.issue_date) == ("issued", "45", date(2024, 2, 20))


# -- Importing ---------------------------------------------------------------------------------------------------------
def test_a_document_is_read_then_saved(client, cast):
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    text = SEEDS["bac_giang"].read_text(encoding="utf-8")
    file = SimpleUploadedFile("ke-hoach.txt", text.encode())

    read = client.post("/plans/import/", {"step": "read", "file": file})
    nothing_saved = not Plan.objects.exists()
    saved = client.post("/plans/import/", {"step": "save", "text": text, "unit": cast.province.pk})
    again = client.post("/plans/import/", {"step": "save", "text": text, "unit": cast.province.pk})

    plan = Plan.objects.get()
    assert (read.status_code, nothing_saved) == (200, True)
    assert len(read.context["document"].tasks) == 5
    assert saved.url == f"/plans/{plan.pk}/edit/"
    assert (plan.unit, plan.created_by) == (cast.province, cast[Role.PROGRAMME_OFFICER])
    assert again.status_code == 422
    assert f"/plans/{plan.pk}/" in again.content.decode()
    assert AuditEvent.objects.get(action="plans.imported").channel == "page"


def test_without_a_known_unit_the_draft_is_not_saved(client, cast):
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    text = SEEDS["bac_giang"].read_text(encoding="utf-8")

    answer = client.post("/plans/import/", {"step": "save", "text": text})

    assert answer.status_code == 422
    assert "unit" in answer.context["form"].errors
    assert not Plan.objects.exists()


def test_nobody_imports_for_a_unit_that_is_not_theirs(client, cast):
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    answer = client.post("/plans/import/", {"step": "save", "text": "KẾ HOẠCH", "unit": cast.foreign.pk})

    assert answer.status_code == 422
    assert not Plan.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7 \n",
        b"PK\x03\x04 docx",
        "Kế hoạch".encode("utf-16-be"),
        b"K\xea ho\xa1ch",
        b"a\x00b",
        b"  \n",
        b"x" * 1_000_001,
    ],
)
def test_a_file_that_is_no_text_is_refused(client, cast, content):
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    answer = client.post("/plans/import/", {"step": "read", "file": SimpleUploadedFile("a.txt", content)})

    assert answer.status_code == 422
    assert "file" in answer.context["form"].errors


@pytest.mark.parametrize("data", [{}, {"text": "  \n "}, {"text": "x" * 1_000_001}])
def test_an_empty_or_endless_text_is_refused(client, cast, data):
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    answer = client.post("/plans/import/", data)

    assert answer.status_code == 422
    assert "text" in answer.context["form"].errors


# -- Text stays text ---------------------------------------------------------------------------------------------------
def test_markup_in_a_document_stays_text(client, cast):
    text = SEEDS["bac_giang"].read_text(encoding="utf-8")
    for word in ("Học tập kinh nghiệm", "góp phần đẩy mạnh", "Các thành viên BCD", "278/KH-UBND", "Báo cáo viên"):
        text = text.replace(word, f"{word} {XSS}")
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    read = client.post("/plans/import/", {"step": "read", "text": text})
    client.post("/plans/import/", {"step": "save", "text": text, "unit": cast.province.pk})
    plan = Plan.objects.get()
    task = plan.tasks.get(number="2")
    task.performers.create(order=9, text=XSS, unit=cast.a)
    report_progress(task=task, unit=cast.a, percent=40, note=XSS, by=cast[Role.UNIT_OFFICER])

    pages = [read] + [client.get(f"/plans/{plan.pk}/?tab={tab}") for tab in ("", "progress", "history", "source")]
    for page in [*pages, client.get(f"/tasks/{task.pk}/"), client.get("/plans/")]:
        content = page.content.decode()
        assert "<img" not in content
    assert "&lt;img" in pages[1].content.decode()
