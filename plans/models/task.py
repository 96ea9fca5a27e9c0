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
    """One numbered task. Its period stands as written and, where it can be told, as first and last day (inclusive).

    `parent` is the work it is a part of; only tasks without parts are reported on. `weight` is its share among its
    siblings, None counting as 1. A task that arose later, from a conclusion or a direction, is no part of the issued
    paper and is never printed in it.
    """

    class Origin(models.TextChoices):
        PLAN = "plan", _("The plan itself")
        CONCLUSION = "conclusion", _("Conclusion of a meeting")
        DIRECTION = "direction", _("Direction on an obstacle")

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
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts", verbose_name=_("part of")
    )
    weight = models.DecimalField(_("weight"), max_digits=7, decimal_places=2, null=True, blank=True)
    target_quantity = models.PositiveIntegerField(_("quantity to reach"), null=True, blank=True)
    quantity_unit = models.CharField(_("counted in"), max_length=60, blank=True)
    origin = models.CharField(_("comes from"), max_length=10, choices=Origin.choices, default=Origin.PLAN)
    is_cancelled = models.BooleanField(_("cancelled"), default=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)  # of its entry in calendar feeds (RFC 5545)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

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
            models.CheckConstraint(condition=Q(weight=None) | Q(weight__gt=0), name="task_weight_positive"),
            models.CheckConstraint(condition=Q(parent=None) | ~Q(parent=F("id")), name="task_not_part_of_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}" if self.number else self.title


class TaskTarget(models.Model):
    """A group of units that a document gives a task to ("UBND cấp xã trên địa bàn tỉnh"), and as which kinds of unit it
    was last resolved, on which day. The units themselves are `TaskPerformer` rows that name this target."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="targets")
    text = models.CharField(_("group as written"), max_length=300)
    kinds = models.JSONField(_("kinds of unit"), default=list)
    role = models.CharField(_("role"), max_length=10, default="execute")
    as_of = models.DateField(_("units as of"), null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["task", "text"], name="task_target_once")]

    def __str__(self) -> str:
        return self.text


class TaskDependency(models.Model):
    """`task` begins when `predecessor` has ended, `lag_days` days later. Cycles are refused by the service."""

    predecessor = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="following")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="preceding")
    lag_days = models.SmallIntegerField(_("days between"), default=0)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "task"], name="task_dependency_once"),
            models.CheckConstraint(condition=~Q(predecessor=F("task")), name="task_not_after_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} → {self.task_id}"


class Deliverable(models.Model):
    """A product that a task is to hand over ("Báo cáo khảo sát"), and the file that shows it was."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="deliverables")
    order = models.PositiveSmallIntegerField()
    title = models.CharField(_("deliverable"), max_length=300)
    handed_over_on = models.DateField(_("handed over on"), null=True, blank=True)
    evidence = models.ForeignKey("plans.Evidence", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["task", "order"], name="deliverable_order_once_per_task")]

    def __str__(self) -> str:
        return self.title


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
    target = models.ForeignKey(TaskTarget, null=True, blank=True, on_delete=models.SET_NULL, related_name="performers")

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
