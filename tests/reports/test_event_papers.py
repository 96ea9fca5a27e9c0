"""Invitation letters, minutes and the list of who came: the words, the form, blanks blank."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO

import pdfplumber
import pytest
from django.utils import timezone
from docx import Document

from plans.models import Event, SignatureLine
from reports.contexts.event import invitation_to_all, invitation_to_one, minutes_of
from reports.registry import KINDS
from reports.renderers import docx, pdf, xlsx
from tests.factories.events import ConclusionFactory, EventFactory, InvitationFactory
from tests.factories.plans import PlanFactory
from units.permissions import Role

VN = timezone.get_default_timezone()


@pytest.fixture
def event(cast):
    plan = PlanFactory(unit=cast.province, issuer="Ủy ban nhân dân tỉnh Mẫu", place="Mẫu")
    SignatureLine.objects.create(plan=plan, order=0, text="TM. ỦY BAN NHÂN DÂN")
    SignatureLine.objects.create(plan=plan, order=1, text="CHỦ TỊCH")
    event = EventFactory(
        plan=plan,
        title="Hội nghị tập huấn chấm điểm TCVN ISO 9001:2015",
        place="Hội trường Sở Khoa học và Công nghệ",
        agenda="1. Khai mạc\n2. Hướng dẫn chấm điểm trên phần mềm\nThảo luận",
        starts_at=datetime(2026, 10, 15, 8, 0, tzinfo=VN),
        ends_at=datetime(2026, 10, 15, 11, 30, tzinfo=VN),
        minutes="Đại diện Sở khai mạc hội nghị.\nĐại biểu thảo luận về tiêu chí 4.4.",
        state=Event.State.HELD,
    )
    InvitationFactory(event=event, unit=cast.a, seats=3, attended=2, names="Lê Thị Bình\nTrần Văn Cường")
    InvitationFactory(event=event, unit=cast.b, seats=2, attended=0)
    InvitationFactory(event=event, unit=cast.a1, seats=1)
    ConclusionFactory(
        event=event, order=1, text="Hoàn thành chấm điểm trên phần mềm.", unit=cast.a, due_on=date(2026, 12, 20)
    )
    return event


def pdf_text(report) -> str:
    with pdfplumber.open(BytesIO(pdf.render(report, "job"))) as document:
        return "\n".join(page.extract_text() for page in document.pages)


def docx_text(report) -> str:
    document = Document(BytesIO(docx.render(report, "job")))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


@pytest.mark.parametrize("text_of", [pdf_text, docx_text])
def test_the_letter_says_who_when_where_and_what(cast, event, text_of):
    text = " ".join(text_of(invitation_to_all(event, user=cast[Role.PROGRAMME_OFFICER])).split())

    for said in (
        "GIẤY MỜI",
        "Hội nghị tập huấn chấm điểm",
        "Ủy ban nhân dân huyện A (03 đại biểu);",
        "từ 08 giờ 00 đến 11 giờ 30, Thứ Năm, ngày 15/10/2026.",
        "Hội trường Sở Khoa học và Công nghệ.",
        "2. Hướng dẫn chấm điểm trên phần mềm",
        "- Thảo luận",
        "DỰ THẢO",
        "/GM-UBND",
        "TM. ỦY BAN NHÂN DÂN",
        "- Như trên;",
    ):
        assert said in text


def test_the_letter_to_one_unit_names_nobody_else(cast, event):
    invitation = event.invitations.get(unit=cast.a)

    text = pdf_text(invitation_to_one(invitation, user=cast[Role.UNIT_OFFICER]))

    assert "huyện A" in text
    assert "huyện B" not in text
    assert "A1" not in text


def test_many_guests_stand_in_a_list_behind_the_letter_with_their_sum(cast, event):
    for number in range(8):
        InvitationFactory(event=event, unit__name=f"UBND huyện {number}", seats=2)

    report = invitation_to_all(event, user=cast[Role.PROGRAMME_OFFICER])

    [table] = report.annexes[0].blocks
    assert "huyện 3" not in " ".join(block.text for block in report.blocks)
    assert len(table.rows) == 12
    assert table.rows[-1].cells[2].lines == ["22"]


@pytest.mark.parametrize("text_of", [pdf_text, docx_text])
def test_minutes_say_who_came_and_what_was_concluded_and_two_sign(cast, event, text_of):
    text = " ".join(text_of(minutes_of(event, user=cast[Role.PROGRAMME_OFFICER])).split())

    for said in (
        "BIÊN BẢN",
        "08 giờ 00, ngày 15/10/2026",
        "02 đại biểu của 01/03 cơ quan, đơn vị được mời",
        "Lê Thị Bình",
        "Đại biểu thảo luận về tiêu chí 4.4.",
        "1. Hoàn thành chấm điểm trên phần mềm; giao Ủy ban nhân dân huyện A thực hiện, thời hạn 20/12/2026.",
        "THƯ KÝ",
        "CHỦ TỌA",
        "11 giờ 30",
        "/BB-UBND",
    ):
        assert said in text
    assert "Mẫu, ngày" not in text  # minutes have no place and date in the head
    assert text.index("THƯ KÝ") < text.index("CHỦ TỌA") < text.index("Nơi nhận")


def test_what_nobody_wrote_down_stays_blank(cast):
    event = EventFactory(plan__unit=cast.province, place="")
    InvitationFactory(event=event, unit=cast.a)

    letter = pdf_text(invitation_to_all(event, user=cast[Role.PROGRAMME_OFFICER]))
    minutes = pdf_text(minutes_of(event, user=cast[Role.PROGRAMME_OFFICER]))

    assert "None" not in letter + minutes
    assert "00 đại biểu" not in minutes  # nobody counted, which is not that nobody came
    assert "KẾT LUẬN" not in minutes


def test_the_workbook_lists_who_came(cast, event):
    [sheet] = minutes_of(event, user=cast[Role.PROGRAMME_OFFICER]).sheets

    assert [row.cells[1:4] for row in sheet.rows[:3]] == [
        ["Ủy ban nhân dân xã A1", 1, None],
        ["Ủy ban nhân dân huyện A", 3, 2],
        ["Ủy ban nhân dân huyện B", 2, 0],
    ]
    assert sheet.rows[-1].look == "total"
    assert xlsx.render(minutes_of(event, user=cast[Role.PROGRAMME_OFFICER]), "job")[:2] == b"PK"


@pytest.mark.parametrize("extra", [0, 2])
@pytest.mark.parametrize("compose", [invitation_to_all, minutes_of])
def test_a_paper_costs_the_same_queries_for_one_unit_and_for_three(
    cast, event, compose, extra, django_assert_num_queries
):
    for _number in range(extra):
        InvitationFactory(event=event)
        ConclusionFactory(event=event)
    loaded = KINDS["minutes"].subjects().get(pk=event.pk)

    with django_assert_num_queries(4 if compose is minutes_of else 3):
        compose(loaded, user=cast[Role.PROGRAMME_OFFICER])


@pytest.mark.parametrize(
    ("kind", "person", "status"),
    [
        ("invitation", Role.PROGRAMME_OFFICER, 200),
        ("invitation", Role.UNIT_OFFICER, 404),
        ("minutes", Role.LEADER, 200),
        ("minutes", "sibling", 404),
        ("one-invitation", Role.PROGRAMME_OFFICER, 200),
        ("one-invitation", Role.UNIT_OFFICER, 200),
        ("one-invitation", "sibling", 404),
        ("one-invitation", "foreign", 404),
    ],
)
def test_a_letter_is_for_who_looks_after_the_event_and_for_whom_it_is_to(client, cast, event, kind, person, status):
    key = event.pk if kind != "one-invitation" else event.invitations.get(unit=cast.a).pk
    client.force_login(cast[person])

    answer = client.get(f"/reports/{kind}/", {KINDS[kind].parameter: key})

    assert answer.status_code == status
