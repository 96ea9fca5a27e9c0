"""When units are assessed: rounds with their phases, teams of assessors, decisions on the results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessments.models.criteria import CriteriaSet
from plans.models import Plan
from units.access import UnitScopedQuerySet, allowed_units
from units.models import Unit, User
from units.permissions import Permission

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class RoundQuerySet(UnitScopedQuerySet["Round"]):
    def allowed_to(self, user: User | AnonymousUser, permission: Permission) -> Self:
        """Rounds held by the units where `user` holds `permission`; whoever may view a sheet may view its round, once
        it is no longer being prepared."""
        units = allowed_units(user, permission)
        rule = Q(unit__in=units)
        if permission == Permission.ASSESSMENT_VIEW:
            in_it = self.model.objects.filter(assessments__unit__in=units).exclude(state=Round.State.PREPARING)
            rule |= Q(pk__in=in_it.values("pk"))
        return self.filter(rule)


RoundManager = models.Manager.from_queryset(RoundQuerySet)


class Round(models.Model):
    """A province's assessment of its units by one version of a criteria set.

    Phases are half-open, [opens, closes), and may overlap: self-scoring over [opens_at, closes_at), verification,
    appeals (explanation and appeal: giải trình, phúc tra); a phase without dates is not held by date: verification then
    runs from submission on, and appeals are not taken. `approve_by` is the day by which results are to be approved.
    `groups` says who is ranked with whom: [{"code": "commune", "title": "Cấp xã", "kinds": ["commune"]}, …]; a sheet
    keeps its own group. `state` is where the round as a whole stands; each sheet has its own state.
    """

    class State(models.TextChoices):
        PREPARING = "preparing", _("Being prepared")
        RUNNING = "running", _("Running")
        APPROVED = "approved", _("Approved")
        PUBLISHED = "published", _("Published")

    class Occasion(models.TextChoices):
        YEARLY = "yearly", _("Yearly")
        BEFORE_PILOT = "before_pilot", _("Before a pilot")
        AFTER_PILOT = "after_pilot", _("After a pilot")

    class Phase(models.TextChoices):
        SELF_SCORE = "self_score", _("Self-scoring")
        VERIFY = "verify", _("Verification")
        APPEAL = "appeal", _("Explanation and appeal")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="rounds", verbose_name=_("unit"))
    criteria_set = models.ForeignKey(
        CriteriaSet, on_delete=models.PROTECT, related_name="rounds", verbose_name=_("criteria set")
    )
    plan = models.ForeignKey(
        Plan, null=True, blank=True, on_delete=models.PROTECT, related_name="rounds", verbose_name=_("under the plan")
    )
    title = models.CharField(_("title"), max_length=200)
    year = models.PositiveSmallIntegerField(_("year"))
    occasion = models.CharField(_("occasion"), max_length=12, choices=Occasion.choices, default=Occasion.YEARLY)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.RUNNING)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    verify_opens_at = models.DateTimeField(_("verification opens"), null=True, blank=True)
    verify_closes_at = models.DateTimeField(_("verification closes"), null=True, blank=True)
    appeal_opens_at = models.DateTimeField(_("appeals open"), null=True, blank=True)
    appeal_closes_at = models.DateTimeField(_("appeals close"), null=True, blank=True)
    approve_by = models.DateField(_("approve by"), null=True, blank=True)
    second_assessor = models.BooleanField(_("two assessors for each sheet"), default=False)
    groups = models.JSONField(_("ranking groups"), default=list, blank=True)
    previous = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("compared with")
    )
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RoundManager()

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        ordering = ["-year", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "criteria_set", "year"], condition=Q(occasion="yearly"), name="round_once_a_year"
            ),
            models.CheckConstraint(condition=Q(opens_at__lt=F("closes_at")), name="round_in_order"),
            models.CheckConstraint(
                condition=Q(verify_opens_at=None, verify_closes_at=None) | Q(verify_opens_at__lt=F("verify_closes_at")),
                name="round_verification_in_order",
            ),
            models.CheckConstraint(
                condition=Q(appeal_opens_at=None, appeal_closes_at=None) | Q(appeal_opens_at__lt=F("appeal_closes_at")),
                name="round_appeals_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.title
