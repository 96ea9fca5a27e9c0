"""How good it is: criteria sets, rounds, sheets and scores, verification, inspections, systems, corrective actions."""

from assessments.models.assessment import Assessment, AssessmentQuerySet, Extension
from assessments.models.corrective_action import CorrectiveAction, CorrectiveStep
from assessments.models.criteria import CriteriaSet, CriteriaSetQuerySet, Criterion
from assessments.models.inspection import ChecklistItem, Finding, Inspection, InspectionMember, Visit
from assessments.models.qms import Declaration, Obligation, Qms, QmsStep
from assessments.models.round import Round, RoundQuerySet
from assessments.models.score import Competence, CriterionComment, Score, ScoreQuerySet, WorkbookUpload
from assessments.models.verification import Appeal, Assignment, Decision, Team

__all__ = [
    "Appeal",
    "Assessment",
    "AssessmentQuerySet",
    "Assignment",
    "ChecklistItem",
    "Competence",
    "CorrectiveAction",
    "CorrectiveStep",
    "CriteriaSet",
    "CriteriaSetQuerySet",
    "Criterion",
    "CriterionComment",
    "Decision",
    "Declaration",
    "Extension",
    "Finding",
    "Inspection",
    "InspectionMember",
    "Obligation",
    "Qms",
    "QmsStep",
    "Round",
    "RoundQuerySet",
    "Score",
    "ScoreQuerySet",
    "Team",
    "Visit",
    "WorkbookUpload",
]
