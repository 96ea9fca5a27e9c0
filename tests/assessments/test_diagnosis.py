"""A unit's diagnosis: lights before and after, who sees which, the same on page, in the report and over the API."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pytest
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from assessments.contexts.diagnosis import STANDING, basis_of, change_of, diagnosis_of, summary_of
from assessments.contexts.pilots import pilots_before_and_after, stored_counts
from assessments.models import Assessment, Competence, CriteriaSet, Round, Score
from plans.models import PilotUnit, Plan
from reports.contexts.diagnosis import diagnosis_report
from reports.renderers import xlsx
from tests.factories.assessments import AssessmentFactory, RoundFactory, load_sets
from tests.factories.diagnosis import add_parts, give_lights, next_version
from tests.factories.units import Cast, make_cast
from units.models import User
from units.permissions import Role

# Worked out by hand: 1.1 better, 1.2 worse, 1.3 as before, 2.1 only after.
BEFORE = {"1.1": "d", "1.2": "x", "1.3": "v"}
AFTER = {"1.1": "v", "1.2": "d", "1.3": "v", "2.1": "x"}


@dataclass
class Pair:
    cast: Cast
    before: Assessment
    after: Assessment
    plan: Plan

    @property
    def officer(self) -> User:
        return self.cast[Role.UNIT_OFFICER]


def head_of(sheet: Assessment) -> Assessment:
    return Assessment.objects.with_sheet_head().get(pk=sheet.pk)


def make_pair(cast: Cast, old: CriteriaSet, new: CriteriaSet, after: dict[str, str]) -> Pair:
    plan = Plan.objects.create(
        unit=cast.province, kind="Kế hoạch", title="Thí điểm", issuer="UBND tỉnh", created_by=cast[Role.LEADER]
    )
    by = cast[Role.UNIT_OFFICER]
    occasions = Round.Occasion
    first = RoundFactory(unit=cast.province, criteria_set=old, plan=plan, occasion=occasions.BEFORE_PILOT)
    second = RoundFactory(unit=cast.province, criteria_set=new, plan=plan, occasion=occasions.AFTER_PILOT)
    return Pair(
        cast=cast,
        plan=plan,
        before=give_lights(AssessmentFactory(round=first, unit=cast.a), BEFORE, by=by),
        after=give_lights(AssessmentFactory(round=second, unit=cast.a), after, by=by),
    )


@pytest.fixture
def pair(db) -> Pair:
    lights = load_sets()["iso18091-2019"]
    return make_pair(make_cast(), lights, lights, AFTER)


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("red", "yellow", "up"),
        ("green", "red", "down"),
        ("yellow", "yellow", "same"),
        ("", "green", ""),
        (None, "red", ""),
    ],
)
def test_a_change_is_known_where_both_lights_are(before, after, change):
    assert change_of(before, after) == change


def test_before_and_after_a_pilot(pair):
    told = diagnosis_of(head_of(pair.after), user=pair.officer)

    assert told.before is not None
    assert told.before.assessment_id == pair.before.pk
    assert [len(quadrant.lines) for quadrant in told.quadrants] == [10, 8, 12, 9]
    assert (told.up, told.down, told.same) == (1, 1, 1)
    assert (told.counts.green, told.counts.yellow, told.counts.red, told.counts.missing) == (1, 2, 1, 35)
    assert (told.counts_before.green, told.counts_before.yellow, told.counts_before.red) == (1, 1, 1)
    assert [(row.light, row.change) for row in summary_of(told)] == [
        ("green", "0"),
        ("yellow", "+1"),
        ("red", "0"),
        ("", "−1"),
    ]
    assert [line.code for line in told.weak] == ["1.1", "1.2", "1.3"]


def test_without_a_round_before_there_is_nothing_to_compare(pair):
    told = diagnosis_of(head_of(pair.before), user=pair.officer)

    assert told.before is None
    assert {line.before for line in told.lines} == {None}


def test_the_round_that_is_named_comes_before_that_of_the_plan(pair):
    other = RoundFactory(unit=pair.cast.province, criteria_set=pair.before.round.criteria_set)
    sheet = give_lights(AssessmentFactory(round=other, unit=pair.cast.a), {"1.1": "x"}, by=pair.officer)
    Round.objects.filter(pk=pair.after.round_id).update(previous=other)

    told = diagnosis_of(head_of(pair.after), user=pair.officer)

    assert told.before is not None
    assert told.before.assessment_id == sheet.pk
    assert told.down == 1


def test_indicators_are_the_same_across_two_versions(db):
    old = load_sets()["iso18091-2019"]
    new = next_version(next_version(old, renamed={"1.1": "1.91"}), renamed={"1.91": "1.92"})
    pair = make_pair(make_cast(), old, new, {"1.92": "v", "1.2": "d"})

    told = diagnosis_of(head_of(pair.after), user=pair.officer)

    assert {line.code: line.change for line in told.lines if line.change} == {"1.92": "up", "1.2": "down"}


def test_what_assessors_gave_is_shown_once_it_is_told(pair):
    sheet = pair.after
    give_lights(sheet, {"1.1": "x"}, by=pair.cast[Role.ASSESSOR], stage=Score.Stage.VERIFIED)
    Assessment.objects.filter(pk=sheet.pk).update(state=Assessment.State.VERIFYING)
    hidden = diagnosis_of(head_of(sheet), user=pair.officer)
    Assessment.objects.filter(pk=sheet.pk).update(state=Assessment.State.PRELIMINARY)
    told = diagnosis_of(head_of(sheet), user=pair.officer)

    assert hidden.lines[0].light == "yellow"
    assert hidden.verified == 0
    assert basis_of(head_of(sheet)) == STANDING
    assert told.lines[0].light == "green"
    assert told.counts.scored == 1 == stored_counts(head_of(sheet)).scored


@pytest.mark.parametrize(("person", "light"), [(Role.ASSESSOR, "green"), (Role.UNIT_OFFICER, "yellow")])
def test_asking_for_verified_lights_before_they_are_told_helps_nobody_of_the_unit(client, pair, person, light):
    give_lights(pair.after, {"1.1": "x"}, by=pair.cast[Role.ASSESSOR], stage=Score.Stage.VERIFIED)
    Assessment.objects.filter(pk=pair.after.pk).update(state=Assessment.State.VERIFYING)
    client.force_login(pair.cast[person])

    page = client.get(reverse("assessments:diagnosis", args=[pair.after.pk]), {"basis": "standing"})

    assert page.context["diagnosis"].lines[0].light == light


def test_the_worst_of_the_parts_and_the_light_set_by_hand(db):
    cast = make_cast()
    lights = next_version(load_sets()["iso18091-2019"])
    measured = ("measured", {"unit": "%", "green": "95", "yellow": "75", "higher_is_better": True})
    indicator = add_parts(lights, "4.6", [("rag", {}), measured])
    round_ = RoundFactory(unit=cast.province, criteria_set=lights)
    sheet = give_lights(AssessmentFactory(round=round_, unit=cast.a), {"4.6.1": "d"}, by=cast[Role.UNIT_OFFICER])
    part = lights.criteria.get(code="4.6.2")
    Score.objects.create(
        assessment=sheet, criterion=part, answer={"value": "96.2"}, light="green", by=cast[Role.UNIT_OFFICER]
    )
    user = cast[Role.UNIT_OFFICER]
    derived = diagnosis_of(head_of(sheet), user=user).line(indicator.pk)
    give_lights(sheet, {"4.6": "x"}, by=user, reason="Đã nghiệm thu.")
    by_hand = diagnosis_of(head_of(sheet), user=user)

    assert derived is not None
    assert (derived.light, derived.worst, derived.overridden) == ("red", "red", False)
    line = by_hand.line(indicator.pk)
    assert line is not None
    assert (line.light, line.worst, line.overridden, line.reason) == ("green", "red", True, "Đã nghiệm thu.")
    assert [part.light for part in line.parts] == ["red", "green"]
    assert by_hand.by_default == line
    assert by_hand.counts.of == 39


@pytest.mark.parametrize(("person", "status"), [(Role.UNIT_OFFICER, 200), (Role.LEADER, 200), ("sibling", 404)])
@pytest.mark.parametrize("name", ["diagnosis", "diagnosis_questions", "diagnosis_goals", "diagnosis_history"])
def test_who_sees_the_pages(client, pair, person, status, name):
    client.force_login(pair.cast[person])

    assert client.get(reverse(f"assessments:{name}", args=[pair.after.pk])).status_code == status


def test_a_sheet_by_points_has_no_diagnosis(client, pair):
    sheet = AssessmentFactory(round=RoundFactory(unit=pair.cast.province), unit=pair.cast.a)
    client.force_login(pair.officer)

    assert client.get(reverse("assessments:diagnosis", args=[sheet.pk])).status_code == 404
    assert client.get(f"/api/v1/assessments/{sheet.pk}/diagnosis/").status_code == 404


def test_a_page_without_a_picture_says_so_and_keeps_its_tables(client, pair, monkeypatch):
    monkeypatch.setattr("assessments.renderers.charts.SECONDS", 0.001)
    client.force_login(pair.officer)

    page = client.get(reverse("assessments:diagnosis", args=[pair.before.pk]))

    assert page.context["wheel"] == ""
    assert b'id="quadrant4"' in page.content


@pytest.mark.parametrize("sheets", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(client, pair, sheets, django_assert_num_queries):
    Assessment.objects.filter(pk=pair.before.pk).delete() if sheets == 1 else AssessmentFactory(
        round=pair.after.round, unit=pair.cast.b
    )
    client.force_login(pair.cast[Role.LEADER])
    client.get(reverse("assessments:diagnosis_list"))

    with django_assert_num_queries(9):
        page = client.get(reverse("assessments:diagnosis_list"))

    assert len(page.context["rows"]) == sheets


def test_a_plans_pilot_units_before_and_after(client, pair):
    PilotUnit.objects.create(plan=pair.plan, unit=pair.cast.a, phase="applying", decision="QĐ 1")
    PilotUnit.objects.create(plan=pair.plan, unit=pair.cast.b, phase="surveyed")

    (row,) = pilots_before_and_after(pair.plan, pair.cast[Role.LEADER])
    client.force_login(pair.cast[Role.LEADER])
    page = client.get(reverse("assessments:plan_diagnosis", args=[pair.plan.pk]))

    assert (row.up, row.down, row.same) == (1, 1, 1)
    assert row.after is not None
    assert row.after.counts.green == 1
    assert reverse("assessments:diagnosis", args=[pair.after.pk]) in page.content.decode()


def test_the_report_and_the_page_tell_the_same(client, pair):
    criterion = pair.after.round.criteria_set.criteria.get(code="1.10")
    Competence.objects.create(
        assessment=pair.after, criterion=criterion, kind="shared", note="Công an tỉnh", by=pair.officer
    )
    with translation.override("vi"):
        told = diagnosis_of(head_of(pair.after), user=pair.officer)
        report = diagnosis_report(head_of(pair.after), user=pair.officer)
    client.force_login(pair.officer)
    page = client.get(reverse("reports:show", args=["diagnosis"]), {"assessment": pair.after.pk}).content.decode()
    book = load_workbook(io.BytesIO(xlsx.render(report, "1")))

    rows = {row[0]: row for row in book["Chỉ số"].iter_rows(values_only=True) if row[0]}
    assert rows["1.1"][2:5] == ("▲ Đ", "■ V", "↑ Tốt lên")
    assert rows["1.2"][2:5] == ("● X", "▲ Đ", "↓ Xấu đi")
    assert rows["1.10"][5] == "Phối hợp: Công an tỉnh"
    assert report.diagnosis == told
    assert "Phối hợp: Công an tỉnh" in page
    assert page.count("<svg") > 2
    assert "1 chỉ số tốt lên, 1 chỉ số xấu đi, 1 chỉ số như cũ" in page


def test_the_diagnosis_over_the_api(client, pair):
    client.force_login(pair.officer)

    told = client.get(f"/api/v1/assessments/{pair.after.pk}/diagnosis/").json()

    assert (told["before"], told["basis"], told["up"], told["down"]) == (pair.before.pk, "self", 1, 1)
    first = told["quadrants"][0]["indicators"][0]
    assert (first["code"], first["before"], first["light"], first["change"]) == ("1.1", "red", "yellow", "up")
    assert told["quadrants"][0]["counts"] == {"green": 0, "yellow": 2, "red": 1, "missing": 7}
