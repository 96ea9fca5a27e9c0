"""The status vocabulary: for each kind of thing and each of its states the word, the tone and the icon of its pill.

Tones: "" (neutral), "info" (under way), "warn" (needs someone), "ok" (accepted), "bad" (late, failed).
A state that no kind knows is shown as it is, in a neutral pill.
"""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Status(NamedTuple):
    word: str | Promise
    tone: str
    icon: str


STATUSES: dict[str, dict[str, Status]] = {
    "plan": {
        "draft": Status(_("Draft"), "", "pencil-line"),
        "submitted": Status(pgettext_lazy("plan", "Submitted"), "info", "send"),
        "returned": Status(_("Returned"), "warn", "undo-2"),
        "issued": Status(_("Issued"), "ok", "stamp"),
        "running": Status(_("Under way"), "info", "circle-dot"),
        "closed": Status(pgettext_lazy("plan", "Closed"), "", "archive"),
        "cancelled": Status(_("Cancelled"), "", "ban"),
    },
    "legal": {
        "valid": Status(pgettext_lazy("legal", "In force"), "ok", "circle-check"),
        "not_yet": Status(_("Not in force yet"), "", "calendar"),
        "replaced": Status(pgettext_lazy("legal", "Replaced"), "warn", "replace"),
        "ended": Status(pgettext_lazy("legal", "No longer in force"), "warn", "archive"),
        "unmarked": Status(_("Validity not recorded"), "", "circle-dashed"),
    },
    "pilot": {
        "surveyed": Status(_("Surveyed"), "", "clipboard-list"),
        "not_chosen": Status(_("Not chosen"), "", "ban"),
        "chosen": Status(_("Chosen"), "info", "badge-check"),
        "building": Status(_("Building the system"), "info", "circle-dot"),
        "applying": Status(_("Applying"), "info", "circle-dot"),
        "declared": Status(_("Declared"), "ok", "megaphone"),
        "maintained": Status(_("Maintained"), "ok", "circle-check"),
        "ended": Status(_("Ended"), "", "archive"),
    },
    "task": {
        "not_started": Status(_("Not started"), "", "circle-dashed"),
        "not_due": Status(_("Not due yet"), "", "calendar"),
        "running": Status(_("Under way"), "info", "circle-dot"),
        "due": Status(_("Due"), "warn", "clock"),
        "late": Status(_("Overdue"), "bad", "triangle-alert"),
        "done": Status(_("Completed"), "ok", "circle-check"),
        "undated": Status(_("No deadline"), "", "circle-dashed"),
        "cancelled": Status(_("Cancelled"), "", "ban"),
    },
    "progress": {
        "not_due": Status(_("Not due yet"), "", "calendar"),
        "due": Status(_("Due"), "warn", "clock"),
        "overdue": Status(_("Overdue"), "bad", "triangle-alert"),
        "draft": Status(_("Draft"), "", "pencil-line"),
        "submitted": Status(pgettext_lazy("progress", "Submitted"), "info", "send"),
        "returned": Status(_("Returned"), "warn", "undo-2"),
        "accepted": Status(_("Accepted"), "ok", "circle-check"),
    },
    "event": {
        "planned": Status(pgettext_lazy("event", "Planned"), "info", "calendar"),
        "held": Status(pgettext_lazy("event", "Held"), "ok", "circle-check"),
        "cancelled": Status(_("Cancelled"), "", "ban"),
    },
    "obstacle": {
        "open": Status(pgettext_lazy("obstacle", "Open"), "info", "hourglass"),
        "late": Status(_("Answer overdue"), "bad", "triangle-alert"),
        "answered": Status(pgettext_lazy("obstacle", "Answered"), "ok", "message-square"),
        "closed": Status(pgettext_lazy("obstacle", "Closed"), "", "archive"),
    },
    "letter": {
        "draft": Status(_("Draft"), "", "pencil-line"),
        "sent": Status(pgettext_lazy("letter", "Sent"), "info", "send"),
        "answered": Status(pgettext_lazy("letter", "Answered"), "ok", "circle-check"),
        "cancelled": Status(_("Cancelled"), "", "ban"),
    },
    "round": {
        "planned": Status(_("Not open yet"), "", "circle-dashed"),
        "open": Status(pgettext_lazy("round", "Open"), "info", "circle-dot"),
        "preparing": Status(_("Being prepared"), "", "pencil-line"),
        "running": Status(pgettext_lazy("round", "Running"), "info", "circle-dot"),
        "self_score": Status(pgettext_lazy("phase", "Self-scoring"), "info", "pencil-line"),
        "verify": Status(pgettext_lazy("phase", "Verification"), "info", "badge-check"),
        "appeal": Status(pgettext_lazy("phase", "Explanation and appeal"), "warn", "scale"),
        "between": Status(_("Between two phases"), "", "hourglass"),
        "approved": Status(_("Approved"), "ok", "stamp"),
        "published": Status(pgettext_lazy("round", "Published"), "ok", "megaphone"),
        "closed": Status(pgettext_lazy("round", "Closed"), "", "archive"),
    },
    "sheet": {
        "not_open": Status(_("Not open yet"), "", "circle-dashed"),
        "scoring": Status(_("Self-scoring"), "info", "pencil-line"),
        "head_review": Status(_("Waits for the unit's head"), "warn", "hourglass"),
        "returned": Status(_("Returned for completion"), "warn", "undo-2"),
        "submitted": Status(pgettext_lazy("sheet", "Submitted"), "info", "inbox"),
        "verifying": Status(_("Being verified"), "info", "badge-check"),
        "preliminary": Status(_("Preliminary result"), "ok", "circle-check"),
        "appealed": Status(_("Under appeal"), "warn", "scale"),
        "proposed": Status(_("Proposed for approval"), "info", "file-check"),
        "approved": Status(_("Approved"), "ok", "stamp"),
        "published": Status(pgettext_lazy("sheet", "Published"), "ok", "megaphone"),
    },
    "inspection": {
        "open": Status(pgettext_lazy("inspection", "Under way"), "info", "circle-dot"),
        "closed": Status(pgettext_lazy("inspection", "Closed"), "", "archive"),
    },
    "visit": {
        "planned": Status(pgettext_lazy("visit", "Planned"), "", "calendar"),
        "held": Status(pgettext_lazy("visit", "Held"), "info", "circle-dot"),
        "minuted": Status(pgettext_lazy("visit", "Minutes drawn up"), "warn", "notebook-pen"),
        "signed": Status(pgettext_lazy("visit", "Minutes signed"), "ok", "circle-check"),
        "cancelled": Status(pgettext_lazy("visit", "Cancelled"), "", "ban"),
    },
    "checklist": {
        "conforms": Status(_("Conforms"), "ok", "circle-check"),
        "partly": Status(_("Conforms in part"), "warn", "circle-alert"),
        "fails": Status(_("Does not conform"), "bad", "circle-x"),
        "not_seen": Status(_("Not looked at"), "", "circle-dashed"),
    },
    "finding": {
        "major": Status(_("Major nonconformity"), "bad", "triangle-alert"),
        "minor": Status(_("Minor nonconformity"), "warn", "circle-alert"),
        "observation": Status(_("Observation"), "info", "eye"),
        "strength": Status(_("Strength"), "ok", "thumbs-up"),
    },
    "verification": {
        "appealed": Status(_("Appeals to decide"), "warn", "scale"),
        "differences": Status(_("Differences to settle"), "warn", "git-compare"),
        "verifying": Status(_("Being verified"), "info", "badge-check"),
        "submitted": Status(_("Submitted, to be begun"), "info", "inbox"),
        "finished": Status(_("Finished, to be told"), "ok", "circle-check"),
        "waiting": Status(_("Waiting for the other assessor"), "", "hourglass"),
        "returned": Status(_("Returned to the unit"), "warn", "undo-2"),
        "done": Status(_("Result told"), "ok", "megaphone"),
    },
    "system": {
        "establishing": Status(pgettext_lazy("quality management system", "Being established"), "", "pencil-line"),
        "applying": Status(pgettext_lazy("quality management system", "Being applied"), "info", "circle-dot"),
        "declared": Status(pgettext_lazy("quality management system", "Declared"), "ok", "megaphone"),
        "maintained": Status(pgettext_lazy("quality management system", "Maintained"), "ok", "circle-check"),
        "ended": Status(pgettext_lazy("quality management system", "Ended"), "", "archive"),
    },
    "corrective_action": {
        "raised": Status(pgettext_lazy("corrective action", "Raised"), "warn", "flag"),
        "planned": Status(pgettext_lazy("corrective action", "Planned"), "info", "list-checks"),
        "late": Status(_("Overdue"), "bad", "triangle-alert"),
        "done": Status(pgettext_lazy("corrective action", "Done, to be checked"), "info", "hourglass"),
        "closed": Status(pgettext_lazy("corrective action", "Closed"), "ok", "circle-check"),
        "cancelled": Status(pgettext_lazy("corrective action", "Cancelled"), "", "ban"),
    },
    "appeal": {
        "draft": Status(pgettext_lazy("appeal", "Being written"), "", "pencil-line"),
        "open": Status(pgettext_lazy("appeal", "Open"), "info", "hourglass"),
        "upheld": Status(pgettext_lazy("appeal", "Upheld"), "ok", "circle-check"),
        "partly": Status(pgettext_lazy("appeal", "Upheld in part"), "ok", "circle-dot"),
        "rejected": Status(pgettext_lazy("appeal", "Rejected"), "bad", "circle-x"),
        "withdrawn": Status(pgettext_lazy("appeal", "Withdrawn"), "", "undo-2"),
    },
    "upload": {
        "checked": Status(pgettext_lazy("upload", "Waits for you to agree"), "warn", "hourglass"),
        "taken": Status(pgettext_lazy("upload", "Taken"), "ok", "circle-check"),
        "dropped": Status(pgettext_lazy("upload", "Dropped"), "", "ban"),
    },
    "criteria_set": {
        "draft": Status(_("Draft"), "", "pencil-line"),
        "published": Status(_("In force"), "ok", "stamp"),
        "retired": Status(_("No longer in force"), "", "archive"),
    },
    "unit": {
        "valid": Status(_("In operation"), "ok", "circle-check"),
        "future": Status(_("Not yet formed"), "", "calendar"),
        "past": Status(_("Ceased to operate"), "", "archive"),
    },
    "job": {
        "queued": Status(_("Queued"), "", "hourglass"),
        "running": Status(_("Running"), "info", "loader-circle"),
        "done": Status(pgettext_lazy("job", "Done"), "ok", "circle-check"),
        "failed": Status(_("Failed"), "bad", "circle-x"),
        "cancelled": Status(_("Cancelled"), "", "ban"),
        "expired": Status(_("Expired"), "", "archive"),
    },
}

