"""The rules of a published set are read once in each process; nothing else is kept, and no set is taken for another."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone

from assessments.contexts.rules import KEPT, _kept, known_rules
from assessments.models import CriteriaSet, Criterion
from plans.models import Standard
from tests.factories.units import UnitFactory
from units.models import Unit

pytestmark = pytest.mark.django_db


def make_set(*, unit: Unit | None = None, most: str = "10", published: bool = True, slug: str = "bo") -> CriteriaSet:
    standard, _made = Standard.objects.get_or_create(code="TCVN ISO 9001", edition="2015")
    made = CriteriaSet.objects.create(
        unit=unit,
        slug=slug,
        title="Bộ tiêu chí",
        standard=standard,
        scale=CriteriaSet.Scale.POINTS,
        status=CriteriaSet.Status.PUBLISHED if published else CriteriaSet.Status.DRAFT,
        digest="d" * 64 if published else "",
        published_at=timezone.now() if published else None,
    )
    group = Criterion.objects.create(criteria_set=made, order=1, code="I", title="Nhóm", scoring="group")
    Criterion.objects.create(
        criteria_set=made, parent=group, order=2, code="1.1", title="Có", scoring="yes_no", max_score=Decimal(most)
    )
    Criterion.objects.create(
        criteria_set=made,
        parent=group,
        order=3,
        code="1.2",
        title="Của xã",
        scoring="yes_no",
        max_score=1,
        applies_to=[Unit.Kind.COMMUNE.value],
    )
    return made


def read_again(made: CriteriaSet) -> CriteriaSet:
    return CriteriaSet.objects.get(pk=made.pk)


def test_published_rules_are_read_once(django_assert_num_queries):
    made = make_set()
    first = known_rules(read_again(made))
    again = read_again(made)

    with django_assert_num_queries(0):
        second = known_rules(again)

    assert second.rule("1.1").maximum == first.rule("1.1").maximum == 10


def test_a_changed_draft_is_seen_at_once():
    draft = make_set(published=False)
    before = known_rules(draft).rule("1.1").maximum
    Criterion.objects.filter(criteria_set=draft, code="1.1").update(max_score=7)

    after = known_rules(draft).rule("1.1").maximum

    assert (before, after) == (10, 7)


def test_what_a_draft_becomes_is_read_anew_when_it_is_published():
    draft = make_set(published=False)
    known_rules(draft)
    Criterion.objects.filter(criteria_set=draft, code="1.1").update(max_score=7)
    draft.status, draft.digest, draft.published_at = CriteriaSet.Status.PUBLISHED, "e" * 64, timezone.now()
    draft.save()

    assert known_rules(read_again(draft)).rule("1.1").maximum == 7


def test_sets_of_two_provinces_with_the_same_content_and_digest_do_not_mix():
    one, other = (make_set(unit=UnitFactory(kind=Unit.Kind.PROVINCE), most=most) for most in ("10", "20"))
    CriteriaSet.objects.filter(pk=other.pk).update(published_at=one.published_at, updated_at=one.updated_at)

    rules = [known_rules(read_again(each)) for each in (one, other, one)]

    assert [each.rule("1.1").maximum for each in rules] == [10, 20, 10]
    assert [{row.criteria_set_id for row in each.criteria} for each in rules] == [{one.pk}, {other.pk}, {one.pk}]


def test_each_kind_of_unit_has_its_own_rules():
    made = make_set()

    sizes = [known_rules(made, kind=kind).size for kind in ("commune", "department", "commune", "")]

    assert sizes == [2, 1, 2, 2]


def test_another_set_under_the_id_of_one_that_never_was_is_not_taken_for_it():
    made = make_set()
    known_rules(made)
    Criterion.objects.filter(criteria_set=made, code="1.1").update(max_score=3)
    CriteriaSet.objects.filter(pk=made.pk).update(published_at=timezone.now())

    assert known_rules(read_again(made)).rule("1.1").maximum == 3


def test_only_so_many_are_kept():
    made = make_set()
    for number in range(KEPT + 3):
        known_rules(made, kind=f"kind{number}")

    assert _kept.cache_info().currsize == KEPT
