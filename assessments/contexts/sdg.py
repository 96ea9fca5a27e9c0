"""The indicators of a diagnosis by the 17 sustainable development goals of Agenda 2030.

For orientation only: which indicator serves which goal is illustrative, and an indicator counts under each of its
goals.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from assessments.contexts.diagnosis import Counts, Indicator, counts_of

# Short names of our own.
GOALS = {
    1: _("No poverty"),
    2: _("Zero hunger"),
    3: _("Good health and well-being"),
    4: _("Quality education"),
    5: _("Gender equality"),
    6: _("Clean water and sanitation"),
    7: _("Affordable and clean energy"),
    8: _("Decent work and economic growth"),
    9: _("Industry, innovation and infrastructure"),
    10: _("Reduced inequalities"),
    11: _("Sustainable cities and communities"),
    12: _("Responsible consumption and production"),
    13: _("Climate action"),
    14: _("Life below water"),
    15: _("Life on land"),
    16: _("Peace, justice and strong institutions"),
    17: _("Partnerships for the goals"),
}


@dataclass(frozen=True, kw_only=True)
class Goal:
    number: int
    title: str
    lines: Sequence[Indicator]

    @property
    def counts(self) -> Counts:
        return counts_of(line.light for line in self.lines)

    @property
    def before(self) -> Counts:
        return counts_of(line.before or "" for line in self.lines)


def goals_of(lines: Iterable[Indicator]) -> Sequence[Goal]:
    """All 17, those without an indicator too."""
    found = list(lines)
    return [
        Goal(number=number, title=str(title), lines=[line for line in found if number in line.goals])
        for number, title in GOALS.items()
    ]
