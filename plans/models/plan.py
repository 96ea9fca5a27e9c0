"""What is to be done: a plan as its document has it, part by part, blanks left blank."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plans.document.spelling import fold, tidy
from units.access import UnitScopedQuerySet, allowed_units
from units.models import Unit, User
from units.permissions import Permission

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class Standard(models.Model):
    """A standard in one edition, e.g. TCVN ISO 18091, 2020: a row, never a constant, since editions succeed another."""

    code = models.CharField(_("standard"), max_length=60)
    edition = models.CharField(_("edition"), max_length=10, blank=True)
    title = models.CharField(_("title"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("standard")
        verbose_name_plural = _("standards")
        ordering = ["code", "edition"]
        constraints = [models.UniqueConstraint(fields=["code", "edition"], name="standard_once_per_edition")]

    def __str__(self) -> str:
        return f"{self.code}:{self.edition}" if self.edition else self.code


class PlanQuerySet(UnitScopedQuerySet["Plan"]):
    def allowed_to(self, user: User | AnonymousUser, permission: Permission) -> Self:
        """Plans of the units where `user` holds `permission`; whoever may view in a unit that carries out a task of a
        plan, pilots it or has a plan of its own under it may also read that plan (but not its money, and not what
        other units report)."""
        units = allowed_units(user, permission)
        rule = Q(unit__in=units)
        if permission in {Permission.PLAN_VIEW, Permission.REPORT_VIEW, Permission.REPORT_REQUEST}:
            rule |= Q(pk__in=Plan.objects.filter(tasks__performers__unit__in=units).values("pk"))
            rule |= Q(pk__in=Plan.objects.filter(unit__in=units, parent__isnull=False).values("parent"))
            pilots = Q(pilot_units__unit__in=units) & ~Q(pilot_units__phase__in=["surveyed", "not_chosen"])
            rule |= Q(pk__in=Plan.objects.filter(pilots).values("pk"))
        return self.filter(rule)


PlanManager = models.Manager.from_queryset(PlanQuerySet)


class Plan(models.Model):
    """A plan or decision (kế hoạch, quyết định) that a People's Committee or its ISO steering committee issues.

    The date of the paper may lack its day or be blank while it is a draft, so it is stored in parts (NĐ 30/2020/NĐ-CP,
    phụ lục I, mục II: the number and the day are given when the document is issued).
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", pgettext_lazy("plan", "Submitted")
        RETURNED = "returned", pgettext_lazy("plan", "Returned")
        ISSUED = "issued", _("Issued")
        CLOSED = "closed", pgettext_lazy("plan", "Closed")
        CANCELLED = "cancelled", _("Cancelled")

    class Reporting(models.TextChoices):
        """How often the units that perform its tasks report."""

        ON_DEMAND = "on_demand", _("On demand")
        MONTH = "month", _("Every month")
        QUARTER = "quarter", _("Every quarter")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="plans", verbose_name=_("issuing unit"))
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="sub_plans",
        verbose_name=_("carries out the plan"),
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    number = models.CharField(_("number"), max_length=20, blank=True)
    symbol = models.CharField(_("symbol"), max_length=60, blank=True)
    kind = models.CharField(_("kind of document"), max_length=60)
    place = models.CharField(_("place"), max_length=120, blank=True)
    issue_year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    issue_month = models.PositiveSmallIntegerField(_("month"), null=True, blank=True)
    issue_day = models.PositiveSmallIntegerField(_("day"), null=True, blank=True)
    issuer = models.CharField(_("issuer"), max_length=200, blank=True)
    title = models.TextField(_("title"))
    standards = models.ManyToManyField(Standard, related_name="plans", verbose_name=_("standards"))
    signer_name = models.CharField(_("signer"), max_length=120, blank=True)
    search_text = models.TextField(blank=True, editable=False)
    source_text = models.TextField(blank=True, editable=False)
    source_digest = models.CharField(max_length=64, blank=True, editable=False)
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    issued_at = models.DateTimeField(null=True, editable=False)
    signed_file = models.ForeignKey(
        "plans.Evidence",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("signed copy"),
    )
    reporting = models.CharField(
        _("reports are due"), max_length=10, choices=Reporting.choices, default=Reporting.ON_DEMAND
    )
    reporting_days = models.PositiveSmallIntegerField(_("days after the end of the period"), default=5)
    # Counts every change of the content: who saves an older one is told (If-Match of the API, hidden field of a form).
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PlanManager()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["-issue_year", "-issue_month", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "source_digest"], condition=~Q(source_digest=""), name="plan_document_once_per_unit"
            ),
            models.CheckConstraint(condition=Q(issue_month=None) | Q(issue_month__range=(1, 12)), name="plan_month"),
            models.CheckConstraint(condition=Q(issue_day=None) | Q(issue_day__range=(1, 31)), name="plan_day"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "submitted", "returned", "cancelled"])
                | (~Q(number="") & Q(issue_year__isnull=False, issue_month__isnull=False, issue_day__isnull=False)),
                name="issued_plan_has_number_and_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}/{self.symbol}" if self.number else self.title[:120]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_text = self.words_to_search()
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "search_text"}
        super().save(*args, **kwargs)

    def words_to_search(self) -> str:
        """What search looks in, without marks, so that "do luong" finds "Đo lường"."""
        return tidy(fold(f"{self.number}/{self.symbol} {self.title} {self.issuer} {self.place}"))

    @property
    def reach(self) -> str:
        """The path over which the plan may give work: the whole province for a body of the province, the unit and what
        is below it for a district or commune that carries the province's plan out in a plan of its own."""
        territories = {Unit.Kind.DISTRICT, Unit.Kind.COMMUNE}
        return self.unit.path if self.unit.kind in territories else self.unit.root_path

    @property
    def issue_date(self) -> date | None:
        """The full date, or None while the paper lacks any part of it or names a day that is in no calendar."""
        if self.issue_year and self.issue_month and self.issue_day:
            try:
                return date(self.issue_year, self.issue_month, self.issue_day)
            except ValueError:
                return None
        return None


