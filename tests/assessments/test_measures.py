"""What the system itself knows of a unit, as answers to the criteria it scores."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from activity.models import AuditEvent
from assessments.contexts.measures import (
    MEASURES,
    UnknownMeasure,
    check_measures,
    days_late,
    measure_of,
    measures_for,
    system_answer,
    system_criteria,
)
from assessments.models import Assessment, CorrectiveAction, Criterion, Extension, Score
from assessments.services.measures import score_by_system
from assessments.services.standing import locked
from plans.models import DueReport, ProgressUpdate, ReportingPeriod
from tests.factories.plans import PlanFactory, task_of
from units.models import Unit


def at(text: str) -> datetime:
    """A moment in Vietnam, as a program has it."""
    return datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "closes", "days"),
    [
        ("2024-10-15T16:59:59", "2024-10-15T17:00:00", 0),
        # within the last day but after its hour: late, though by no whole day
        ("2024-10-15T17:00:00", "2024-10-15T17:00:00", 1),
        ("2024-10-16T08:00:00", "2024-10-15T17:00:00", 1),
        # until the end of the 15th
        ("2024-10-16T00:00:00", "2024-10-16T00:00:00", 1),
        ("2024-10-16T23:59:00", "2024-10-16T00:00:00", 1),
        ("2024-10-17T00:00:00", "2024-10-16T00:00:00", 2),
        ("2024-11-14T10:00:00", "2024-10-16T00:00:00", 30),
        ("2124-11-14T10:00:00", "2024-10-16T00:00:00", 9999),
    ],
)
def test_days_late_are_counted_from_the_last_day(moment, closes, days):
    assert days_late(at(moment), at(closes)) == days


@pytest.fixture
def late(sheets) -> Assessment:
    """A sheet whose self-scoring closed at the end of 15 October 2024."""
    round_ = sheets.round
    round_.opens_at, round_.closes_at, round_.year = at("2024-09-01T00:00:00"), at("2024-10-16T00:00:00"), 2024
    round_.save()
    return Assessment.objects.select_related("round__criteria_set", "unit").get(pk=sheets.points.pk)


def answer(sheet: Assessment, measure: str, kind: str, now: datetime):
    criterion = Criterion(code="x", scoring=kind, parameters={"measure": measure})
    return system_answer(sheet, criterion, now=now)


@pytest.mark.parametrize(
    ("submitted", "now", "expected"),
    [
        ("2024-10-15T23:59:59", "2024-12-01T00:00:00", {"days_late": 0}),
        ("2024-10-18T08:00:00", "2024-12-01T00:00:00", {"days_late": 3}),
        (None, "2024-10-15T23:00:00", {}),
        (None, "2024-10-16T00:00:00", {"never": True}),
    ],
)
def test_a_sheet_is_measured_by_when_it_was_submitted(late, submitted, now, expected):
    late.submitted_at = submitted and at(submitted)

    assert answer(late, "sheet_submitted_days_late", "deadline", at(now)) == expected


def test_an_extension_of_the_unit_s_own_moves_its_last_day(late, sheets):
    Extension.objects.create(
        assessment=late, phase="self_score", until=at("2024-10-20T00:00:00"), reason="bão", by=sheets.officer
    )
    Extension.objects.create(
        assessment=late, phase="verify", until=at("2024-12-20T00:00:00"), reason="khác", by=sheets.officer
    )
    late.submitted_at = at("2024-10-21T09:00:00")

    assert answer(late, "sheet_submitted_days_late", "deadline", timezone.now()) == {"days_late": 2}


@pytest.fixture
def reported(late, sheets) -> Assessment:
    """Four reports of 2024: in time, two days late, never sent, and one whose day has not come; another year's too."""
    plan = PlanFactory(unit=sheets.cast.province)
    task = task_of(plan, sheets.cast.a)
    for due_on, sent in {
        date(2024, 3, 31): ["2024-03-31T23:00:00", "2024-05-01T08:00:00"],  # sent again after it was returned
        date(2024, 6, 30): ["2024-07-02T08:00:00"],
        date(2024, 9, 30): [],
        date(2024, 12, 31): [],
        date(2023, 12, 31): [],
    }.items():
        period = ReportingPeriod.objects.create(
            plan=plan, kind="quarter", title=str(due_on), start=due_on - timedelta(89), end=due_on, due_on=due_on
        )
        due = DueReport.objects.create(period=period, task=task, unit=sheets.cast.a)
        for moment in sent:
            update = ProgressUpdate.objects.create(
                task=task, unit=sheets.cast.a, percent=50, by=sheets.officer, due_report=due, submitted_at=at(moment)
            )
            DueReport.objects.filter(pk=due.pk).update(latest=update)
    return late


