"""The pages of chasing: choosing what is late, letters of a run, one letter and its answer, the register."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from assessments.contexts import late_sheets
from assessments.models import Round
from plans import services
from plans.models import ChasedItem, ChasingLetter, RegisterNumber
from tests.factories.chasing import chase_units, late_report, late_task, many_units
from tests.factories.reports import make_assessment
from tests.factories.rounds import opened, sheet_of
from units.permissions import Role

State = ChasingLetter.State
NEW = "/chasing/new/"
LIST = "/chasing/"


def form(cast, **values) -> dict[str, object]:
    answer_by = timezone.localdate() + timedelta(days=7)
    return {"unit": cast.department.pk, "respond_by": answer_by.isoformat(), "symbol": "SKHCN-TĐC"} | values


@pytest.fixture
def officer(cast, client):
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    return cast[Role.PROGRAMME_OFFICER]


@pytest.fixture
def sent(cast) -> ChasingLetter:
    made = chase_units(cast, cast.a)
    return services.send_letters(letters=made.letters, by=cast[Role.PROGRAMME_OFFICER])[0]


def page_of(letter: ChasingLetter) -> str:
    return reverse("plans:chasing_letter", args=[letter.pk])


@pytest.mark.parametrize("rows", [1, 3])
def test_what_is_late_is_shown_by_unit_for_the_same_queries(cast, client, officer, rows, django_assert_num_queries):
    for unit in many_units(cast, rows):
        late_report(late_task(cast, unit), unit)
    client.get(NEW)

    with django_assert_num_queries(15):
        page = client.get(NEW).content.decode()

    assert page.count('name="item"') == 2 * rows
    assert page.count('scope="rowgroup"') == rows


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("", {"task", "report"}),
        ("?kind=task", {"task"}),
        ("?kind=report", {"report"}),
        ("?days=99999", {"task", "report"}),  # no such number of days: said, and nothing hidden
        ("?days=9999", set()),
    ],
)
def test_the_filters(cast, client, officer, query, kinds):
    late_report(late_task(cast, cast.a), cast.a)

    rows = client.get(NEW + query).context["groups"]

    assert {row.item.kind for group in rows for row in group.rows} == kinds


def test_letters_are_drafted_for_what_is_ticked(cast, client, officer):
    task = late_task(cast, cast.a, cast.b)

    response = client.post(NEW, form(cast, item=[f"task:{task.pk}@{cast.a.pk}"], recipients="Lưu: VT, TĐC"))

    letter = ChasingLetter.objects.get()
    assert response["Location"] == f"{LIST}?run={letter.run_id}"
    assert (letter.addressee, letter.state, letter.run.recipients) == (cast.a, State.DRAFT, ["Lưu: VT, TĐC"])


def test_letters_are_drafted_for_everything_at_once_and_never_again(cast, client, officer):
    late_task(cast, cast.a, cast.b)

    client.post(NEW, form(cast, all="1"))
    again = client.post(NEW, form(cast, all="1"))

    assert ChasingLetter.objects.count() == 2
    assert again.status_code == 422
    assert "data-error-summary" in again.content.decode()
    assert 'name="item"' not in client.get(NEW).content.decode()
    shown = client.get(NEW + "?waiting=1").content.decode()
    assert shown.count('name="item"') == shown.count(" disabled") == 2


def test_what_another_officer_chased_meanwhile_is_left_out(cast, client, officer):
    task = late_task(cast, cast.a)
    client.post(NEW, form(cast, item=[f"task:{task.pk}@{cast.a.pk}"]))

    response = client.post(NEW, form(cast, item=[f"task:{task.pk}@{cast.a.pk}"]))

    assert (response.status_code, response["Location"]) == (302, NEW)
    assert ChasingLetter.objects.count() == 1


def test_nothing_typed_is_lost_when_the_form_is_refused(cast, client, officer):
    task = late_task(cast, cast.a)
    key = f"task:{task.pk}@{cast.a.pk}"

    response = client.post(NEW, form(cast, item=[key], respond_by="", signer_name="Trần Thị Ký"))

    page = response.content.decode()
    assert response.status_code == 422
    assert "Trần Thị Ký" in page
    assert f'value="{key}" id="item-{key}" checked' in page


def test_a_thing_that_is_not_late_cannot_be_chased_by_naming_it(cast, client, officer):
    response = client.post(NEW, form(cast, item=[f"task:1@{cast.a.pk}"]))

    assert (response.status_code, ChasingLetter.objects.count()) == (422, 0)


def test_letters_go_out_in_the_name_of_a_unit_within_reach(cast, client, officer):
    late_task(cast, cast.a)

    response = client.post(NEW, form(cast, all="1", unit=cast.foreign.pk))

    assert (response.status_code, ChasingLetter.objects.count()) == (422, 0)


def test_of_one_round_its_sheets_alone_are_shown(cast, client, officer):
    late_report(late_task(cast, cast.a), cast.a)
    sheets = [sheet_of(opened(cast, cast.b, year=year), cast.b) for year in (2026, 2027)]
    closes = timezone.now() - timedelta(days=3)
    Round.objects.update(opens_at=closes - timedelta(days=9), closes_at=closes)
    wanted = sheets[0].round

    page = client.get(NEW, {"round": wanted.pk})

    rows = [row for group in page.context["groups"] for row in group.rows]
    assert [row.item.reference for row in rows] == [f"sheet:{sheets[0].pk}"]
    assert len([row for group in client.get(NEW).context["groups"] for row in group.rows]) == 4
    assert client.get(NEW, {"round": 10**9}).context["filter"].errors["round"]


def test_a_score_sheet_not_finished_in_time_is_late(cast):
    sheet = make_assessment(cast)
    closes = timezone.now() - timedelta(days=3)
    type(sheet.round).objects.filter(pk=sheet.round_id).update(opens_at=closes - timedelta(days=9), closes_at=closes)
    type(sheet).objects.filter(pk=sheet.pk).update(scored=0)

    (item,) = late_sheets(user=cast[Role.PROGRAMME_OFFICER], as_of=timezone.localdate())

    assert (item.kind, item.unit, item.reference) == (ChasedItem.Kind.SHEET, sheet.unit, f"sheet:{sheet.pk}")
    assert item.late_days in {3, 4}
    assert late_sheets(user=cast[Role.LEADER], as_of=timezone.localdate()) == []
    assert late_sheets(user=cast[Role.PROGRAMME_OFFICER], as_of=timezone.localdate() - timedelta(days=4)) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_letters_costs_the_same_for_any_number(cast, client, officer, rows, django_assert_num_queries):
    chase_units(cast, *many_units(cast, rows))
    client.get(LIST)

    with django_assert_num_queries(7):
        page = client.get(LIST).content.decode()

    assert page.count('name="letter"') == rows


@pytest.mark.parametrize(
    ("person", "sees"), [(Role.LEADER, True), (Role.UNIT_OFFICER, True), ("sibling", False), ("foreign", False)]
)
def test_who_sees_a_letter_that_was_sent(cast, client, sent, person, sees):
    client.force_login(cast[person])

    assert client.get(page_of(sent)).status_code == (200 if sees else 404)
    assert (cast.a.name in client.get(LIST).content.decode()) is sees


def test_a_draft_is_not_the_late_unit_s_to_see(cast, client):
    (draft,) = chase_units(cast, cast.a).letters
    client.force_login(cast[Role.UNIT_HEAD])

    assert client.get(page_of(draft)).status_code == 404


def test_a_run_is_numbered_and_sent_at_once(cast, client, officer):
    made = chase_units(cast, cast.a, cast.b, symbol="")

    refused = client.post("/chasing/send/", {"run": made.run.pk})
    response = client.post("/chasing/send/", {"run": made.run.pk, "symbol": "SKHCN-TĐC"})

    assert (refused.status_code, response["Location"]) == (422, LIST)
    assert sorted(RegisterNumber.objects.values_list("number", flat=True)) == [1, 2]


def test_opening_a_letter_is_reading_it(cast, client, sent):
    client.force_login(cast[Role.PROGRAMME_OFFICER])
    client.get(page_of(sent))
    assert ChasingLetter.objects.get().read_at is None

    client.force_login(cast[Role.UNIT_OFFICER])
    client.get(page_of(sent))

    assert ChasingLetter.objects.get().read_at is not None


@pytest.mark.parametrize("person", [Role.UNIT_OFFICER, Role.PROGRAMME_OFFICER])
def test_the_unit_or_the_officer_logs_the_reply_with_its_files(cast, client, sent, person):
    client.force_login(cast[person])
    file = SimpleUploadedFile("tra-loi.txt", "Đã hoàn thành".encode(), "text/plain")
    url = reverse("plans:chasing_reply", args=[sent.pk])

    response = client.post(url, {"document": "12/UBND-VP", "reply": "Đã xong.", "files": file})

    letter = ChasingLetter.objects.get()
    assert response["Location"] == page_of(sent)
    assert (letter.state, letter.reply, letter.reply_document) == (State.ANSWERED, "Đã xong.", "12/UBND-VP")
    assert [each.unit for each in letter.reply_files.all()] == [cast.a]
    assert "tra-loi.txt" in client.get(page_of(sent)).content.decode()
    late = client.post(url, {"reply": "Lời thứ hai"})
    assert late.status_code == 409
    assert ChasingLetter.objects.get().reply == "Đã xong."


def test_a_draft_is_thrown_away_once(cast, client, officer):
    (draft,) = chase_units(cast, cast.a).letters
    url = reverse("plans:chasing_cancel", args=[draft.pk])

    assert client.post(url)["Location"] == LIST
    assert client.post(url).status_code == 409
    assert ChasingLetter.objects.get().state == State.CANCELLED


def test_a_number_given_elsewhere_is_entered_once(cast, client, officer):
    given = {
        "unit": cast.department.pk,
        "number": 41,
        "symbol": "SKHCN-VP",
        "issued_on": "2026-03-02",
        "subject": "Mời họp",
    }

    assert client.post("/chasing/register/", given).status_code == 302
    again = client.post("/chasing/register/", given)

    assert again.status_code == 422
    assert "Mời họp" in again.content.decode()
    assert RegisterNumber.objects.get().elsewhere


@pytest.mark.parametrize("path", [NEW, "/chasing/register/"])
@pytest.mark.parametrize(
    ("person", "status"), [(Role.PROGRAMME_OFFICER, 200), (Role.LEADER, 403), (Role.UNIT_HEAD, 403)]
)
def test_who_may_chase(cast, client, path, person, status):
    client.force_login(cast[person])

    assert client.get(path).status_code == status
