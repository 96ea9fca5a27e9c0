from reports.jobs.files import FileDamaged, open_checked
from reports.jobs.lease import LeaseLost, claim
from reports.jobs.making import run
from reports.jobs.reaper import due_jobs, expire, reap

__all__ = [
    "FileDamaged",
    "LeaseLost",
    "claim",
    "due_jobs",
    "expire",
    "open_checked",
    "reap",
    "run",
]
