"""Files as they really come: of several programs, of people's habits, and built to harm. Each is taken or refused with
words, quickly, and nothing is stored of what is refused."""

from __future__ import annotations

import io
import re
import struct
import time
import zipfile
from collections.abc import Iterator
from xml.sax.saxutils import escape

import pytest
from openpyxl import Workbook, load_workbook

from assessments.models import Score, WorkbookUpload
from assessments.renderers.scoring_workbook.layout import FIRST_ROW, HEAD_ROW, HIDDEN_SHEET, SHEET
from assessments.services.workbook_files import WorkbookRefused, read_files
from assessments.services.workbooks import check_upload
from tests.factories.workbooks import edited, exported, filled, rezipped, zipped

PART = "xl/worksheets/sheet1.xml"
FILLED = {
    "1.2": {"Kết quả": "Có"},
    "2.1": {"Kết quả": "109", "Trên tổng số": 118},
    "3.2": {"Kết quả": "97,5"},
    "1.1": {"Kết quả": 12},
}
SAID = {"1.1": "12", "1.2": "Có", "2.1": "109/118", "3.2": "97,5"}


def _replaced(data: bytes, part: str, old: str, new: str) -> bytes:
    def change(name, content):
        return re.sub(old.encode(), lambda found: new.encode(), content, count=1) if name == part else content

    return rezipped(data, change)


def _rows(data: bytes) -> list[tuple[str, list[list[object]]]]:
    book = load_workbook(io.BytesIO(data))
    return [(page.title, [[cell.value for cell in row] for row in page.iter_rows()]) for page in book]


