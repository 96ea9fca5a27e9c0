from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from plans.models import Plan
from reports.contexts import printed_plan
from reports.registry.kind import ReportKind
from units.permissions import Permission

KIND = ReportKind(
    slug="plan",
    title=_("Printed plan"),
    description=_(
        "The plan as its paper in the form of Nghị định 30/2020/NĐ-CP, word for word, what is blank left blank: to "
        "print, or to go on with in Word."
    ),
    choose_label=_("Choose a plan"),
    choose="plans:list",
    icon="printer",
    parameter="plan",
    subjects=lambda: Plan.objects.select_related("unit__parent").prefetch_related(
        "passages", "recipients", "signature_lines", "unrecognised_lines"
    ),
    view=Permission.PLAN_VIEW,
    compose=printed_plan,
    formats=("pdf", "docx"),
)
