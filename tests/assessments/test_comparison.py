"""Comparing rounds across versions, a unit with its group, the heat map, and trends through successions."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.urls import reverse

from assessments.contexts.comparison import compared_lines, compared_units, criterion_pairs
from assessments.contexts.heat_map import Value, heat_cell, heat_map, scored_criteria, standing_values
from assessments.contexts.trend import trend_of
from assessments.models import Assessment, Criterion, Round
from tests.factories.assessments import RoundFactory
from tests.factories.results import GROUPS, Results, give, make_results, make_set
from tests.factories.units import MembershipFactory, UnitFactory
from units.models import Succession, Unit
from units.permissions import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def results() -> Results:
    return make_results()


@dataclass
class TwoYears:
    """An earlier round by version 1, and the round of `later` by version 2, in which 1.1 is as it was, 1.2 has twice
    the maximum, 2.1 is gone and 2.2 is new."""

    earlier: Results
    later: Results


@pytest.fixture
def years(results) -> TwoYears:
    old = results.round.criteria_set
    new = make_set(version=2)
    codes = {each.code: each for each in Criterion.objects.filter(criteria_set=old)}
    for criterion in Criterion.objects.filter(criteria_set=new, code__in=["1.1", "1.2"]):
        criterion.predecessor = codes[criterion.code]
        criterion.max_score = 20 if criterion.code == "1.2" else 10
        criterion.save()
    Criterion.objects.filter(criteria_set=new, code="2.1").update(code="2.2", title="Tiêu chí mới")
    Round.objects.filter(pk=results.round.pk).update(year=2024)
    later = RoundFactory(unit=results.cast.province, criteria_set=new, groups=GROUPS, year=2025)
    return TwoYears(earlier=results, later=Results(cast=results.cast, round=later))


def test_criteria_are_paired_across_versions(years):
    old, new = (scored_criteria(each.round.criteria_set_id) for each in (years.earlier, years.later))

    pairs = criterion_pairs(old, new)

    assert [(each.before and each.before.code, each.after and each.after.code, each.change) for each in pairs] == [
        ("1.1", "1.1", "same"),
        ("1.2", "1.2", "changed"),
        (None, "2.2", "new"),
        ("2.1", None, "gone"),
    ]


def test_a_version_between_is_stepped_over_and_costs_one_query(years, django_assert_num_queries):
    middle = scored_criteria(years.later.round.criteria_set_id)
    last = make_set(version=3)
    for criterion in Criterion.objects.filter(criteria_set=last, code__in=["1.1", "1.2"]):
        criterion.predecessor = next(each for each in middle if each.code == criterion.code)
        criterion.save()
    old, new = scored_criteria(years.earlier.round.criteria_set_id), scored_criteria(last.pk)

    with django_assert_num_queries(1):
        pairs = criterion_pairs(old, new)

    assert [(each.before and each.before.code) for each in pairs] == ["1.1", "1.2", None, "2.1"]


def test_differences_by_hand(years):
    """1.1: 8 of 10 to 9 of 10; 1.2: 7 of 10 to 15 of 20, 70 % to 75 %; the group has 9, 7 and 5 in 1.1."""
    unit = years.earlier.cast.a
    was = years.earlier.sheet(("8", "7", "9"), unit=unit)
    now = years.later.sheet(("9", "15", "4"), unit=unit)
    others = [years.later.sheet((given, "15", "4")) for given in ("7", "5")]
    values = standing_values([was, now, *others])
    pairs = criterion_pairs(scored_criteria(was.round.criteria_set_id), scored_criteria(now.round.criteria_set_id))

    lines = compared_lines(pairs, values[was.pk], values[now.pk], [values[each.pk] for each in (now, *others)])

    assert [(line.code, line.difference, line.by_share, line.way) for line in lines] == [
        ("1.1", 1, False, "up"),
        ("1.2", 5, True, "up"),
        ("2.2", None, False, ""),
        ("2.1", None, False, ""),
    ]
    assert (lines[0].median, lines[0].mean) == (7, 7)


@pytest.mark.parametrize(
    ("before", "after", "way"), [("red", "green", "up"), ("green", "yellow", "down"), ("yellow", "yellow", "same")]
)
def test_lights_go_up_and_down(before, after, way):
    lights = make_results(scale="rag")
    criteria = scored_criteria(lights.round.criteria_set_id)
    pairs = criterion_pairs(criteria, criteria)
    pk = criteria[0].pk

    line = compared_lines(pairs, {pk: Value(light=before)}, {pk: Value(light=after)})[0]

    assert (line.way, line.difference) == (way, None)


def test_what_stands_is_compared_and_the_own_score_until_the_result_is_told(results):
    told, hidden = results.sheet(("8", "7", "9")), results.sheet(("8", "7", "9"), state="verifying")
    give(told, "appeal", ("9", None, None), by=results.cast[Role.ASSESSOR])
    give(told, "final", (None, None, "10"), by=results.cast[Role.LEADER])
    give(told, "second", ("1", "1", "1"), by=results.cast[Role.ASSESSOR])

    values = standing_values([told, hidden])

    assert [each.points for _pk, each in sorted(values[told.pk].items())] == [9, 7, 10]
    assert [each.points for each in values[hidden.pk].values()] == [9, 9, 9]


@pytest.mark.parametrize(
    ("points", "letter"),
    [("10", "A"), ("9", "A"), ("8.99", "B"), ("7.5", "B"), ("5", "C"), ("2.5", "D"), ("2.49", "E"), ("0", "E")],
)
def test_the_classes_of_the_heat_map(points, letter):
    cell = heat_cell(Value(points=Decimal(points)), Criterion(max_score=Decimal(10)))

    assert (cell.letter, cell.look) == (letter, letter.lower())


def test_the_heat_map_has_a_letter_for_each_light_and_nothing_for_nothing():
    lights = make_results(scale="rag")
    sheet = lights.sheet(("green", "red", None))
    criteria = scored_criteria(lights.round.criteria_set_id)

    heat = heat_map([sheet], criteria, standing_values([sheet]), scale="rag")

    assert [(cell.letter, cell.look) for cell in heat.rows[0].cells] == [("X", "green"), ("Đ", "red"), ("", "")]


def merged(results: Results) -> tuple[Unit, Unit]:
    """A unit that ended, and the one that took over from it."""
    old = UnitFactory(parent=results.cast.province, name="UBND xã Cũ", kind=Unit.Kind.COMMUNE)
    new = UnitFactory(parent=results.cast.province, name="UBND xã Mới", kind=Unit.Kind.COMMUNE)
    Succession.objects.create(predecessor=old, successor=new, kind="merged", effective_on="2025-07-01")
    return old, new


def test_a_trend_goes_through_successions_and_says_so(years):
    old, new = merged(years.earlier)
    years.earlier.sheet(unit=old)
    years.later.sheet(("9", "15", "4"), unit=new)

    points = trend_of(new, years.earlier.cast[Role.LEADER])

    assert [(each.year, each.unit, each.arranged, each.total) for each in points] == [
        (2024, "UBND xã Cũ", True, 24),
        (2025, "UBND xã Mới", False, 28),
    ]


def test_a_successor_reads_the_published_result_of_its_predecessor_and_no_other(years):
    old, new = merged(years.earlier)
    years.earlier.sheet(unit=old)
    years.later.sheet(unit=new)
    officer = MembershipFactory(unit=new, role=Role.UNIT_OFFICER).user
    assert [each.arranged for each in trend_of(new, officer)] == [False]

    years.earlier.approve()
    years.earlier.publish()

    assert [(each.arranged, each.may_open) for each in trend_of(new, officer)] == [(True, False), (False, True)]


def test_units_are_compared_through_successions_only_from_one_predecessor(years, django_assert_num_queries):
    old, new = merged(years.earlier)
    before = [years.earlier.sheet(unit=old)]
    after = [years.later.sheet(("9", "15", "4"), unit=new)]
    rounds = (years.later.round, Round.objects.select_related("criteria_set").get(pk=years.earlier.round.pk))

    before, after = (
        list(Assessment.objects.filter(pk__in=[each.pk for each in sheets]).select_related("unit"))
        for sheets in (before, after)
    )
    with django_assert_num_queries(1):
        [line] = compared_units(after, before, rounds=rounds)
    assert (line.arranged, line.before, line.after) == (["UBND xã Cũ"], 24, 28)

    second = UnitFactory(parent=years.earlier.cast.province)
    Succession.objects.create(predecessor=second, successor=new, kind="merged", effective_on="2025-07-01")
    [line] = compared_units(after, [*before, years.earlier.sheet(unit=second)], rounds=rounds)
    assert (len(line.arranged), line.before, line.difference) == (2, None, None)


# -- The page -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("person", [Role.LEADER, Role.UNIT_OFFICER, "sibling"])
def test_a_person_compares_the_units_they_may_see(client, years, person):
    cast = years.earlier.cast
    for each in (years.earlier, years.later):
        each.sheet(unit=cast.a)
        each.sheet(unit=cast.b)
    client.force_login(cast[person])
    mine = {Role.LEADER: {cast.a.name, cast.b.name}, Role.UNIT_OFFICER: {cast.a.name}, "sibling": {cast.b.name}}

    page = client.get(reverse("assessments:compare"), {"round": years.later.round.pk})

    assert {line.unit for line in page.context["units"]} == mine[person]
    assert {row.unit for row in page.context["heat"].rows} == mine[person]
    one = client.get(reverse("assessments:compare"), {"round": years.later.round.pk, "unit": cast.a.pk})
    assert one.status_code == (404 if person == "sibling" else 200)
    if person == Role.UNIT_OFFICER:
        assert one.context["group_size"] == 0  # the group is told once the round is published
    if person == Role.LEADER:
        assert one.context["group_size"] == 2


@pytest.mark.parametrize("query", ["round=x", "round=99999999999999999999", "unit=0", "before=424242"])
def test_what_is_no_round_is_not_found(client, results, query):
    results.sheet(unit=results.cast.a)
    client.force_login(results.cast[Role.LEADER])

    assert client.get(f"{reverse('assessments:compare')}?{query}").status_code in (200, 404)
    assert client.get(f"{reverse('assessments:compare')}?{query}").status_code == (200 if query == "unit=0" else 404)


def test_comparing_costs_the_same_queries_for_1_and_3_units(client, years, django_assert_num_queries):
    cast = years.earlier.cast
    client.force_login(cast[Role.LEADER])
    url = reverse("assessments:compare")
    years.earlier.sheet(unit=cast.a)
    years.later.sheet(unit=cast.a)
    client.get(url)
    with django_assert_num_queries(15):
        client.get(url, {"round": years.later.round.pk})
    for _each in range(2):
        unit = UnitFactory(parent=cast.province)
        years.earlier.sheet(unit=unit)
        years.later.sheet(unit=unit)

    with django_assert_num_queries(15):
        client.get(url, {"round": years.later.round.pk})


def test_the_panel_of_a_unit(client, results):
    sheet = results.sheet(unit=results.cast.a)
    client.force_login(results.cast[Role.UNIT_OFFICER])

    panel = client.get(reverse("assessments:unit_trend", args=[results.cast.a.pk]))

    assert reverse("assessments:sheet", args=[sheet.pk]) in panel.text
    assert client.get(reverse("assessments:unit_trend", args=[results.cast.b.pk])).status_code == 404
    assert Assessment.objects.count() == 1
