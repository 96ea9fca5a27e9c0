"""The printed plan gives the document back: every line, in its words, blanks blank; nothing that the form lacks."""

from __future__ import annotations

import re
from collections import Counter
from io import BytesIO
from pathlib import Path

import pdfplumber
import pytest
from docx import Document

from plans.document import read_document
from plans.models import Plan
from plans.services import import_document
from reports.contexts import printed_plan
from reports.registry import KINDS
from reports.renderers import docx, pdf
from tests.factories.plans import SEEDS
from tests.factories.units import UnitFactory
from tests.reports.reading import MM
from units.models import Unit

COMPOSED = sorted((Path(__file__).parents[1] / "plans" / "data").glob("composed-*.txt"))
DOCUMENTS = [*SEEDS.values(), *COMPOSED]
STATE = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
# Marks of typing, not of the document: Markdown, drawn rules, columns of a table, ends of recipients.
TYPING = re.compile(r"[*_|#>=│⏎\s\u00a0.…;,:/+•–—-]+")


def plan_of(text: str, name: str = "Ban Chỉ đạo ISO tỉnh", kind: str = Unit.Kind.COMMITTEE) -> Plan:
    province = UnitFactory(kind=Unit.Kind.PROVINCE, name="UBND tỉnh Bắc Giang")
    unit = UnitFactory(parent=province, kind=kind, name=name)
    plan = import_document(document=read_document(text), unit=unit, by=None, text=text)
    return KINDS["plan"].subjects().get(pk=plan.pk)


def docx_text(content: bytes) -> str:
    """Every letter of the document in its order, tables where they stand."""
    document = Document(BytesIO(content))
    parts = [document.element.body.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t")]
    return "".join(element.text or "" for elements in parts for element in elements)


def pdf_text(content: bytes) -> str:
    """The glyphs in the order in which they are drawn, which is that of the document: cell by cell, column by column;
    without the numbers of pages."""
    with pdfplumber.open(BytesIO(content)) as document:
        return "".join(char["text"] for page in document.pages for char in page.chars if char["top"] * MM > 13)


def letters(text: str) -> str:
    """What a reader reads: without typing, tone marks on oa as the form has them, days without an idle zero."""
    text = text.replace("HOÀ", "HÒA").replace("Hoà", "Hòa").replace("NƠI NHẬN", "Nơi nhận").replace("<br", "\t")
    text = re.sub(r"(\D, ngày )(\d\d?)/(\d\d?)/(\d{4})$", r"\1\2 tháng \3 năm \4", text, flags=re.MULTILINE)
    return re.sub(r"(ngày|tháng)0(\d)", r"\1\2", TYPING.sub("", text))


def lines_of(text: str) -> list[str]:
    """The lines of the document by their pieces: columns that lie side by side are read one after the other."""
    pieces = [piece for line in text.splitlines() for piece in re.split(r"\t+|\||<br/?>|\s{3,}", line)]
    return [each for each in map(letters, pieces) if each]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem[:30])
@pytest.mark.parametrize("renderer", [pdf, docx], ids=["pdf", "docx"])
def test_every_line_of_the_document_is_given_back(db, path, renderer):
    text = path.read_text(encoding="utf-8")

    content = renderer.render(printed_plan(plan_of(text), user=None), "job")

    printed = letters(pdf_text(content) if renderer is pdf else docx_text(content))
    missing = [line for line in lines_of(text) if line not in printed]
    assert missing == []


@pytest.mark.parametrize("name", SEEDS)
def test_nothing_is_printed_but_the_document_and_its_form(db, name):
    text = SEEDS[name].read_text(encoding="utf-8")
    plan = plan_of(text) if name == "bac_giang" else plan_of(text, "UBND tỉnh Thừa Thiên Huế", Unit.Kind.PROVINCE)

    printed = Counter(letters(docx_text(docx.render(printed_plan(plan, user=None), "job"))))

    form = [*STATE]
    form += ["UBND TỈNH BẮC GIANG", "BAN CHỈ ĐẠO ISO TỈNH", "DỰ THẢO"] if name == "bac_giang" else []
    form += ["ỦY BAN NHÂN DÂN", "TỈNH THỪA THIÊN HUẾ"] if name == "hue" else []
    assert printed - Counter(letters(text)) == Counter(letters("".join(form)))
