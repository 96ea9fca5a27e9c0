"""A unit's sheet in a round, and what a sheet was given beyond the round's dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.models.round import Round
from units.access import UnitScopedQuerySet, allowed_units
from units.models import Unit, User
from units.permissions import Permission

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class AssessmentQuerySet(UnitScopedQuerySet["Assessment"]):
    def allowed_to(self, user: User | AnonymousUser, permission: Permission) -> Self:
        """Sheets of the units where `user` holds `permission`; of a round that is being prepared only by those who
        manage it."""
        held = super().allowed_to(user, permission)
        managed = Q(round__unit__in=allowed_units(user, Permission.ROUND_MANAGE))
        return held.filter(~Q(round__state=Round.State.PREPARING) | managed)

    def with_sheet_head(self) -> Self:
        """With what the head of a sheet tells. The sheet as it was approved, which is large, is read where it is asked
        for."""
        return self.select_related("unit", "round__criteria_set__standard", "round__unit").defer("frozen")


AssessmentManager = models.Manager.from_queryset(AssessmentQuerySet)


class Assessment(models.Model):
    """A unit's sheet in a round. The totals are stored in the same transaction as the score that changes them, on this
    one row, so that a ranking reads nothing else.

    Without a prefix: the unit's own scores. `verified_`: the assessors'. `final_`: what stands, of each criterion the
    decision, else the outcome of the appeal, else what was verified. A total is None while nothing is scored, which is
    not 0, and None for traffic lights. `*_groups` map the code of each group to
    {"points": "10.50" | null, "scored": 4, "green": 0, "yellow": 0, "red": 0}. `grade` is the code of a grade of the
    set's policy, `knocked_out` the reasons that lowered it. `rank` is the place in `ranking_group` as it was published;
    until then a ranking is worked out when it is asked for.

    `frozen` is the sheet as it was approved, `digest` its SHA-256. `version` counts the changes of state.
    """

    class State(models.TextChoices):
        SCORING = "scoring", _("Self-scoring")
        HEAD_REVIEW = "head_review", _("Waits for the unit's head")
        SUBMITTED = "submitted", _("Submitted")
        RETURNED = "returned", _("Returned for completion")
        VERIFYING = "verifying", _("Being verified")
        PRELIMINARY = "preliminary", _("Preliminary result")
        APPEALED = "appealed", _("Under appeal")
        PROPOSED = "proposed", _("Proposed for approval")
        APPROVED = "approved", _("Approved")
        PUBLISHED = "published", _("Published")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="assessments", verbose_name=_("round"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="assessments", verbose_name=_("unit"))
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.SCORING)
    ranking_group = models.CharField(_("ranking group"), max_length=30, blank=True)
    scored = models.PositiveSmallIntegerField(_("criteria scored"), default=0)
    of = models.PositiveSmallIntegerField(_("criteria"), default=0)
    total = models.DecimalField(_("total"), max_digits=7, decimal_places=2, null=True)
    group_totals = models.JSONField(default=dict)
    green = models.PositiveSmallIntegerField(default=0)
    yellow = models.PositiveSmallIntegerField(default=0)
    red = models.PositiveSmallIntegerField(default=0)
    verified_scored = models.PositiveSmallIntegerField(_("criteria verified"), default=0)
    verified_total = models.DecimalField(_("verified total"), max_digits=7, decimal_places=2, null=True)
    verified_groups = models.JSONField(default=dict)
    final_scored = models.PositiveSmallIntegerField(default=0)
    final_total = models.DecimalField(_("final total"), max_digits=7, decimal_places=2, null=True)
    final_groups = models.JSONField(default=dict)
    final_green = models.PositiveSmallIntegerField(default=0)
    final_yellow = models.PositiveSmallIntegerField(default=0)
    final_red = models.PositiveSmallIntegerField(default=0)
    grade = models.CharField(_("grade"), max_length=30, blank=True)
    knocked_out = models.JSONField(default=list, blank=True)
    rank = models.PositiveSmallIntegerField(_("rank"), null=True, blank=True)
    sent_to_head_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    submitted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    late = models.BooleanField(_("submitted late"), default=False)
    returned_note = models.TextField(_("why it was returned"), blank=True)
    preliminary_at = models.DateTimeField(_("preliminary result"), null=True, blank=True)
    difficulties = models.TextField(_("difficulties and proposals"), blank=True)
    frozen = models.JSONField(null=True, blank=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = AssessmentManager()

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering = ["round", "unit"]
        constraints = [
            models.UniqueConstraint(fields=["round", "unit"], name="assessment_once_a_round"),
            models.CheckConstraint(condition=Q(total=None) | Q(total__gte=0), name="assessment_total_not_negative"),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "published"]) | ~Q(digest=""), name="approved_sheet_is_frozen"
            ),
        ]
        indexes = [models.Index(fields=["round", "ranking_group", "-final_total"], name="assessment_ranking")]

    def __str__(self) -> str:
        return f"{self.unit} – {self.round}"


class Extension(models.Model):
    """One unit may still do what a phase's dates no longer allow (gia hạn), until a moment and for a reason."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="extensions")
    phase = models.CharField(_("phase"), max_length=10, choices=Round.Phase.choices)
    until = models.DateTimeField(_("until"))
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.assessment}, {self.get_phase_display()}: {self.until:%d/%m/%Y %H:%M}"
