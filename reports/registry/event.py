from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from plans.models import Event, Invitation
from reports.contexts.event import invitation_to_all, invitation_to_one, minutes_of
from reports.registry.kind import ReportKind
from units.permissions import Permission

INVITATION = ReportKind(
    slug="invitation",
    title=_("Invitation letter to all"),
    description=_("The invitation to an event for all invited units, in the form of Nghị định 30/2020/NĐ-CP."),
    choose_label=_("Choose an event"),
    choose="plans:events",
    icon="mail",
    parameter="event",
    subjects=lambda: Event.objects.select_related("plan__unit__parent"),
    view=Permission.PLAN_VIEW,
    compose=invitation_to_all,
    formats=("pdf", "docx", "xlsx"),
)
ONE_INVITATION = ReportKind(
    slug="one-invitation",
    title=_("Invitation letter to one unit"),
    description=_("The invitation to an event for one of the invited units, in the form of Nghị định 30/2020/NĐ-CP."),
    choose_label=_("Choose an event"),
    choose="plans:events",
    icon="mail",
    parameter="invitation",
    subjects=lambda: Invitation.objects.select_related("event__plan__unit__parent", "unit"),
    view=Permission.PLAN_VIEW,
    compose=invitation_to_one,
    formats=("pdf", "docx"),
)
MINUTES = ReportKind(
    slug="minutes",
    title=_("Minutes of an event"),
    description=_("The minutes with who came and what was concluded; as a workbook, the list of who came."),
    choose_label=_("Choose an event"),
    choose="plans:events",
    icon="notebook-pen",
    parameter="event",
    subjects=lambda: Event.objects.select_related("plan__unit__parent"),
    view=Permission.PLAN_VIEW,
    compose=minutes_of,
    formats=("pdf", "docx", "xlsx"),
)
