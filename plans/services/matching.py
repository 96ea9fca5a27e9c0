"""Which unit the words of a document mean. No match is an answer: nothing is invented."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from plans.document.model import IssueDate, PlanDocument
from plans.document.spelling import fold, strip_end, tidy
from units.models import Unit

# What offices write short, spelt out; the keys are folded ("TCDLCL" and "TCĐLCL" are the same letters then).
_SPELT_OUT = [
    (re.compile(rf"\b{short}(?!\w)"), long)
    for short, long in [
        ("ubnd", "uy ban nhan dan"),
        ("hdnd", "hoi dong nhan dan"),
        (r"kh\s?(?:&|va)\s?cn", "khoa hoc va cong nghe"),
        ("khcn", "khoa hoc va cong nghe"),
        (r"tc\s?dlcl", "tieu chuan do luong chat luong"),
        ("tdc", "tieu chuan do luong chat luong"),
        ("bcd", "ban chi dao"),
        ("tp", "thanh pho"),
        ("tx", "thi xa"),
        (r"tt\s?&\s?tt", "thong tin va truyen thong"),
    ]
]
_PUNCTUATION = re.compile(r"[^\w&]+")
_TERRITORIES = {Unit.Kind.DISTRICT, Unit.Kind.COMMUNE}


class UnitNames:
    """The units of one tree that exist on a day, by their names as documents write them. One query."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._places: set[str] = set()
        self._by_name: dict[str, set[Unit]] = defaultdict(set)
        units = list(units)
        self._places = {normalised(unit.place) for unit in units if unit.kind == Unit.Kind.PROVINCE and unit.place}
        for unit in units:
            for name in filter(None, (unit.name, unit.short_name)):
                self._by_name[normalised(name)].add(unit)
                if unit.kind not in _TERRITORIES:
                    self._by_name[self._without_place(normalised(name))].add(unit)

    @classmethod
    def of_tree(cls, unit: Unit, *, on: date) -> UnitNames:
        """All units under the root of the tree in which `unit` stands."""
        root = unit.root_path
        return cls(Unit.objects.filter(path__startswith=root).valid_on(on))

    def find(self, words: str) -> Unit | None:
        """The one unit that `words` name; None where none or several bear the name."""
        name = normalised(words)
        for key in dict.fromkeys((name, self._without_place(name))):
            found = self._by_name.get(key, set())
            if len(found) == 1:
                return next(iter(found))
        return None

    def _without_place(self, name: str) -> str:
        for place in self._places:
            name = name.removesuffix(f" {place}")
        return name.removesuffix(" tinh")


def normalised(words: str) -> str:
    """`words` without marks, capitals and punctuation, with abbreviations spelt out ("Sở KH&CN", "Uỷ ban nhân dân")."""
    text = tidy(fold(strip_end(words))).lstrip("-+ ")
    for short, long in _SPELT_OUT:
        text = short.sub(long, text)
    return _PUNCTUATION.sub(" ", text).strip()


def day_of(issue_date: IssueDate) -> date:
    """The day on which names of units are looked up: what the paper leaves blank counts as the first, today if it has
    no year."""
    if issue_date.year is None:
        return timezone.localdate()
    try:
        return date(issue_date.year, issue_date.month or 1, issue_date.day or 1)
    except ValueError:
        return date(issue_date.year, 1, 1)


def find_unit_for(document: PlanDocument) -> Unit | None:
    """The unit that issues `document`, among the units that exist on its date; None where it cannot be told.

    The province is found by the place in the head; under it the issuer by name, so that a committee's plan belongs to
    the committee if there is such a unit, else to the province. Without a known place the issuer's name must be unique.
    """
    units = list(Unit.objects.valid_on(day_of(document.issue_date)))
    issuer = document.issuer or ""
    place = normalised(document.place or "")
    provinces = [
        unit for unit in units if unit.kind == Unit.Kind.PROVINCE and place and normalised(unit.place) == place
    ]
    if len(provinces) == 1:
        province = provinces[0]
        tree = UnitNames(unit for unit in units if unit.path.startswith(province.path))
        return (tree.find(issuer) if issuer else None) or province
    return UnitNames(units).find(issuer) if issuer else None
