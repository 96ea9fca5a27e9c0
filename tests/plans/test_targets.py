"""Groups of units in the words of documents, and the units they mean on a day."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from activity.models import AuditEvent, Notification
from plans.contexts.targets import offers, resolution
from plans.document.groups import kinds_named
from plans.document.quantity import parse_quantity
from plans.models import Plan, TaskPerformer, TaskTarget
from plans.services import targets
from plans.services.standing import PlanIsClosed
from tests.factories.plans import PlanFactory, TaskPerformerFactory, task_of
from tests.factories.units import UnitFactory
from units.models import Unit
from units.permissions import Role

BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Các cơ quan hành chính", ("department", "district", "commune")),
        ("UBND cấp xã trên địa bàn tỉnh.", ("commune",)),
        ("UBND các huyện, thị xã, thành phố", ("district",)),
        ("các sở, ban, ngành", ("department",)),
        ("Các sở, ban, ngành; UBND các huyện, thành phố", ("department", "district")),
        ("cấp xã của 10 huyện, thành phố", ("commune",)),
        ("UBND các xã, phường, thị trấn", ("commune",)),
        ("UBND các xã, phường, đặc khu", ("commune",)),
        ("UBND các cấp", ("district", "commune")),
        ("cơ quan cấp tỉnh, UBND cấp huyện", ("department", "district")),
        ("Các chi cục trực thuộc Sở", ("branch",)),
        ("Các cơ quan chuyên môn thuộc UBND tỉnh", ("department",)),
        ("Sở Khoa học và Công nghệ", ()),
        ("UBND huyện Phong Điền", ()),
        ("UBND thành phố Huế", ()),
        ("Tổ chuyên môn giúp việc", ()),
        ("Báo cáo viên", ()),
        ("", ()),
    ],
)
def test_kinds_of_unit_that_words_name(text, kinds):
    assert kinds_named(text) == kinds
    assert set(kinds) <= set(Unit.Kind.values)


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("01 hội nghị", (1, "hội nghị")),
        ("02 hội nghị (cấp xã)", (2, "hội nghị")),
        ("01 (một) hội nghị", (1, "hội nghị")),
        ("1.200 lượt người", (1200, "lượt người")),
        ("tối thiểu 10 đơn vị", (10, "đơn vị")),
        ("03 lớp, mỗi lớp 50 người", (3, "lớp")),
        ("02/5 đơn vị", (None, "")),
        ("10-15 người", (None, "")),
        ("2,5 ngày", (None, "")),
        ("100%", (None, "")),
        ("hội nghị", (None, "")),
        ("999999999999 người", (None, "")),
        ("", (None, "")),
    ],
)
def test_quantities_as_written(text, quantity):
    assert parse_quantity(text) == quantity


@pytest.fixture
def plan(cast):
    return PlanFactory(unit=cast.province)


@pytest.fixture
def task(cast, plan):
    task = task_of(plan, number="3")
    TaskPerformerFactory(task=task, unit=None, text="UBND các huyện, thành phố")
    return task


def resolve(task, as_of=BEFORE, by=None, kinds=("district",), text="UBND các huyện, thành phố"):
    return targets.resolve_target(task=task, text=text, kinds=kinds, as_of=as_of, role="execute", by=by)


def test_every_unit_of_the_kind_performs_the_task_and_is_told(cast, task):
    target, found = resolve(task, by=cast[Role.PROGRAMME_OFFICER])

    performing = TaskPerformer.objects.filter(task=task, target=target)
    assert {each.unit for each in performing} == set(found.added) == {cast.a, cast.b}
    assert not any(each.as_written for each in performing)
    event = AuditEvent.objects.get(action="plans.target_resolved")
    told = {each.to for each in Notification.objects.filter(event=event)}
    assert told == {cast[Role.UNIT_OFFICER], cast[Role.UNIT_HEAD], cast["sibling"]}


def test_units_of_another_province_are_not_meant(cast, task):
    UnitFactory(parent=cast.foreign, name="UBND huyện Xa")

    assert {unit.path[:9] for unit in resolve(task)[1].added} == {cast.province.path}


def test_resolving_again_adds_the_new_and_keeps_who_reported(cast, task):
    target, _found = resolve(task)
    task.updates.create(unit=cast.a, percent=10, by=cast[Role.UNIT_OFFICER])
    Unit.objects.filter(pk__in=[cast.a.pk, cast.b.pk]).update(valid_to=BEFORE)
    new = UnitFactory(parent=cast.province, name="UBND thị xã Mới", valid_from=AFTER)

    again, found = resolve(task, as_of=AFTER)

    assert again == target
    assert (found.added, found.ended, found.dropped) == ((new,), (cast.a,), (cast.b,))
    assert {each.unit for each in TaskPerformer.objects.filter(task=task, target=target)} == {new, cast.a}
    assert TaskTarget.objects.get().as_of == AFTER


def test_who_performs_the_task_otherwise_stays_as_they_are(cast, task):
    own = TaskPerformerFactory(task=task, unit=cast.a, role="lead")

    _target, found = resolve(task)

    assert (found.kept, found.added) == ((cast.a,), (cast.b,))
    own.refresh_from_db()
    assert (own.role, own.target) == ("lead", None)


def test_resolving_twice_the_same_day_changes_nothing(task):
    resolve(task)
    count = TaskPerformer.objects.count()

    _target, found = resolve(task)

    assert (found.added, TaskPerformer.objects.count()) == ((), count)


def test_what_cannot_be_resolved(cast, plan, task):
    with pytest.raises(targets.NoKindChosen):
        resolve(task, kinds=("nonsense",))
    Unit.objects.filter(kind="district").update(valid_to=BEFORE)
    with pytest.raises(targets.NobodyMeant):
        resolve(task, as_of=AFTER)
    Plan.objects.filter(pk=plan.pk).update(status=Plan.Status.CLOSED)
    with pytest.raises(PlanIsClosed):
        resolve(task)
    assert not TaskTarget.objects.exists()


def test_the_groups_of_the_document_are_offered_until_they_are_resolved(task):
    assert [(each.text, each.kinds) for each in offers(task)] == [("UBND các huyện, thành phố", ("district",))]
    resolve(task)
    assert offers(task) == []


def test_the_page_shows_the_units_before_it_assigns_them(client, cast, task):
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    page = reverse("plans:task_targets", args=[task.pk])
    data = {"text": "UBND các huyện, thành phố", "kinds": ["district"], "as_of": "2024-10-01", "role": "execute"}

    blank = client.get(page)
    shown = client.post(page, data)
    before = TaskPerformer.objects.filter(target__isnull=False).count()
    nobody = client.post(page, data | {"kinds": ["branch"]})
    done = client.post(page, data | {"assign": "1"})

    assert blank.context["form"].initial["kinds"] == ("district",)
    assert (shown.status_code, nobody.status_code, done.status_code, before) == (200, 422, 302, 0)
    assert cast.b.label in shown.content.decode()
    assert TaskPerformer.objects.filter(target__isnull=False).count() == 2


@pytest.mark.parametrize("count", [1, 3])
def test_looking_costs_the_same_however_many_units(cast, task, django_assert_num_queries, count):
    for _number in range(count):
        UnitFactory(parent=cast.province, kind=Unit.Kind.COMMUNE)

    with django_assert_num_queries(2):
        resolution(task=task, text="x", kinds=["commune"], as_of=BEFORE)
