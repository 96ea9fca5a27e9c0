"""Báo cáo tiến độ thực hiện kế hoạch: how far a plan has come, as far as the one who asks may see it."""

from reports.contexts.progress.lines import Month, Schedule, TaskLine, month, task_line, years_of
from reports.contexts.progress.report import ProgressReport, about, paper_of, progress_report

__all__ = [
    "Month",
    "ProgressReport",
    "Schedule",
    "TaskLine",
    "about",
    "month",
    "paper_of",
    "progress_report",
    "task_line",
    "years_of",
]
