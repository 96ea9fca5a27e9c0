"""Mending what was found wrong: cause, action, and a check that it worked before the matter may close."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.models.assessment import Assessment
from assessments.models.criteria import Criterion
from assessments.models.inspection import Finding
from plans.models import Evidence
from units.access import UnitScopedQuerySet
from units.models import Unit, User


class CorrectiveActionQuerySet(UnitScopedQuerySet["CorrectiveAction"]):
    pass


class CorrectiveAction(models.Model):
    """A unit's corrective action (hành động khắc phục). `due_on` is the day by which it is to be done; it closes only
    after somebody outside the work found it effective; one found without effect goes back to be planned again.

    `number` counts within the unit and year. From a low score: `assessment` and `criterion`; from an inspection:
    `finding`; by hand: neither.
    """

    class Source(models.TextChoices):
        SCORE = "score", _("A low score")
        FINDING = "finding", _("A finding")
        INTERNAL = "internal", _("Internal audit or own initiative")

    class State(models.TextChoices):
        RAISED = "raised", pgettext_lazy("corrective action", "Raised")
        PLANNED = "planned", pgettext_lazy("corrective action", "Planned")
        DONE = "done", pgettext_lazy("corrective action", "Done, to be checked")
        CLOSED = "closed", pgettext_lazy("corrective action", "Closed")
        CANCELLED = "cancelled", pgettext_lazy("corrective action", "Cancelled")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="corrective_actions", verbose_name=_("unit"))
    year = models.PositiveSmallIntegerField(editable=False)
    number = models.PositiveIntegerField(_("number"), editable=False)
    source = models.CharField(_("source"), max_length=10, choices=Source.choices)
    assessment = models.ForeignKey(
        Assessment, null=True, blank=True, on_delete=models.PROTECT, related_name="corrective_actions"
    )
    criterion = models.ForeignKey(
        Criterion, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("criterion")
    )
    finding = models.ForeignKey(
        Finding, null=True, blank=True, on_delete=models.PROTECT, related_name="corrective_actions"
    )
    title = models.CharField(_("what is wrong"), max_length=300)
    correction = models.TextField(_("mended at once"), blank=True)
    cause = models.TextField(_("cause"), blank=True)
    action = models.TextField(_("action against the cause"), blank=True)
    owner = models.CharField(_("who does it"), max_length=200, blank=True)
    due_on = models.DateField(_("by"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.RAISED)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    result = models.TextField(_("what was done"), blank=True)
    evidence = models.ManyToManyField(Evidence, blank=True, related_name="corrective_actions")
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = models.Manager.from_queryset(CorrectiveActionQuerySet)()

    class Meta:
        verbose_name = _("corrective action")
        verbose_name_plural = _("corrective actions")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "year", "number"], name="corrective_action_number_once"),
            models.UniqueConstraint(
                fields=["assessment", "criterion"],
                condition=Q(source="score") & ~Q(state="cancelled"),
                name="corrective_action_once_per_score",
            ),
            models.UniqueConstraint(
                fields=["finding"],
                condition=Q(source="finding") & ~Q(state="cancelled"),
                name="corrective_action_once_per_finding",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_at__isnull=False), name="closed_action_has_its_moment"
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="corrective_action_due")]

    def __str__(self) -> str:
        return self.title

    @property
    def reference(self) -> str:
        return f"KP-{self.number:02d}/{self.year}"


class CorrectiveStep(models.Model):
    """What happened to a corrective action: append-only. A check says whether it worked."""

    class Kind(models.TextChoices):
        RAISED = "raised", pgettext_lazy("corrective step", "Raised")
        PLANNED = "planned", pgettext_lazy("corrective step", "Planned")
        DONE = "done", pgettext_lazy("corrective step", "Reported as done")
        EFFECTIVE = "effective", pgettext_lazy("corrective step", "Found effective")
        INEFFECTIVE = "ineffective", pgettext_lazy("corrective step", "Found without effect")
        CANCELLED = "cancelled", pgettext_lazy("corrective step", "Cancelled")

    corrective_action = models.ForeignKey(CorrectiveAction, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    text = models.TextField(_("text"), blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text[:60]}"
