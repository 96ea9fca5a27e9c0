from __future__ import annotations

import os
import socket
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from activity.origin import Origin, acting_from
from plans.jobs.escalation import escalate_overdue
from plans.jobs.tidying import tidy_evidence
from reports import jobs
from reports.delivery import HEARTBEAT_SECONDS, beat

REAP_SECONDS = 30
TIDY_SECONDS = 3600


class Command(BaseCommand):
    help = (
        "Make the reports that were asked for, without a broker: the same work as that of the worker and the timer. "
        "With --once it makes what is due now and ends; without, it goes on until it is stopped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="make what is due now, then end")
        parser.add_argument("--every", type=float, default=1.0, metavar="SECONDS", help="how often to look (1)")

    def handle(self, *args: Any, once: bool, every: float, **options: Any) -> None:
        with acting_from(Origin(channel="command")):
            if once:
                jobs.reap()
                jobs.expire()
                self._look_after_plans()
                self._run_due()
                return
            self._go_on(every)

    def _go_on(self, every: float) -> None:
        name = f"{socket.gethostname()}:{os.getpid()}"
        reaped = beaten = tidied = 0.0
        while True:
            now = time.monotonic()
            if not beaten or now - beaten >= HEARTBEAT_SECONDS:
                beat(name)
                beaten = now
            if not reaped or now - reaped >= REAP_SECONDS:
                jobs.reap()
                reaped = now
            if not tidied or now - tidied >= TIDY_SECONDS:
                self._look_after_plans()
                tidied = now
            if not self._run_due():
                time.sleep(every)

    def _look_after_plans(self) -> None:
        """What the timer does where there is one."""
        escalate_overdue()
        tidy_evidence()

    def _run_due(self) -> int:
        """Run what is due, oldest first, until nothing is."""
        made = 0
        while due := jobs.due_jobs():
            ran = sum(jobs.run(job_id) for job_id in due)
            if not ran:  # others have them
                break
            made += ran
        if made:
            self.stdout.write(f"{made} made")
        return made
