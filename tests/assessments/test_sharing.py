"""Sharing sheets over assessors: even, never one's own unit, everybody placed or told why not."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from assessments.contexts.sharing import SharedSheet, Unplaced, share

PEOPLE = st.lists(st.integers(1, 12), unique=True, max_size=6)


@st.composite
def rounds(draw, *, barring=True, holding=True, most=12):
    people = draw(PEOPLE)
    places = draw(st.sampled_from([1, 2]))
    somebody = st.sampled_from(people) if people else st.nothing()
    sheets = []
    for pk in range(1, draw(st.integers(0, most)) + 1):
        barred = draw(st.frozensets(somebody)) if barring and people else frozenset()
        able = [each for each in people if each not in barred]
        held = {}
        if holding and able and draw(st.booleans()):
            held[1] = draw(st.sampled_from(able))
        sheets.append(SharedSheet(pk=pk, places=places, barred=barred, held=held))
    return people, sheets


@given(rounds())
def test_everybody_is_placed_by_the_rules_or_told_why_not(drawn):
    people, sheets = drawn

    found = share(sheets, people)

    for sheet in sheets:
        wanted = {(sheet.pk, place) for place in range(1, sheet.places + 1) if place not in sheet.held}
        assert wanted == {key for key in [*found.placed, *found.unplaced] if key[0] == sheet.pk}
        given_to = [found.placed[key] for key in wanted if key in found.placed]
        on_it = [*sheet.held.values(), *given_to]
        assert len(set(on_it)) == len(on_it)
        assert not sheet.barred & set(given_to)
        # Nobody is left without a place that somebody could take.
        able = set(people) - sheet.barred - set(sheet.held.values())
        assert len(given_to) == min(len(wanted), len(able))
    assert sum(found.loads.values()) == len(found.placed) + sum(len(sheet.held) for sheet in sheets)


@given(rounds(barring=False, holding=False, most=30))
def test_loads_differ_by_at_most_one(drawn):
    people, sheets = drawn

    loads = share(sheets, people).loads.values()

    assert not loads or max(loads) - min(loads) <= 1


@given(rounds(most=5))
def test_no_other_sharing_is_more_even(drawn):
    people, sheets = drawn
    people = people[:3]
    sheets = [
        SharedSheet(pk=each.pk, places=1, barred=each.barred, held={k: v for k, v in each.held.items() if v in people})
        for each in sheets
    ]
    found = share(sheets, people)

    free = [each for each in sheets if not each.held and set(people) - each.barred]
    choices = [sorted(set(people) - each.barred) for each in free]
    base = [sum(each.held.get(1) == person for each in sheets) for person in people]
    best = min(
        sum((start + chosen.count(person)) ** 2 for person, start in zip(people, base, strict=True))
        for chosen in product(*choices)
    )
    assert sum(load**2 for load in found.loads.values()) == best


@given(rounds())
def test_it_is_the_same_in_any_order_and_a_second_time_nothing_is_left(drawn):
    people, sheets = drawn

    found = share(sheets, people)

    again = share(sheets[::-1], people[::-1])
    assert (again.placed, again.digest) == (found.placed, found.digest)
    held = [
        SharedSheet(
            pk=each.pk,
            places=each.places,
            barred=each.barred,
            held={**each.held, **{place: who for (pk, place), who in found.placed.items() if pk == each.pk}},
        )
        for each in sheets
    ]
    assert share(held, people).placed == {}


def test_a_chain_of_people_evens_out_what_no_single_move_can():
    # 1 may do everything, 2 the first and the second sheet, 3 only the second: greedily 3 would have nothing.
    sheets = [
        SharedSheet(pk=1, barred=frozenset({3})),
        SharedSheet(pk=2),
        SharedSheet(pk=3, barred=frozenset({2, 3})),
    ]

    found = share(sheets, [1, 2, 3])

    assert found.loads == {1: 1, 2: 1, 3: 1}


def test_why_a_place_has_nobody():
    one = SharedSheet(pk=1, places=2)

    assert share([one], []).unplaced == {(1, 1): Unplaced.NO_ASSESSOR, (1, 2): Unplaced.NO_ASSESSOR}
    assert share([one], [7]).unplaced == {(1, 2): Unplaced.NO_SECOND}
    assert share([SharedSheet(pk=1, barred=frozenset({7}))], [7]).unplaced == {(1, 1): Unplaced.OWN_UNIT}


def test_the_second_assessor_is_of_the_first_ones_team_where_loads_leave_a_choice():
    found = share([SharedSheet(pk=1, places=2)], [1, 2, 3], teams={1: 10, 2: 20, 3: 10})

    assert set(found.placed.values()) == {1, 3}


def test_a_province_is_shared_in_a_moment():
    sheets = [SharedSheet(pk=pk, places=2, barred=frozenset({pk % 12})) for pk in range(1, 501)]

    loads = share(sheets, range(12)).loads.values()

    assert max(loads) - min(loads) <= 1
