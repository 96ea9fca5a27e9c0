"""When units have to report: periods from the calendar, and what is due of whom in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from plans.models.plan import Plan
from plans.models.task import Task, TaskPerformer
from units.access import UnitScopedQuerySet
from units.models import Unit, User
from units.permissions import Permission

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ReportingPeriodQuerySet(UnitScopedQuerySet["ReportingPeriod"]):
    def allowed_to(self, user: User | AnonymousUser, permission: Permission) -> Self:
        """Periods of the plans that `user` may see or change: the plan's own rule."""
        return self.filter(plan__in=Plan.objects.allowed_to(user, permission).order_by())


ReportingPeriodManager = models.Manager.from_queryset(ReportingPeriodQuerySet)


class ReportingPeriod(models.Model):
    """A month, a quarter or a time of an officer's choosing in which a plan's units report.

    `start` and `end` are days, both included; `due_on` is the last day to report, in Asia/Ho_Chi_Minh. After it units
    may still report late until somebody locks the period (`locked_at`).
    """

    class Kind(models.TextChoices):
        MONTH = "month", _("Month")
        QUARTER = "quarter", _("Quarter")
        ON_DEMAND = "on_demand", _("On demand")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="periods")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=200)
    start = models.DateField(_("from"))
    end = models.DateField(_("to"))
    due_on = models.DateField(_("report by"))
    locked_at = models.DateTimeField(_("locked"), null=True, blank=True)
    locked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ReportingPeriodManager()

    class Meta:
        verbose_name = _("reporting period")
        verbose_name_plural = _("reporting periods")
        ordering = ["start", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "kind", "start", "end"], name="reporting_period_once"),
            models.CheckConstraint(condition=Q(start__lte=F("end")), name="reporting_period_in_order"),
        ]

    def __str__(self) -> str:
        return self.title


class DueReportQuerySet(UnitScopedQuerySet["DueReport"]):
    def owed(self) -> Self:
        """What is still owed or was given: not that of a cancelled task, nor of a unit that was taken off the task
        before it sent anything."""
        performing = TaskPerformer.objects.performing().filter(task=OuterRef("task"), unit=OuterRef("unit"))
        return self.filter(Q(latest__isnull=False) | Q(Exists(performing)), task__is_cancelled=False)


DueReportManager = models.Manager.from_queryset(DueReportQuerySet)


class DueReport(models.Model):
    """What one unit owes on one task for one period. Whether it is not due, due, overdue, submitted, returned or
    accepted is derived from the days and from `latest`, the last update that was submitted for it.

    `open_until` is an exception: this unit may report until that moment although the period is locked.
    """

    period = models.ForeignKey(ReportingPeriod, on_delete=models.PROTECT, related_name="due_reports")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="due_reports")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="due_reports")
    latest = models.ForeignKey(
        "plans.ProgressUpdate", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    open_until = models.DateTimeField(_("open until"), null=True, blank=True)
    open_reason = models.TextField(_("reason"), blank=True)
    open_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = DueReportManager()

    class Meta:
        verbose_name = _("due report")
        verbose_name_plural = _("due reports")
        ordering = ["period", "task__order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["period", "task", "unit"], name="due_report_once"),
            models.CheckConstraint(
                condition=Q(open_until=None) | ~Q(open_reason=""), name="due_report_exception_has_reason"
            ),
        ]
        indexes = [models.Index(fields=["unit", "period"], name="due_report_by_unit")]

    def __str__(self) -> str:
        return f"{self.period}: {self.unit}"
