"""Trainings, conferences, study visits and inspection visits that tasks speak of."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plans.models.plan import Plan
from plans.models.task import Task
from units.access import UnitScopedQuerySet, allowed_units
from units.models import Unit, User
from units.permissions import Permission


class EventQuerySet(UnitScopedQuerySet["Event"]):
    unit_path = "plan__unit"

    def allowed_to(self, user: Any, permission: Permission) -> Self:
        """Events of the plans of one's units; an invited unit sees the event it is invited to."""
        units = allowed_units(user, permission)
        rule = Q(plan__unit__in=units)
        if permission == Permission.PLAN_VIEW:
            rule |= Q(pk__in=Invitation.objects.filter(unit__in=units).values("event"))
        return self.filter(rule)


EventManager = models.Manager.from_queryset(EventQuerySet)


class Event(models.Model):
    """`starts_at` and `ends_at` are moments, shown in Asia/Ho_Chi_Minh; `sequence` counts re-datings for calendars."""

    class Kind(models.TextChoices):
        TRAINING = "training", _("Training")
        CONFERENCE = "conference", _("Conference")
        STUDY_VISIT = "study_visit", _("Study visit")
        INSPECTION = "inspection", _("Inspection visit")
        MEETING = "meeting", _("Meeting")

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("event", "Planned")
        HELD = "held", pgettext_lazy("event", "Held")
        CANCELLED = "cancelled", _("Cancelled")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="events")
    task = models.ForeignKey(
        Task, null=True, blank=True, on_delete=models.SET_NULL, related_name="events", verbose_name=_("task")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=300)
    place = models.CharField(_("place"), max_length=300, blank=True)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    agenda = models.TextField(_("agenda"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PLANNED)
    cancelled_because = models.TextField(_("reason"), blank=True)
    minutes = models.TextField(_("minutes"), blank=True)
    materials = models.ManyToManyField("plans.Evidence", blank=True, related_name="events")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = EventManager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="event_ends_after_it_starts")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def unit(self) -> Unit:
        """Whose event it is: of the unit whose plan it carries out."""
        return self.plan.unit


class InvitationQuerySet(UnitScopedQuerySet["Invitation"]):
    def allowed_to(self, user: Any, permission: Permission) -> Self:
        """Those who hold the plan see every invitation to its events, an invited unit its own, letter included."""
        units = allowed_units(user, permission)
        rule = Q(event__plan__unit__in=units)
        if permission in {Permission.PLAN_VIEW, Permission.REPORT_VIEW, Permission.REPORT_REQUEST}:
            rule |= Q(unit__in=units)
        return self.filter(rule)


InvitationManager = models.Manager.from_queryset(InvitationQuerySet)


class Invitation(models.Model):
    """A unit invited to an event, how many of its people, and how many came: None until somebody counted."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="invitations")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="invitations")
    seats = models.PositiveSmallIntegerField(_("people invited"), default=1)
    attended = models.PositiveSmallIntegerField(_("people who came"), null=True, blank=True)
    names = models.TextField(_("who came"), blank=True)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = InvitationManager()

    class Meta:
        ordering = ["unit__kind", "unit__name", "pk"]
        constraints = [models.UniqueConstraint(fields=["event", "unit"], name="invitation_once_per_unit")]

    def __str__(self) -> str:
        return f"{self.unit}: {self.seats}"


class ConclusionQuerySet(UnitScopedQuerySet["Conclusion"]):
    unit_path = "event__plan__unit"


ConclusionManager = models.Manager.from_queryset(ConclusionQuerySet)


class Conclusion(models.Model):
    """A conclusion of an event, and the task it became."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="conclusions")
    order = models.PositiveSmallIntegerField()
    text = models.TextField(_("conclusion"))
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("given to")
    )
    due_on = models.DateField(_("deadline"), null=True, blank=True)
    task = models.OneToOneField(Task, null=True, blank=True, on_delete=models.PROTECT, related_name="conclusion")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ConclusionManager()

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["event", "order"], name="conclusion_order_once_per_event")]

    def __str__(self) -> str:
        return self.text[:80]
