"""What a person may do with one plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from plans.models import Plan
from units.permissions import Permission

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from units.models import User

ASKED = (
    Permission.PLAN_EDIT,
    Permission.PLAN_DECIDE,
    Permission.PLAN_ISSUE,
    Permission.BUDGET_VIEW,
    Permission.REPORT_VIEW,
)


def rights_on(plan: Plan, user: User | AnonymousUser) -> frozenset[Permission]:
    """Those of `ASKED` that `user` holds on `plan`: which buttons and parts its page shows. One query."""
    answers = (
        Plan.objects.filter(pk=plan.pk)
        .order_by()
        .annotate(
            **{
                permission.value: Exists(Plan.objects.allowed_to(user, permission).filter(pk=OuterRef("pk")))
                for permission in ASKED
            }
        )
        .values(*(permission.value for permission in ASKED))
        .get()
    )
    return frozenset(permission for permission in ASKED if answers[permission.value])
