"""From what units said to the plan's figure: weights, parts, what is cancelled, and how each figure is explained."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from plans.contexts import plan_progress
from plans.contexts.explanation import explain_plan, explain_task
from plans.contexts.progress import weighted_mean
from tests.factories.plans import PlanFactory, accepted_progress, task_of
from units.permissions import Role

OFFICER = Role.PROGRAMME_OFFICER


@pytest.fixture
def plan(cast):
    return PlanFactory(unit=cast.province)


@pytest.fixture
def said(cast, plan):
    """A task of A that stands at `percent`, blank where None."""

    def said(percent, **values):
        task = task_of(plan, cast.a, **values)
        if percent is not None:
            accepted_progress(task=task, unit=cast.a, percent=percent, by=cast[Role.UNIT_OFFICER])
        return task

    return said


def of(plan, cast, who=OFFICER):
    return plan_progress(plan=plan, user=cast[who], as_of=timezone.localdate())


def task_in(progress, task):
    return next(each for each in progress.tasks if each.task_id == task.pk)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], None),
        ([(None, None)], None),
        ([(40, None)], 40),
        ([(40, Decimal(2)), (70, None)], 50),
        ([(40, Decimal(2)), (None, Decimal(97)), (70, None)], 50),
        ([(0, None), (0, None), (100, None)], Decimal(100) / 3),
        ([(10, Decimal("0.5")), (20, Decimal("1.5"))], Decimal("17.5")),
    ],
)
def test_a_weighted_mean_leaves_blanks_out(pairs, expected):
    assert weighted_mean(pairs) == expected


def test_the_plan_is_the_weighted_mean_of_its_top_tasks(cast, plan, said):
    said(40, weight=2)
    said(70)
    said(None, weight=90)
    said(100, weight=90, is_cancelled=True)

    assert of(plan, cast).percent == 50


def test_a_task_is_the_weighted_mean_of_its_parts_however_deep(cast, plan, said):
    whole = said(None, weight=3)
    half = said(None, parent=whole, weight=1)
    said(20, parent=half)
    said(40, parent=half)
    said(90, parent=whole, weight=2)
    said(None, parent=whole)
    said(100, parent=whole, is_cancelled=True)
    said(10)

    progress = of(plan, cast)

    assert task_in(progress, half).percent == 30
    assert task_in(progress, whole).percent == 70
    assert progress.percent == 55  # (70 × 3 + 10 × 1) : 4


def test_what_was_said_of_a_task_with_parts_does_not_count(cast, plan, said):
    whole = said(100)
    said(20, parent=whole)

    progress = of(plan, cast)

    assert (progress.percent, progress.reported, progress.expected) == (20, 1, 1)
    assert not any(each.expected for each in task_in(progress, whole).performers)


def test_a_whole_is_done_when_its_parts_are_and_late_by_its_own_days(cast, plan, said):
    yesterday = timezone.localdate() - timedelta(days=1)
    days = {"start": yesterday, "end": yesterday}
    done, open_ = said(None, **days), said(None, **days)
    said(100, parent=done, start=None, end=None)
    said(100, parent=done, start=None, end=None)
    said(99, parent=open_, start=None, end=None)

    progress = of(plan, cast)

    assert (task_in(progress, done).state, task_in(progress, open_).state) == ("done", "late")
    assert task_in(progress, open_).late_days == 1


def test_the_parts_of_a_cancelled_task_are_cancelled_with_it(cast, plan, said):
    whole = said(None, is_cancelled=True)
    part = said(60, parent=whole)

    progress = of(plan, cast)

    assert (progress.percent, task_in(progress, part).state, progress.expected) == (None, "cancelled", 0)


def test_a_whole_whose_parts_one_does_not_see_is_not_theirs_to_know(cast, plan):
    whole = task_of(plan)
    part = task_of(plan, cast.b, parent=whole)
    accepted_progress(task=part, unit=cast.b, percent=50, by=cast["sibling"])

    progress = of(plan, cast, Role.UNIT_OFFICER)

    assert [(task.state, task.percent) for task in progress.tasks] == [("", None), ("", None)]


def test_quantities_are_summed_over_the_units(cast, plan):
    task = task_of(plan, cast.a, cast.b, target_quantity=24, quantity_unit="người")
    accepted_progress(task=task, unit=cast.a, percent=50, by=cast[Role.UNIT_OFFICER], quantity_done=10)
    accepted_progress(task=task, unit=cast.b, percent=50, by=cast["sibling"], quantity_done=8)

    (shown,) = of(plan, cast).tasks

    assert (shown.quantity_done, shown.target_quantity, shown.quantity_unit) == (18, 24, "người")


@pytest.mark.parametrize("count", [1, 3])
def test_parts_cost_no_query(cast, plan, said, django_assert_num_queries, count):
    whole = said(None)
    for number in range(count):
        said(40, parent=said(None, parent=whole), weight=number + 1)

    with django_assert_num_queries(5):
        progress = of(plan, cast)

    assert progress.percent == 40


# -- Where a figure comes from -----------------------------------------------------------------------------------------
def test_each_figure_is_explained_down_to_what_units_said(cast, plan, said):
    whole = said(None, weight=2)
    said(20, parent=whole)
    said(60, parent=whole, weight=3)
    said(70)
    said(None)
    said(100, is_cancelled=True)

    explained = explain_plan(of(plan, cast))

    assert explained.figure == Decimal(170) / 3
    assert explained.arithmetic.startswith("(50 × 2 + 70 × 1) : 3 = 56,7 %")
    assert "2" in explained.arithmetic.partition(";")[2]
    first = explained.parts[0]
    assert (first.figure, first.weight, first.arithmetic) == (50, 2, "(20 × 1 + 60 × 3) : 4 = 50 %")
    assert [part.figure for part in first.parts[0].parts] == [20]
    assert [part.left_out for part in explained.parts] == [False, False, True, True]


def test_the_figures_explained_are_the_figures_shown(cast, plan):
    task = task_of(plan, cast.a, cast.b, cast.a1)
    for unit, who, percent in [(cast.a, Role.UNIT_OFFICER, 0), (cast.b, "sibling", 0), (cast.a1, "commune", 100)]:
        accepted_progress(task=task, unit=unit, percent=percent, by=cast[who])
    progress = of(plan, cast)

    explained = explain_task(progress.tasks[0], progress)

    assert (explained.figure, explained.arithmetic) == (progress.tasks[0].percent, "(0 + 0 + 100) : 3 = 33,3 %")


def test_with_two_hundred_units_the_sum_is_shortened(cast, plan, said):
    progress = of(plan, cast)
    assert explain_plan(progress).parts == ()
    for _number in range(20):
        said(50)

    assert explain_plan(of(plan, cast)).arithmetic == "(50 + 50 + 50 + 50 + 50 + … + 50 + 50) : 20 = 50 %"


def test_a_day_before_anything_was_said_has_no_figure(cast, plan, said):
    said(40)

    assert plan_progress(plan=plan, user=cast[OFFICER], as_of=date(2024, 1, 1)).percent is None
