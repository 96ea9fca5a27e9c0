"""The wheel and the bars of a diagnosis as SVG.

Every light has a colour and a shape. Colours are those of the light theme, so that paper shows them as they are; each
has a class beside it, by which the page gives it the colours of its own theme.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

from assessments.contexts.wheel import Bars, Segment, Wheel
from assessments.renderers.charts import drawn, spoken

Values = list[dict[str, Any]]

FONT = "Times New Roman, Liberation Serif, Tinos, serif"
FILLS = {"green": "#2a7a4c", "yellow": "#f2b632", "red": "#c0392b", "": "#eaeef0"}
SHAPES = {"green": "circle", "yellow": "square", "red": "triangle-up"}
LETTERS = {"green": "X", "yellow": "V", "red": "Đ"}
INK, INK_2, SURFACE, ON_LIGHT, ON_YELLOW = "#16212b", "#465360", "#ffffff", "#fffffe", "#16212a"
CLASSES = {
    FILLS["green"]: "x",
    FILLS["yellow"]: "v",
    FILLS["red"]: "d",
    FILLS[""]: "n",
    INK: "ink",
    INK_2: "ink-2",
    ON_LIGHT: "g",
    ON_YELLOW: "g-v",
}
_FILL = re.compile(r'fill="(#[0-9a-f]{6})"')

SIZE, MIDDLE = 600, 300
OUTER, INNER, ONE = (170, 252), (112, 166), (128, 252)
CODES_AT, GAP = 268, 0.028  # radians left free at each side of a sector
ROW, BAR, LEFT, NARROW, WIDTH = 26, 18, 104, 36, 520


def _place(angle: float, radius: float) -> dict[str, float]:
    """Clockwise from the top."""
    return {
        "x": round(MIDDLE + radius * math.sin(angle), 2),
        "y": round(MIDDLE - radius * math.cos(angle), 2),
    }


def _segments(wheel: Wheel) -> Iterator[tuple[Segment, float, float]]:
    """Each with the angles it reaches over: sectors of one size, shared evenly by their segments."""
    whole = 2 * math.pi / max(len(wheel.sectors), 1)
    for place, (_name, segments) in enumerate(wheel.sectors):
        step = (whole - 2 * GAP) / max(len(segments), 1)
        for number, segment in enumerate(segments):
            start = place * whole + GAP + number * step
            yield segment, start, start + step


def _ring(wheel: Wheel, radii: tuple[int, int], *, before: bool) -> tuple[Values, Values]:
    arcs, marks = [], []
    for segment, start, end in _segments(wheel):
        light = (segment.before or "") if before else segment.light
        arcs.append({"a": round(start, 5), "b": round(end, 5), "r0": radii[0], "r1": radii[1], "fill": FILLS[light]})
        if light:
            on_light = INK if before else ON_YELLOW if light == "yellow" else ON_LIGHT
            middle = _place((start + end) / 2, sum(radii) / 2 + (2 if before else 4))
            marks.append(middle | {"shape": SHAPES[light], "fill": on_light})
    return arcs, marks


def _at(name: str, **more: Any) -> dict[str, Any]:
    """A field taken as it is: no scale, no axis, no legend."""
    return {"field": name, "type": "quantitative", "scale": None, **more}


XY = {"x": _at("x", axis=None), "y": _at("y", axis=None)}
FILL = {"field": "fill", "type": "nominal", "scale": None, "legend": None}


def _arcs(values: Values, opacity: float) -> dict[str, Any]:
    return {
        "data": {"values": values},
        "mark": {"type": "arc", "stroke": SURFACE, "strokeWidth": 2, "fillOpacity": opacity},
        "encoding": {
            "theta": _at("a"),
            "theta2": {"field": "b"},
            "radius": _at("r1"),
            "radius2": {"field": "r0"},
            "color": FILL,
        },
    }


def _marks(values: Values, size: int) -> dict[str, Any]:
    return {
        "data": {"values": values},
        "mark": {"type": "point", "filled": True, "size": size, "opacity": 1},
        "encoding": {**XY, "color": FILL, "shape": {"field": "shape", "type": "nominal", "scale": None}},
    }


def _texts(values: Values, size: int, colour: str, *, align: str = "center", bold: bool = False) -> dict[str, Any]:
    weight = {"fontWeight": "bold"} if bold else {}
    mark = {"type": "text", "fontSize": size, "align": align, "baseline": "middle", "color": colour, **weight}
    return {"data": {"values": values}, "mark": mark, "encoding": {**XY, "text": {"field": "text", "type": "nominal"}}}


def _chart(width: int, height: int, layers: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "width": width,
        "height": height,
        "padding": 0,
        "autosize": "none",
        "background": None,
        "config": {"font": FONT, "text": {"font": FONT}, "view": {"stroke": None}, "aria": False},
        "layer": [layer for layer in layers if layer["data"]["values"]],
    }


def wheel_chart(wheel: Wheel) -> dict[str, Any]:
    """The specification: the inner ring is before, the outer one after; one ring where there is no before."""
    layers = []
    if wheel.has_before:
        arcs, marks = _ring(wheel, INNER, before=True)
        layers += [_arcs(arcs, 0.5), _marks(marks, 60)]
    arcs, marks = _ring(wheel, OUTER if wheel.has_before else ONE, before=False)
    layers += [_arcs(arcs, 1), _marks(marks, 165)]
    codes = [_place((start + end) / 2, CODES_AT) | {"text": each.code} for each, start, end in _segments(wheel)]
    whole = 2 * math.pi / max(len(wheel.sectors), 1)
    names = [
        _place((place + 0.5) * whole, 72) | {"text": name} for place, (name, _segments) in enumerate(wheel.sectors)
    ]
    layers += [
        _texts(codes, 13, INK_2),
        _texts(names, 13, INK, bold=True),
        _texts([{"x": MIDDLE, "y": MIDDLE - 6, "text": wheel.count}], 30, INK, bold=True),
        _texts([{"x": MIDDLE, "y": MIDDLE + 19, "text": wheel.note}], 13, INK_2),
    ]
    return _chart(SIZE, SIZE, layers)


def bars_chart(bars: Bars) -> dict[str, Any]:
    """Lights laid end to end, as long as there are indicators, each with its letter and count."""
    most = max((bar.counts.of for bar in bars.bars), default=1) or 1
    left = LEFT if any(bar.mark for bar in bars.bars) else NARROW
    unit = (WIDTH - left) / most
    blocks: Values = []
    told: Values = []
    names: Values = []
    for number, bar in enumerate(bars.bars):
        y, x = number * ROW + (ROW - BAR) / 2, float(left)
        names.append({"x": 0, "y": y + BAR / 2, "text": bar.name, "bold": True})
        names.append({"x": 40, "y": y + BAR / 2, "text": bar.mark, "bold": False})
        for light, count in (
            ("green", bar.counts.green),
            ("yellow", bar.counts.yellow),
            ("red", bar.counts.red),
            ("", bar.counts.missing),
        ):
            if not count:
                continue
            end = x + count * unit
            blocks.append({"x": round(x, 2), "x2": round(end, 2), "y": y, "y2": y + BAR, "fill": FILLS[light]})
            text = f"{count} {LETTERS[light]}" if light else str(count)
            ink = {"yellow": ON_YELLOW, "": INK}.get(light, ON_LIGHT)
            told.append({"x": round((x + end) / 2, 2), "y": y + BAR / 2, "text": text, "fill": ink})
            x = end
    rectangles = {
        "data": {"values": blocks},
        "mark": {"type": "rect", "stroke": SURFACE, "strokeWidth": 1},
        "encoding": {**XY, "x2": {"field": "x2"}, "y2": {"field": "y2"}, "color": FILL},
    }
    counts = _texts(told, 12, INK)
    counts["encoding"]["color"] = FILL
    layers = [
        rectangles,
        counts,
        _texts([each for each in names if each["bold"] and each["text"]], 13, INK, align="left", bold=True),
        _texts([each for each in names if not each["bold"] and each["text"]], 12, INK_2, align="left"),
    ]
    return _chart(WIDTH, max(len(bars.bars), 1) * ROW, layers)


def _classed(svg: str) -> str:
    """Beside each fill the class by which the page gives it the colours of its theme."""

    def with_class(match: re.Match[str]) -> str:
        look = CLASSES.get(match[1])
        return f'class="{look}" {match[0]}' if look else match[0]

    return _FILL.sub(with_class, svg)


def wheel_svg(wheel: Wheel) -> str:
    """Raises charts.NotDrawn."""
    svg = _classed(drawn(wheel_chart(wheel)))
    return spoken(svg, look="rag-chart rag-wheel", title=wheel.title, description=wheel.description)


def bars_svg(bars: Bars) -> str:
    """Raises charts.NotDrawn."""
    svg = _classed(drawn(bars_chart(bars)))
    return spoken(svg, look="rag-chart rag-bars", title=bars.title, description=bars.description)
