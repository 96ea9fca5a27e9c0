"""Letters that urge late units (công văn đôn đốc), and the register their numbers are taken from."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from units.access import UnitScopedQuerySet, allowed_units
from units.models import Unit, User
from units.permissions import Permission


class RegisterNumberQuerySet(UnitScopedQuerySet["RegisterNumber"]):
    pass


RegisterNumberManager = models.Manager.from_queryset(RegisterNumberQuerySet)


class RegisterNumber(models.Model):
    """A number of a unit's register of outgoing letters in one year; `elsewhere` where the registry gave it to a
    document that the portal does not hold, so that the portal never gives it again (NĐ 30/2020/NĐ-CP, Điều 15)."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("register of"))
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveIntegerField(_("number"))
    symbol = models.CharField(_("symbol"), max_length=60, blank=True)
    issued_on = models.DateField(_("date"), null=True, blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    elsewhere = models.BooleanField(_("issued elsewhere"), default=False)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = RegisterNumberManager()

    class Meta:
        verbose_name = _("register number")
        verbose_name_plural = _("register numbers")
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "year", "number"], name="register_number_once_per_year"),
            models.CheckConstraint(condition=Q(number__gt=0), name="register_number_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.number:02d}/{self.symbol}"


class ChasingRunQuerySet(UnitScopedQuerySet["ChasingRun"]):
    pass


ChasingRunManager = models.Manager.from_queryset(ChasingRunQuerySet)


class ChasingRun(models.Model):
    """One act of chasing: who chased whom, when, by when they are to answer. `symbol` follows the number of its letters
    ("SKHCN-TĐC"), `recipients` are who gets them besides the late unit, in their order, the filing line last."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("issuing unit"))
    as_of = models.DateField(_("late as of"))
    respond_by = models.DateField(_("answer by"))
    symbol = models.CharField(_("symbol"), max_length=60, blank=True)
    recipients = models.JSONField(_("recipients"), default=list)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = ChasingRunManager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.unit} {self.as_of}"


class ChasingLetterQuerySet(UnitScopedQuerySet["ChasingLetter"]):
    def allowed_to(self, user: Any, permission: Permission) -> Self:
        """The issuing unit's people, and the unit it is sent to once it is sent; its file follows."""
        units = allowed_units(user, permission)
        rule = Q(unit__in=units)
        if permission in {Permission.PLAN_VIEW, Permission.REPORT_VIEW, Permission.REPORT_REQUEST}:
            rule |= Q(addressee__in=units, sent_at__isnull=False)
        if permission == Permission.TASK_REPORT:
            rule = Q(addressee__in=units, sent_at__isnull=False)
        return self.filter(rule)


ChasingLetterManager = models.Manager.from_queryset(ChasingLetterQuerySet)


class ChasingLetter(models.Model):
    """One letter to one late unit. `times` is "lần thứ n". A draft has no number; sending takes one of the register."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SENT = "sent", pgettext_lazy("letter", "Sent")
        ANSWERED = "answered", pgettext_lazy("letter", "Answered")
        CANCELLED = "cancelled", _("Cancelled")

    run = models.ForeignKey(ChasingRun, on_delete=models.PROTECT, related_name="letters")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="chasing_letters", verbose_name=_("from"))
    addressee = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="chased_by", verbose_name=_("to"))
    times = models.PositiveSmallIntegerField(_("time"), default=1)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    register_number = models.OneToOneField(
        RegisterNumber, null=True, blank=True, on_delete=models.PROTECT, related_name="letter"
    )
    respond_by = models.DateField(_("answer by"))
    signer_lines = models.JSONField(default=list)
    signer_name = models.CharField(_("signer"), max_length=120, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    sent_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    reply = models.TextField(_("reply"), blank=True)
    reply_document = models.CharField(_("document of the reply"), max_length=200, blank=True)
    reply_files = models.ManyToManyField("plans.Evidence", blank=True, related_name="+")
    replied_at = models.DateTimeField(null=True, blank=True)
    replied_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    objects = ChasingLetterManager()

    class Meta:
        verbose_name = _("chasing letter")
        verbose_name_plural = _("chasing letters")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "addressee"], name="chasing_letter_once_per_run"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "cancelled"]) | Q(sent_at__isnull=False), name="sent_letter_has_moment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.addressee} ({self.times})"


class ChasedItem(models.Model):
    """One late thing a letter speaks of. `reference` names it for good, e.g. "due_report:17", whichever app it is of;
    the same thing is chased for the n-th time only once."""

    class Kind(models.TextChoices):
        TASK = "task", _("Task")
        REPORT = "report", _("Report")
        SHEET = "sheet", _("Score sheet")

    letter = models.ForeignKey(ChasingLetter, on_delete=models.CASCADE, related_name="items")
    order = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    reference = models.CharField(max_length=80)
    addressee = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    times = models.PositiveSmallIntegerField()
    title = models.TextField(_("what"))
    source = models.CharField(_("by which document"), max_length=300, blank=True)
    due_on = models.DateField(_("deadline"))

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["reference", "addressee", "times"], name="chased_once_each_time"),
        ]

    def __str__(self) -> str:
        return self.title[:80]
