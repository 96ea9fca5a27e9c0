"""Of which sheets a person sees what the assessors gave: `sees_result` for many sheets at once."""

from __future__ import annotations

from django.db.models import Q

from assessments.models import AssessmentQuerySet
from assessments.permissions import RESULT_SHOWN
from units.access import allowed_units
from units.models import User
from units.permissions import Permission


def result_seen(user: User, sheets: AssessmentQuerySet) -> AssessmentQuerySet:
    """Those of `sheets` whose totals by the assessors `user` sees. Of two assessors, kept apart until both are done, it
    is shown to those who manage or approve, and to all once the preliminary result is told."""
    verified = Q(unit__in=allowed_units(user, Permission.ASSESSMENT_VERIFY), round__second_assessor=False)
    managed = Q(round__unit__in=allowed_units(user, Permission.ROUND_MANAGE))
    approving = Q(round__unit__in=allowed_units(user, Permission.ASSESSMENT_APPROVE))
    return sheets.filter(Q(state__in=RESULT_SHOWN) | verified | managed | approving)
