"""Every state × act × role of a visit; what each act leads to, and what it refuses."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from activity.models import AuditEvent, Notification
from assessments.contexts.visits import may_visit
from assessments.models import ChecklistItem, Finding, Inspection, Visit
from assessments.permissions import VISIT_ACTS, VisitAct
from assessments.services import checklists, findings, inspections, minutes, visits
from tests.factories.inspections import InspectionFactory, VisitFactory, held_visit
from tests.factories.units import MembershipFactory, make_cast
from units.permissions import Role

pytestmark = pytest.mark.django_db
INSPECTORS = {Role.ADMINISTRATOR, Role.PROGRAMME_OFFICER, Role.ASSESSOR}
BEFORE = {"planned", "held"}
POSSIBLE = {
    VisitAct.MOVE: {"planned"},
    VisitAct.CANCEL: {"planned"},
    VisitAct.ASK: BEFORE,
    VisitAct.CHECK: BEFORE,
    VisitAct.FIND: BEFORE,
    VisitAct.HOLD: BEFORE,
    VisitAct.WRITE: {"held"},
    VisitAct.MINUTE: {"held"},
    VisitAct.SIGN: {"minuted"},
}
SIGNED = {"signed_on": date(2026, 3, 10), "signed_by_unit": "An", "signed_by_team": "Cường"}


def test_every_state_act_and_role():
    cast = make_cast()
    visit = held_visit(cast)
    possible = set()

    for state in Visit.State.values:
        visit.state = state
        for act in VisitAct:
            possible |= {
                (state, act, role)
                for role in [*Role, "sibling", "commune", "foreign"]
                if may_visit(cast[role], act, visit)
            }

    assert possible == {
        (state, act, role) for act, states in POSSIBLE.items() for state in states for role in INSPECTORS
    }


def test_in_a_closed_inspection_nothing_is_possible():
    cast = make_cast()
    visit = held_visit(cast)
    visit.inspection.closed_at = timezone.now()

    assert not any(may_visit(cast[Role.PROGRAMME_OFFICER], act, visit) for act in VisitAct)


def test_who_holds_an_office_in_the_unit_neither_looks_at_it_nor_signs():
    cast = make_cast()
    visit = held_visit(cast)
    member = cast[Role.ASSESSOR]
    MembershipFactory(user=member, unit=cast.a, role=Role.OBSERVER)
    member = type(member).objects.get(pk=member.pk)
    item = visit.checklist.first()

    with pytest.raises(visits.OwnUnit):
        checklists.answer_item(item=item, result="fails", note="", expected_version=1, by=member)
    with pytest.raises(PermissionDenied):
        findings.add_finding(visit=visit, kind="strength", text="Tốt", by=member)
    Visit.objects.filter(pk=visit.pk).update(state="minuted")
    with pytest.raises(visits.OwnUnit):
        minutes.sign_minutes(visit=visit, expected_version=1, by=member, **SIGNED)

    assert ChecklistItem.objects.get(pk=item.pk).result == "conforms"
    assert visit.findings.count() == 1
    assert {act for act in VisitAct if VISIT_ACTS[act].apart} == set(VisitAct) - {VisitAct.MOVE, VisitAct.CANCEL}


def told(action: str) -> set[int]:
    return set(Notification.objects.filter(event__action=action).values_list("to_id", flat=True))


def unit_people(cast) -> set[int]:
    return {cast[Role.UNIT_HEAD].pk, cast[Role.UNIT_OFFICER].pk}


def test_a_visit_is_planned_once_for_each_unit_and_the_units_are_told():
    cast = make_cast()
    inspection = InspectionFactory(unit=cast.province)
    plan = {"inspection": inspection, "form": "dossier", "planned_on": date(2026, 3, 10), "by": cast[Role.ASSESSOR]}

    first = visits.add_visits(units=[cast.a, cast.a], **plan)
    second = visits.add_visits(units=[cast.a, cast.b], **plan)

    assert [each.unit for each in first] == [cast.a]
    assert [each.unit for each in second] == [cast.b]
    assert told("assessments.visit_planned") == unit_people(cast) | {cast["sibling"].pk}
    with pytest.raises(visits.NoUnits):
        visits.add_visits(units=[cast.a], **plan)
    with pytest.raises(visits.UnitOutside):
        visits.add_visits(units=[cast.foreign], **plan)
    with pytest.raises(visits.OutsideInspection):
        visits.add_visits(units=[cast.a1], **plan | {"planned_on": date(2026, 5, 1)})
    with pytest.raises(PermissionDenied):
        visits.add_visits(units=[cast.a1], **plan | {"by": cast[Role.UNIT_HEAD]})


def test_a_visit_is_moved_cancelled_and_planned_again():
    cast = make_cast()
    visit = VisitFactory(inspection=InspectionFactory(unit=cast.province), unit=cast.a)
    by = cast[Role.PROGRAMME_OFFICER]

    moved = visits.move_visit(visit=visit, form="on_site", planned_on=date(2026, 3, 12), expected_version=1, by=by)
    with pytest.raises(visits.StaleVisit) as stale:
        visits.move_visit(visit=visit, form="on_site", planned_on=date(2026, 3, 13), expected_version=1, by=by)
    with pytest.raises(visits.VisitReasonMissing):
        visits.cancel_visit(visit=visit, reason="  ", expected_version=2, by=by)
    cancelled = visits.cancel_visit(visit=visit, reason="Bão số 3", expected_version=2, by=by)
    [again] = visits.add_visits(
        inspection=visit.inspection, units=[cast.a], form="on_site", planned_on=date(2026, 3, 20), by=by
    )

    assert (moved.planned_on, moved.version) == (date(2026, 3, 12), 2)
    assert stale.value.by == by
    assert str(by) in str(stale.value)
    assert cancelled.state == "cancelled"
    assert again.pk != visit.pk
    assert told("assessments.visit_moved") == told("assessments.visit_cancelled") == unit_people(cast)
    assert AuditEvent.objects.get(action="assessments.visit_cancelled").reason == "Bão số 3"


def test_a_visit_is_held_in_the_past_and_in_order():
    cast = make_cast()
    visit = VisitFactory(inspection=InspectionFactory(unit=cast.province), unit=cast.a)
    now, by = timezone.now(), cast[Role.ASSESSOR]
    at = {"visit": visit, "expected_version": 1, "by": by}

    with pytest.raises(visits.EndsBeforeItBegan):
        visits.hold_visit(starts_at=now, ends_at=now, **at)
    with pytest.raises(visits.NotHeldYet):
        visits.hold_visit(starts_at=now + timedelta(hours=1), ends_at=now + timedelta(hours=2), **at)
    with pytest.raises(visits.NotInThisVisitState):
        minutes.draw_up_minutes(visit=visit, conclusion="Đạt", requests="", opinion="", expected_version=1, by=by)
    held = visits.hold_visit(starts_at=now - timedelta(hours=3), ends_at=now, hosts=" An \n\n Bình", **at)

    assert (held.state, held.hosts) == ("held", "An\nBình")


def test_the_minutes_are_drawn_up_once_and_then_nothing_of_the_findings_changes():
    cast = make_cast()
    visit = held_visit(cast)
    by, item, finding = cast[Role.ASSESSOR], visit.checklist.first(), visit.findings.get()
    written = {"conclusion": "Hệ thống được duy trì", "requests": "Bổ sung hồ sơ", "opinion": ""}
    open_item = ChecklistItem.objects.create(visit=visit, order=3, text="Câu hỏi riêng")

    with pytest.raises(minutes.NoConclusion):
        minutes.draw_up_minutes(visit=visit, expected_version=1, by=by, **written | {"conclusion": " "})
    with pytest.raises(minutes.ItemsLeft):
        minutes.draw_up_minutes(visit=visit, expected_version=1, by=by, **written)
    checklists.answer_item(item=open_item, result="not_seen", note="", expected_version=1, by=by)
    drawn = minutes.draw_up_minutes(visit=visit, expected_version=1, by=by, **written)

    assert (drawn.state, drawn.conclusion) == ("minuted", "Hệ thống được duy trì")
    assert told("assessments.minutes_drawn_up") == unit_people(cast)
    with pytest.raises(visits.NotInThisVisitState):
        minutes.draw_up_minutes(visit=visit, expected_version=2, by=by, **written)
    with pytest.raises(visits.NotInThisVisitState):
        checklists.answer_item(item=item, result="fails", note="", expected_version=1, by=by)
    with pytest.raises(visits.NotInThisVisitState):
        findings.edit_finding(finding=finding, kind="strength", text="Khác", expected_version=1, by=by)
    with pytest.raises(visits.NotInThisVisitState):
        findings.remove_finding(finding=finding, expected_version=1, by=by)
    assert Finding.objects.get(pk=finding.pk).text == finding.text


def test_signatures_take_both_names_and_a_day_not_before_the_visit():
    cast = make_cast()
    visit = held_visit(cast, state="minuted", conclusion="Đạt")
    by = cast[Role.ASSESSOR]

    with pytest.raises(minutes.NoSignature):
        minutes.sign_minutes(visit=visit, expected_version=1, by=by, **SIGNED | {"signed_by_unit": " "})
    with pytest.raises(minutes.SignedBeforeHeld):
        minutes.sign_minutes(visit=visit, expected_version=1, by=by, **SIGNED | {"signed_on": date(2026, 3, 9)})
    with pytest.raises(inspections.VisitsOpen):
        inspections.close_inspection(inspection=visit.inspection, expected_version=1, by=by)
    signed = minutes.sign_minutes(visit=visit, opinion="Nhất trí", expected_version=1, by=by, **SIGNED)
    closed = inspections.close_inspection(inspection=visit.inspection, expected_version=1, by=by)

    assert (signed.state, signed.signed_by_unit, signed.opinion) == ("signed", "An", "Nhất trí")
    assert closed.closed_at is not None
    with pytest.raises(inspections.InspectionClosed):
        visits.add_visits(inspection=closed, units=[cast.b], form="on_site", planned_on=date(2026, 3, 20), by=by)


def test_a_nonconformity_owes_a_day_to_mend_it_by():
    cast = make_cast()
    visit = held_visit(cast)
    by = cast[Role.ASSESSOR]

    with pytest.raises(findings.NoDayToMendBy):
        findings.add_finding(visit=visit, kind="major", text="Không có hồ sơ", by=by)
    with pytest.raises(findings.MendedBeforeFound):
        findings.add_finding(visit=visit, kind="major", text="Không có hồ sơ", due_on=date(2026, 3, 1), by=by)
    strength = findings.add_finding(visit=visit, kind="strength", text="Một cửa tốt", due_on=date(2026, 5, 1), by=by)
    major = findings.add_finding(visit=visit, kind="major", text="Không", due_on=date(2026, 5, 1), by=by)
    changed = findings.edit_finding(finding=strength, kind="observation", text="Khá", expected_version=1, by=by)
    with pytest.raises(findings.StaleFinding):
        findings.remove_finding(finding=strength, expected_version=1, by=by)
    findings.remove_finding(finding=strength, expected_version=2, by=by)

    assert (strength.due_on, strength.order, major.order) == (None, 2, 3)
    assert changed.kind == "observation"
    assert [each.pk for each in visit.findings.exclude(pk=major.pk)] == [visit.findings.first().pk]


def test_the_team_has_one_head_and_nobody_twice():
    cast = make_cast()
    inspection = InspectionFactory(unit=cast.province)
    by = cast[Role.PROGRAMME_OFFICER]
    head = inspections.Member(name="Cường", place="head", user=cast[Role.ASSESSOR])
    guest = inspections.Member(name="Dung", office="Sở Nội vụ")
    team = {"inspection": inspection, "expected_version": 1, "by": by}

    for refused, members in [
        (inspections.NoHead, [guest]),
        (inspections.NoHead, [head, inspections.Member(name="Em", place="head")]),
        (inspections.PersonTwice, [head, guest, guest]),
        (inspections.ForeignMember, [head, inspections.Member(name="Giang", user=cast["foreign"])]),
    ]:
        with pytest.raises(refused):
            inspections.set_team(members=members, **team)
    saved = inspections.set_team(members=[head, guest], **team)
    with pytest.raises(inspections.StaleInspection):
        inspections.set_team(members=[head], **team)

    assert [each.name for each in saved.members.all()] == ["Cường", "Dung"]
    assert told("assessments.inspection_team_set") == {cast[Role.ASSESSOR].pk}


def test_an_inspection_keeps_its_visits_within_its_dates():
    cast = make_cast()
    by = cast[Role.PROGRAMME_OFFICER]
    values = {"title": " Kiểm tra ", "year": 2026, "starts_on": date(2026, 3, 1), "ends_on": date(2026, 3, 31)}

    inspection = inspections.plan_inspection(unit=cast.province, by=by, **values)
    VisitFactory(inspection=inspection, unit=cast.a, planned_on=date(2026, 3, 10))

    assert inspection.title == "Kiểm tra"
    with pytest.raises(PermissionDenied):
        inspections.plan_inspection(unit=cast.province, by=cast[Role.LEADER], **values)
    with pytest.raises(inspections.WrongOrder):
        inspections.plan_inspection(unit=cast.province, by=by, **values | {"ends_on": date(2026, 2, 1)})
    with pytest.raises(inspections.VisitsOutside):
        inspections.edit_inspection(
            inspection=inspection, expected_version=1, by=by, **values | {"starts_on": date(2026, 3, 20)}
        )
    edited = inspections.edit_inspection(inspection=inspection, expected_version=1, by=by, **values | {"year": 2027})
    with pytest.raises(inspections.StaleInspection):
        inspections.edit_inspection(inspection=inspection, expected_version=1, by=by, **values)
    assert (edited.year, Inspection.objects.get().version) == (2027, 2)
