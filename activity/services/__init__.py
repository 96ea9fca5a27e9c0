"""Writing down what was done, telling those it concerns, and reminding them once a day."""

from activity.services.digests import Made, Reminder, choose_reminders, make_digests
from activity.services.notifications import mark_all_read, mark_read
from activity.services.recording import record

__all__ = [
    "Made",
    "Reminder",
    "choose_reminders",
    "make_digests",
    "mark_all_read",
    "mark_read",
    "record",
]
