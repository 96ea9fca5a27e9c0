"""The log in words: what each action is called, what each changed field is called, how a value reads."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from isoportal.templatetags import formats

BLANK = formats.BLANK
DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*")

ACTIONS: dict[str, str | Promise] = {
    "assessments.assessment_opened": _("Opened a score sheet"),
    "assessments.criteria_published": _("Published a criteria set"),
    "assessments.assigned": _("Shared sheets among assessors"),
    "assessments.extended": _("Gave a unit more time"),
    "assessments.phases_changed": _("Changed the dates of a round"),
    "assessments.reassigned": _("Gave a sheet to another assessor"),
    "assessments.round_edited": _("Edited a round"),
    "assessments.round_opened": _("Opened a round"),
    "assessments.round_prepared": _("Prepared a round"),
    "assessments.team_changed": _("Changed a team of assessors"),
    "assessments.team_made": _("Set up a team of assessors"),
    "assessments.team_removed": _("Removed a team of assessors"),
    "assessments.unit_removed": _("Took a unit out of a round"),
    "assessments.units_added": _("Added units to a round"),
    "assessments.score_cleared": _("Cleared a score"),
    "assessments.score_saved": _("Saved a score"),
    "assessments.score_measured": _("Score measured by the system"),
    "budgets.opened": _("Opened a budget"),
    "budgets.ceiling_changed": _("Changed a budget's total"),
    "budgets.reversed": _("Reversed a spending"),
    "budgets.spent": _("Recorded a spending"),
    "plans.attendance_counted": _("Recorded who came"),
    "plans.conclusion_added": _("Wrote down a conclusion"),
    "plans.conclusion_changed": _("Changed a conclusion"),
    "plans.conclusion_removed": _("Removed a conclusion"),
    "plans.event_cancelled": _("Cancelled an event"),
    "plans.event_changed": _("Changed an event"),
    "plans.event_held": _("Recorded that an event was held"),
    "plans.event_moved": _("Moved an event"),
    "plans.event_planned": _("Planned an event"),
    "plans.chased": _("Drafted chasing letters"),
    "plans.letter_answered": _("Logged the reply to a chasing letter"),
    "plans.letter_cancelled": _("Threw a draft of a chasing letter away"),
    "plans.letter_read": _("Read a chasing letter"),
    "plans.letter_sent": _("Sent a chasing letter"),
    "plans.number_reserved": _("Entered a number of the register"),
    "plans.cancelled": _("Cancelled a plan"),
    "plans.closed": _("Closed a plan"),
    "plans.evidence_kept": _("Uploaded a file"),
    "plans.evidence_withdrawn": _("Withdrew a file"),
    "plans.amended": _("Issued an amendment of a plan"),
    "plans.amendment_cancelled": _("Cancelled an amendment"),
    "plans.amendment_drafted": _("Drafted an amendment"),
    "plans.amendment_edited": _("Edited an amendment"),
    "plans.created": _("Began a plan"),
    "plans.edited": _("Edited a plan"),
    "plans.imported": _("Imported a plan"),
    "plans.invitation_withdrawn": _("Withdrew an invitation"),
    "plans.issued": _("Issued a plan"),
    "plans.material_removed": _("Took a file off an event"),
    "plans.materials_added": _("Attached files to an event"),
    "plans.minutes_written": _("Wrote the minutes of an event"),
    "plans.period_exception_made": _("Let a unit report after the end of a period"),
    "plans.period_locked": _("Locked a reporting period"),
    "plans.period_unlocked": _("Opened a reporting period again"),
    "plans.periods_made": _("Made reporting periods"),
    "plans.reporting_set": _("Set how often units report"),
    "plans.reports_asked_for": _("Asked units for reports"),
    "plans.progress_accepted": _("Accepted a progress report"),
    "plans.progress_drafted": _("Wrote a draft of a progress report"),
    "plans.legal_document_added": _("Added a document to the register of legal bases"),
    "plans.legal_document_changed": _("Corrected a document of the register of legal bases"),
    "plans.legal_document_replaced": _("Marked a legal document as replaced"),
    "plans.legal_documents_merged": _("Merged two records of the register of legal bases"),
    "plans.obstacle_answered": _("Answered an obstacle"),
    "plans.obstacle_closed": _("Closed an obstacle"),
    "plans.obstacle_directed": _("Gave a direction on an obstacle"),
    "plans.obstacle_escalated": _("Passed an obstacle on to the level above"),
    "plans.obstacle_noted": _("Noted something on an obstacle"),
    "plans.obstacle_raised": _("Raised an obstacle"),
    "plans.obstacle_reopened": _("Opened an obstacle again"),
    "plans.pilot_moved": _("Brought a pilot unit into its next phase"),
    "plans.pilot_surveyed": _("Recorded the survey of a unit"),
    "plans.pilots_chosen": _("Chose pilot units"),
    "plans.pilots_ended": _("Ended pilots with their units"),
    "plans.progress_reported": _("Reported progress"),
    "plans.progress_returned": _("Returned a progress report"),
    "plans.day_off_added": _("Put a day on the list of days off"),
    "plans.day_off_removed": _("Took a day off the list of days off"),
    "plans.deliverable_added": _("Put down a deliverable"),
    "plans.deliverable_handed_over": _("Handed over a deliverable"),
    "plans.deliverable_removed": _("Took back a deliverable"),
    "plans.dependency_added": _("Let a task wait for another"),
    "plans.dependency_removed": _("Let a task no longer wait for another"),
    "plans.feed_made": _("Made a calendar address"),
    "plans.feed_revoked": _("Revoked a calendar address"),
    "plans.performer_removed": _("Took a task back from a unit"),
    "plans.role_changed": _("Changed a role on a task"),
    "plans.target_resolved": _("Gave a task to a group of units"),
    "plans.task_moved": _("Moved a task in time"),
    "plans.task_placed": _("Changed the place or weight of a task"),
    "plans.task_arose": _("Gave a task that arose later"),
    "plans.put_under": _("Put a plan under another"),
    "plans.returned": _("Returned a plan"),
    "plans.sub_plan_started": _("Began a unit's plan under another"),
    "plans.submitted": _("Submitted a plan"),
    "plans.unit_assigned": _("Assigned a unit to a task"),
    "plans.units_invited": _("Invited units to an event"),
    "reports.cancelled": _("Cancelled a report"),
    "reports.downloaded": _("Downloaded a report"),
    "reports.requested": _("Requested a report"),
    "reports.retried": _("Tried a report again"),
    "units.changed": _("Corrected a unit"),
    "units.created": _("Added a unit"),
    "units.imported": _("Imported the list of units"),
    "units.person_changed": _("Corrected a person's particulars"),
    "units.person_created": _("Created an account"),
    "units.person_disabled": _("Disabled an account"),
    "units.person_enabled": _("Enabled an account"),
    "units.role_ended": _("Ended a role"),
    "units.role_granted": _("Gave a role"),
    "units.token_created": _("Created an API token"),
    "units.token_revoked": _("Revoked an API token"),
}

FIELDS: dict[str, str | Promise] = {
    "abstract": _("Abstract"),
    "added": _("Units added to the task"),
    "agenda": _("Agenda"),
    "amount": _("Amount"),
    "answer": _("Answer"),
    "as_of": _("Units as of"),
    "attended": _("People who came"),
    "ceiling": _("Total"),
    "changed": _("Units corrected"),
    "citations": _("Citations"),
    "code": _("Code"),
    "conclusion": _("Conclusion"),
    "created": _("Units added"),
    "criterion": _("Criterion"),
    "day": _("Day"),
    "decided_on": _("Date of the decision"),
    "decision": _("Decision"),
    "deliverable": _("Deliverable"),
    "description": _("What for"),
    "document": _("Document"),
    "due_on": _("Deadline"),
    "email": _("E-mail"),
    "end": _("Last day"),
    "ends_at": _("Ends"),
    "expires_at": _("Expires"),
    "explanation": _("Explanation"),
    "file": _("File"),
    "format": _("Format"),
    "full_name": _("Full name"),
    "funding": _("Funding"),
    "group": _("Group of units"),
    "handed_over_on": _("Handed over on"),
    "is_active": _("Enabled"),
    "is_worked": _("Worked instead"),
    "issue_date": _("Date of issue"),
    "issue_day": _("Day"),
    "issue_month": _("Month"),
    "issue_year": _("Year"),
    "issued_on": _("Date of issue"),
    "issuer": _("Issuer"),
    "items": _("Things late"),
    "kind": _("Kind"),
    "lag_days": _("Days between"),
    "left_open": _("Left unfinished"),
    "legal_bases": _("Legal bases"),
    "letters": _("Letters"),
    "level": _("Level"),
    "light": _("Traffic light"),
    "materials": _("Files"),
    "merged": _("Merged"),
    "minutes": _("Minutes"),
    "name": _("Name"),
    "names": _("Who came"),
    "note": _("What was done"),
    "number": _("Number"),
    "open_until": _("Open until"),
    "parent": _("Carries out the plan"),
    "part_of": _("Part of"),
    "passages": _("Words outside the sections"),
    "percent": _("Percent"),
    "performer": _("Performer"),
    "performers": _("Performers"),
    "period": _("Reporting period"),
    "periods": _("Reporting periods"),
    "person": _("Person"),
    "phase": _("Phase"),
    "place": _("Place"),
    "plan": _("Plan"),
    "points": _("Points"),
    "position": _("Position"),
    "predecessor": _("Begins after"),
    "quantity_unit": _("Counted in"),
    "read_only": _("Read-only"),
    "recipients": _("Recipients"),
    "removed": _("Units taken away"),
    "replaced_by": _("Replaced by"),
    "replaced_on": _("Replaced from"),
    "reporting": _("Reports are due"),
    "reporting_days": _("Days after the end of the period"),
    "reports": _("Reports due"),
    "respond_by": _("Answer by"),
    "responsibilities": _("Responsibilities"),
    "result": _("Result"),
    "revoked_at": _("Revoked"),
    "role": _("Role"),
    "seats": _("People invited"),
    "sections": _("Sections"),
    "sha256": _("SHA-256"),
    "short_name": _("Short name"),
    "signature_lines": _("Signature"),
    "signed_file": _("Signed copy"),
    "signer_name": _("Signer"),
    "since": _("Since"),
    "size": _("Size in bytes"),
    "spent": _("Spent"),
    "spent_on": _("Day"),
    "standards": _("Standards"),
    "start": _("First day"),
    "starts_at": _("Starts"),
    "state": _("State"),
    "status": _("Status"),
    "survey_score": _("Survey score"),
    "symbol": _("Symbol"),
    "target_quantity": _("Quantity to reach"),
    "task": _("Task"),
    "tasks": _("Tasks"),
    "text": _("Text"),
    "title": _("Title"),
    "total": _("Total"),
    "unit": _("Unit"),
    "units": _("Units"),
    "unrecognised": _("Lines not understood"),
    "username": _("User name"),
    "valid_from": _("From"),
    "valid_to": _("Until"),
    "voucher": _("Voucher"),
    "weight": _("Weight"),
    "year": _("Year"),
}

CHANNELS: dict[str, str | Promise] = {
    "page": _("Page"),
    "api": _("API"),
    "command": _("Command"),
    "job": _("Job"),
    "timer": _("Timer"),
}


def action_words(action: str) -> str:
    return str(ACTIONS.get(action, action))


def value_words(value: Any) -> str:
    """One JSON value as a person reads it; long texts are cut, since the thing itself is one click away."""
    if value is None or value in ("", [], {}):
        return BLANK
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if isinstance(value, list):
        return ", ".join(map(value_words, value))
    if isinstance(value, dict):
        return ", ".join(f"{name}: {value_words(item)}" for name, item in value.items())
    text = str(value)
    if DAY.fullmatch(text):
        return formats.day(date.fromisoformat(text))
    if MOMENT.fullmatch(text):
        return formats.moment(datetime.fromisoformat(text))
    return text if len(text) <= 160 else f"{text[:159]}…"


def change_words(changes: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(field, before, after) of each change; what has no before and after of its own is shown as what it became."""
    said = []
    for name, pair in changes.items():
        before, after = pair if isinstance(pair, list) and len(pair) == 2 else (None, pair)
        if (words := (value_words(before), value_words(after))) != (BLANK, BLANK):
            said.append((str(FIELDS.get(name, name)), *words))
    return said
