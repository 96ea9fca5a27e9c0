"""Units that pilot a standard under a plan, chosen after it was issued."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plans.models.plan import Plan
from plans.models.task import Task
from units.access import UnitScopedQuerySet, allowed_units
from units.models import Unit, User
from units.permissions import Permission


class PilotUnitQuerySet(UnitScopedQuerySet["PilotUnit"]):
    def allowed_to(self, user: Any, permission: Permission) -> Self:
        """Whoever may see the plan's side or the unit itself; a unit does not see how others did in the survey."""
        units = allowed_units(user, permission)
        if permission == Permission.PLAN_VIEW:
            return self.filter(Q(plan__unit__in=units) | Q(unit__in=units))
        return self.filter(plan__unit__in=units)


PilotUnitManager = models.Manager.from_queryset(PilotUnitQuerySet)


class PilotUnit(models.Model):
    """A unit that a survey looked at and, where it was chosen, its way through the pilot.

    `survey_score` is 0 to 100 points. `decision` names the document by which it was chosen.
    """

    class Phase(models.TextChoices):
        SURVEYED = "surveyed", _("Surveyed")
        NOT_CHOSEN = "not_chosen", _("Not chosen")
        CHOSEN = "chosen", _("Chosen")
        BUILDING = "building", _("Building the system")
        APPLYING = "applying", _("Applying")
        DECLARED = "declared", _("Declared")
        MAINTAINED = "maintained", _("Maintained")
        ENDED = "ended", _("Ended")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="pilot_units")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="pilots", verbose_name=_("unit"))
    task = models.ForeignKey(
        Task, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("chosen by the task")
    )
    phase = models.CharField(_("phase"), max_length=12, choices=Phase.choices, default=Phase.SURVEYED)
    survey_score = models.DecimalField(_("survey score"), max_digits=5, decimal_places=2, null=True, blank=True)
    survey_note = models.TextField(_("what the survey found"), blank=True)
    surveyed_on = models.DateField(_("surveyed on"), null=True, blank=True)
    decision = models.CharField(_("decision"), max_length=200, blank=True)
    decided_on = models.DateField(_("date of the decision"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PilotUnitManager()

    class Meta:
        verbose_name = _("pilot unit")
        verbose_name_plural = _("pilot units")
        ordering = ["plan", "-survey_score", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "unit"], name="pilot_unit_once_per_plan"),
            models.CheckConstraint(
                condition=Q(survey_score=None) | Q(survey_score__range=(0, 100)), name="survey_score_in_bounds"
            ),
            models.CheckConstraint(
                condition=Q(phase__in=["surveyed", "not_chosen"]) | ~Q(decision=""), name="chosen_pilot_has_decision"
            ),
        ]

    def __str__(self) -> str:
        return str(self.unit)


class PilotPhase(models.Model):
    """One step of a pilot unit's way: append-only."""

    pilot = models.ForeignKey(PilotUnit, on_delete=models.PROTECT, related_name="phases")
    phase = models.CharField(_("phase"), max_length=12, choices=PilotUnit.Phase.choices)
    since = models.DateField(_("since"))
    note = models.TextField(_("note"), blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["since", "pk"]

    def __str__(self) -> str:
        return f"{self.get_phase_display()} {self.since}"
