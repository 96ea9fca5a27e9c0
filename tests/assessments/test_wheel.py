"""The wheel: one segment for each indicator and ring, nothing that a strict policy of contents refuses."""

from __future__ import annotations

import json
import re

import pytest
from lxml import etree

from assessments.contexts.diagnosis import Counts
from assessments.contexts.wheel import Bar, Bars, Segment, Wheel
from assessments.renderers import charts
from assessments.renderers.wheel import bars_svg, wheel_chart, wheel_svg

SVG = "{http://www.w3.org/2000/svg}"


def wheel(*, before: bool) -> Wheel:
    def segments(group: int, count: int) -> list[Segment]:
        lights = ("green", "yellow", "red", "")
        return [
            Segment(
                code=f"{group}.{number}", light=lights[number % 4], before=lights[(number + 1) % 4] if before else None
            )
            for number in range(1, count + 1)
        ]

    sectors = [(f"Nhóm {group}", segments(group, count)) for group, count in ((1, 10), (2, 8), (3, 12), (4, 9))]
    return Wheel(sectors=sectors, count="9/39", note="xanh", title="39 <chỉ số>", description="Trước & sau")


@pytest.mark.parametrize(("before", "rings"), [(True, 2), (False, 1)])
def test_the_wheel_has_a_segment_for_every_indicator_of_every_ring(before, rings):
    root = etree.fromstring(wheel_svg(wheel(before=before)).encode())

    segments = [path for path in root.iter(f"{SVG}path") if path.get("stroke")]
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert len(segments) == 39 * rings
    # Of 39 numbered lights in four groups: those whose number is a multiple of 4 are green.
    assert sum(path.get("class") == "x" for path in segments if path.get("fill-opacity") is None) == 2 + 2 + 3 + 2
    assert [text for text in texts if text and text[0].isdigit() and "." in text] == [
        segment.code for _name, group in wheel(before=before).sectors for segment in group
    ]
    assert "9/39" in texts


def test_the_wheel_is_an_image_with_words_and_nothing_active():
    svg = wheel_svg(wheel(before=True))
    root = etree.fromstring(svg.encode())

    assert root.get("role") == "img"
    named = {each.get("id"): each.text for each in root if each.tag in {f"{SVG}title", f"{SVG}desc"}}
    assert [named[name] for name in root.get("aria-labelledby").split()] == ["39 <chỉ số>", "Trước & sau"]
    assert not re.search(r"style|<script|href|url\(|\son\w+=|@import", svg)
    assert {each.tag.removeprefix(SVG) for each in root.iter()} == {"svg", "title", "desc", "g", "path", "text"}


def test_every_light_has_a_shape_and_none_has_none():
    marks = [layer for layer in wheel_chart(wheel(before=False))["layer"] if layer["mark"]["type"] == "point"]

    shapes = [each["shape"] for layer in marks for each in layer["data"]["values"]]
    assert len(shapes) == 39 - shapes_missing()
    assert set(shapes) == {"circle", "square", "triangle-up"}


def shapes_missing() -> int:
    """Segments without a light in the wheel above: numbers 3, 7 and 11 of each group."""
    return 2 + 2 + 3 + 2


def test_bars_tell_their_counts_in_letters():
    counts = Counts(green=3, yellow=2, red=1)
    svg = bars_svg(Bars(bars=[Bar(name="16", mark="", counts=counts)], title="t", description="d"))

    assert [text.text for text in etree.fromstring(svg.encode()).iter(f"{SVG}text")] == ["3 X", "2 V", "1 Đ", "16"]


def test_a_chart_is_drawn_once(monkeypatch):
    drawn = []
    monkeypatch.setattr(charts, "_draw", lambda text: drawn.append(json.loads(text)) or "<svg></svg>")

    again = [charts.drawn({"once": 1}), charts.drawn({"once": 1}), charts.drawn({"once": 2})]

    assert again == ["<svg></svg>"] * 3
    assert drawn == [{"once": 1}, {"once": 2}]


def test_what_cannot_be_drawn_is_told():
    with pytest.raises(charts.NotDrawn):
        charts.drawn({"mark": "no such mark"})
