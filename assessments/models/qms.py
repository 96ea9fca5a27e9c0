"""The life of a unit's quality management system: established, applied, audited, reviewed, declared, kept up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plans.models import Evidence, Standard
from units.access import UnitScopedQuerySet, roots_of
from units.models import Unit, User
from units.permissions import Permission

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class QmsQuerySet(UnitScopedQuerySet["Qms"]):
    pass


class Qms(models.Model):
    """A unit's quality management system by one edition of a standard. `phase` follows from its steps."""

    class Phase(models.TextChoices):
        ESTABLISHING = "establishing", pgettext_lazy("quality management system", "Being established")
        APPLYING = "applying", pgettext_lazy("quality management system", "Being applied")
        DECLARED = "declared", pgettext_lazy("quality management system", "Declared")
        MAINTAINED = "maintained", pgettext_lazy("quality management system", "Maintained")
        ENDED = "ended", pgettext_lazy("quality management system", "Ended")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="systems", verbose_name=_("unit"))
    standard = models.ForeignKey(
        Standard, on_delete=models.PROTECT, related_name="systems", verbose_name=_("standard and edition")
    )
    phase = models.CharField(_("phase"), max_length=12, choices=Phase.choices, default=Phase.ESTABLISHING)
    scope = models.TextField(_("scope"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    objects = models.Manager.from_queryset(QmsQuerySet)()

    class Meta:
        verbose_name = _("quality management system")
        verbose_name_plural = _("quality management systems")
        ordering = ["unit", "standard"]
        constraints = [models.UniqueConstraint(fields=["unit", "standard"], name="qms_once_per_edition")]

    def __str__(self) -> str:
        return f"{self.unit}: {self.standard}"


class QmsStep(models.Model):
    """One step in the life of a system: planned for a day, done on a day, or both. Overdue: planned and not done."""

    class Kind(models.TextChoices):
        ESTABLISH = "establish", _("Established")
        APPLY = "apply", _("Put into application")
        INTERNAL_AUDIT = "internal_audit", _("Internal audit")
        MANAGEMENT_REVIEW = "management_review", _("Management review")
        DECLARE = "declare", _("Declaration")
        REDECLARE = "redeclare", _("Re-declaration")
        MAINTAIN = "maintain", _("Maintained")
        IMPROVE = "improve", _("Improved")
        END = "end", pgettext_lazy("quality management system", "Ended")

    qms = models.ForeignKey(Qms, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(_("step"), max_length=20, choices=Kind.choices)
    planned_on = models.DateField(_("planned for"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    document = models.CharField(_("document"), max_length=200, blank=True)
    note = models.TextField(_("note"), blank=True)
    nonconformities = models.PositiveSmallIntegerField(_("nonconformities"), null=True, blank=True)
    evidence = models.ManyToManyField(Evidence, blank=True, related_name="qms_steps")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("step of a system")
        verbose_name_plural = _("steps of a system")
        ordering = ["qms", "done_on", "planned_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(planned_on__isnull=False) | Q(done_on__isnull=False), name="qms_step_has_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.done_on or self.planned_on}"


class DeclarationQuerySet(UnitScopedQuerySet["Declaration"]):
    unit_path = "qms__unit"


class Declaration(models.Model):
    """The head declares that the system conforms (công bố), and again when its scope changes (công bố lại, khoản 3 Điều
    4 QĐ 19/2014/QĐ-TTg). The one without a successor is in force."""

    qms = models.ForeignKey(Qms, on_delete=models.PROTECT, related_name="declarations")
    step = models.OneToOneField(QmsStep, on_delete=models.PROTECT, related_name="declaration")
    number = models.CharField(_("number"), max_length=60)
    declared_on = models.DateField(_("declared on"))
    signer = models.CharField(_("signer"), max_length=120, blank=True)
    scope = models.TextField(_("scope"))
    reason = models.TextField(_("why it is declared again"), blank=True)
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="successor", verbose_name=_("supersedes")
    )
    file = models.ForeignKey(
        Evidence, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("file")
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = models.Manager.from_queryset(DeclarationQuerySet)()

    class Meta:
        verbose_name = _("declaration")
        verbose_name_plural = _("declarations")
        ordering = ["qms", "-declared_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.number} ({self.declared_on:%d/%m/%Y})"


class ObligationQuerySet(models.QuerySet["Obligation"]):
    def allowed_to(self, user: User | AnonymousUser, permission: Permission) -> Self:
        """A province's rules are for all its units to read; those who manage rounds there change them."""
        return self.filter(province__path__in=roots_of(user, permission))


class Obligation(models.Model):
    """Whether a kind of unit, or one unit, must apply a standard or is encouraged to, over a period (QĐ 19/2014/QĐ-TTg;
    the list of Điều 1 and what holds since 1/7/2025 are for the province to confirm). The rule of one unit goes before
    that of its kind."""

    class Kind(models.TextChoices):
        MANDATORY = "mandatory", _("Mandatory")
        ENCOURAGED = "encouraged", _("Encouraged")

    province = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("province"))
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="obligations", verbose_name=_("unit")
    )
    unit_kind = models.CharField(_("kind of unit"), max_length=20, choices=Unit.Kind.choices, blank=True)
    standard_code = models.CharField(_("standard"), max_length=60, default="TCVN ISO 9001")
    kind = models.CharField(_("obligation"), max_length=12, choices=Kind.choices)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    basis = models.CharField(_("basis"), max_length=300, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = models.Manager.from_queryset(ObligationQuerySet)()

    class Meta:
        verbose_name = _("obligation")
        verbose_name_plural = _("obligations")
        ordering = ["-valid_from", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit=None, unit_kind__gt="") | Q(unit__isnull=False, unit_kind=""),
                name="obligation_of_a_kind_or_a_unit",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_from__lte=F("valid_to")), name="obligation_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit or self.get_unit_kind_display()}: {self.get_kind_display()}"
