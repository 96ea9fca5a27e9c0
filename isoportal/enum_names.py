"""What sets of words are called in the description of the API, where several fields have one name ("state")."""

from __future__ import annotations

ENUM_NAMES: dict[str, str | list[tuple[str, str]]] = {
    "PlanStatus": "plans.models.Plan.Status",
    "CriteriaSetStatus": "assessments.models.CriteriaSet.Status",
    "RoundState": "assessments.models.Round.State",
    "RoundPhase": "assessments.models.Round.Phase",
    "RoundOccasion": "assessments.models.Round.Occasion",
    "DecisionKind": "assessments.models.Decision.Kind",
    "LegalDocumentKind": "plans.models.LegalDocument.Kind",
    "PilotPhase": "plans.models.PilotUnit.Phase",
    "OutdatedState": [("replaced", "replaced"), ("ended", "ended")],
    "AmendmentStatus": "plans.models.Amendment.Status",
    "EventKind": "plans.models.Event.Kind",
    "EventState": "plans.models.Event.State",
    "AppealState": "assessments.models.Appeal.State",
    "AppealOutcome": [("upheld", "upheld"), ("partly", "partly"), ("rejected", "rejected")],
    "ObstacleState": "plans.models.Obstacle.State",
    "ObstacleLevel": "plans.models.Obstacle.Level",
    "ObstacleStepKind": "plans.models.ObstacleStep.Kind",
    "ProgressState": "plans.models.ProgressUpdate.State",
    "ReportingPeriodKind": "plans.models.ReportingPeriod.Kind",
    "UnitKind": "units.models.Unit.Kind",
    "PassageKind": "plans.models.Passage.Kind",
    "SignatureLineKind": "plans.models.SignatureLine.Kind",
    "ReportKind": "reports.api.KIND_CHOICES",
    "ChasingLetterState": "plans.models.ChasingLetter.State",
    "DueReportState": "plans.api.reporting.STATES",
}
