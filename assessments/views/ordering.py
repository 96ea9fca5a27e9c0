"""How lists of sheets are ordered."""

from __future__ import annotations

PAGE_SIZE = 50
SORTS = {
    "unit": ("unit__name",),
    "round": ("round__year", "round__title"),
    "total": ("total",),
    "scored": ("scored",),
    "updated": ("updated_at",),
}


def in_order(queryset, wanted: str, default: tuple[str, ...]):
    if (names := SORTS.get(wanted.removeprefix("-"))) is None:
        return queryset.order_by(*default, "pk")
    sign = "-" if wanted.startswith("-") else ""
    return queryset.order_by(*(f"{sign}{name}" for name in names), "pk")
