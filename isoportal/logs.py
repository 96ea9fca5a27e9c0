"""What every log line carries beside its message, and what none may carry."""

from __future__ import annotations

import logging
import re
from typing import Any

from activity.origin import current_origin

# The address of a calendar feed is a key: who reads it in a log could read the calendar.
SECRET = re.compile(r"cal_[A-Za-z0-9_-]{8,}")
HIDDEN = "cal_…"


class OriginFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        origin = current_origin()
        record.request_id = origin.request_id
        record.channel = origin.channel
        hide_secrets(record)
        return True


def hide_secrets(record: logging.LogRecord) -> None:
    """Take keys that stand in an address out of the message and of what goes with it."""
    message = record.getMessage()
    if SECRET.search(message):
        record.msg, record.args = SECRET.sub(HIDDEN, message), ()
    for name in ("path", "request"):
        told = str(getattr(record, name, ""))
        if SECRET.search(told):
            setattr(record, name, SECRET.sub(HIDDEN, told))


def logging_at(level: str) -> dict[str, Any]:
    """The settings of the log: JSON lines on standard error from `level` on."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"origin": {"()": "isoportal.logs.OriginFilter"}},
        "formatters": {
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "format": "%(levelname)s %(name)s %(message)s %(request_id)s",
                "rename_fields": {"levelname": "level", "name": "logger"},
                "timestamp": "time",  # UTC, ISO 8601
                "json_ensure_ascii": False,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["origin"]}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "axes": {"level": "ERROR"},
            "celery": {"level": level},
            "django.server": {"handlers": ["stderr"], "propagate": False},
            "fontTools": {"level": "WARNING"},
            "weasyprint": {"level": "ERROR"},
        },
    }
