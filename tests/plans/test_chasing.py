"""Chasing: what is late of whom, one letter each, never twice while it may be answered; numbers, reading, replying."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest
from django.utils import timezone

from activity.models import AuditEvent
from plans import services
from plans.contexts import late_items
from plans.models import ChasedItem, ChasingLetter, ChasingRun, Plan, ProgressUpdate, RegisterNumber, ReportingPeriod
from plans.services.chasing import AnswerDayTooEarly, NotADraft, NothingChosen
from plans.services.letters import AnsweredBefore, EmptyReply, NotSentYet, SymbolMissing
from plans.services.numbering import NotOfThisYear, NumberInUse
from tests.budgets.test_races import at_once
from tests.factories.chasing import an_item, chase_units, late_report, late_task, many_units
from tests.factories.plans import PlanFactory, TaskFactory, task_of
from tests.factories.units import MembershipFactory, UserFactory
from units.permissions import Role

AS_OF = date(2024, 11, 10)
State = ChasingLetter.State


def late(cast, person=Role.PROGRAMME_OFFICER, as_of=AS_OF):
    return [(item.reference.split(":")[0], item.unit.pk) for item in late_items(user=cast[person], as_of=as_of)]


def accepted(task, unit, percent, by, **values):
    values = {"state": ProgressUpdate.State.ACCEPTED, "decided_at": timezone.now(), "decided_by": by} | values
    update = ProgressUpdate.objects.create(task=task, unit=unit, percent=percent, by=by, **values)
    ProgressUpdate.objects.filter(pk=update.pk).update(submitted_at="2024-11-01T00:00:00Z")


# -- What is late ------------------------------------------------------------------------------------
def test_a_task_is_late_for_each_unit_that_has_not_finished(cast):
    task = late_task(cast, cast.a, cast.b, number="3.", title="Đào tạo.")
    accepted(task, cast.a, 100, cast[Role.PROGRAMME_OFFICER])

    (item,) = late_items(user=cast[Role.PROGRAMME_OFFICER], as_of=AS_OF)

    assert (item.unit, item.kind, item.reference) == (cast.b, ChasedItem.Kind.TASK, f"task:{task.pk}")
    assert (item.title, item.source) == ("Nhiệm vụ 3 “Đào tạo”", "Kế hoạch số 05/KH-UBND ngày 16/02/2024")
    assert (item.due_on, item.late_days) == (date(2024, 10, 31), 10)


@pytest.mark.parametrize(
    ("percent", "state", "is_late"), [(100, "submitted", False), (100, "returned", True), (90, "submitted", True)]
)
def test_who_has_sent_all_and_waits_is_not_late(cast, percent, state, is_late):
    task = late_task(cast, cast.a)
    accepted(task, cast.a, percent, cast[Role.UNIT_OFFICER], state=state)

    assert bool(late(cast)) is is_late


@pytest.mark.parametrize(("as_of", "is_late"), [(date(2024, 10, 31), False), (date(2024, 11, 1), True)])
def test_the_last_day_is_still_in_time(cast, as_of, is_late):
    late_task(cast, cast.a)

    assert bool(late(cast, as_of=as_of)) is is_late


def test_what_is_not_chased(cast):
    late_task(cast, cast.a, plan=PlanFactory(unit=cast.province, status=Plan.Status.DRAFT))
    late_task(cast, cast.a, plan=PlanFactory(unit=cast.province, status=Plan.Status.CLOSED))
    late_task(cast, cast.a, is_cancelled=True)
    late_task(cast, cast.a, start=None, end=None)
    whole = late_task(cast, cast.a)
    task_of(whole.plan, cast.b, parent=whole, end=date(2025, 1, 1))
    TaskFactory(plan=whole.plan)  # nobody performs it

    assert late(cast) == []


def test_reports_not_sent_or_returned_are_late(cast):
    task = late_task(cast, cast.a, start=None, end=None)
    due, sent = late_report(task, cast.a), late_report(task, cast.b)
    sent.latest = ProgressUpdate.objects.create(task=task, unit=cast.b, percent=1, by=cast["sibling"])
    sent.save()

    assert late(cast) == [("due_report", cast.a.pk)]
    assert late(cast, as_of=date(2024, 11, 5)) == []
    due.latest = ProgressUpdate.objects.create(
        task=task, unit=cast.a, percent=1, by=cast[Role.UNIT_OFFICER], state="returned", decided_at=timezone.now()
    )
    due.save()
    assert late(cast) == [("due_report", cast.a.pk)]


@pytest.mark.parametrize(
    ("title", "words"), [("Quý IV/2024", "Báo cáo quý IV/2024: "), ("Báo cáo đột xuất", "Báo cáo đột xuất: nhiệm vụ ")]
)
def test_a_letter_says_report_once(cast, title, words):
    report = late_report(late_task(cast, cast.a, start=None, end=None), cast.a)
    ReportingPeriod.objects.filter(pk=report.period_id).update(title=title)

    (item,) = late_items(user=cast[Role.PROGRAMME_OFFICER], as_of=AS_OF)

    assert item.title.startswith(words)


@pytest.mark.parametrize(
    ("person", "count"),
    [(Role.PROGRAMME_OFFICER, 1), (Role.ADMINISTRATOR, 1), (Role.LEADER, 0), (Role.UNIT_HEAD, 0), ("foreign", 0)],
)
def test_who_sees_what_may_be_chased(cast, person, count):
    late_task(cast, cast.a)

    assert len(late(cast, person)) == count


@pytest.mark.parametrize("rows", [1, 3])
def test_what_is_late_costs_the_same_for_any_number(cast, rows, django_assert_num_queries):
    for unit in many_units(cast, rows):
        late_report(late_task(cast, unit), unit)
    officer = cast[Role.PROGRAMME_OFFICER]
    late(cast)

    with django_assert_num_queries(3):
        assert len(late_items(user=officer, as_of=AS_OF)) == 2 * rows


# -- One letter each ------------------------------------------------------------------------------------
def test_each_unit_gets_one_letter_for_all_it_owes(cast):
    items = [an_item(cast.a, "task:1"), an_item(cast.a, "due_report:2"), an_item(cast.b, "task:1")]

    made = chase_units(cast, items=items)

    assert [(letter.addressee, letter.state, letter.times) for letter in made.letters] == [
        (cast.a, State.DRAFT, 1),
        (cast.b, State.DRAFT, 1),
    ]
    assert [item.reference for item in made.letters[0].items.all()] == ["due_report:2", "task:1"]
    assert (made.run.symbol, made.run.recipients[-1]) == ("SKHCN-TĐC", "Lưu: VT, TĐC")
    event = AuditEvent.objects.get(action="plans.chased")
    assert (event.unit_path, event.changes["letters"]) == (cast.department.path, [None, 2])


def test_running_it_again_makes_no_second_letter(cast):
    first = chase_units(cast, cast.a, cast.b)

    second = chase_units(cast, cast.a, cast.b)

    assert (second.run, list(second.letters), len(second.skipped)) == (None, [], 2)
    assert (ChasingLetter.objects.count(), ChasingRun.objects.count()) == (2, 1)
    assert first.run is not None


@pytest.mark.parametrize(("days", "letters"), [(7, 0), (8, 1)])
def test_after_the_day_to_answer_it_is_the_second_time(cast, days, letters):
    first = chase_units(cast, cast.a)
    services.send_letters(letters=first.letters, by=cast[Role.PROGRAMME_OFFICER])
    later = timezone.localdate() + timedelta(days=days)

    again = chase_units(cast, cast.a, as_of=later, respond_by=later + timedelta(days=7))

    assert [letter.times for letter in again.letters] == [2] * letters


def test_the_letter_counts_from_what_was_chased_most(cast):
    first = chase_units(cast, cast.a)
    services.send_letters(letters=first.letters, by=cast[Role.PROGRAMME_OFFICER])
    later = timezone.localdate() + timedelta(days=8)
    items = [an_item(cast.a, "task:1"), an_item(cast.a, "task:9")]

    (letter,) = chase_units(cast, items=items, as_of=later, respond_by=later + timedelta(days=1)).letters

    assert letter.times == 2
    assert [item.times for item in letter.items.all()] == [2, 1]


def test_a_draft_that_nobody_sent_in_time_was_no_letter(cast):
    first = chase_units(cast, cast.a)
    later = timezone.localdate() + timedelta(days=8)

    (letter,) = chase_units(cast, cast.a, as_of=later, respond_by=later + timedelta(days=1)).letters

    assert letter.times == 1
    assert ChasingLetter.objects.get(pk=first.letters[0].pk).state == State.CANCELLED


def test_a_cancelled_draft_may_be_chased_anew(cast):
    (draft,) = chase_units(cast, cast.a).letters

    services.cancel_letter(letter=draft, by=cast[Role.PROGRAMME_OFFICER])

    (again,) = chase_units(cast, cast.a).letters
    assert (again.times, draft.state) == (1, State.CANCELLED)
    assert AuditEvent.objects.filter(action="plans.letter_cancelled").count() == 1
    with pytest.raises(NotADraft):
        services.cancel_letter(letter=draft, by=cast[Role.PROGRAMME_OFFICER])


def test_nothing_chosen_and_no_time_to_answer_are_refused(cast):
    with pytest.raises(NothingChosen):
        chase_units(cast)
    with pytest.raises(AnswerDayTooEarly):
        chase_units(cast, cast.a, respond_by=timezone.localdate())


def test_two_hundred_late_units_get_two_hundred_letters_once(cast, django_assert_max_num_queries):
    units = many_units(cast, 200)
    task = late_task(cast, *units)
    for unit in units:
        late_report(task, unit)
    items = late_items(user=cast[Role.PROGRAMME_OFFICER], as_of=timezone.localdate())

    with django_assert_max_num_queries(30):
        made = chase_units(cast, items=items)
    again = chase_units(cast, items=items)
    with django_assert_max_num_queries(14 + 3 * 200):
        sent = services.send_letters(letters=made.letters, by=cast[Role.PROGRAMME_OFFICER])

    assert (len(items), len(made.letters)) == (400, 200)
    assert {letter.items.count() for letter in made.letters} == {2}
    assert (again.run, len(again.skipped), ChasingLetter.objects.count()) == (None, 400, 200)
    assert [letter.register_number.number for letter in sent] == list(range(1, 201))


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_make_one_set_of_letters(cast):
    other = MembershipFactory(unit=cast.province, role=Role.PROGRAMME_OFFICER).user
    officers = [cast[Role.PROGRAMME_OFFICER], other] * 3
    # From two units of the province, whose letters have registers of their own.
    froms = [cast.department, cast.province] * 3

    outcomes = at_once(
        [partial(chase_units, cast, cast.a, cast.b, by=by, unit=unit) for by, unit in zip(officers, froms, strict=True)]
    )

    assert sum(len(made.letters) for made in outcomes) == 2
    assert (ChasingLetter.objects.count(), ChasedItem.objects.count(), ChasingRun.objects.count()) == (2, 2, 1)


# -- Numbers and sending ------------------------------------------------------------------------------------
def test_sending_gives_the_next_numbers_and_tells_the_reporters(cast):
    services.reserve(
        unit=cast.department,
        year=timezone.localdate().year,
        number=124,
        symbol="SKHCN",
        subject="Khác",
        by=UserFactory(),
    )
    made = chase_units(cast, cast.a, cast.b)

    sent = services.send_letters(letters=reversed(made.letters), by=cast[Role.PROGRAMME_OFFICER])

    assert [str(letter.register_number) for letter in sent] == ["125/SKHCN-TĐC", "126/SKHCN-TĐC"]
    first = ChasingLetter.objects.get(addressee=cast.a)
    assert (first.state, first.sent_by, first.register_number.number) == (State.SENT, cast[Role.PROGRAMME_OFFICER], 125)
    events = AuditEvent.objects.filter(action="plans.letter_sent")
    told = {person for event in events for person in event.notifications.values_list("to_id", flat=True)}
    assert {cast[Role.UNIT_OFFICER].pk, cast[Role.UNIT_HEAD].pk, cast["sibling"].pk} <= told


def test_sent_twice_is_refused_and_takes_no_number(cast):
    made = chase_units(cast, cast.a)
    services.send_letters(letters=made.letters, by=cast[Role.PROGRAMME_OFFICER])

    with pytest.raises(NotADraft):
        services.send_letters(letters=made.letters, by=cast[Role.PROGRAMME_OFFICER])

    assert RegisterNumber.objects.count() == 1


def test_letters_without_a_symbol_wait_for_one(cast):
    made = chase_units(cast, cast.a, symbol="")
    with pytest.raises(SymbolMissing):
        services.send_letters(letters=made.letters, by=cast[Role.PROGRAMME_OFFICER])

    services.send_letters(letters=made.letters, by=cast[Role.PROGRAMME_OFFICER], symbol="BCĐ")

    assert str(RegisterNumber.objects.get()) == "01/BCĐ"
    assert ChasingRun.objects.get().symbol == "BCĐ"


def test_a_number_is_given_once_a_year(cast):
    give = partial(
        services.reserve, unit=cast.department, symbol="SKHCN", subject="Khác", by=cast[Role.PROGRAMME_OFFICER]
    )
    give(year=2026, number=7)
    give(year=2025, number=7)

    with pytest.raises(NumberInUse):
        give(year=2026, number=7)
    with pytest.raises(NotOfThisYear):
        give(year=2026, number=8, issued_on=date(2025, 1, 1))
    assert AuditEvent.objects.filter(action="plans.number_reserved").count() == 2


@pytest.mark.django_db(transaction=True)
def test_letters_sent_at_once_never_share_a_number(cast):
    runs = [chase_units(cast, items=[an_item(unit, "task:7")]) for unit in (cast.a, cast.b, cast.a1)]
    officer = cast[Role.PROGRAMME_OFFICER]

    at_once([partial(services.send_letters, letters=list(run.letters), by=officer) for run in runs])

    assert sorted(RegisterNumber.objects.values_list("number", flat=True)) == [1, 2, 3]
    assert ChasingLetter.objects.filter(state=State.SENT).count() == 3


@pytest.mark.parametrize("letters", [1, 3])
def test_sending_costs_a_bounded_number_of_queries_a_letter(cast, letters, django_assert_max_num_queries):
    made = chase_units(cast, *many_units(cast, letters))

    with django_assert_max_num_queries(14 + 3 * letters):
        services.send_letters(letters=made.letters, by=cast[Role.PROGRAMME_OFFICER])


# -- Read and answered ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("person", "reads"),
    [(Role.UNIT_OFFICER, True), (Role.UNIT_HEAD, True), (Role.PROGRAMME_OFFICER, False), ("sibling", False)],
)
def test_who_reads_a_letter(cast, person, reads):
    (letter,) = services.send_letters(letters=chase_units(cast, cast.a).letters, by=cast[Role.PROGRAMME_OFFICER])

    assert services.mark_read(letter=letter, by=cast[person]) is reads
    assert services.mark_read(letter=letter, by=cast[person]) is False
    assert bool(ChasingLetter.objects.get().read_at) is reads


def test_a_reply_is_logged_once(cast):
    (letter,) = services.send_letters(letters=chase_units(cast, cast.a).letters, by=cast[Role.PROGRAMME_OFFICER])

    services.log_reply(letter=letter, reply="Đã xong", document="12/UBND-VP", by=cast[Role.UNIT_OFFICER])

    assert (letter.state, letter.reply, letter.replied_by) == (State.ANSWERED, "Đã xong", cast[Role.UNIT_OFFICER])
    event = AuditEvent.objects.get(action="plans.letter_answered")
    assert cast[Role.PROGRAMME_OFFICER].pk in event.notifications.values_list("to_id", flat=True)
    with pytest.raises(AnsweredBefore):
        services.log_reply(letter=letter, reply="Nữa", document="", by=cast[Role.UNIT_HEAD])
    letter.refresh_from_db()
    assert letter.reply == "Đã xong"


def test_a_reply_says_something_and_to_a_letter_that_was_sent(cast):
    (draft,) = chase_units(cast, cast.a).letters

    with pytest.raises(NotSentYet):
        services.log_reply(letter=draft, reply="Đã xong", document="", by=cast[Role.PROGRAMME_OFFICER])
    with pytest.raises(EmptyReply):
        services.log_reply(letter=draft, reply=" ", document="", by=cast[Role.PROGRAMME_OFFICER])
