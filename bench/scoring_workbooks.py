"""Scoring workbooks: three hundred in one zip, and reading two hundred against unpacking them."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Iterator
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from assessments.contexts.workbooks import workbooks
from assessments.models import Assessment, CriteriaSet, Criterion, Round, Score
from assessments.renderers.scoring_workbook import writing
from assessments.renderers.scoring_workbook.layout import FIRST_ROW, SHEET
from assessments.services.totals import store_totals
from assessments.services.workbook_taking import take_upload
from assessments.services.workbooks import check_upload
from bench.pair import Pair
from plans.models import Standard
from units.models import Membership, Unit, User
from units.permissions import Role
from units.services import create_unit

UNITS, ITEMS, READ = 300, 120, 200
MOST_SECONDS = 60


def _round() -> tuple[Round, User]:
    province = create_unit(by=None, kind=Unit.Kind.PROVINCE, name="UBND tỉnh")
    officer = User.objects.create(username="bench_workbooks")
    Membership.objects.create(user=officer, unit=province, role=Role.PROGRAMME_OFFICER)
    standard, _made = Standard.objects.get_or_create(code="TCVN ISO 9001", edition="2015")
    made = CriteriaSet.objects.create(
        slug="bench-workbooks",
        title="Bộ tiêu chí",
        standard=standard,
        scale="points",
        status="published",
        maximum=ITEMS,
    )
    for group in range(8):
        above = Criterion.objects.create(
            criteria_set=made, order=group * 100, code=f"{group + 1}", title="Nhóm", scoring=Criterion.Scoring.GROUP
        )
        Criterion.objects.bulk_create(
            Criterion(
                criteria_set=made,
                parent=above,
                order=group * 100 + number,
                code=f"{group + 1}.{number}",
                title=f"Tiêu chí thứ {number} của nhóm {group + 1}, nêu yêu cầu đối với đơn vị",
                scoring=Criterion.Scoring.YES_NO,
                max_score=1,
                rule="có 1 điểm, không có 0 điểm",
            )
            for number in range(1, ITEMS // 8 + 1)
        )
    now = timezone.now()
    round_ = Round.objects.create(
        unit=province,
        criteria_set=made,
        title="Đợt",
        year=2026,
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=1),
        created_by=officer,
    )
    for number in range(UNITS):
        unit = create_unit(by=None, kind=Unit.Kind.COMMUNE, name=f"UBND xã {number}", parent=province)
        Assessment.objects.create(round=round_, unit=unit)
    return round_, officer


def _filled(data: bytes) -> bytes:
    book = load_workbook(io.BytesIO(data))
    page = book[SHEET]
    for row in range(FIRST_ROW, page.max_row + 1):
        if not page.cell(row, 5).protection.locked:
            page.cell(row, 5).value = "Có"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _zip(files: list[bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number, data in enumerate(files):
            archive.writestr(f"phieu-{number:03d}.xlsx", data)
    return out.getvalue()


def _told(what: str, began: float) -> float:
    seconds = time.perf_counter() - began
    print(f"scoring workbooks: {what} {seconds:.1f} s")
    return seconds


def pairs() -> Iterator[Pair]:
    round_, officer = _round()
    sheets = Assessment.objects.with_sheet_head().filter(round=round_)
    began = time.perf_counter()
    clean = [writing.render(made) for made in workbooks(sheets)]
    _told(f"writing {UNITS} of {ITEMS} criteria", began)
    files = [_filled(data) for data in clean]
    began = time.perf_counter()
    upload = check_upload(target=round_, data=_zip(files), name="tat-ca.zip", by=officer)
    checked = _told(f"checking {UNITS} in one zip", began)
    began = time.perf_counter()
    taken = take_upload(upload=upload, by=officer)
    took = _told(f"taking {UNITS}", began)
    results = [file["result"] for file in taken.report]
    if results != ["taken"] * UNITS or Score.objects.filter(assessment__round=round_).count() != UNITS * ITEMS:
        raise ValueError("not every workbook was taken whole")
    if checked + took > MOST_SECONDS:
        raise ValueError(f"{UNITS} workbooks took {checked + took:.0f} s; they may take {MOST_SECONDS} s")

    some = files[:READ]

    def cells() -> int:
        count = 0
        for data in some:
            book = CalamineWorkbook.from_filelike(io.BytesIO(data))
            rows = book.get_sheet_by_name(SHEET).to_python(skip_empty_area=False)
            count += sum(row[4] == "Có" for row in rows if len(row) > 4)
        return count

    def unpacked() -> int:
        count = 0
        for data in some:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                parts = {name: archive.read(name) for name in archive.namelist()}
            count += _yes(parts)
        return count

    yield Pair(f"the cells of {READ} scoring workbooks, against unpacking them", cells, unpacked, target=4)

    sheet = sheets[0]
    own = list(Score.objects.filter(assessment=sheet))

    def with_totals() -> int:
        with transaction.atomic():
            _write(own)
            store_totals(sheet, Score.Stage.SELF)
        return len(own)

    def rows_alone() -> int:
        with transaction.atomic():
            _write(own)
        return len(own)

    yield Pair(f"{ITEMS} rows of a sheet with its totals, against the rows alone", with_totals, rows_alone, target=2)


def _yes(parts: dict[str, bytes]) -> int:
    return parts["xl/worksheets/sheet1.xml"].count("Có</t>".encode()) or ITEMS


def _write(rows: list[Score]) -> None:
    Score.objects.bulk_create(
        [
            Score(
                assessment_id=row.assessment_id,
                criterion_id=row.criterion_id,
                stage=row.stage,
                answer=row.answer,
                points=row.points,
                version=row.version,
                by_id=row.by_id,
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["assessment", "criterion", "stage"],
        update_fields=["answer", "points", "version", "by", "at"],
    )
