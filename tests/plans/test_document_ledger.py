"""No line of any text is lost: each word of a file is in a field or in a line listed as unrecognised."""

from __future__ import annotations

import dataclasses
import random
import re
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans.document import PlanDocument, ledger, read_document, to_json
from plans.document.lines import sources

ROOT = Path(__file__).parents[2]
TEXTS = [
    path.read_text(encoding="utf-8")
    for path in [*sorted((ROOT / "plans" / "data").glob("kh-*.txt")), *sorted(Path(__file__).parent.glob("data/*.txt"))]
]
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _strings(value, top=True):
    """All words that the fields hold; the lines themselves and the body for printing are left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for member in value:
            yield from _strings(member, top=False)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            if not (top and field.name in {"lines", "sections"}):
                yield from _strings(getattr(value, field.name), top=False)


def _assert_nothing_lost(text: str) -> PlanDocument:
    document = read_document(text)
    numbers = {number for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1) if line.strip()}
    listed = {number for line in document.unrecognised for number in line.source}
    assert {line.number for line in document.lines} == numbers
    assert set(sources(document)) | listed == numbers
    to_json(document)
    return document


@st.composite
def mangled(draw) -> str:
    """Lines of one or two documents dropped, doubled, swapped, merged, cut, and written in other ways."""
    lines = draw(st.sampled_from(TEXTS)).split("\n") + draw(st.sampled_from(["", *TEXTS])).split("\n")
    order = random.Random(draw(st.integers(0, 2**32)))
    for _ in range(draw(st.integers(0, 25))):
        if not lines:
            break
        place, other = order.randrange(len(lines)), order.randrange(len(lines))
        match order.randrange(8):
            case 0:
                del lines[place]
            case 1:
                lines.insert(other, lines[place])
            case 2:
                lines[place], lines[other] = lines[other], lines[place]
            case 3:
                lines[place] += " " + lines[other]
            case 4:
                lines[place] = lines[place][: order.randrange(len(lines[place]) + 1)]
            case 5:
                lines[place] = lines[place].replace(" ", order.choice(["\u00a0", "\t", "   ", "|", "\u2003"]))
            case 6:
                lines[place] = unicodedata.normalize("NFD", lines[place])
            case 7:
                lines.insert(place, draw(st.text(max_size=60)))
    return draw(st.sampled_from(["\n", "\r\n", "\r", "\n\n"])).join(lines)


@QUICK
@given(mangled())
def test_no_line_of_a_mangled_document_is_lost(text):
    _assert_nothing_lost(text)


@QUICK
@given(st.text(st.characters(), max_size=2000))
def test_no_line_of_any_text_is_lost(text):
    _assert_nothing_lost(text)


@QUICK
@given(
    st.sampled_from(TEXTS),
    st.integers(0, 10_000),
    st.integers(0, 400),
    st.sampled_from(["zqxword", "ZQXWORD ZQX", "1. zqxword", "- zqxword;"]),
)
def test_no_word_that_strays_into_a_document_is_lost(text, line, column, stray):
    lines = text.split("\n")
    place = line % len(lines)
    words = lines[place].split(" ")
    words.insert(column % (len(words) + 1), stray)
    lines[place] = " ".join(words)

    document = _assert_nothing_lost("\n".join(lines))

    assert "zqx" in " ".join(_strings(document)).casefold()


@QUICK
@given(st.sampled_from(TEXTS), st.integers(0, 10_000))
def test_no_line_that_strays_into_a_document_is_lost(text, place):
    lines = text.split("\n")
    lines.insert(place % (len(lines) + 1), "Zqxword abc")

    document = _assert_nothing_lost("\n".join(lines))

    assert "Zqxword abc" in " ".join(_strings(document))


def test_the_ledger_notices_a_reader_that_forgets(monkeypatch):
    """The control: a field that is dropped behind the ledger's back comes back as unrecognised lines."""
    settle = ledger.settle
    text = TEXTS[0]

    def forgetful(document, lines):
        return settle(dataclasses.replace(document, tasks=document.tasks[1:], place=None), lines)

    monkeypatch.setattr("plans.document.reading.settle", forgetful)

    listed = to_json(read_document(text))["unrecognised"]
    assert [re.match(r"1\. Khảo sát", line) is not None for line in listed] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\ufeff",
        " \n\t\n",
        "\0",
        "\0\0\n\0",
        "\u200b",
        "\ud800",
        "---",
        "Số:",
        "|",
        "\t",
        "I.",
        "Nơi nhận:",
        "KẾ HOẠCH",
    ],
)
def test_odd_little_texts(text):
    document = _assert_nothing_lost(text)

    assert not {"\0", "\ud800"} & set("".join(line.text for line in document.lines))


@pytest.mark.parametrize("text", TEXTS)
def test_the_way_of_writing_changes_nothing(text):
    expected = to_json(read_document(text))

    assert to_json(read_document(unicodedata.normalize("NFD", text))) == expected
    assert to_json(read_document("\ufeff" + text.replace("\n", "\r\n"))) == expected
    assert to_json(read_document(text.replace(" ", "\u00a0"))) == expected


UNITS = [
    *("a", " ", "\t", "|", "*", "_", "(", ".", "1.", "- ", "ngày ", "Số: ", "1.000.000 đồng ", "tháng 1-", "Ế", "a\n"),
    *("- a\n", "1. a\n", "Căn cứ a,\n", "TT\tNội dung\tThời gian\n", "I. KINH PHÍ từ nguồn \n", "Điều 1. a\n"),
    *(
        "I. NHIỆM VỤ\nchủ trì: a;",
        "Nơi nhận:\n- a;\n",
        "TM. ỦY BAN\nNguyễn Văn A\n",
        "- Yêu cầu: a\n",
        "- ISO 12345:2015\n",
    ),
]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(
    "opening", ["", "I. NHIỆM VỤ\n1. a\n", "I. TỔ CHỨC THỰC HIỆN\n1. Sở A: b.\n", "I. KINH PHÍ\n", "TM. ỦY BAN\n"]
)
def test_no_shape_of_text_blows_up(opening, unit):
    """Linear work takes a small part of a second of processor time here; anything quadratic takes many."""
    text = opening + unit * (20_000 // len(unit))
    begin = time.process_time()

    _assert_nothing_lost(text)

    assert time.process_time() - begin < 5
