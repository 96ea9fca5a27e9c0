"""Legal documents on a day: whether they hold, what took their place, which plans still lean on those that do not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from plans.models import LegalBasis, LegalDocument, Plan
from units.access import allowed_units
from units.permissions import Permission

if TYPE_CHECKING:
    from plans.models.legal import LegalDocumentQuerySet
    from units.models import User


@dataclass(frozen=True, slots=True)
class Outdated:
    """Why a citation needs a look: its document was replaced (`state` "replaced") or is no longer valid ("ended").

    `successor` is the document that holds now, at the end of the chain of replacements; `since` the day it all began.
    """

    state: str
    document: LegalDocument
    since: date | None
    successor: LegalDocument | None = None


def validity(document: LegalDocument, on: date) -> str:
    """replaced, ended, not_yet, valid; "unmarked" where the register says nothing of it."""
    if document.replaced_by_id and (document.replaced_on is None or document.replaced_on <= on):
        return "replaced"
    if document.valid_to and document.valid_to < on:
        return "ended"
    if document.valid_from and document.valid_from > on:
        return "not_yet"
    return "valid" if document.valid_from or document.valid_to else "unmarked"


def outdated(document: LegalDocument | None, on: date) -> Outdated | None:
    """What is to be said of a citation of `document` on the day `on`; None where nothing is."""
    if document is None or (state := validity(document, on)) not in {"replaced", "ended"}:
        return None
    if state == "ended":
        return Outdated(state, document, document.valid_to)
    return Outdated(state, document, document.replaced_on, list(successors_of(document).values())[-1])


def successors_of(document: LegalDocument) -> dict[int, LegalDocument]:
    """What replaces `document`, and what replaces that, in their order. One query a step: chains are short."""
    found: dict[int, LegalDocument] = {}
    step = document.replaced_by
    while step is not None and step.pk not in found:
        found[step.pk] = step
        step = step.replaced_by
    return found


def is_outdated(on: date, prefix: str = "") -> Q:
    """`outdated` as a condition of a query; `prefix` leads to the document."""
    replaced = Q(**{f"{prefix}replaced_by__isnull": False}) & (
        Q(**{f"{prefix}replaced_on": None}) | Q(**{f"{prefix}replaced_on__lte": on})
    )
    return replaced | Q(**{f"{prefix}valid_to__lt": on})


def cites_outdated(on: date) -> Exists:
    """Of a plan: whether it cites a document that was replaced or has ended by `on`."""
    return Exists(LegalBasis.objects.filter(is_outdated(on, "document__"), plan=OuterRef("pk")))


def with_usage(documents: LegalDocumentQuerySet, user: User) -> QuerySet[LegalDocument]:
    """Each with `usage`: how many of the plans that `user` may see cite it."""
    plans = Plan.objects.allowed_to(user, Permission.PLAN_VIEW).order_by()
    citing = LegalBasis.objects.filter(document=OuterRef("pk"), plan__in=plans).order_by().values("document")
    count = citing.annotate(n=Count("plan", distinct=True)).values("n")
    return documents.annotate(usage=Coalesce(Subquery(count), 0))


def citations_of(document: LegalDocument, user: User) -> list[LegalBasis]:
    """Where it is cited, in plans that `user` may see, newest first. One query."""
    plans = Plan.objects.allowed_to(user, Permission.PLAN_VIEW).order_by()
    citing = LegalBasis.objects.filter(document=document, plan__in=plans).select_related("plan__unit")
    return list(citing.order_by("-plan__issue_year", "-plan__issue_month", "-plan", "order"))


def keeps_register(document: LegalDocument, user: User) -> bool:
    """Whether `user` may change the register that `document` stands in."""
    return allowed_units(user, Permission.PLAN_EDIT).filter(pk=document.unit_id).exists()
