"""The month page, the days off of a province, and calendar feeds read back as iCalendar."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from activity.models import AuditEvent
from isoportal.logs import OriginFilter
from plans.contexts.month import month_of
from plans.models import CalendarFeed, DayOff, Event, Invitation, Plan, ReportingPeriod, Task
from plans.services import days_off, feeds
from tests.factories.plans import PlanFactory, task_of
from units.models import User
from units.permissions import Role

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
TODAY = date(2024, 10, 22)


@pytest.fixture
def plan(cast):
    return PlanFactory(unit=cast.province)


def event_of(plan, cast, **values):
    given = {
        "kind": Event.Kind.CONFERENCE,
        "title": "Hội nghị tổng kết",
        "place": "Hội trường A",
        "starts_at": datetime(2024, 10, 31, 8, tzinfo=HANOI),
        "ends_at": datetime(2024, 10, 31, 11, 30, tzinfo=HANOI),
        "created_by": cast[Role.PROGRAMME_OFFICER],
    }
    return Event.objects.create(plan=plan, **{**given, **values})


def entries(user, first=date(2024, 10, 1), **asked):
    month = month_of(user=user, first=first, today=TODAY, **asked)
    return {day.day: [each.kind for each in day.entries] for week in month.weeks for day in week if day.entries}


# -- The month ---------------------------------------------------------------------------------------------------------
def test_a_month_shows_what_ends_takes_place_and_is_due(cast, plan):
    task_of(plan, cast.a, end=date(2024, 10, 31))
    event_of(plan, cast)
    ReportingPeriod.objects.create(
        plan=plan,
        kind="month",
        title="Tháng 9",
        start=date(2024, 9, 1),
        end=date(2024, 9, 30),
        due_on=date(2024, 10, 5),
    )

    found = entries(cast[Role.PROGRAMME_OFFICER])

    assert found == {date(2024, 10, 5): ["report"], date(2024, 10, 31): ["event", "task"]}


@pytest.mark.parametrize(
    ("first", "begins", "weeks"),
    [
        (date(2024, 2, 1), date(2024, 1, 29), 5),  # a leap year
        (date(2027, 2, 1), date(2027, 2, 1), 4),  # begins on a Monday, ends on a Sunday
        (date(2024, 12, 1), date(2024, 11, 25), 6),  # reaches into the next year
    ],
)
def test_a_month_is_whole_weeks(cast, first, begins, weeks):
    month = month_of(user=cast["stranger"], first=first, today=TODAY)

    days = [day.day for week in month.weeks for day in week]
    assert (days[0], len(month.weeks)) == (begins, weeks)
    assert days == [begins + timedelta(days=number) for number in range(7 * weeks)]


def test_an_event_over_midnight_stands_on_both_days_and_ends_before_midnight(cast, plan):
    event_of(
        plan, cast, starts_at=datetime(2024, 10, 7, 14, tzinfo=HANOI), ends_at=datetime(2024, 10, 9, 0, tzinfo=HANOI)
    )

    assert set(entries(cast[Role.PROGRAMME_OFFICER])) == {date(2024, 10, 7), date(2024, 10, 8)}


def test_a_day_in_hanoi_is_not_a_day_in_greenwich(cast, plan):
    event_of(plan, cast, starts_at=datetime(2024, 10, 7, 18, tzinfo=UTC), ends_at=datetime(2024, 10, 7, 19, tzinfo=UTC))

    assert set(entries(cast[Role.PROGRAMME_OFFICER])) == {date(2024, 10, 8)}


def test_mine_is_what_my_units_do(cast, plan):
    task_of(plan, cast.a, end=date(2024, 10, 10))
    task_of(plan, cast.b, end=date(2024, 10, 11))
    invited = event_of(plan, cast)
    Invitation.objects.create(event=invited, unit=cast.a)
    event_of(
        plan, cast, starts_at=datetime(2024, 10, 1, 8, tzinfo=HANOI), ends_at=datetime(2024, 10, 1, 9, tzinfo=HANOI)
    )

    mine = entries(cast[Role.UNIT_OFFICER], mine=True)

    assert set(mine) == {date(2024, 10, 10), date(2024, 10, 31)}
    assert entries(cast["foreign"]) == {}


def test_cancelled_tasks_and_plans_that_are_over_end_nothing(cast, plan):
    task_of(plan, cast.a, end=date(2024, 10, 10), is_cancelled=True)
    task_of(PlanFactory(unit=cast.province, status=Plan.Status.CANCELLED), cast.a, end=date(2024, 10, 11))

    assert entries(cast[Role.PROGRAMME_OFFICER]) == {}


@pytest.mark.parametrize("query", ["", "?month=2024-10", "?month=2024-13", "?month=x", "?month=9999-12", "?whose=mine"])
def test_the_page_answers_whatever_is_asked(client, cast, query):
    client.force_login(cast[Role.UNIT_OFFICER])

    assert client.get(reverse("plans:calendar") + query).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_month_costs_the_same_however_full_it_is(client, cast, plan, django_assert_num_queries, count):
    for number in range(count):
        task_of(plan, cast.a, end=date(2024, 10, 10 + number))
        event_of(plan, cast)
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    with django_assert_num_queries(7):
        client.get(reverse("plans:calendar"), {"month": "2024-10"})


# -- Days off ----------------------------------------------------------------------------------------------------------
def test_a_province_keeps_its_days_off_and_the_log_tells_them(client, cast):
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    page = reverse("plans:days_off")
    data = {"day": "2026-01-02", "is_worked": "", "name": "Nghỉ hoán đổi"}

    first, again = client.post(page, data), client.post(page, data)
    decided = DayOff.objects.get()
    month = client.get(reverse("plans:calendar"), {"month": "2026-01"}).content.decode()
    gone = client.post(page, {"remove": decided.pk})

    assert (first.status_code, again.status_code, gone.status_code) == (302, 422, 302)
    assert (decided.unit, decided.day, decided.is_worked) == (cast.province, date(2026, 1, 2), False)
    assert "Nghỉ hoán đổi" in month
    assert not DayOff.objects.exists()
    assert set(AuditEvent.objects.filter(action__contains="day_off").values_list("action", "unit_path")) == {
        ("plans.day_off_added", cast.province.path),
        ("plans.day_off_removed", cast.province.path),
    }


@pytest.mark.parametrize(("person", "status"), [(Role.UNIT_OFFICER, 403), (Role.OBSERVER, 403), ("foreign", 302)])
def test_who_keeps_days_off(client, cast, person, status):
    decided = DayOff.objects.create(unit=cast.province, day=date(2026, 1, 2), name="Nghỉ")
    client.force_login(cast[person])

    answer = client.post(reverse("plans:days_off"), {"day": "2026-01-05", "name": "Nghỉ"})
    removed = client.post(reverse("plans:days_off"), {"remove": decided.pk})

    assert answer.status_code == status
    assert removed.status_code == (404 if person == "foreign" else 403)
    assert DayOff.objects.filter(pk=decided.pk).exists()


def test_only_a_province_keeps_days_off(cast):
    with pytest.raises(days_off.NotAProvince):
        days_off.add_day_off(unit=cast.a, day=date(2026, 1, 2), name="Nghỉ", by=None)


# -- Feeds -------------------------------------------------------------------------------------------------------------
def feed_for(user, plan=None):
    return feeds.make_feed(user=user, plan=plan, by=user)[1]


def read(token, **headers):
    return Client().get(f"/calendar/{token}.ics", headers=headers)


def read_entries(token):
    answer = read(token)
    assert answer.status_code == 200
    return {str(entry["UID"]): entry for entry in Calendar.from_ical(answer.content).walk("VEVENT")}


@pytest.fixture
def recent(plan, cast):
    today = timezone.localdate()
    return task_of(
        plan,
        cast.a,
        number="3",
        title="Đào tạo, tập huấn; chấm điểm\\phần mềm " + "kéo dài tiêu đề " * 12,
        start=today - timedelta(days=10),
        end=today + timedelta(days=5),
    )


def test_a_task_is_whole_days_and_comes_back_as_it_was_written(cast, recent):
    token = feed_for(cast[Role.UNIT_OFFICER])

    entry = read_entries(token)[f"task-{recent.pk}@isoportal"]

    assert (entry.decoded("DTSTART"), entry.decoded("DTEND")) == (recent.start, recent.end + timedelta(days=1))
    assert str(entry["SUMMARY"]) == str(recent)
    assert (entry["STATUS"], entry["SEQUENCE"], entry["TRANSP"]) == ("CONFIRMED", 0, "TRANSPARENT")
    assert entry.decoded("LAST-MODIFIED") == recent.updated_at.replace(microsecond=0)
    assert str(entry["URL"]).endswith(reverse("plans:task", args=[recent.pk]))


def test_lines_are_folded_and_text_is_escaped(cast, recent):
    body = read(feed_for(cast[Role.UNIT_OFFICER])).content

    lines = body.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in body.replace(b"\r\n", b"")
    unfolded = body.replace(b"\r\n ", b"").decode()
    assert "Đào tạo\\, tập huấn\\; chấm điểm\\\\phần mềm" in unfolded


def test_an_event_has_its_times_in_vietnam(cast, plan):
    today = timezone.localdate()
    opens = datetime(today.year, today.month, today.day, 8, tzinfo=HANOI)
    event = event_of(plan, cast, starts_at=opens, ends_at=opens + timedelta(hours=3), sequence=4)
    Invitation.objects.create(event=event, unit=cast.a)

    answer = read(feed_for(cast[Role.UNIT_OFFICER]))

    calendar = Calendar.from_ical(answer.content)
    (entry,) = calendar.walk("VEVENT")
    assert entry["DTSTART"].params["TZID"] == "Asia/Ho_Chi_Minh"
    assert entry.decoded("DTSTART") == opens
    assert (str(entry["LOCATION"]), entry["SEQUENCE"]) == ("Hội trường A", 4)
    (zone,) = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == "Asia/Ho_Chi_Minh"
    assert {each["TZOFFSETTO"].to_ical() for each in zone.subcomponents} == {"+0700"}


def test_what_is_cancelled_is_told_as_cancelled(cast, plan, recent):
    token = feed_for(cast[Role.UNIT_OFFICER])
    before = read_entries(token)
    Task.objects.filter(pk=recent.pk).update(is_cancelled=True, sequence=1)

    after = read_entries(token)

    uid = f"task-{recent.pk}@isoportal"
    assert (before[uid]["STATUS"], after[uid]["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert after[uid]["SEQUENCE"] == 1
    Task.objects.filter(pk=recent.pk).update(is_cancelled=False)
    Plan.objects.filter(pk=plan.pk).update(status=Plan.Status.CANCELLED)
    assert read_entries(token)[uid]["STATUS"] == "CANCELLED"


def test_a_feed_of_a_plan_shows_all_of_it_and_nothing_after_the_right_is_gone(cast, plan, recent):
    other = task_of(plan, cast.b, end=timezone.localdate())
    task_of(PlanFactory(unit=cast.province), cast.b, end=timezone.localdate())
    officer = cast[Role.PROGRAMME_OFFICER]
    token = feed_for(officer, plan)

    assert set(read_entries(token)) == {f"task-{recent.pk}@isoportal", f"task-{other.pk}@isoportal"}
    officer.memberships.all().delete()
    assert read(token).status_code == 404


def test_unchanged_content_is_not_sent_again(cast, recent):
    token = feed_for(cast[Role.UNIT_OFFICER])
    first = read(token)

    again = read(token, if_none_match=first["ETag"])
    Task.objects.filter(pk=recent.pk).update(title="Tên mới")
    changed = read(token, if_none_match=first["ETag"])

    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200
    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    assert "Cookie" not in first.get("Vary", "")
    assert not first.cookies


def test_unknown_revoked_and_disabled_all_answer_404(cast, recent):
    user = cast[Role.UNIT_OFFICER]
    feed, token = feeds.make_feed(user=user, plan=None, by=user)
    kept = feed_for(user)

    assert read("cal_unknown").status_code == read("x").status_code == 404
    feeds.revoke_feed(feed=feed, by=user)
    feeds.revoke_feed(feed=feed, by=user)
    assert read(token).status_code == 404
    assert read(kept).status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert read(kept).status_code == 404
    assert AuditEvent.objects.filter(action="plans.feed_revoked").count() == 1


def test_the_token_is_nowhere_but_in_the_answer_that_made_it(client, cast, recent, caplog):
    client.force_login(cast[Role.UNIT_OFFICER])

    made = client.post(reverse("plans:feeds"), {"plan": ""})
    token = made.content.decode().split("/calendar/cal_")[1].split(".ics")[0]

    feed = CalendarFeed.objects.get()
    assert feed.digest == feeds.digest_of(f"cal_{token}")
    assert len(token) >= 43
    assert token not in client.get(reverse("plans:feeds")).content.decode()
    assert made["Cache-Control"] == "no-store"
    assert token not in str(list(AuditEvent.objects.values()))
    with caplog.at_level(logging.DEBUG):
        caplog.handler.addFilter(OriginFilter())
        read(f"cal_{token}")
        feeds.revoke_feed(feed=feed, by=cast[Role.UNIT_OFFICER])
        read(f"cal_{token}")
    assert caplog.records
    assert all(token not in f"{record.getMessage()} {record.__dict__}" for record in caplog.records)


def test_a_feed_is_its_owners_to_revoke(client, cast):
    feed, _token = feeds.make_feed(user=cast[Role.UNIT_OFFICER], plan=None, by=cast[Role.UNIT_OFFICER])
    client.force_login(cast[Role.UNIT_HEAD])
    other = client.post(reverse("plans:feed_revoke", args=[feed.pk])).status_code
    client.force_login(cast[Role.UNIT_OFFICER])

    own = client.post(reverse("plans:feed_revoke", args=[feed.pk])).status_code

    feed.refresh_from_db()
    assert (other, own) == (404, 302)
    assert feed.revoked_at


def test_nobody_makes_a_feed_of_a_plan_they_do_not_see(client, cast, plan):
    client.force_login(cast["foreign"])

    assert client.post(reverse("plans:feeds"), {"plan": plan.pk}).status_code == 422
    assert not CalendarFeed.objects.exists()


def test_feeds_are_limited_in_number_and_in_how_often_they_are_read(cast, monkeypatch):
    user = cast[Role.UNIT_OFFICER]
    tokens = [feed_for(user) for _ in range(feeds.MOST)]
    with pytest.raises(feeds.TooManyFeeds):
        feed_for(user)
    monkeypatch.setattr("plans.views.calendar.READS_A_MINUTE", 2)

    assert [read(tokens[0]).status_code for _ in range(3)] == [200, 200, 429]
    assert read(tokens[1]).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_a_feed_costs_the_same_however_much_is_in_it(cast, plan, django_assert_num_queries, count):
    for _number in range(count):
        task_of(plan, cast.a, end=timezone.localdate())
    token = feed_for(cast[Role.UNIT_OFFICER])

    with django_assert_num_queries(5):
        read(token)
