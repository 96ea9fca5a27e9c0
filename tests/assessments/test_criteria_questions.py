"""The general sub-indicators of a diagnosis: added to what has none, once, in a draft."""

from __future__ import annotations

import pytest
from django.urls import reverse

from activity.models import AuditEvent
from assessments.models import CriteriaSet
from assessments.services import criteria
from assessments.services.criteria.questions import QUESTIONS
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
def draft(cast, officer) -> CriteriaSet:
    return criteria.begin_draft(province=cast.province, based_on=load_sets()["iso18091-2019"], by=officer)


def test_every_indicator_without_sub_indicators_is_given_five_and_the_set_can_be_published(officer, draft):
    own = {"code": "1.1.a", "title": "Chỉ số riêng", "scoring": "rag", "parent": "1.1"}
    draft, _row = criteria.add_criterion(criteria_set=draft, values=own, by=officer, expected=draft.revision)

    draft, count = criteria.add_default_questions(criteria_set=draft, revision=draft.revision, by=officer)

    assert count == 38 * 5
    assert (draft.size, draft.criteria.filter(scoring="roll_up").count()) == (39, 39)
    assert list(draft.criteria.filter(parent__code="1.1").values_list("code", flat=True)) == ["1.1.a"]
    below = list(draft.criteria.filter(parent__code="1.2").order_by("order"))
    assert [row.code for row in below] == [f"1.2.{place}" for place in range(1, 6)]
    assert [(row.title, row.title_en) for row in below] == list(QUESTIONS)
    assert {(row.scoring, row.locked) for row in below} == {("rag", False)}
    event = AuditEvent.objects.order_by("-pk").first()
    assert (event.action, event.changes["indicators"]) == ("assessments.criteria_edited", [None, 38])
    published = criteria.publish(criteria_set=draft, by=officer, expected=draft.revision)
    assert (published.status, published.size) == ("published", 39)


def test_a_second_time_adds_nothing(officer, draft):
    draft, count = criteria.add_default_questions(criteria_set=draft, revision=draft.revision, by=officer)

    again, none = criteria.add_default_questions(criteria_set=draft, revision=draft.revision, by=officer)

    assert (count, none) == (195, 0)
    assert again.revision == draft.revision
    assert draft.criteria.filter(parent__locked=True, parent__scoring="roll_up").count() == 195


def test_what_stands_or_is_stale_or_has_no_indicators_is_refused(cast, officer, draft):
    points = criteria.begin_draft(province=cast.province, based_on=load_sets()["iso9001-example"], by=officer)
    with pytest.raises(criteria.NoIndicators):
        criteria.add_default_questions(criteria_set=points, revision=points.revision, by=officer)
    with pytest.raises(criteria.StaleDraft):
        criteria.add_default_questions(criteria_set=draft, revision=draft.revision + 1, by=officer)
    changed = criteria.edit_head(
        criteria_set=draft, title="Bộ chỉ số của tỉnh", title_en="", note="khác", by=officer, expected=draft.revision
    )
    row = changed.criteria.get(code="1.1")
    changed = criteria.change_criterion(
        criterion=row, values={"rule": "Theo tiêu chuẩn"}, by=officer, expected=changed.revision
    )
    published = criteria.publish(criteria_set=changed, by=officer, expected=changed.revision)

    with pytest.raises(criteria.NotADraft):
        criteria.add_default_questions(criteria_set=published, revision=published.revision, by=officer)

    assert published.criteria.filter(scoring="rag").count() == 39


def test_the_editor_offers_them_until_there_are_all(client, officer, draft):
    client.force_login(officer)
    page = reverse("assessments:criteria_edit", args=[draft.pk])
    url = reverse("assessments:criteria_questions", args=[draft.pk])
    assert url in client.get(page).content.decode()

    stale = client.post(url, {"revision": draft.revision + 1})
    assert (stale.status_code, draft.criteria.count()) == (302, 43)
    added = client.post(url, {"revision": draft.revision}, follow=True)

    assert "195" in added.content.decode()
    assert url not in added.content.decode()
    assert draft.criteria.count() == 43 + 195
