"""Who verifies which sheets, what units object to, and what was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.models.assessment import Assessment
from assessments.models.criteria import Criterion
from assessments.models.round import Round
from plans.models import Evidence
from units.access import UnitScopedQuerySet
from units.models import User
from units.permissions import Permission

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class TeamQuerySet(UnitScopedQuerySet["Team"]):
    unit_path = "round__unit"


class Team(models.Model):
    """Assessors of a round (tổ thẩm định). The chair decides where two assessors differ, and the appeals."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="teams")
    title = models.CharField(_("title"), max_length=200)
    chair = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("chair")
    )
    members = models.ManyToManyField(User, blank=True, related_name="assessor_teams", verbose_name=_("members"))

    objects = models.Manager.from_queryset(TeamQuerySet)()

    class Meta:
        verbose_name = _("team of assessors")
        verbose_name_plural = _("teams of assessors")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["round", "title"], name="team_title_once_a_round")]

    def __str__(self) -> str:
        return self.title


class AssignmentQuerySet(UnitScopedQuerySet["Assignment"]):
    unit_path = "assessment__unit"


class Assignment(models.Model):
    """A sheet that an assessor verifies: `place` 1, or 2 where the round asks for a second assessor. Nobody verifies
    the sheet of a unit in which they hold an office."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="assignments")
    assessor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("assessor"))
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("team"))
    place = models.PositiveSmallIntegerField(_("place"), default=1)
    finished_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = models.Manager.from_queryset(AssignmentQuerySet)()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["assessment", "place"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "place"], name="assignment_once_per_place"),
            models.UniqueConstraint(fields=["assessment", "assessor"], name="assignment_once_per_assessor"),
            models.CheckConstraint(condition=Q(place__in=[1, 2]), name="assignment_place"),
        ]

    def __str__(self) -> str:
        return f"{self.assessor} → {self.assessment}"


class AppealQuerySet(UnitScopedQuerySet["Appeal"]):
    unit_path = "assessment__unit"


class Appeal(models.Model):
    """A unit asks for one criterion to be looked at again (đề nghị phúc tra); the outcome changes its score or not."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("appeal", "Being written")
        OPEN = "open", pgettext_lazy("appeal", "Open")
        UPHELD = "upheld", pgettext_lazy("appeal", "Upheld")
        PARTLY = "partly", pgettext_lazy("appeal", "Upheld in part")
        REJECTED = "rejected", pgettext_lazy("appeal", "Rejected")
        WITHDRAWN = "withdrawn", pgettext_lazy("appeal", "Withdrawn")

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="appeals")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+", verbose_name=_("criterion"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    text = models.TextField(_("what the unit asks and why"))
    evidence = models.ManyToManyField(Evidence, blank=True, related_name="appeals")
    outcome = models.TextField(_("outcome and reason"), blank=True)
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = models.Manager.from_queryset(AppealQuerySet)()

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["assessment", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "criterion"], condition=~Q(state="withdrawn"), name="appeal_once_per_criterion"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["upheld", "partly", "rejected"])
                | (~Q(outcome="") & Q(decided_by__isnull=False)),
                name="decided_appeal_has_its_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion.code}: {self.text[:60]}"


class DecisionQuerySet(models.QuerySet["Decision"]):
    def allowed_to(self, user: User | AnonymousUser, permission: Permission) -> Self:
        """Of the rounds that `user` may see; a unit reads them once the round is published."""
        rounds = Round.objects.allowed_to(user, permission).order_by()
        managed = Round.objects.allowed_to(user, Permission.ROUND_MANAGE).order_by()
        approving = Round.objects.allowed_to(user, Permission.ASSESSMENT_APPROVE).order_by()
        shown = Q(round__state=Round.State.PUBLISHED)
        inside = Q(round__in=managed.values("pk")) | Q(round__in=approving.values("pk"))
        return self.filter(Q(round__in=rounds.values("pk")), shown | inside)


class Decision(models.Model):
    """A numbered decision on a round's results: it approves them, publishes them, or changes them afterwards.

    `changes` of a change: [{"assessment": 7, "criterion": "2.1", "before": "7.39", "after": "8.00", "reason": "…"}].
    `digest` is the SHA-256 over the digests of the sheets as they stood with it.
    """

    class Kind(models.TextChoices):
        APPROVAL = "approval", _("Approval")
        PUBLICATION = "publication", _("Publication")
        CHANGE = "change", _("Change of a result")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    number = models.CharField(_("number"), max_length=60, blank=True)
    decided_on = models.DateField(_("date"))
    signer = models.CharField(_("signer"), max_length=120, blank=True)
    text = models.TextField(_("text"), blank=True)
    changes = models.JSONField(default=list, blank=True)
    file = models.ForeignKey(
        Evidence, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("signed copy")
    )
    digest = models.CharField(max_length=64, editable=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = models.Manager.from_queryset(DecisionQuerySet)()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["round", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind__in=["publication", "change"]) | ~Q(number=""),
                name="published_by_a_numbered_decision",
            ),
            models.UniqueConstraint(
                fields=["round", "kind"], condition=~Q(kind="change"), name="round_approved_and_published_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}".strip()