class Ordered(models.Model):
    """A part of a plan in the order of the document, with the numbers of the document's lines it came from."""

    order = models.PositiveSmallIntegerField()
    source_lines = models.JSONField(default=list, editable=False)

    class Meta:
        abstract = True
        ordering = ["order"]


class LegalBasis(Ordered):
    """One citation in the words of the document ("Căn cứ Quyết định số …;"), and the register's record it means."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="legal_bases")
    text = models.TextField()
    document = models.ForeignKey(
        "plans.LegalDocument", null=True, blank=True, on_delete=models.PROTECT, related_name="citations"
    )

    class Meta(Ordered.Meta):
        abstract = False

    def __str__(self) -> str:
        return self.text[:80]


class Passage(Ordered):
    """A paragraph that stands outside the sections or that the portal looks up by what it is, word for word.

    Purposes and requirements stand in the sections too: here they are told apart from the other words.
    """

    class Kind(models.TextChoices):
        MARK = "mark", _("Mark")
        NATIONAL_TITLE = "national_title", _("State name and motto")
        PARENT_ORGAN = "parent_organ", _("Organ above")
        ORGAN = "organ", _("Issuing organ")
        SUBJECT = "subject", _("Subject line")
        AUTHORITY = "authority", _("Authority")
        PREAMBLE = "preamble", _("Opening words")
        ENACTING = "enacting", _("Enacting words")
        PURPOSE = "purpose", _("Purpose")
        REQUIREMENT = "requirement", _("Requirement")
        CONTENT = "content", _("Content")
        SCHEDULE = "schedule", _("Schedule")
        PROVISION = "provision", _("Provision")
        ANNEX_NOTE = "annex_note", _("Note on an annex")
        ANNEX_TITLE = "annex_title", _("Title of an annex")
        CLOSING = "closing", _("Closing clause")
        RECIPIENTS_HEADING = "recipients_heading", _("Heading of the recipients")
        DECORATION = "decoration", _("Rule or page number")

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="passages")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    text = models.TextField()

    class Meta(Ordered.Meta):
        abstract = False

    def __str__(self) -> str:
        return self.text[:80]


class Section(Ordered):
    """A part of the body word for word: what a page shows and printing gives back, in the order of the paper.

    `items` are the paragraphs and table rows: `{"label": "1.", "text": …, "depth": 0, "cells": [], "source": [12]}`;
    `cells` is filled for a table row, and the first row of a table is its header.
    """

    class Kind(models.TextChoices):
        PURPOSES = "purposes", _("Purposes")
        REQUIREMENTS = "requirements", _("Requirements")
        CONTENT = "content", _("Content")
        TASKS = "tasks", _("Tasks")
        FUNDING = "funding", _("Funding")
        RESPONSIBILITIES = "responsibilities", _("Responsibilities")
        SCHEDULE = "schedule", _("Schedule")
        PROVISION = "provision", _("Provision")
        OTHER = "other", _("Other")

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="sections")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    label = models.CharField(max_length=40, blank=True)
    title = models.TextField(blank=True)
    items = models.JSONField(default=list)

    class Meta(Ordered.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"{self.label} {self.title}".strip()


class Funding(models.Model):
    """What the document says of money: whole đồng or None where it gives no figure, and where it comes from.

    `figures` are all its figures: `{"text": "84.000.000 đồng", "amount": 84000000}`.
    """

    plan = models.OneToOneField(Plan, on_delete=models.CASCADE, related_name="funding")
    text = models.TextField(_("funding"), blank=True)
    source = models.TextField(_("source of funds"), blank=True)
    norm = models.TextField(_("spending norms"), blank=True)
    amount = models.BigIntegerField(_("amount"), null=True, blank=True)
    figures = models.JSONField(_("figures as written"), default=list)
    source_lines = models.JSONField(default=list, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount=None) | Q(amount__gte=0), name="funding_not_negative")]

    def __str__(self) -> str:
        return self.text[:80]


class Responsibility(Ordered):
    """A body and its duties, one text each."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="responsibilities")
    label = models.CharField(max_length=40, blank=True)
    body = models.TextField()
    duties = models.JSONField(default=list)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta(Ordered.Meta):
        abstract = False

    def __str__(self) -> str:
        return self.body[:80]


class Recipient(Ordered):
    """Who the document goes to and what for ("để b/c"); the filing line ("Lưu: VT, TĐC") is the last one."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="recipients")
    text = models.TextField()
    purpose = models.CharField(max_length=200, blank=True)
    is_filing = models.BooleanField(default=False)

    class Meta(Ordered.Meta):
        abstract = False

    def __str__(self) -> str:
        return self.text


class SignatureLine(Ordered):
    """One line of the signing block above the name; the office stands under the space for the seal."""

    class Kind(models.TextChoices):
        AUTHORITY = "authority", _("Authority")
        OFFICE = "office", _("Office")
        MARK = "mark", _("Mark")

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="signature_lines")
    text = models.CharField(max_length=300)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.AUTHORITY)

    class Meta(Ordered.Meta):
        abstract = False

    def __str__(self) -> str:
        return self.text


class UnrecognisedLine(Ordered):
    """A line of the imported document that was not understood: shown to the officer, never dropped."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="unrecognised_lines")
    text = models.TextField()

    class Meta(Ordered.Meta):
        abstract = False

    def __str__(self) -> str:
        return self.text[:80]
