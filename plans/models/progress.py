"""How far a unit has come with a task: append-only, so that history is never lost."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plans.models.task import Task
from units.access import UnitScopedQuerySet, allowed_units
from units.models import Unit, User
from units.permissions import Permission

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ProgressUpdateQuerySet(UnitScopedQuerySet["ProgressUpdate"]):
    def allowed_to(self, user: User | AnonymousUser, permission: Permission) -> Self:
        """What the units within reach have sent; a draft is seen by those alone who report for its unit."""
        reached = super().allowed_to(user, permission)
        if permission == Permission.TASK_REPORT:
            return reached
        return reached.filter(
            ~Q(state=ProgressUpdate.State.DRAFT) | Q(unit__in=allowed_units(user, Permission.TASK_REPORT))
        )

    def standing(self, *, before: datetime) -> Self:
        """Of what each unit has sent on each task before the moment `before`: what was accepted last, and what was sent
        last, which is the same row where nothing waits."""
        sent = ProgressUpdate.objects.filter(
            task=models.OuterRef("task"), unit=models.OuterRef("unit"), submitted_at__lt=before
        ).order_by("-pk")
        accepted = sent.filter(state=ProgressUpdate.State.ACCEPTED)
        return self.filter(
            Q(pk=models.Subquery(sent.values("pk")[:1])) | Q(pk=models.Subquery(accepted.values("pk")[:1]))
        )

    def drafts(self) -> Self:
        """Drafts that are the last word of their unit on their task and due report, and so may still be sent."""
        newer = ProgressUpdate.objects.filter(
            task=models.OuterRef("task"), unit=models.OuterRef("unit"), pk__gt=models.OuterRef("pk")
        )
        same_report = newer.filter(due_report=models.OuterRef("due_report"))
        outside = newer.filter(due_report=None)
        return self.filter(state=ProgressUpdate.State.DRAFT).exclude(
            Q(due_report__isnull=False) & models.Exists(same_report) | Q(due_report=None) & models.Exists(outside)
        )

    def waiting(self) -> Self:
        """What was sent and awaits a decision: for each unit, task and due report the last one alone, since a unit
        that sends again takes back what it sent before."""
        sent_again = ProgressUpdate.objects.filter(
            task=models.OuterRef("task"), unit=models.OuterRef("unit"), pk__gt=models.OuterRef("pk")
        ).exclude(state=ProgressUpdate.State.DRAFT)
        same_report = sent_again.filter(due_report=models.OuterRef("due_report"))
        outside = sent_again.filter(due_report=None)
        return self.filter(state=ProgressUpdate.State.SUBMITTED).exclude(
            Q(due_report__isnull=False) & models.Exists(same_report) | Q(due_report=None) & models.Exists(outside)
        )


ProgressUpdateManager = models.Manager.from_queryset(ProgressUpdateQuerySet)


class ProgressUpdate(models.Model):
    """What a unit said of a task. `percent` is 0–100. A task on which a unit has said nothing has no row: blank is not
    zero. What was said never changes; only what became of it does, each step once: a draft is submitted, what is
    submitted is accepted or returned. Only accepted values roll up.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", pgettext_lazy("progress", "Submitted")
        RETURNED = "returned", pgettext_lazy("progress", "Returned")
        ACCEPTED = "accepted", pgettext_lazy("progress", "Accepted")

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="updates", verbose_name=_("task"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    percent = models.PositiveSmallIntegerField(_("percent"))
    note = models.TextField(_("what was done"), blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    quantity_done = models.PositiveIntegerField(_("quantity done"), null=True, blank=True)
    due_report = models.ForeignKey(
        "plans.DueReport", null=True, blank=True, on_delete=models.PROTECT, related_name="updates"
    )
    evidence = models.ManyToManyField("plans.Evidence", blank=True, related_name="updates")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.SUBMITTED)
    submitted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField(_("note on the decision"), blank=True)

    objects = ProgressUpdateManager()

    class Meta:
        verbose_name = _("progress update")
        verbose_name_plural = _("progress updates")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(percent__range=(0, 100)), name="progress_is_a_percentage"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted"]) | Q(decided_at__isnull=False), name="progress_decided"
            ),
        ]
        indexes = [
            models.Index(fields=["task", "unit", "-id"], name="progress_latest"),
            models.Index(fields=["state", "unit"], name="progress_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.percent} % {self.task}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A progress update is never changed: add another one.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("A progress update is never deleted: add another one.")