SAVE_STATES: dict[str, Status] = {
    "saved": Status(_("Saved"), "ok", "check"),
    "saving": Status(_("Saving"), "", "loader-circle"),
    "unsaved": Status(_("Not saved, kept on this device"), "bad", "cloud-off"),
    "refused": Status(_("Not saved"), "bad", "circle-alert"),
    "locked": Status(_("Locked"), "", "lock"),
}

# ISO 18091 lights: letter, class, word. The letters are those of the standard's Vietnamese form.
LIGHTS: dict[str, tuple[str, str, str | Promise]] = {
    "green": ("X", "x", pgettext_lazy("light", "Green")),
    "yellow": ("V", "v", pgettext_lazy("light", "Yellow")),
    "red": ("Đ", "d", pgettext_lazy("light", "Red")),
}
LIGHT_ALIASES = {"x": "green", "v": "yellow", "d": "red", "đ": "red", "amber": "yellow"}

FILE_ICONS = {
    "pdf": "file-text",
    "docx": "file-text",
    "doc": "file-text",
    "txt": "file-text",
    "xlsx": "file-spreadsheet",
    "xls": "file-spreadsheet",
    "csv": "file-spreadsheet",
    "png": "file-image",
    "jpg": "file-image",
    "jpeg": "file-image",
    "webp": "file-image",
    "link": "link",
}
NOTICE_ICONS = {"info": "info", "warn": "triangle-alert", "bad": "circle-x", "ok": "circle-check", "": "info"}
