"""What happened to a sheet, for those who may read it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import CharField, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.models import AuditEvent
from assessments.models import Assessment

SHOWN = 200
# What everybody who reads the sheet may know of it, by what was done: the icon and the words.
WORDS = {
    "assessments.assessment_opened": ("file-plus", gettext_lazy("opened the sheet")),
    "assessments.comment_written": ("message-square", gettext_lazy("wrote a comment")),
    "assessments.difficulties_written": ("pencil-line", gettext_lazy("wrote the difficulties and proposals")),
    "assessments.evidence_attached": ("paperclip", gettext_lazy("attached evidence")),
    "assessments.evidence_detached": ("paperclip", gettext_lazy("took evidence off")),
    "assessments.extended": ("calendar-clock", gettext_lazy("extended the time")),
    "assessments.extension_ended": ("calendar-clock", gettext_lazy("ended the extension")),
    "assessments.province_score_entered": ("pencil-line", gettext_lazy("entered a score for the province")),
    "assessments.score_cleared": ("eraser", gettext_lazy("cleared a score")),
    "assessments.score_measured": ("cpu", gettext_lazy("made the system measure a score")),
    "assessments.score_saved": ("pencil-line", gettext_lazy("saved a score")),
    "assessments.sheet_returned": ("undo-2", gettext_lazy("returned the sheet for completion")),
    "assessments.sheet_sent_to_head": ("send", gettext_lazy("sent the sheet to the head")),
    "assessments.sheet_submitted": ("inbox", gettext_lazy("submitted the sheet")),
    "assessments.sheet_taken_back": ("undo-2", gettext_lazy("gave the sheet back to those who score")),
    "assessments.verification_begun": ("badge-check", gettext_lazy("began to verify")),
}


@dataclass(frozen=True, kw_only=True)
class SheetEvent:
    icon: str
    text: str
    at: datetime
    who: str
    note: str


def _note(event: AuditEvent) -> str:
    """Which criterion, and what was said or what came of it."""
    changes = event.changes
    code = str(changes.get("criterion", ""))
    told = changes.get("result")
    after = f": {told[1].replace('.', ',')}" if isinstance(told, list) and told[1] else ""
    files = changes.get("files")
    names = f": {', '.join(map(str, files))}" if isinstance(files, list) else ""
    said = [f"{code}{after}{names}" if code else "", event.reason]
    return ". ".join(each for each in said if each)


def sheet_history(assessment: Assessment, stages: Collection[str]) -> Sequence[SheetEvent]:
    """The newest first, at most 200. Of the scores those of `stages`, which the reader sees. One query."""
    scores = assessment.scores.filter(stage__in=list(stages)).order_by()
    ids = scores.annotate(as_text=Cast("pk", CharField())).values("as_text")
    of_sheet = Q(target_model="assessments.assessment", target_id=str(assessment.pk), action__in=WORDS)
    of_scores = Q(target_model="assessments.score", target_id__in=ids)
    events = AuditEvent.objects.filter(of_sheet | of_scores).select_related("by").order_by("-pk")[:SHOWN]
    found = []
    for event in events:
        icon, words = WORDS.get(event.action, ("circle-dot", gettext_lazy("changed a score")))
        who = str(event.by) if event.by else _("The system")
        found.append(SheetEvent(icon=icon, text=str(words), at=event.at, who=who, note=_note(event)))
    return found