def by_hand(data: bytes, *, strings: str, prefix: str = "", addresses: bool = True, styles: bool = False) -> bytes:
    """The same cells in a package written as other programs write it."""
    shared: list[str] = []
    x = f"{prefix}:" if prefix else ""

    def cell(value: object, place: str) -> str:
        at = f' r="{place}"' if addresses else ""
        if isinstance(value, bool):
            return f'<{x}c{at} t="b"><{x}v>{int(value)}</{x}v></{x}c>'
        if isinstance(value, int | float):
            return f"<{x}c{at}><{x}v>{value}</{x}v></{x}c>"
        if str(value).startswith("=IF") or str(value).startswith("=MAX"):
            return f'<{x}c{at} t="str"><{x}f>{escape(str(value)[1:])}</{x}f><{x}v></{x}v></{x}c>'
        text = escape(str(value))
        if strings == "inline":
            return f'<{x}c{at} t="inlineStr"><{x}is><{x}t xml:space="preserve">{text}</{x}t></{x}is></{x}c>'
        if strings == "rich":
            runs = f'<{x}r><{x}t>{text[:3]}</{x}t></{x}r><{x}r><{x}t xml:space="preserve">{text[3:]}</{x}t></{x}r>'
            shared.append(runs if "&" not in text else f"<{x}t>{text}</{x}t>")
        else:
            shared.append(f'<{x}t xml:space="preserve">{text}</{x}t>')
        return f'<{x}c{at} t="s"><{x}v>{len(shared) - 1}</{x}v></{x}c>'

    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rels = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    space = f'xmlns:{prefix}="{main}"' if prefix else f'xmlns="{main}"'
    parts: dict[str, str] = {}
    sheets = _rows(data)
    for number, (_title, rows) in enumerate(sheets, start=1):
        lines = []
        for row, values in enumerate(rows, start=1):
            cells = "".join(
                cell(value, f"{chr(65 + place)}{row}") if value is not None else (f"<{x}c/>" if not addresses else "")
                for place, value in enumerate(values)
            )
            lines.append(f'<{x}row r="{row}">{cells}</{x}row>')
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f"<{x}worksheet {space}><{x}sheetData>{''.join(lines)}</{x}sheetData></{x}worksheet>"
        )
    names = "".join(
        f'<{x}sheet name="{escape(title)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, (title, _rows_of) in enumerate(sheets, start=1)
    )
    parts["xl/workbook.xml"] = f'<{x}workbook {space} xmlns:r="{rels}"><{x}sheets>{names}</{x}sheets></{x}workbook>'
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{rels}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, len(sheets) + 1)
    )
    if shared:
        links += f'<Relationship Id="rIdS" Type="{rels}/sharedStrings" Target="/xl/sharedStrings.xml"/>'
        items = "".join(f"<{x}si>{each}</{x}si>" for each in shared)
        parts["xl/sharedStrings.xml"] = f"<{x}sst {space}>{items}</{x}sst>"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts["xl/_rels/workbook.xml.rels"] = f'<Relationships xmlns="{package}/relationships">{links}</Relationships>'
    parts["_rels/.rels"] = (
        f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{rels}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>'
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts["[Content_Types].xml"] = (
        f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.'
        'openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/></Types>'
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return zipped({name: (head + text).encode() for name, text in parts.items()}, zipfile.ZIP_DEFLATED)


def good(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The same four rows filled in, however the file was made."""
    yield "openpyxl", data
    for strings in ("inline", "shared", "rich"):
        for prefix in ("", "x"):
            yield f"by hand, {strings} {prefix}", by_hand(data, strings=strings, prefix=prefix)
    yield "packed without packing", rezipped_stored(data)
    for number in range(1, 11):
        yield f"{number} columns in front", edited(data, lambda book, n=number: book[SHEET].insert_cols(1, n))
        yield f"{number} rows above", edited(data, lambda book, n=number: book[SHEET].insert_rows(2, n))
    for number in range(FIRST_ROW, FIRST_ROW + 8):
        yield f"row {number} hidden", edited(data, lambda book, n=number: _hide(book[SHEET], n))
    for title in ("Phiếu", "Sheet1", "chấm điểm (2)", "Trang tính1", "a&b <c>", "x" * 31):
        yield f"page called {title}", edited(data, lambda book, t=title: setattr(book[SHEET], "title", t))
    yield "a page of notes", edited(data, lambda book: book.create_sheet("Ghi chú", 0).append(["Mã", "xin chào"]))
    for old, new in (("Có", "x"), ("Có", "CÓ"), ("Có", " co\u0301\xa0"), ("97,5", "97.5 %"), ("109", "109,0")):
        yield f"{old} as {new!r}", edited(data, lambda book, o=old, n=new: _retype(book[SHEET], o, n))
    yield "a share in per cent", edited(data, _percent)


def _percent(book) -> None:
    page = book[SHEET]
    for row in page.iter_rows(min_row=FIRST_ROW):
        if row[4].value == "97,5":
            row[4].value, row[4].number_format = 0.975, "0.0%"


def _hide(page, row) -> None:
    page.row_dimensions[row].hidden = True


def _retype(page, old, new) -> None:
    for row in page.iter_rows(min_row=FIRST_ROW):
        if row[4].value == old:
            row[4].value = new


def rezipped_stored(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        return zipped({name: source.read(name) for name in source.namelist()})


def bad(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Files that are refused as a whole."""
    yield "empty", b""
    yield "csv", "Mã;Kết quả\n1.1;Có\n".encode()
    yield "html", b"<html><table></table></html>"
    yield "old office", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000
    yield "pdf", b"%PDF-1.7\n%%EOF"
    for part in (10, 30, 50, 70, 90, 99):
        yield f"cut off at {part} %", data[: len(data) * part // 100]
    for place in range(200, len(data) - 400, max(1, len(data) // 16)):
        yield f"spoilt at {place}", data[:place] + b"\xff" * 64 + data[place + 64 :]
    foreign = Workbook()
    foreign.active.append(["Mã", "Kết quả"])
    out = io.BytesIO()
    foreign.save(out)
    yield "a workbook of their own", out.getvalue()
    yield "no hidden page", edited(data, lambda book: book.remove(book[HIDDEN_SHEET]))
    yield "no page of scores", edited(data, lambda book: book.remove(book[SHEET]))
    yield "no heads", edited(data, lambda book: book[SHEET].delete_rows(HEAD_ROW))
    yield "many pages", edited(data, lambda book: [book.create_sheet(f"{n}") for n in range(12)])
    for entity in ('<!ENTITY x SYSTEM "file:///etc/passwd">', "<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>"):
        for part in (PART, "xl/workbook.xml"):
            yield (
                f"{part} with {entity[:14]}",
                _replaced(data, part, "<(?=worksheet|workbook)", f"<!DOCTYPE w [{entity}]><"),
            )
    padded = f"<!--{' ' * 5000}--><!DOCTYPE w [<!ENTITY a 'b'>]><"
    yield "a definition far down", _replaced(data, "xl/styles.xml", "<(?=styleSheet)", padded)
    yield (
        "a million rows",
        _replaced(data, PART, "</sheetData>", '<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'),
    )
    yield (
        "the last cell",
        _replaced(data, PART, "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
    )
    yield "wide", _replaced(data, PART, "</row></sheetData>", '<c r="XFD200"><v>1</v></c></row></sheetData>')
    for name in ("xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml", "xl/embeddings/oleObject1.bin",
                 "xl/activeX/activeX1.xml", "xl/connections.xml", "customUI/customUI.xml"):  # fmt: skip
        yield name, rezipped(data, lambda name, content: content, {name: b"x"})
    yield "leads out", rezipped(data, lambda name, content: content, {"../../evil.xml": b"x"})
    yield "an archive inside", rezipped(data, lambda name, content: content, {"xl/media/a.bin": zipped({"a": b"b"})})
    yield "unpacks to much", rezipped(data, lambda name, content: content, {"xl/media/z.xml": b"\0" * 60_000_000})
    yield "many entries", rezipped(data, lambda name, content: content, {f"x/{n}": b"" for n in range(300)})
    yield "locked", _flagged(data)
    yield "a lie about sizes", _lying(data)
    yield "something behind", data + b"<script>alert(1)</script>"


def _flagged(data: bytes) -> bytes:
    """The bit that says "encrypted", in the directory and in each entry."""
    found = bytearray(data)
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = found.find(mark)
        while place >= 0:
            found[place + offset] |= 1
            place = found.find(mark, place + 4)
    return bytes(found)


def _lying(data: bytes) -> bytes:
    found = bytearray(data)
    place = found.find(b"PK\x01\x02")
    struct.pack_into("<L", found, place + 24, 2**31)
    return bytes(found)


@pytest.fixture
def data(sheets):
    return filled(exported(sheets.points), FILLED)


def test_the_corpus_of_good_and_bad_files(sheets, data):
    sound, broken = list(good(data)), list(bad(data))
    assert len(sound) + len(broken) >= 100

    read = read_files([(name, content) for name, content in sound])
    assert [file.refusal for file in read] == [""] * len(sound)
    for name, content in sound[::6]:  # each row of it as on the page
        [told] = check_upload(target=sheets.points, data=content, name="p.xlsx", by=sheets.officer).report
        assert told["problems"] == [], name
        assert {change["code"]: change["new"].replace("\xa0%", "") for change in told["changes"]} == {
            **SAID, "1.1": told["changes"][0]["new"]
        }, name  # fmt: skip
    WorkbookUpload.objects.all().delete()

    refused = {file.name: file.refusal for file in read_files(broken)}
    taken = {name for name, words in refused.items() if not words}
    assert {name for name in taken if not name.startswith("spoilt")} == set()
    assert len(taken) <= 3  # bytes spoilt where nobody reads
    assert (Score.objects.count(), WorkbookUpload.objects.count()) == (0, 0)


HOSTILE = ("a million rows", "the last cell", "unpacks to much", "many entries", "a definition far down", "locked")


def test_files_built_to_harm_are_refused_within_seconds_and_store_nothing(sheets, data):
    by_name = dict(bad(data))
    for name in HOSTILE:
        began = time.process_time()
        with pytest.raises(WorkbookRefused) as refused:
            check_upload(target=sheets.points, data=by_name[name], name="p.xlsx", by=sheets.officer)
        assert time.process_time() - began < 3, name
        assert str(refused.value)
    assert (Score.objects.count(), WorkbookUpload.objects.count()) == (0, 0)


def test_one_file_that_ends_its_process_takes_no_other_with_it(data):
    killer = dict(bad(data))["the last cell"]

    read = read_files([("a.xlsx", data), ("killer.xlsx", killer), ("b.xlsx", data)])

    assert [bool(file.refusal) for file in read] == [False, True, False]


def test_a_zip_in_a_zip_is_refused_by_its_name(sheets, data):
    inner = zipped({"a.zip": zipped({"b.xlsx": data})})

    [told] = check_upload(target=sheets.round, data=inner, name="a.zip", by=sheets.officer).report

    assert (told["name"], bool(told["refused"])) == ("a.zip", True)


@pytest.mark.parametrize(
    "make",
    [
        lambda data: zipped([(f"{n}.xlsx", b"x") for n in range(500)]),
        lambda data: _flagged(zipped({"a.xlsx": data})),
        lambda data: zipped({"../../a.xlsx": data}),
        lambda data: zipped({"a/": b"", "__MACOSX/._a.xlsx": b"x"}),
        lambda data: zipped({"a.xlsx": data})[:-30],
    ],
)
def test_a_zip_that_is_none_of_workbooks_is_refused(sheets, data, make):
    with pytest.raises(WorkbookRefused) as refused:
        check_upload(target=sheets.round, data=make(data), name="a.zip", by=sheets.officer)
    assert str(refused.value)
