"""The ranking of a round: worked out by hand, as a draft and as published, and who sees which."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.translation import gettext

from assessments.contexts.ranking import places_of, ranking_page, ranking_rows, ranking_table, sees_ranking
from assessments.contexts.rules import forget_rules
from assessments.models import Assessment, Round
from tests.factories.results import Results, make_results
from tests.factories.units import UnitFactory
from units.models import Unit
from units.permissions import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def results() -> Results:
    return make_results()


def named(results: Results, name: str, *values, **more) -> Assessment:
    kind = Unit.Kind.COMMUNE if more.get("group") == "commune" else Unit.Kind.DISTRICT
    return results.sheet(*values, unit=UnitFactory(parent=results.cast.province, name=name, kind=kind), **more)


def standing(round_: Round) -> list[tuple[str, int | None, str]]:
    return [(row.unit, row.place, row.why) for row in ranking_rows(round_, ranking_table(round_))]


@pytest.fixture
def worked_out(results) -> Results:
    """Districts, by the policy: the total, then group II, then criterion 1.1.

    A  8 + 7 + 9 = 24   II 9
    B  9 + 6 + 9 = 24   II 9, 1.1 is 9: before A
    C  9 + 8 + 7 = 24   II 7: behind both
    D  9 + 8 + 7 = 24   as C
    E  5 + 5 + 5 = 15   behind four
    F  10 + 10 + 1 = 21 knocked out: 2.1 under 2
    G  being verified
    """
    named(results, "A", ("8", "7", "9"))
    named(results, "B", ("9", "6", "9"))
    named(results, "C", ("9", "8", "7"))
    named(results, "D", ("9", "8", "7"))
    named(results, "E", ("5", "5", "5"))
    named(results, "F", ("10", "10", "1"))
    named(results, "G", ("10", "10", "10"), state="verifying")
    named(results, "X1", ("3", "3", "3"), group="commune")
    named(results, "X2", ("4", "3", "3"), group="commune")
    return results


BY_HAND = [
    ("B", 1, ""),
    ("A", 2, ""),
    ("C", 3, ""),
    ("D", 3, ""),
    ("E", 5, ""),
    ("F", None, "knocked_out"),
    ("G", None, "unfinished"),
    ("X2", 1, ""),
    ("X1", 2, ""),
]


def test_the_draft_is_as_worked_out_by_hand(worked_out):
    assert standing(worked_out.round) == BY_HAND

    rows = {row.unit: row for row in ranking_rows(worked_out.round, ranking_table(worked_out.round))}
    assert (rows["A"].total, rows["A"].groups, rows["A"].grade) == (24, [15, 9], "Tốt")
    assert (rows["A"].difference, rows["X2"].difference) == (Decimal("-3.00"), Decimal("-17.00"))
    assert (rows["F"].grade, rows["F"].knocked_out) == ("Yếu", ["Tiêu chí 2.1 dưới 2 điểm"])
    assert [row.unit for row in rows.values() if row.shared] == ["C", "D"]
    assert rows["G"].total is None
    assert rows["G"].grade == ""


def test_where_the_policy_says_no_more_a_knock_out_holds_down_the_grade_alone(worked_out):
    criteria_set = worked_out.round.criteria_set
    criteria_set.policy = {name: value for name, value in criteria_set.policy.items() if name != "knocked_out"}
    criteria_set.save()
    forget_rules()

    places = {unit: (place, why) for unit, place, why in standing(worked_out.round)}
    rows = {row.unit: row for row in ranking_rows(worked_out.round, ranking_table(worked_out.round))}

    assert (places["F"], places["E"]) == ((5, ""), (6, ""))
    assert (rows["F"].total, rows["F"].grade) == (21, "Yếu")
    assert rows["F"].knocked_out == ["Tiêu chí 2.1 dưới 2 điểm"]
    assert places["G"] == (None, "unfinished")


def test_the_published_ranking_is_the_draft_as_it_was(worked_out):
    out = Assessment.objects.get(unit__name="G")
    worked_out.approve(left_out={out.pk: "Chưa xong"})
    worked_out.publish()

    assert standing(worked_out.round) == BY_HAND
    assert [row.unit for row in ranking_page(worked_out.round, ranking_table(worked_out.round))] == [
        name for name, _place, _why in BY_HAND
    ]


def test_the_published_ranking_reads_what_was_stored(worked_out):
    worked_out.approve(left_out={Assessment.objects.get(unit__name="G").pk: "Chưa xong"})
    worked_out.publish()

    Assessment.objects.filter(unit__name="E").update(rank=9)

    assert ("E", 9, "") in standing(worked_out.round)


def test_lights_go_by_green_then_by_yellow():
    results = make_results(scale="rag")
    named(results, "A", ("green", "yellow", "red"))
    named(results, "B", ("green", "yellow", "yellow"))
    named(results, "C", ("green", "green", "red"))
    named(results, "D", ("green", "red", "yellow"))
    named(results, "E", ("red", "red", "red"))
    named(results, "F", ("green", "green", "green"), state="submitted")

    assert standing(results.round) == [
        ("C", 1, ""),
        ("B", 2, ""),
        ("A", 3, ""),
        ("D", 3, ""),
        ("E", 5, ""),
        ("F", None, "unfinished"),
    ]


def test_grades_are_counted_by_group(worked_out):
    first, second = ranking_table(worked_out.round).groups

    assert [(each.title, each.units) for each in first.grades] == [
        ("Tốt", 4),
        ("Khá", 1),
        ("Yếu", 1),
        (gettext("No grade"), 1),
    ]
    assert (first.title, second.title, second.units) == ("Cấp huyện", "Cấp xã", 2)


@pytest.mark.parametrize(
    ("query", "units"),
    [
        ({"group": "commune"}, ["X2", "X1"]),
        ({"grade": "fair"}, ["E"]),
        ({"name": "X"}, ["X2", "X1"]),
        ({"group": "commune", "sort": "-place"}, ["X1", "X2"]),
        ({"sort": "unit", "group": "commune"}, ["X1", "X2"]),
        ({"sort": "-total", "group": "commune"}, ["X2", "X1"]),
        ({"sort": "difference", "group": "commune"}, ["X1", "X2"]),
        ({"group": "nobody"}, []),
    ],
)
@pytest.mark.parametrize("published", [False, True])
def test_filters_and_order_leave_the_places_as_they_are(client, worked_out, query, units, published):
    if published:
        worked_out.approve(left_out={Assessment.objects.get(unit__name="G").pk: "Chưa xong"})
        worked_out.publish()
    client.force_login(worked_out.cast[Role.LEADER])

    page = client.get(reverse("assessments:ranking", args=[worked_out.round.pk]), query).context["page"]

    assert [row.unit for row in page] == units
    by_hand = {name: place for name, place, _why in BY_HAND}
    assert all(row.place == by_hand[row.unit] for row in page)


# -- Who sees it --------------------------------------------------------------------------------------------------
DRAFT = {Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER, Role.ASSESSOR, Role.LEADER}
OF_THE_ROUND = {*DRAFT, Role.UNIT_HEAD, Role.UNIT_OFFICER, Role.OBSERVER, "sibling"}


@pytest.mark.parametrize("person", [*Role, "sibling", "commune", "foreign", "stranger"])
def test_units_see_the_ranking_once_it_is_published_and_others_never(client, results, person):
    cast = results.cast
    results.sheet(unit=cast.a)
    results.sheet(unit=cast.b)
    who = cast[person]
    client.force_login(who)
    urls = [reverse(f"assessments:{name}", args=[results.round.pk]) for name in ("ranking", "publication")]

    for url in urls:
        answer = client.get(url)
        assert answer.status_code == (200 if person in OF_THE_ROUND else 404)
        if person in OF_THE_ROUND:
            assert ("24,00" in answer.text) is (person in DRAFT)
            assert ("page" in answer.context) is (person in DRAFT)
    assert client.get(reverse("assessments:approval", args=[results.round.pk])).status_code == (
        200 if person in DRAFT else 403 if person in OF_THE_ROUND else 404
    )
    results.approve()
    assert ("24,00" in client.get(urls[0]).text) is (person in DRAFT)
    results.publish()

    for url in urls:
        answer = client.get(url)
        assert answer.status_code == (200 if person in OF_THE_ROUND else 404)
        if person in OF_THE_ROUND:
            assert {row.unit for row in answer.context["page"]} == {cast.a.name, cast.b.name}
        sees_a = person in {*DRAFT, Role.UNIT_HEAD, Role.UNIT_OFFICER, Role.OBSERVER}
        sheet = reverse("assessments:sheet", args=[Assessment.objects.get(unit=cast.a).pk])
        assert (f'href="{sheet}"' in answer.text) is sees_a
    assert sees_ranking(who, Round.objects.select_related("unit").get())


@pytest.mark.parametrize("published", [False, True])
def test_a_ranking_costs_the_same_queries_for_1_and_3_units(client, results, published, django_assert_num_queries):
    client.force_login(results.cast[Role.LEADER])
    url = reverse("assessments:ranking", args=[results.round.pk])
    results.sheet()
    if published:
        results.approve()
        results.publish()
    expected = 9
    client.get(url)
    with django_assert_num_queries(expected) as captured:
        client.get(url)
    assert len(captured) == expected
    for given in ("9", "8"):
        results.sheet(("9", "9", given), state="published" if published else "preliminary")

    with django_assert_num_queries(expected):
        client.get(url)


def test_places_are_found_in_one_query_without_ties(results, django_assert_num_queries):
    results.sheet()
    results.sheet(("9", "9", "9"))

    with django_assert_num_queries(1):
        assert sorted(each.place for each in places_of(results.round).values()) == [1, 2]