def test_reports_on_progress_are_measured_by_their_first_sending(reported):
    now = at("2024-10-05T09:00:00")

    assert answer(reported, "reports_on_time", "ratio", now) == {"done": 1, "of": 3}
    assert answer(reported, "reports_days_late", "deadline", now) == {"days_late": 5}
    assert answer(reported, "reports_days_late", "deadline", at("2024-07-05T09:00:00")) == {"days_late": 2}
    assert answer(reported, "reports_on_time", "ratio", at("2024-04-01T00:00:00")) == {"done": 1, "of": 1}


def test_without_reports_there_is_nothing_to_measure(late):
    assert answer(late, "reports_on_time", "ratio", timezone.now()) == {}
    assert answer(late, "reports_days_late", "deadline", timezone.now()) == {}
    assert answer(late, "corrective_actions_on_time", "ratio", timezone.now()) == {}


def test_corrective_actions_are_measured_by_their_day(late, sheets):
    for number, (due_on, done_on, state) in enumerate(
        [
            (date(2024, 5, 1), date(2024, 5, 1), "closed"),
            (date(2024, 5, 1), date(2024, 5, 2), "done"),
            (date(2024, 6, 1), None, "planned"),
            (date(2024, 6, 1), None, "cancelled"),
            (date(2024, 12, 1), None, "planned"),
            (date(2023, 5, 1), date(2023, 4, 1), "closed"),
        ],
        start=1,
    ):
        CorrectiveAction.objects.create(
            unit=sheets.cast.a,
            year=due_on.year,
            number=number,
            source="internal",
            title="sai",
            cause="vì",
            action="làm",
            owner="A",
            result="xong",
            due_on=due_on,
            done_on=done_on,
            state=state,
            raised_by=sheets.officer,
            closed_at=timezone.now() if state == "closed" else None,
        )

    assert answer(late, "corrective_actions_on_time", "ratio", at("2024-10-01T00:00:00")) == {"done": 1, "of": 3}


def test_a_measure_answers_criteria_of_its_kind_only():
    assert [name for name, _title in measures_for("deadline")] == ["sheet_submitted_days_late", "reports_days_late"]
    assert all(title for _name, title in measures_for("ratio"))
    assert measures_for("yes_no") == []
    for kind, parameters in (
        ("deadline", {}),
        ("deadline", {"measure": "horoscope"}),
        ("yes_no", {"measure": "reports_days_late"}),
    ):
        with pytest.raises(UnknownMeasure) as refusal:
            measure_of(Criterion(code="7.2", scoring=kind, parameters=parameters))
        assert "7.2" in str(refusal.value)
    asked = [
        Criterion(code="7.1", scoring="deadline"),
        Criterion(code="7.2", scoring="deadline", scored_by="system", parameters={"measure": "reports_days_late"}),
    ]
    check_measures(asked)
    with pytest.raises(UnknownMeasure):
        check_measures([*asked, Criterion(code="7.3", scoring="deadline", scored_by="system")])


def test_the_example_set_lets_the_system_score_7_2(sheets):
    criteria = system_criteria(sheets.round.criteria_set, Unit.Kind.DISTRICT)

    assert [criterion.code for criterion in criteria] == ["7.2"]
    check_measures(list(sheets.round.criteria_set.criteria.all()))
    assert set(MEASURES) >= {criterion.parameters["measure"] for criterion in criteria}
    criteria[0].applies_to = [Unit.Kind.COMMUNE.value]
    criteria[0].save()
    assert system_criteria(sheets.round.criteria_set, Unit.Kind.DISTRICT) == []


def _measured(sheet: Assessment, by, now: datetime, **values) -> list[Score]:
    Assessment.objects.filter(pk=sheet.pk).update(**values)
    with transaction.atomic():
        return score_by_system(assessment=locked(sheet), stage=Score.Stage.SELF, by=by, now=now)


def test_the_system_writes_its_row_once_and_again_when_it_measures_otherwise(late, sheets):
    by = sheets.officer

    early = _measured(late, by, at("2024-10-10T00:00:00"))
    (never,) = _measured(late, by, at("2024-10-20T00:00:00"))
    (again,) = _measured(late, by, at("2024-10-21T00:00:00"))
    (sent,) = _measured(late, by, at("2024-10-22T00:00:00"), submitted_at=at("2024-10-21T09:00:00"))

    assert early == []
    assert (never.criterion.code, never.answer, never.points, never.version) == ("7.2", {"never": True}, 0, 1)
    assert again.version == 1
    assert (sent.answer, sent.points, sent.version) == ({"days_late": 6}, Decimal("1.50"), 2)
    late.refresh_from_db()
    assert late.total == Decimal("1.50")
    assert AuditEvent.objects.filter(action="assessments.score_measured").count() == 2
