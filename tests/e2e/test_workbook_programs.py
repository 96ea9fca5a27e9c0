"""Scoring workbooks that LibreOffice saved again are read as they were filled in."""

from __future__ import annotations

import subprocess

import pytest

from assessments.models import Score
from assessments.services.workbook_taking import take_upload
from assessments.services.workbooks import check_upload
from tests.assessments.conftest import make_sheets
from tests.factories.workbooks import exported, filled

pytestmark = [pytest.mark.e2e, pytest.mark.django_db]
FILLED = {
    "1.1": {"Kết quả": 12},
    "1.2": {"Kết quả": "Có"},
    "2.1": {"Kết quả": "109", "Trên tổng số": 118},
    "3.2": {"Kết quả": "97,5", "Giải trình": "- theo báo cáo"},
    "4.2": {"Mục 1": "x", "Mục 3": "x"},
}
ANSWERS = {
    "1.1": {"days_late": 12},
    "1.2": {"value": True},
    "2.1": {"done": 109, "of": 118},
    "3.2": {"percent": "97.5"},
    "4.2": {"items": [0, 2]},
}


def saved_again(folder, data, *formats):
    """The workbook after LibreOffice saved it in each of the formats in turn."""
    path = folder / "phieu.xlsx"
    path.write_bytes(data)
    for number, kind in enumerate(formats):
        out = folder / f"{number}"
        command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", kind]
        subprocess.run([*command, "--outdir", str(out), str(path)], check=True, capture_output=True, timeout=120)
        path = out / f"phieu.{kind}"
    return path.read_bytes()


def test_a_workbook_saved_again_by_libreoffice_is_taken(tmp_path):
    sheets = make_sheets()
    data = filled(exported(sheets.points), FILLED)
    for formats in (("xlsx",), ("ods", "xlsx")):
        folder = tmp_path / "-".join(formats)
        folder.mkdir()
        again = saved_again(folder, data, *formats)

        upload = check_upload(target=sheets.points, data=again, name="phieu.xlsx", by=sheets.officer)

        [told] = upload.report
        assert told["problems"] == []
        assert {change["code"] for change in told["changes"]} == set(ANSWERS)
    take_upload(upload=upload, by=sheets.officer)
    assert dict(Score.objects.values_list("criterion__code", "answer")) == ANSWERS


def test_an_untouched_workbook_saved_again_changes_nothing(tmp_path):
    sheets = make_sheets()
    sheets.save("1.2", {"value": True}, explanation="- QĐ 12\n- KH 3")
    sheets.save("3.2", {"percent": "97.50"})

    again = saved_again(tmp_path, exported(sheets.points), "ods", "xlsx")

    [told] = check_upload(target=sheets.points, data=again, name="phieu.xlsx", by=sheets.officer).report
    assert (told["problems"], told["changes"]) == ([], [])
