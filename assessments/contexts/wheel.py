"""The wheel of a diagnosis and its bars as plain values: what is drawn, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.contexts.diagnosis import Counts, Diagnosis
from assessments.contexts.sdg import Goal


@dataclass(frozen=True, kw_only=True)
class Segment:
    """`before` None: there is no inner ring."""

    code: str
    light: str
    before: str | None


@dataclass(frozen=True, kw_only=True)
class Wheel:
    """`sectors` clockwise from the top, each with its name. `count` and `note` stand in the middle."""

    sectors: Sequence[tuple[str, Sequence[Segment]]]
    count: str
    note: str
    title: str
    description: str

    @property
    def has_before(self) -> bool:
        return any(segment.before is not None for _name, segments in self.sectors for segment in segments)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """`name` begins a row, "" where it goes on with the one above; `mark` says which of the two it is."""

    name: str
    mark: str
    counts: Counts


@dataclass(frozen=True, kw_only=True)
class Bars:
    bars: Sequence[Bar]
    title: str
    description: str


def _told(counts: Counts) -> str:
    words = _("%(green)s green, %(yellow)s yellow, %(red)s red") % {
        "green": counts.green,
        "yellow": counts.yellow,
        "red": counts.red,
    }
    return f"{words}, " + _("%(missing)s without a light") % {"missing": counts.missing} if counts.missing else words


def wheel_of(diagnosis: Diagnosis) -> Wheel:
    counts, before = diagnosis.counts, diagnosis.counts_before
    note = pgettext("lights", "green")
    if diagnosis.before:
        note = _("green, before %(count)s") % {"count": before.green}
        told = [
            _("The inner ring is before: %(told)s.") % {"told": _told(before)},
            _("The outer ring is after: %(told)s.") % {"told": _told(counts)},
        ]
        title = _("%(count)s indicators in %(groups)s groups, before and after")
    else:
        told = [_("The ring tells: %(told)s.") % {"told": _told(counts)}]
        title = _("%(count)s indicators in %(groups)s groups")
    return Wheel(
        sectors=[
            (
                _("Group %(code)s") % {"code": quadrant.code},
                [Segment(code=line.code, light=line.light, before=line.before) for line in quadrant.lines],
            )
            for quadrant in diagnosis.quadrants
        ],
        count=f"{counts.green}/{counts.of}",
        note=note,
        title=title % {"count": counts.of, "groups": len(diagnosis.quadrants)},
        description=" ".join([*told, _("The tables tell each indicator.")]),
    )


def quadrant_bars(diagnosis: Diagnosis) -> Bars:
    """Each quadrant's lights laid end to end; before and after under each other."""
    bars = []
    for quadrant in diagnosis.quadrants:
        if diagnosis.before:
            bars.append(Bar(name=quadrant.code, mark=pgettext("pilot", "before"), counts=quadrant.before))
        mark = pgettext("pilot", "after") if diagnosis.before else ""
        bars.append(Bar(name="" if diagnosis.before else quadrant.code, mark=mark, counts=quadrant.counts))
    told = "; ".join(f"{quadrant.code}: {_told(quadrant.counts)}" for quadrant in diagnosis.quadrants)
    return Bars(bars=bars, title=_("Lights by group"), description=f"{told}.")


def goal_bars(goals: Sequence[Goal]) -> Bars:
    told = "; ".join(f"{goal.number}: {_told(goal.counts)}" for goal in goals if goal.lines)
    bars = [Bar(name=str(goal.number), mark="", counts=goal.counts) for goal in goals if goal.lines]
    return Bars(bars=bars, title=_("Lights by sustainable development goal"), description=f"{told}.")
