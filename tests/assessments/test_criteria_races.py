"""Two people at one draft at the same moment: one of them goes first, the other is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from assessments.models import CriteriaSet, Criterion
from assessments.services import criteria
from tests.factories.assessments import load_sets
from tests.factories.units import make_cast
from units.permissions import Role

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    start = Barrier(len(acts), timeout=30)

    def run(act):
        try:
            start.wait()
            return act()
        except criteria.CriteriaRefused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.parametrize("other", ["publish", "edit"])
def test_a_draft_is_published_once_and_never_half_edited(other):
    cast = make_cast()
    people = [cast[Role.PROGRAMME_OFFICER], cast[Role.ADMINISTRATOR]]
    draft = criteria.begin_draft(province=cast.province, based_on=load_sets()["iso9001-example"], by=people[0])
    row = Criterion.objects.select_related("criteria_set").get(criteria_set=draft, code="1.2")

    def publish(by):
        return criteria.publish(criteria_set=draft, by=by, expected=1)

    def edit(by):
        return criteria.change_criterion(criterion=row, values={"title": "Khác"}, by=by, expected=1)

    outcomes = at_once(lambda: publish(people[0]), lambda: (publish if other == "publish" else edit)(people[1]))

    assert sum(isinstance(outcome, CriteriaSet) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, criteria.StaleDraft | criteria.NotADraft) for outcome in outcomes) == 1
    assert list(criteria.changed_since_published()) == []


def test_two_who_begin_a_version_share_one_draft():
    cast = make_cast()
    base = load_sets()["iso9001-example"]
    people = [cast[Role.PROGRAMME_OFFICER], cast[Role.ADMINISTRATOR]]

    outcomes = at_once(
        *(lambda by=by: criteria.begin_draft(province=cast.province, based_on=base, by=by) for by in people)
    )

    assert CriteriaSet.objects.filter(status=CriteriaSet.Status.DRAFT).count() == 1
    assert sum(isinstance(outcome, criteria.DraftExists) for outcome in outcomes) == 1
