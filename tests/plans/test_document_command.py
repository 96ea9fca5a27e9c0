from __future__ import annotations

import json
import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from activity.models import AuditEvent
from plans.models import Plan
from tests.factories.units import UnitFactory
from units.models import Unit

DATA = Path(__file__).parents[2] / "plans" / "data"
HUE = DATA / "kh-231-thua-thien-hue-2023.txt"
BAC_GIANG = DATA / "kh-bcd-bac-giang-2024.txt"


def _run(*arguments: object) -> str:
    out = StringIO()
    call_command("import_plan", *map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.fixture
def provinces(db) -> list[Unit]:
    return [
        UnitFactory(kind=Unit.Kind.PROVINCE, name=f"UBND tỉnh {place}", place=place)
        for place in ("Thừa Thiên Huế", "Bắc Giang")
    ]


def test_json_of_one_file_is_an_object_and_needs_no_unit(db):
    printed = _run("--json", HUE)

    assert json.loads(printed)["symbol"] == "KH-UBND"
    assert "Thừa Thiên Huế" in printed
    assert not Plan.objects.exists()


def test_json_of_several_files_is_an_array_and_saves_nothing(provinces):
    read = json.loads(_run("--json", HUE, BAC_GIANG))

    assert [document["number"] for document in read] == ["231", None]
    assert not Plan.objects.exists()


def test_import_makes_a_draft_of_each_file_and_records_it(provinces):
    printed = _run(HUE, BAC_GIANG)

    assert sorted(Plan.objects.values_list("number", "symbol")) == [("", "KH-BCĐ"), ("231", "KH-UBND")]
    assert AuditEvent.objects.filter(action="plans.imported").count() == 2
    assert len(printed.splitlines()) == 2


def test_dry_run_says_the_same_and_saves_nothing(provinces):
    assert _run("--dry-run", HUE) == _run(HUE)
    assert Plan.objects.count() == 1


@pytest.mark.parametrize("by", ["code", "id"])
def test_unit_by_code_or_id(db, by):
    unit = UnitFactory(kind=Unit.Kind.PROVINCE, name="UBND tỉnh khác", code="024")

    _run(HUE, "--unit", unit.code if by == "code" else unit.pk)

    assert Plan.objects.get().unit == unit


@pytest.mark.parametrize("wanted", ["999", "không-có", "²", "9" * 40])
def test_unknown_unit_is_refused(provinces, wanted):
    with pytest.raises(CommandError, match=wanted):
        _run(HUE, "--unit", wanted)
    assert not Plan.objects.exists()


def test_document_of_no_known_unit_is_refused(db):
    with pytest.raises(CommandError, match="--unit"):
        _run(HUE)


def test_text_that_is_no_plan_is_refused(provinces, tmp_path):
    note = tmp_path / "note.txt"
    note.write_text("Xin chào", encoding="utf-8")

    with pytest.raises(CommandError, match=r"note\.txt"):
        _run(note, "--unit", provinces[0].pk)


def test_second_import_of_the_same_document_is_refused(provinces):
    _run(HUE)

    with pytest.raises(CommandError, match=HUE.name):
        _run(HUE)
    assert Plan.objects.count() == 1


BAD = {
    "empty.txt": b"",
    "blank.txt": b" \n\n",
    "word.docx": b"PK\x03\x04 ...",
    "nul.txt": b"K\0\xe9",
    "latin.txt": "Kê hoach".encode("latin-1"),
    "large.txt": b"a" * 5_000_001,
}


@pytest.mark.parametrize("options", [[], ["--json"], ["--dry-run"]])
@pytest.mark.parametrize("name", [*BAD, "missing.txt", "folder", "nul\0name.txt"])
def test_one_unreadable_file_stops_all_in_one_line(provinces, tmp_path, name, options):
    path = tmp_path / name
    if name == "folder":
        path.mkdir()
    elif name in BAD:
        path.write_bytes(BAD[name])

    with pytest.raises(CommandError) as refusal:
        _run(HUE, path, *options)

    assert str(refusal.value).startswith(str(path))
    assert "\n" not in str(refusal.value)
    assert not Plan.objects.exists()


def test_refusal_on_saving_the_last_file_undoes_the_first(provinces, tmp_path):
    copy = tmp_path / "copy.txt"
    shutil.copy(HUE, copy)

    with pytest.raises(CommandError, match=r"copy\.txt"):
        _run(HUE, BAC_GIANG, copy)

    assert not Plan.objects.exists()
    assert not AuditEvent.objects.filter(action="plans.imported").exists()


def test_utf16_with_a_mark_is_read(tmp_path, db):
    path = tmp_path / "utf16.txt"
    path.write_text(HUE.read_text(encoding="utf-8"), encoding="utf-16")

    assert json.loads(_run("--json", path)) == json.loads(_run("--json", HUE))
