"""Digests as mail: the row is the outbox, and a mail server that is down loses nothing."""

from __future__ import annotations

import smtplib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from activity.delivery import MOST_ATTEMPTS, message, send_due
from activity.models import Digest, ReminderPreference
from activity.services import Reminder, choose_reminders, make_digests
from activity.services.digests import NoSuchDays
from isoportal.tasks import send_digests
from tests.factories.units import UserFactory

TODAY = timezone.localdate


class DownBackend(BaseEmailBackend):
    """A mail server that nobody answers at."""

    def send_messages(self, email_messages):
        raise ConnectionRefusedError


class PickyBackend(BaseEmailBackend):
    """A mail server that refuses one address and takes the others."""

    def send_messages(self, email_messages):
        for each in email_messages:
            if each.to == ["bad@example.gov.vn"]:
                raise smtplib.SMTPRecipientsRefused({"bad@example.gov.vn": (550, b"no such user")})
        mail.outbox += email_messages
        return len(email_messages)


def waiting(**values) -> Digest:
    lines = [
        {
            "heading": "Nhiệm vụ",
            "items": [
                {"text": "Khảo sát & <chọn> đơn vị", "url": "/tasks/7/", "due_on": "2026-12-01", "days": 7},
                {"text": "Đào tạo", "url": "/tasks/8/", "due_on": "2026-11-23", "days": -1},
                {"text": "Hội nghị", "url": "/events/9/", "due_on": "2026-11-24", "days": 0},
            ],
        },
        {"heading": "Thông báo", "items": [{"text": "3 thông báo", "url": "/a/", "due_on": None, "days": None}]},
    ]
    return Digest.objects.create(**{"to": UserFactory(), "day": TODAY(), "lines": lines} | values)


def test_a_mail_has_every_line_with_an_absolute_link_as_text_and_as_html(db, settings):
    settings.SITE_URL = "https://iso.example.gov.vn"
    digest = waiting(to=UserFactory(full_name="Lê Thị Bình"))

    letter = message(digest)
    [(html, kind)] = [(each.content, each.mimetype) for each in letter.alternatives]

    assert letter.to == [digest.to.email]
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"
    assert kind == "text/html"
    for body in (letter.body, html):
        assert "Lê Thị Bình" in body
        for url in ("/tasks/7/", "/tasks/8/", "/events/9/", "/a/", "/activity/preferences/"):
            assert f"https://iso.example.gov.vn{url}" in body
        assert "1/12/2026" in body
    assert "- Khảo sát & <chọn> đơn vị" in letter.body
    assert "Khảo sát &amp; &lt;chọn&gt; đơn vị" in html
    assert "\n\n\n\n" not in letter.body


def test_what_waits_is_sent_once(db):
    waiting()
    waiting(mail_wanted=False)
    waiting(sent_at=timezone.now())
    waiting(day=TODAY() - timedelta(days=4))
    waiting(to=UserFactory(is_active=False))

    first, second = send_due(), send_due()

    assert (first.sent, second.sent) == (1, 0)
    assert len(mail.outbox) == 1


def test_a_mail_server_that_is_down_loses_nothing(db, settings):
    digests = [waiting(), waiting()]
    now = timezone.now()
    settings.EMAIL_BACKEND = f"{__name__}.DownBackend"

    down = send_due(now=now)

    rows = [Digest.objects.get(pk=each.pk) for each in digests]
    assert (down.sent, down.failed) == (0, 1)  # the rest is not tried: the server is away for all of them
    assert [row.attempts for row in rows] == [1, 0]
    assert [row.sent_at for row in rows] == [None, None]

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send_due(now=now).sent == 1  # the one that was tried has to wait
    assert send_due(now=now + timedelta(minutes=5)).sent == 1
    assert len(mail.outbox) == 2


def test_one_address_that_is_refused_keeps_nobody_else_waiting(db, settings):
    settings.EMAIL_BACKEND = f"{__name__}.PickyBackend"
    bad = waiting(to=UserFactory(email="bad@example.gov.vn"))
    waiting()

    result = send_due()

    assert (result.sent, result.failed) == (1, 1)
    assert Digest.objects.get(pk=bad.pk).sent_at is None


def test_the_waits_grow_and_end(db, settings):
    settings.EMAIL_BACKEND = f"{__name__}.DownBackend"
    digest, now, waits = waiting(), timezone.now(), []
    for _attempt in range(MOST_ATTEMPTS + 2):
        send_due(now=now)
        row = Digest.objects.get(pk=digest.pk)
        waits.append(int((row.not_before - now).total_seconds() // 60))
        now = row.not_before
        Digest.objects.update(day=timezone.localtime(now).date())

    assert waits[:7] == [5, 10, 20, 40, 80, 160, 320]
    assert waits[7] == 360
    assert row.attempts == MOST_ATTEMPTS
    assert row.sent_at is None


def test_a_digest_keeps_what_it_first_told(db):
    person = UserFactory()

    def line(text: str) -> Reminder:
        return Reminder(heading="Việc", text=text, url="/")

    first = make_digests(day=TODAY(), reminders={person.pk: [line("một"), line("hai")]}, by_mail=[person.pk])
    again = make_digests(day=TODAY(), reminders={person.pk: [line("ba")]}, by_mail=[])

    assert (first.new, again.new, again.already) == (1, 0, 1)
    row = Digest.objects.get()
    assert [item["text"] for item in row.lines[0]["items"]] == ["một", "hai"]
    assert row.mail_wanted


def test_who_is_reminded_of_nothing_has_no_digest(db):
    make_digests(day=TODAY(), reminders={UserFactory().pk: []}, by_mail=[])

    assert not Digest.objects.exists()


@pytest.mark.parametrize("days", [[366], [-366], range(21)])
def test_days_are_within_reason(db, days):
    with pytest.raises(NoSuchDays) as refused:
        choose_reminders(by=UserFactory(), by_mail=True, days=days, working_days_only=False)

    assert str(refused.value)
    assert not ReminderPreference.objects.exists()


def test_the_usual_days_are_kept_as_no_choice(db):
    person = UserFactory()

    choose_reminders(by=person, by_mail=False, days=[-30, 30, 7, 1, -1, -7], working_days_only=True)

    row = ReminderPreference.objects.get(user=person)
    assert (row.by_mail, row.days, row.working_days_only) == (False, [], True)


def test_the_command_says_what_it_did(cast, capsys):
    call_command("send_digests")

    assert "0 digests made" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_two_timers_at_once_send_each_mail_once():
    for _number in range(5):
        waiting()
    start = Barrier(4, timeout=30)

    def run(_number: int) -> None:
        try:
            start.wait()
            send_digests()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))

    assert len(mail.outbox) == 5
    assert Digest.objects.exclude(sent_at=None).count() == 5


@pytest.mark.django_db(transaction=True)
def test_two_who_make_the_same_digests_at_once_make_one_each():
    people = [UserFactory().pk for _number in range(20)]
    reminders = {person: [Reminder(heading="Việc", text="một", url="/")] for person in people}
    start = Barrier(4, timeout=30)

    def run(_number: int) -> None:
        try:
            start.wait()
            make_digests(day=TODAY(), reminders=reminders, by_mail=people)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))

    assert Digest.objects.count() == len(people)
