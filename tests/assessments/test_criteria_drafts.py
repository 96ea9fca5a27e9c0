"""Drafts of criteria sets: begun, edited, published, retired; by whom, in which state, and what is told."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from activity.models import AuditEvent, Notification
from assessments.contexts.criteria_content import content_of, digest_of
from assessments.models import CriteriaSet, Criterion
from assessments.services import criteria
from tests.factories.assessments import AssessmentFactory, RoundFactory, load_sets
from tests.factories.units import make_cast
from units.permissions import Permission, Role

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


@pytest.mark.parametrize("person", [*Role, "foreign", "stranger"])
def test_only_those_who_edit_criteria_of_the_province_see_and_change_a_draft(cast, officer, draft, person):
    user = cast[person]
    may = person in {Role.PROGRAMME_OFFICER, Role.ADMINISTRATOR}

    seen = CriteriaSet.objects.allowed_to(user, Permission.ASSESSMENT_VIEW).filter(pk=draft.pk).exists()

    assert seen == may
    acts = [
        lambda: criteria.edit_head(criteria_set=draft, title="T", title_en="", note="", by=user, expected=1),
        lambda: criteria.edit_policy(criteria_set=draft, policy={}, by=user, expected=2),
        lambda: criteria.change_criterion(criterion=row(draft, "1.2"), values={"title": "x"}, by=user, expected=3),
        lambda: criteria.move_criterion(criterion=row(draft, "1.2"), move=criteria.Move.UP, by=user, expected=4),
        lambda: criteria.remove_criterion(criterion=row(draft, "7.1"), by=user, expected=5),
        lambda: criteria.discard_draft(criteria_set=draft, by=user, expected=6),
    ]
    for act in acts:
        if may:
            act()
        else:
            with pytest.raises(PermissionDenied):
                act()
    assert CriteriaSet.objects.filter(pk=draft.pk).exists() != may


def test_a_stale_change_shows_what_is_stored_and_who_stored_it(cast, officer, draft):
    criteria.change_criterion(criterion=row(draft, "1.2"), values={"title": "Của tôi"}, by=officer, expected=1)

    with pytest.raises(criteria.StaleDraft) as refusal:
        criteria.change_criterion(
            criterion=row(draft, "1.2"), values={"title": "x"}, by=cast[Role.ADMINISTRATOR], expected=1
        )

    assert refusal.value.stored.title == "Của tôi"
    assert str(officer) in str(refusal.value)


def test_the_indicators_of_the_standard_are_fixed_and_what_is_below_them_is_free(officer, lights):
    refused = [
        lambda: criteria.remove_criterion(criterion=row(lights, "1.1"), by=officer, expected=1),
        lambda: criteria.remove_criterion(criterion=row(lights, "I"), by=officer, expected=1),
        lambda: criteria.change_criterion(
            criterion=row(lights, "1.1"), values={"code": "1.99"}, by=officer, expected=1
        ),
        lambda: criteria.change_criterion(
            criterion=row(lights, "1.1"), values={"parent": "II"}, by=officer, expected=1
        ),
        lambda: criteria.add_criterion(
            criteria_set=lights,
            values={"code": "1.11", "parent": "I", "title": "Thêm", "scoring": "rag"},
            by=officer,
            expected=1,
        ),
    ]
    for act in refused:
        with pytest.raises(criteria.LockedRows):
            act()

    lights, part = criteria.add_criterion(
        criteria_set=lights,
        values={"code": "1.1.1", "parent": "1.1", "title": "Cơ quan phụ trách", "scoring": "rag"},
        by=officer,
        expected=1,
    )
    assert (row(lights, "1.1").scoring, lights.size) == (Criterion.Scoring.ROLL_UP, 39)
    lights = criteria.remove_criterion(criterion=part, by=officer, expected=lights.revision)
    assert row(lights, "1.1").scoring == Criterion.Scoring.RAG
    assert digest_of(content_of(lights)) == lights.based_on.digest


def test_nothing_is_published_while_a_problem_stands(officer, draft):
    draft = criteria.change_criterion(
        criterion=row(draft, "1.2"), values={"max_score": "5"}, by=officer, expected=draft.revision
    )
    policy = {**draft.policy, "tie_breaks": ["IX"]}
    draft = criteria.edit_policy(criteria_set=draft, policy=policy, by=officer, expected=draft.revision)

    with pytest.raises(criteria.CannotPublish) as refusal:
        criteria.publish(criteria_set=draft, by=officer, expected=draft.revision)

    assert {(problem.where, problem.code) for problem in refusal.value.problems} == {("criterion", "I"), ("policy", "")}
    draft.refresh_from_db()
    assert (draft.status, draft.digest) == (CriteriaSet.Status.DRAFT, "")


def test_a_new_version_changes_no_sheet_of_a_running_round(cast, officer, draft):
    base = draft.based_on
    round_ = RoundFactory(unit=cast.province, criteria_set=base)
    sheet = AssessmentFactory(round=round_, unit=cast.a)
    before = list(base.criteria.values())
    draft = criteria.change_criterion(criterion=row(draft, "1.2"), values={"title": "x"}, by=officer, expected=1)

    published = criteria.publish(criteria_set=draft, by=officer, expected=draft.revision)
    retired = criteria.retire(criteria_set=published, by=officer)

    sheet.refresh_from_db()
    assert (sheet.round.criteria_set, list(base.criteria.values())) == (base, before)
    assert retired.status == CriteriaSet.Status.RETIRED
    with pytest.raises(criteria.NotInForce):
        criteria.retire(criteria_set=published, by=officer)
    assert list(criteria.changed_since_published()) == []
