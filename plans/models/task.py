"""Tasks of a plan and who performs them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from plans.models.plan import Plan
from units.access import UnitScopedQuerySet, allowed_units
from units.models import Unit, User
from units.permissions import Permission

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class TaskQuerySet(UnitScopedQuerySet["Task"]):
    def allowed_to(self, user: User | AnonymousUser, permission: Permission) -> Self:
        """Tasks of the plans that `user` may see or change: the plan's own rule. Reporting on a task is the right of
        those who report for a unit that performs it, whoever owns the plan."""
        if permission == Permission.TASK_REPORT:
            performing = TaskPerformer.objects.performing().filter(unit__in=allowed_units(user, permission))
            return self.filter(pk__in=performing.values("task"))
        return self.filter(plan__in=Plan.objects.allowed_to(user, permission).order_by())

    def late(self, on: date) -> Self:
        """Tasks whose period ended before `on`, a day in Asia/Ho_Chi_Minh; whether they are done is in the progress."""
        return self.filter(end__lt=on)


TaskManager = models.Manager.from_queryset(TaskQuerySet)


class Task(models.Model):
    """One numbered task. Its period stands as written and, where it can be told, as first and last day (inclusive)."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="tasks", verbose_name=_("plan"))
    order = models.PositiveSmallIntegerField()
    number = models.CharField(_("number"), max_length=20, blank=True)
    title = models.TextField(_("title"))
    period_text = models.CharField(_("period as written"), max_length=500, blank=True)
    start = models.DateField(_("start"), null=True, blank=True)
    end = models.DateField(_("end"), null=True, blank=True)
    quantity = models.CharField(_("quantity"), max_length=200, blank=True)
    deliverable = models.TextField(_("deliverable"), blank=True)
    cost_text = models.CharField(_("cost as written"), max_length=200, blank=True)
    cost = models.BigIntegerField(_("cost"), null=True, blank=True)
    group = models.TextField(_("group of tasks"), blank=True)
    details = models.JSONField(_("details"), default=list)
    source_lines = models.JSONField(default=list, editable=False)

    objects = TaskManager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["plan", "order"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "order"], name="task_order_once_per_plan"),
            models.CheckConstraint(condition=Q(cost=None) | Q(cost__gte=0), name="task_cost_not_negative"),
            models.CheckConstraint(
                condition=Q(start=None) | Q(end=None) | Q(start__lte=F("end")), name="task_period_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}" if self.number else self.title


class TaskPerformerQuerySet(models.QuerySet["TaskPerformer"]):
    def performing(self) -> Self:
        """Units that are to report: those that lead, support or carry out a task, not those that only direct it."""
        return self.filter(unit__isnull=False).exclude(role=TaskPerformer.Role.DIRECT)


TaskPerformerManager = models.Manager.from_queryset(TaskPerformerQuerySet)


class TaskPerformer(models.Model):
    """Who performs a task: as the document writes it, and the unit meant where there is one.

    `as_written` is false for units that an officer assigned later because the document names only a group ("UBND cấp
    xã trên địa bàn tỉnh"): they report on the task, but they are not printed as the document's words.
    """

    class Role(models.TextChoices):
        LEAD = "lead", _("Lead")
        SUPPORT = "support", _("Coordinating")
        EXECUTE = "execute", _("Carrying out")
        DIRECT = "direct", _("Directing")

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="performers")
    order = models.PositiveSmallIntegerField()
    text = models.TextField()
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="performs")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.EXECUTE)
    as_written = models.BooleanField(default=True)

    objects = TaskPerformerManager()

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "unit", "role"], condition=Q(unit__isnull=False), name="task_performer_once"
            ),
        ]

    def __str__(self) -> str:
        return self.text
