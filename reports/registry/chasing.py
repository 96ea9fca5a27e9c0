from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from plans.models import ChasingLetter, ChasingRun
from reports.contexts.chasing_letter import printed_letter, printed_letters, with_words
from reports.models import ReportJob
from reports.registry.kind import ReportKind
from units.permissions import Permission

LETTER = ReportKind(
    slug="chasing-letter",
    title=_("Chasing letter"),
    description=_(
        "A letter that urges one late unit, in the form of an official letter: to print, or to edit in Word."
    ),
    choose_label=_("Choose a letter"),
    choose="plans:chasing",
    icon="mail-warning",
    parameter="letter",
    subjects=lambda: with_words(ChasingLetter.objects.all()),
    view=Permission.PLAN_VIEW,
    compose=printed_letter,
    formats=("pdf", "docx"),
)
RUN = ReportKind(
    slug="chasing-run",
    title=_("All letters of one run"),
    description=_("Every letter of one run of chasing in one file to print, or each for Word in an archive."),
    choose_label=_("Choose a run"),
    choose="plans:chasing",
    icon="mails",
    parameter="run",
    subjects=lambda: ChasingRun.objects.select_related("unit"),
    view=Permission.CHASE,
    compose=printed_letters,
    formats=("pdf", "zip"),
    template="reports/letters.html",
    queue=ReportJob.Queue.BULK,
)
