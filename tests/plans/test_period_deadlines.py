"""Periods from the paper to the deadline: parsed, printed unchanged, late on the right day in Asia/Ho_Chi_Minh."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from django.utils import timezone

from plans.contexts import plan_progress
from plans.document import read_document
from plans.document.files import read_file
from plans.models import Plan, ProgressUpdate, TaskPerformer
from plans.period import due_moment, is_late, parse_period
from plans.services import import_document
from tests.factories.word import document, paragraph, rows, saved
from units.permissions import Role

pytestmark = pytest.mark.django_db

# Words of a plan of 2024, and the last day they name.
WRITTEN = {
    "Tháng 02-6/2024": date(2024, 6, 30),
    "Từ tháng 01 - 12/2024": date(2024, 12, 31),
    "Quý IV/2023": date(2023, 12, 31),
    "tháng 10-12": date(2024, 12, 31),
    "năm 2023": date(2023, 12, 31),
    "trước 15/12/2024": date(2024, 12, 15),
    "thường xuyên": None,
    "Tháng 02/2024": date(2024, 2, 29),
    "Tháng 02/2023": date(2023, 2, 28),
    "ngày 29/02/2024": date(2024, 2, 29),
    "đến 31/12/2024": date(2024, 12, 31),
}
DATED = {words: day for words, day in WRITTEN.items() if day}
TENTH = timedelta(milliseconds=100)


@pytest.fixture
def plan(cast) -> Plan:
    """Imported from Word: one task for each wording, all performed by district A."""
    made = document()
    for text in ("KẾ HOẠCH", "Công tác năm 2024", "I. TIẾN ĐỘ THỰC HIỆN"):
        paragraph(made, text)
    words = [(str(number), f"Việc số {number}", "Tổ giúp việc", when) for number, when in enumerate(WRITTEN, 1)]
    rows(made, ("TT", "Nội dung", "Thực hiện", "Thời gian"), *words)
    text = read_file(name="a.docx", data=saved(made))
    plan = import_document(document=read_document(text), unit=cast.province, by=None, text=text)
    for task in plan.tasks.all():
        TaskPerformer.objects.create(task=task, unit=cast.a, text="UBND huyện A", order=9)
    Plan.objects.filter(pk=plan.pk).update(status="issued", number="1", issue_year=2023, issue_month=1, issue_day=2)
    return Plan.objects.get(pk=plan.pk)


def _late(plan: Plan, cast, moment: datetime, monkeypatch) -> set[str]:
    """The words of the tasks that are late when the server's clock shows `moment`."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    progress = plan_progress(plan=plan, user=cast[Role.PROGRAMME_OFFICER], as_of=timezone.localdate())
    return {task.period_text for task in progress.tasks if task.state == "late"}


def test_the_words_are_parsed_and_kept_as_written(plan):
    assert [(task.period_text, task.end) for task in plan.tasks.all()] == list(WRITTEN.items())


def test_the_words_are_shown_and_printed_unchanged(client, cast, plan):
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    page = unescape(client.get(f"/plans/{plan.pk}/").content.decode())

    for words in WRITTEN:
        assert words in page
    cells = [item["cells"] for section in plan.sections.all() for item in section.items if item["cells"]]
    assert [row[3] for row in cells[1:]] == list(WRITTEN)


@pytest.mark.parametrize("words", DATED)
def test_a_task_is_late_from_midnight_in_vietnam_after_its_last_day(plan, cast, monkeypatch, words):
    """Midnight in Asia/Ho_Chi_Minh is 17:00 of the last day in UTC: half-open, that very moment is late."""
    midnight = datetime.combine(DATED[words], datetime.min.time(), tzinfo=UTC) + timedelta(hours=17)

    assert due_moment(DATED[words]) == midnight
    assert words not in _late(plan, cast, midnight - TENTH, monkeypatch)
    assert words in _late(plan, cast, midnight, monkeypatch)
    assert words in _late(plan, cast, midnight + TENTH, monkeypatch)


def test_what_names_no_day_is_never_late(plan, cast, monkeypatch):
    late = _late(plan, cast, datetime(2099, 1, 1, tzinfo=UTC), monkeypatch)

    assert late == set(DATED)


def test_the_last_minute_of_the_year_is_still_this_year(plan, cast, monkeypatch):
    at_2359 = datetime(2024, 12, 31, 16, 59, 59, tzinfo=UTC)

    late = _late(plan, cast, at_2359, monkeypatch)

    assert timezone.localdate() == date(2024, 12, 31)
    assert not late & {"Từ tháng 01 - 12/2024", "tháng 10-12", "đến 31/12/2024"}
    assert {"năm 2023", "Quý IV/2023", "trước 15/12/2024"} <= late


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Ho_Chi_Minh"])
def test_the_zone_of_the_server_decides_nothing(plan, cast, monkeypatch, zone):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        early = _late(plan, cast, datetime(2024, 2, 29, 16, 59, 59, tzinfo=UTC), monkeypatch)
        late = _late(plan, cast, datetime(2024, 2, 29, 17, 0, tzinfo=UTC), monkeypatch)
    finally:
        monkeypatch.undo()
        time.tzset()

    assert late - early == {"Tháng 02/2024", "ngày 29/02/2024"}


@pytest.mark.parametrize(("before", "percent"), [(TENTH, 100), (timedelta(0), None)])
def test_what_is_sent_at_midnight_belongs_to_the_next_day(plan, cast, before, percent):
    task = plan.tasks.get(period_text="Tháng 02/2024")
    end = due_moment(date(2024, 2, 29))
    ProgressUpdate.objects.create(
        task=task,
        unit=cast.a,
        percent=100,
        by=cast[Role.UNIT_OFFICER],
        submitted_at=end - before,
        state=ProgressUpdate.State.ACCEPTED,
        decided_at=end,
        decided_by=cast[Role.PROGRAMME_OFFICER],
    )

    progress = plan_progress(plan=plan, user=cast[Role.PROGRAMME_OFFICER], as_of=date(2024, 2, 29))

    (read,) = [each for each in progress.tasks if each.period_text == "Tháng 02/2024"]
    assert [each.percent for each in read.performers if each.unit_id == cast.a.pk] == [percent]


def test_day_and_moment_agree_on_every_day_of_a_leap_year():
    for number in range(366):
        day = date(2024, 1, 1) + timedelta(days=number)
        moment = due_moment(day)
        assert is_late(day, moment.date())
        assert not is_late(day, (moment - TENTH).date())


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("Từ tháng 7/2025 đến hết quý I/2026", date(2025, 7, 1), date(2026, 3, 31)),
        ("Tháng 5 và quý IV/2024", date(2024, 5, 1), date(2024, 12, 31)),
        ("Quý I, II/2025", date(2025, 1, 1), date(2025, 6, 30)),
        ("Quý III - quý IV/2025", date(2025, 7, 1), date(2025, 12, 31)),
        ("đến 31/12/2024", None, date(2024, 12, 31)),
        ("đến 15/8", None, date(2024, 8, 15)),
        ("từ 5/4 đến 20/4/2023", date(2023, 4, 5), date(2023, 4, 20)),
    ],
)
def test_quarters_after_months_and_days_after_until(text, start, end):
    period = parse_period(text, default_year=2024)

    assert (period.text, period.start, period.end) == (text, start, end)
