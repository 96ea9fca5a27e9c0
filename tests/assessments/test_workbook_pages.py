"""The pages and the API of scoring workbooks: refused with 422, agreed to, shown anew, streamed as a zip."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments.models import Score, WorkbookUpload
from tests.factories.assessments import AssessmentFactory
from tests.factories.workbooks import edited, exported, filled, zipped
from units.permissions import Role


@pytest.fixture
def officer(sheets, client):
    client.force_login(sheets.officer)
    return client


def page(name, *args):
    return reverse(f"assessments:{name}", args=args)


def sent(data, name="phieu.xlsx"):
    return {"file": SimpleUploadedFile(name, data)}


def test_a_workbook_goes_out_and_comes_back_by_the_pages(sheets, officer):
    sheet = sheets.points
    data = officer.get(page("workbook_file", sheet.pk))
    back = filled(data.content, {"1.2": {"Kết quả": "Có"}})

    checked = officer.post(page("workbook", sheet.pk), sent(back))
    shown = officer.get(checked["Location"])
    before = Score.objects.count()
    taken = officer.post(page("workbook_take", shown.context["upload"].pk))
    after = officer.get(taken["Location"])

    assert data["Content-Disposition"].endswith('.xlsx"')
    assert (checked.status_code, taken.status_code, before) == (302, 302, 0)
    assert shown.context["page"].may_take
    assert not after.context["page"].may_take
    assert Score.objects.get().answer == {"value": True}


def test_a_refused_file_answers_422_on_the_same_page(sheets, officer):
    for data in (b"", b"nothing", exported(AssessmentFactory(round=sheets.round, unit=sheets.cast.b))):
        answer = officer.post(page("workbook", sheets.points.pk), sent(data))

        assert answer.status_code == 422
        assert answer.context["form"].errors["file"]
    assert officer.post(page("workbook", sheets.points.pk), {}).status_code == 422
    assert WorkbookUpload.objects.count() == 0


def test_cells_to_be_corrected_are_named_and_nothing_can_be_agreed_to(sheets, officer):
    data = filled(exported(sheets.points), {"1.2": {"Kết quả": "có lẽ <b>"}, "1.4": {"Kết quả": "Có"}})

    shown = officer.post(page("workbook", sheets.points.pk), sent(data), follow=True)

    [problem] = shown.context["page"].chosen.problems
    assert problem["cell"] in shown.content.decode()
    assert not shown.context["page"].may_take
    assert officer.post(page("workbook_take", shown.context["upload"].pk)).status_code == 422
    assert Score.objects.count() == 0


def test_a_sheet_that_moved_on_answers_409_with_both_values(sheets, officer):
    data = filled(exported(sheets.points), {"1.2": {"Kết quả": "Có"}})
    upload = officer.post(page("workbook", sheets.points.pk), sent(data), follow=True).context["upload"]
    sheets.save("1.2", {"value": False})

    answer = officer.post(page("workbook_take", upload.pk))
    [(file, conflict)] = answer.context["page"].conflicts
    ticked = f"{file.place}:{conflict['criterion']}"
    taken = officer.post(page("workbook_take", upload.pk), {"overwrite": [ticked]})

    assert (answer.status_code, taken.status_code) == (409, 302)
    assert f'value="{ticked}"' in answer.content.decode()
    assert Score.objects.get().answer == {"value": True}


def test_a_dropped_upload_leads_back(sheets, officer):
    data = filled(exported(sheets.points), {"1.2": {"Kết quả": "Có"}})
    upload = officer.post(page("workbook", sheets.points.pk), sent(data), follow=True).context["upload"]

    answer = officer.post(page("workbook_drop", upload.pk))

    assert answer["Location"] == page("workbook", sheets.points.pk)
    assert WorkbookUpload.objects.get().state == "dropped"


@pytest.mark.parametrize(("who", "units"), [(Role.PROGRAMME_OFFICER, 3), (Role.UNIT_OFFICER, 1), ("commune", 1)])
def test_the_zip_of_a_round_holds_the_units_one_may_see(sheets, client, who, units):
    AssessmentFactory(round=sheets.round, unit=sheets.cast.b)
    AssessmentFactory(round=sheets.round, unit=sheets.cast.a1)
    client.force_login(sheets.cast[who])

    answer = client.get(page("workbooks_file", sheets.round.pk))
    names = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).namelist()

    assert len(names) == units


def test_the_zip_of_a_district_holds_what_is_under_it(sheets, client):
    AssessmentFactory(round=sheets.round, unit=sheets.cast.b)
    AssessmentFactory(round=sheets.round, unit=sheets.cast.a1)
    client.force_login(sheets.cast[Role.PROGRAMME_OFFICER])
    here = page("workbooks_file", sheets.round.pk)

    answer = client.get(here, {"under": sheets.cast.a.pk})
    names = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).namelist()

    assert sorted(name.split(" ")[1] for name in names) == ["huyện", "xã"]
    for wrong in ("x", "9" * 30, str(sheets.cast.foreign.pk)):
        assert client.get(here, {"under": wrong}).status_code == 404


def test_the_programme_officer_sends_a_zip_and_looks_at_one_file_of_it(sheets, client):
    of_b = AssessmentFactory(round=sheets.round, unit=sheets.cast.b)
    good, bad = {"1.2": {"Kết quả": "Có"}}, {"1.2": {"Kết quả": "?"}}
    data = zipped({"a.xlsx": filled(exported(sheets.points), good), "b.xlsx": filled(exported(of_b), bad)})
    client.force_login(sheets.cast[Role.PROGRAMME_OFFICER])

    shown = client.post(page("workbooks", sheets.round.pk), sent(data, "tất cả.zip"), follow=True)
    upload = shown.context["upload"]
    one = client.get(page("workbook_upload", upload.pk), {"file": "1"})
    odd = client.get(page("workbook_upload", upload.pk), {"file": "99999"})
    taken = client.post(page("workbook_take", upload.pk), follow=True)

    assert [file.state for file in shown.context["page"].files] == ["ready", "problems"]
    assert (one.context["page"].chosen.name, odd.context["page"].chosen) == ("b.xlsx", None)
    assert [file.state for file in taken.context["page"].files] == ["taken", "problems"]
    assert set(Score.objects.values_list("assessment", flat=True)) == {sheets.points.pk}
    assert upload.name in client.get(page("workbooks", sheets.round.pk)).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_a_dry_run_is_shown_with_the_same_queries_however_many_files(sheets, client, rows, django_assert_num_queries):
    told = {**dict.fromkeys(("unit", "refused", "text", "result"), ""), "name": "a.xlsx", "sheet": None}
    told |= {"for_unit": False, "problems": [{"cell": "E7", "text": "x"}], "changes": [], "same": 0, "absent": 0}
    by = sheets.cast[Role.PROGRAMME_OFFICER]
    upload = WorkbookUpload.objects.create(round=sheets.round, name="z.zip", sha256="0", report=[told] * rows, by=by)
    client.force_login(by)
    client.get(page("workbook_upload", upload.pk))

    with django_assert_num_queries(4):
        client.get(page("workbook_upload", upload.pk))


def test_the_api_checks_takes_and_tells_of_conflicts(sheets, officer):
    here, take = (reverse(f"api:assessment-workbook{tail}", args=[sheets.points.pk]) for tail in ("", "-take"))
    back = filled(officer.get(here).content, {"1.2": {"Kết quả": "Có"}})

    checked = officer.post(here, sent(back))
    sheets.save("1.2", {"value": False})
    said = {"upload": checked.json()["id"]}
    conflict = officer.post(take, said, content_type="application/json")
    said["overwrite"] = [sheets.criterion("1.2").pk]
    taken = officer.post(take, said, content_type="application/json")
    again = officer.post(here, sent(back))

    assert (checked.status_code, conflict.status_code, taken.status_code, again.status_code) == (201, 409, 200, 200)
    assert again.json()["id"] == taken.json()["id"]
    assert Score.objects.get().answer == {"value": True}
    refused = officer.post(here, sent(edited(back, lambda book: book.remove(book["isoportal"]))))
    assert refused.status_code == 422
    unknown = officer.post(take, {"upload": 10**15}, content_type="application/json")
    assert unknown.status_code == 404
