"""The document as plain values for JSON: the shape `import_plan --json` prints."""

from __future__ import annotations

from typing import Any

from plans.document.model import PlanDocument, Task


def to_json(document: PlanDocument) -> dict[str, Any]:
    """Strings, numbers, lists and None only; days as ISO dates, money as whole đồng."""
    date = document.issue_date
    return {
        "number": document.number,
        "symbol": document.symbol,
        "kind": document.kind,
        "place": document.place,
        "issue_date": {"year": date.year, "month": date.month, "day": date.day},
        "issuer": document.issuer,
        "title": document.title,
        "standards": list(document.standards),
        "legal_bases": [basis.text for basis in document.legal_bases],
        "purposes": [purpose.text for purpose in document.purposes],
        "requirements": [requirement.text for requirement in document.requirements],
        "tasks": [_task(task) for task in document.tasks],
        "funding": {
            "text": document.funding.text,
            "amount": document.funding.amount,
            "source": document.funding.fund_source,
        },
        "responsibilities": [
            {"body": responsibility.body, "duties": [duty.text for duty in responsibility.duties]}
            for responsibility in document.responsibilities
        ],
        "recipients": [{"text": recipient.text, "purpose": recipient.purpose} for recipient in document.recipients],
        "signature": {"lines": list(document.signature.lines), "name": document.signature.name},
        "unrecognised": [line.text for line in document.unrecognised],
    }


def _task(task: Task) -> dict[str, Any]:
    start, end = task.period.start, task.period.end
    return {
        "number": task.number,
        "title": task.title,
        "performers": [performer.text for performer in task.performers],
        "period": {
            "text": task.period.text,
            "start": start.isoformat() if start else None,
            "end": end.isoformat() if end else None,
        },
        "quantity": task.quantity,
    }
