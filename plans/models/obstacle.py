"""What stands in the way of a task (vướng mắc): raised in writing, answered, escalated, closed only with an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plans.models.plan import Plan
from plans.models.task import Task
from units.access import UnitScopedQuerySet, allowed_units
from units.models import Unit, User
from units.permissions import Permission

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ObstacleQuerySet(UnitScopedQuerySet["Obstacle"]):
    def allowed_to(self, user: User | AnonymousUser, permission: Permission) -> Self:
        """A unit sees what it raised; whoever holds the plan sees, and with the right to answers, what stands in its
        way. Raising and closing are rights of the unit that raised it."""
        units = allowed_units(user, permission)
        if permission == Permission.TASK_REPORT:
            return self.filter(unit__in=units)
        return self.filter(Q(unit__in=units) | Q(plan__unit__in=units))


ObstacleManager = models.Manager.from_queryset(ObstacleQuerySet)


class Obstacle(models.Model):
    """`level` is who has to answer now, `due_on` until which day (Asia/Ho_Chi_Minh). `number` counts within the plan
    and year and is what the unit's paper is called by."""

    class Level(models.IntegerChoices):
        UNIT = 1, _("Unit")
        STANDING_BODY = 2, _("Standing body")
        COMMITTEE = 3, _("Steering committee")
        PEOPLES_COMMITTEE = 4, _("Provincial People's Committee")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("obstacle", "Open")
        ANSWERED = "answered", pgettext_lazy("obstacle", "Answered")
        CLOSED = "closed", pgettext_lazy("obstacle", "Closed")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="obstacles", verbose_name=_("plan"))
    task = models.ForeignKey(
        Task, null=True, blank=True, on_delete=models.PROTECT, related_name="obstacles", verbose_name=_("task")
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="obstacles", verbose_name=_("raised by"))
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField(_("number"))
    title = models.CharField(_("what stands in the way"), max_length=200)
    text = models.TextField(_("description"))
    proposal = models.TextField(_("what the unit proposes"), blank=True)
    level = models.PositiveSmallIntegerField(_("level"), choices=Level.choices, default=Level.STANDING_BODY)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    due_on = models.DateField(_("answer by"))
    evidence = models.ManyToManyField("plans.Evidence", blank=True, related_name="obstacles")
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ObstacleManager()

    class Meta:
        verbose_name = _("obstacle")
        verbose_name_plural = _("obstacles")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "year", "number"], name="obstacle_number_once_per_plan_and_year"),
            models.CheckConstraint(condition=Q(level__range=(1, 4)), name="obstacle_level"),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_at__isnull=False), name="closed_obstacle_has_its_moment"
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="obstacle_due")]

    def __str__(self) -> str:
        return self.title

    @property
    def reference(self) -> str:
        """What the unit's paper is called by, within its plan: "VM-03/2026"."""
        return f"VM-{self.number:02d}/{self.year}"


class ObstacleStep(models.Model):
    """One word in the matter: append-only. A direction may have become a task."""

    class Kind(models.TextChoices):
        NOTE = "note", _("Note")
        ANSWER = "answer", _("Answer")
        DIRECTION = "direction", _("Direction")
        ESCALATION = "escalation", _("Escalated")
        REOPENING = "reopening", _("Reopened")
        CLOSING = "closing", _("Closed")

    obstacle = models.ForeignKey(Obstacle, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    level = models.PositiveSmallIntegerField(_("level"), choices=Obstacle.Level.choices)
    text = models.TextField(_("text"), blank=True)
    document = models.CharField(_("document"), max_length=200, blank=True)
    task = models.OneToOneField(Task, null=True, blank=True, on_delete=models.PROTECT, related_name="direction")
    evidence = models.ManyToManyField("plans.Evidence", blank=True, related_name="obstacle_steps")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text[:60]}"


class AnswerDeadline(models.Model):
    """Within how many working days each level answers: a province's own rule, else the defaults of the service."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+", verbose_name=_("province"))
    level = models.PositiveSmallIntegerField(_("level"), choices=Obstacle.Level.choices)
    days = models.PositiveSmallIntegerField(_("working days"))

    class Meta:
        verbose_name = _("answer deadline")
        verbose_name_plural = _("answer deadlines")
        constraints = [
            models.UniqueConstraint(fields=["unit", "level"], name="answer_deadline_once_per_level"),
            models.CheckConstraint(condition=Q(days__range=(1, 365)), name="answer_deadline_in_bounds"),
        ]

    def __str__(self) -> str:
        return f"{self.unit}, {self.get_level_display()}: {self.days}"
