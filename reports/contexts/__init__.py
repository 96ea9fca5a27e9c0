"""What reports say, each worked out once as a frozen value that page, PDF, workbook and API read."""

from reports.contexts.assessment import AssessmentReport, assessment_report
from reports.contexts.job import JobItem, job_item
from reports.contexts.printed_plan import PrintedPlan, printed_plan
from reports.contexts.progress import ProgressReport, progress_report
from reports.contexts.report import Column, DocumentReport, Kind, Report, Row, Sheet, SumOf

__all__ = [
    "AssessmentReport",
    "Column",
    "DocumentReport",
    "JobItem",
    "Kind",
    "PrintedPlan",
    "ProgressReport",
    "Report",
    "Row",
    "Sheet",
    "SumOf",
    "assessment_report",
    "job_item",
    "printed_plan",
    "progress_report",
]
