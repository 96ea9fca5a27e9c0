"""The REST API's table of contents."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from assessments.api import AssessmentAPI, CriteriaSetAPI, CriterionAPI, DecisionAPI, RankingAPI, RoundAPI, ScoreAPI
from assessments.api.appeals import AppealAPI
from assessments.api.assignments import AssignmentAPI, ExtensionAPI, TeamAPI
from assessments.api.corrective_actions import CorrectiveActionAPI
from assessments.api.inspections import FindingAPI, InspectionAPI, VisitAPI
from assessments.api.systems import DeclarationAPI, SystemAPI
from assessments.api.workbooks import WorkbookAPI, WorkbookTakeAPI
from isoportal.notifications import NotificationAPI
from isoportal.openapi import SchemaView, docs
from plans.api import (
    AmendmentAPI,
    ChasingLetterAPI,
    DueReportAPI,
    EventAPI,
    EvidenceAPI,
    InvitationAPI,
    LegalDocumentAPI,
    ObstacleAPI,
    PilotUnitAPI,
    PlanAPI,
    ProgressUpdateAPI,
    ReportingPeriodAPI,
    TaskAPI,
)
from reports.api import ReportJobAPI
from units.api import UnitAPI

router = SimpleRouter(use_regex_path=False)
router.register("units", UnitAPI, basename="unit")
router.register("plans", PlanAPI, basename="plan")
router.register("amendments", AmendmentAPI, basename="amendment")
router.register("legal-bases", LegalDocumentAPI, basename="legal-basis")
router.register("pilot-units", PilotUnitAPI, basename="pilot-unit")
router.register("tasks", TaskAPI, basename="task")
router.register("progress-updates", ProgressUpdateAPI, basename="progress-update")
router.register("reporting-periods", ReportingPeriodAPI, basename="reporting-period")
router.register("due-reports", DueReportAPI, basename="due-report")
router.register("obstacles", ObstacleAPI, basename="obstacle")
router.register("evidence", EvidenceAPI, basename="evidence")
router.register("events", EventAPI, basename="event")
router.register("invitations", InvitationAPI, basename="invitation")
router.register("notifications", NotificationAPI, basename="notification")
router.register("chasing-letters", ChasingLetterAPI, basename="chasing-letter")
router.register("criteria-sets", CriteriaSetAPI, basename="criteria-set")
router.register("criteria", CriterionAPI, basename="criterion")
router.register("rounds", RoundAPI, basename="round")
router.register("extensions", ExtensionAPI, basename="extension")
router.register("teams", TeamAPI, basename="team")
router.register("assignments", AssignmentAPI, basename="assignment")
router.register("assessments", AssessmentAPI, basename="assessment")
router.register("appeals", AppealAPI, basename="appeal")
router.register("scores", ScoreAPI, basename="score")
router.register("rankings", RankingAPI, basename="ranking")
router.register("decisions", DecisionAPI, basename="decision")
router.register("corrective-actions", CorrectiveActionAPI, basename="corrective-action")
router.register("systems", SystemAPI, basename="system")
router.register("declarations", DeclarationAPI, basename="declaration")
router.register("inspections", InspectionAPI, basename="inspection")
router.register("visits", VisitAPI, basename="visit")
router.register("findings", FindingAPI, basename="finding")
router.register("report-jobs", ReportJobAPI, basename="report-job")


class UnknownAddress(APIView):
    """Whatever else is asked for under /api/: a problem, not a page."""

    authentication_classes = ()
    permission_classes = ()
    schema = None

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        raise exceptions.NotFound(_("There is nothing at this address. Addresses of the API end with a slash."))


urlpatterns: list[URLPattern | URLResolver] = [
    *router.urls,
    path("assessments/<int:pk>/workbook/", WorkbookAPI.as_view(), name="assessment-workbook"),
    path("assessments/<int:pk>/workbook/take/", WorkbookTakeAPI.as_view(), name="assessment-workbook-take"),
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", docs, name="docs"),
]
