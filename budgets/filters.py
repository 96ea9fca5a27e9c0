from __future__ import annotations

import django_filters
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from plans.models import Plan

SORTS = {"plan": "title", "unit": "unit__name", "total": "money_ceiling", "spent": "money_spent", "left": "money_left"}


class BudgetFilter(django_filters.FilterSet):
    year = django_filters.ChoiceFilter(field_name="issue_year", label=_("Year"), empty_label=_("All years"))

    class Meta:
        model = Plan
        fields = ["year"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        years = self.queryset.exclude(issue_year=None).order_by("-issue_year").values_list("issue_year", flat=True)
        self.filters["year"].extra["choices"] = [(year, str(year)) for year in years.distinct()]


def in_order(plans, sort: str):
    """`plans` sorted by one of SORTS, "-" before it for the other way; blanks last. The newest first without one."""
    field = SORTS.get(sort.removeprefix("-"))
    if field is None:
        return plans
    order = F(field).desc(nulls_last=True) if sort.startswith("-") else F(field).asc(nulls_last=True)
    return plans.order_by(order, "-pk")
