"""Quality management systems: phases from steps, what is due, who keeps them, stale pages, the list."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from activity.models import AuditEvent
from assessments.contexts.systems import dues_of, months_after, phase_of, system_rows
from assessments.models import Qms, QmsStep
from assessments.services import systems as services
from tests.factories.systems import iso9001, make_system
from units.permissions import Role

TODAY = timezone.localdate


@pytest.mark.parametrize(
    ("done", "phase"),
    [
        ([], "establishing"),
        (["internal_audit", "management_review", "improve"], "establishing"),
        (["establish"], "establishing"),
        (["apply"], "applying"),
        (["declare", "apply"], "declared"),
        (["apply", "redeclare", "declare"], "declared"),
        (["maintain", "apply", "declare"], "maintained"),
        (["end", "maintain"], "ended"),
    ],
)
def test_the_phase_follows_from_what_is_done_in_any_order(done, phase):
    assert phase_of(done) == phase


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 12, 31), 2, date(2026, 2, 28)),
        (date(2025, 1, 1), 12, date(2026, 1, 1)),
        (date(2025, 12, 1), 1, date(2026, 1, 1)),
    ],
)
def test_a_year_on_is_the_same_day_or_the_last_of_its_month(day, months, then):
    assert months_after(day, months) == then


def test_audit_and_review_are_due_a_year_after_the_last_or_after_it_was_applied():
    applied = date(2025, 1, 10)

    def told(phase, last, planned=()):
        return [(due.kind, due.due_on, due.planned) for due in dues_of(phase, last, planned)]

    review = ("management_review", date(2026, 1, 10), False)
    audit = ("internal_audit", date(2026, 6, 1), False)
    early, late = date(2026, 3, 1), date(2026, 7, 1)

    assert told("establishing", {}) == []
    assert told("applying", {"apply": applied, "internal_audit": date(2025, 6, 1)}) == [review, audit]
    last = {"apply": applied, "internal_audit": date(2025, 6, 1), "management_review": date(2025, 9, 1)}
    reviewed = ("management_review", date(2026, 9, 1), False)
    assert told("declared", last, [("internal_audit", early)]) == [("internal_audit", early, True), reviewed]
    assert told("declared", last, [("internal_audit", late)]) == [audit, ("internal_audit", late, True), reviewed]
    assert told("ended", last, [("internal_audit", early)]) == []


def test_overdue_begins_on_the_day_after(cast):
    today = date(2026, 1, 10)
    make_system(cast.a, by=cast[Role.UNIT_HEAD], apply=date(2025, 1, 10))
    make_system(cast.b, by=cast["sibling"], apply=date(2025, 1, 9))

    rows = system_rows(Qms.objects.order_by("pk"), today=today)

    assert [row.is_late for row in rows] == [False, True]


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        (Role.UNIT_HEAD, True),
        (Role.UNIT_OFFICER, True),
        (Role.PROGRAMME_OFFICER, True),
        (Role.ADMINISTRATOR, True),
        (Role.ASSESSOR, False),
        (Role.LEADER, False),
        (Role.OBSERVER, False),
        ("sibling", False),
        ("foreign", False),
    ],
)
def test_who_keeps_a_system(cast, who, allowed):
    if allowed:
        qms = services.begin_system(unit=cast.a, standard=iso9001(), by=cast[who])
        assert services.record_step(qms=qms, kind="apply", done_on=TODAY(), by=cast[who]).done_on == TODAY()
    else:
        with pytest.raises(PermissionDenied):
            services.begin_system(unit=cast.a, standard=iso9001(), by=cast[who])
        with pytest.raises(PermissionDenied):
            services.record_step(
                qms=make_system(cast.a, by=cast[Role.UNIT_HEAD]), kind="apply", done_on=TODAY(), by=cast[who]
            )


def test_a_unit_has_one_system_by_an_edition(cast):
    qms = services.begin_system(unit=cast.a, standard=iso9001(), by=cast[Role.UNIT_HEAD])

    with pytest.raises(services.SystemExists) as refused:
        services.begin_system(unit=cast.a, standard=iso9001(), by=cast[Role.UNIT_HEAD])
    assert refused.value.existing == qms


def test_a_step_that_was_planned_is_the_one_that_is_done(cast):
    by = cast[Role.UNIT_OFFICER]
    qms = make_system(cast.a, by=by, apply=TODAY() - timedelta(days=9))
    planned = services.plan_step(qms=qms, kind="internal_audit", planned_on=TODAY(), by=by)

    done = services.record_step(qms=qms, kind="internal_audit", done_on=TODAY(), nonconformities=2, by=by)

    assert (done.pk, done.planned_on, done.nonconformities) == (planned.pk, TODAY(), 2)
    assert QmsStep.objects.filter(kind="internal_audit").count() == 1
    event = AuditEvent.objects.get(action="assessments.system_step_done")
    assert event.changes["nonconformities"] == [None, 2]


def test_steps_are_refused_that_cannot_be(cast):
    by = cast[Role.UNIT_HEAD]
    qms = make_system(cast.a, by=by)

    for given, refusal in (
        ({"kind": "apply", "done_on": TODAY() + timedelta(days=1)}, services.DayToCome),
        ({"kind": "internal_audit"}, services.NonconformitiesMissing),
        ({"kind": "maintain"}, services.StepTooEarly),
        ({"kind": "declare"}, services.DeclaredOtherwise),
        ({"kind": "end"}, services.EndWithoutReason),
        ({"kind": "apply", "expected_version": 9}, services.StaleSystem),
    ):
        with pytest.raises(refusal):
            services.record_step(**{"qms": qms, "done_on": TODAY(), "by": by} | given)
    with pytest.raises(services.DayGone):
        services.plan_step(qms=qms, kind="apply", planned_on=TODAY() - timedelta(days=1), by=by)
    services.record_step(qms=qms, kind="end", done_on=TODAY(), note="Hợp nhất đơn vị", by=by)
    with pytest.raises(services.SystemEnded):
        services.record_step(qms=qms, kind="apply", done_on=TODAY(), by=by)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_for_any_number(cast, client, django_assert_num_queries, rows):
    for unit in (cast.a, cast.b, cast.a1)[:rows]:
        make_system(unit, by=cast[Role.UNIT_HEAD], apply=TODAY(), internal_audit=TODAY())
    client.force_login(cast[Role.PROGRAMME_OFFICER])

    with django_assert_num_queries(9):
        answer = client.get(reverse("assessments:systems"))

    assert len(answer.context["page"]) == rows


def test_the_list_is_narrowed_by_what_follows_from_days(cast, client):
    late = make_system(cast.a, by=cast[Role.UNIT_HEAD], apply=TODAY() - timedelta(days=400))
    make_system(cast.b, by=cast["sibling"], apply=TODAY())
    client.force_login(cast[Role.LEADER])

    answer = client.get(reverse("assessments:systems"), {"due": "late"})

    assert [row.qms for row in answer.context["page"]] == [late]
    assert answer.context["late"] == 1


def test_what_was_typed_is_kept_when_somebody_was_faster(cast, client):
    head = cast[Role.UNIT_HEAD]
    qms = make_system(cast.a, by=head)
    services.record_step(qms=qms, kind="establish", done_on=TODAY(), by=cast[Role.UNIT_OFFICER])
    client.force_login(head)
    url = reverse("assessments:system_act", args=[qms.pk, "record"])
    typed = {"kind": "apply", "done_on": TODAY().isoformat(), "document": "12/QĐ-UBND"}

    refused = client.post(url, typed | {"version": "1"})
    taken = client.post(url, typed | {"version": refused.context["forms"]["record"].data["version"]})

    assert refused.status_code == 409
    assert "12/QĐ-UBND" in refused.content.decode()
    assert str(cast[Role.UNIT_OFFICER]) in refused.content.decode()
    qms.refresh_from_db()
    assert (taken.status_code, qms.phase, qms.version) == (302, "applying", 3)
