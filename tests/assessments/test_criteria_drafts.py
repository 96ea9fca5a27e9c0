"""Drafts of criteria sets: begun, edited, published, retired; by whom, in which state, and what is told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from activity.models import AuditEvent, Notification
from assessments.contexts.criteria_content import content_of, digest_of
from assessments.models import Criterion
from assessments.services import criteria
from tests.factories.assessments import load_sets
from tests.factories.units import make_cast
from units.permissions import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def officer(cast):
    return cast[Role.PROGRAMME_OFFICER]


@pytest.fixture
def draft(cast, officer):
    return criteria.begin_draft(province=cast.province, based_on=load_sets()["iso9001-example"], by=officer)


@pytest.fixture
def lights(cast, officer):
    return criteria.begin_draft(province=cast.province, based_on=load_sets()["iso18091-2019"], by=officer)


def row(draft, code):
    return Criterion.objects.select_related("criteria_set").get(criteria_set=draft, code=code)


def last_event():
    return AuditEvent.objects.order_by("-pk").first()


def test_a_draft_of_a_bundled_set_is_the_provinces_own_and_continues_it(cast, officer, draft):
    base = draft.based_on

    assert (draft.unit, draft.slug, draft.version, draft.status) == (cast.province, base.slug, 1, "draft")
    assert (draft.size, draft.maximum) == (base.size, base.maximum)
    assert content_of(draft).entries != content_of(base).entries  # each knows what it continues
    assert digest_of(content_of(draft)) == base.digest
    assert list(draft.criteria.order_by("order").values_list("predecessor__code", flat=True)) == list(
        base.criteria.order_by("order").values_list("code", flat=True)
    )
    assert last_event().action == "assessments.criteria_drafted"
    with pytest.raises(criteria.DraftExists) as refusal:
        criteria.begin_draft(province=cast.province, based_on=base, by=officer)
    assert refusal.value.draft == draft


def test_a_published_draft_is_in_force_and_never_changes(cast, officer, draft):
    draft = criteria.change_criterion(criterion=row(draft, "1.2"), values={"title": "Tên khác"}, by=officer, expected=1)
    published = criteria.publish(criteria_set=draft, by=officer, expected=draft.revision)

    assert (published.status, published.size, published.maximum) == ("published", 23, Decimal(100))
    assert list(criteria.changed_since_published()) == []
    told = Notification.objects.filter(event=last_event()).values_list("to", flat=True)
    assert set(told) == set()  # who published it is the only one who manages rounds
    with pytest.raises(criteria.NotADraft):
        criteria.change_criterion(
            criterion=row(published, "1.2"), values={"title": "x"}, by=officer, expected=published.revision
        )
    Criterion.objects.filter(criteria_set=published, code="1.2").update(title="Sửa thẳng vào cơ sở dữ liệu")
    assert [version for version, _digest in criteria.changed_since_published()] == [published]
    second = criteria.begin_draft(province=cast.province, based_on=published, by=officer)
    assert (second.version, second.based_on) == (2, published)
