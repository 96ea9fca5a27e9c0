"""What every log line carries beside its message."""

from __future__ import annotations

import logging

from activity.origin import current_origin


class OriginFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        origin = current_origin()
        record.request_id = origin.request_id
        record.channel = origin.channel
        return True
