"""What a criterion of a sheet was given, by whom and at which stage, and what was said about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.models.assessment import Assessment
from assessments.models.criteria import Criterion
from assessments.models.round import Round
from assessments.models.verification import Assignment
from assessments.permissions import RESULT_SHOWN
from plans.models import Evidence
from units.access import UnitScopedQuerySet, allowed_units
from units.models import User
from units.permissions import Permission

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ScoreQuerySet(UnitScopedQuerySet["Score"]):
    unit_path = "assessment__unit"

    def allowed_to(self, user: User | AnonymousUser, permission: Permission) -> Self:
        """Scores of the units where `user` holds `permission`; what assessors gave is for the assessors and those who
        manage the round until the preliminary result is told, and the second opinion for ever. Of two assessors neither
        sees what the other gave until both have finished, nor does a colleague of theirs."""
        held = super().allowed_to(user, permission)
        managed = Q(assessment__round__unit__in=allowed_units(user, Permission.ROUND_MANAGE))
        verified = Q(assessment__unit__in=allowed_units(user, Permission.ASSESSMENT_VERIFY))
        told = Q(stage__in=[Score.Stage.VERIFIED, Score.Stage.APPEAL, Score.Stage.FINAL])
        shown = Q(stage=Score.Stage.SELF) | (told & Q(assessment__state__in=RESULT_SHOWN)) | managed | verified
        return held.filter(
            shown,
            Q(stage=Score.Stage.SELF) | self._not_blind(user, managed),
            ~Q(assessment__round__state=Round.State.PREPARING) | managed,
        )

    @staticmethod
    def _not_blind(user: User | AnonymousUser, managed: Q) -> Q:
        """Rows of the assessors that their being apart does not keep from `user`."""
        finished = Assignment.objects.filter(finished_at__isnull=False)
        both = Q(assessment__in=finished.filter(place=1).values("assessment")) & Q(
            assessment__in=finished.filter(place=2).values("assessment")
        )
        own = Assignment.objects.filter(assessor=user.pk)
        first, second = own.filter(place=1).values("assessment"), own.filter(place=2).values("assessment")
        mine = Q(stage=Score.Stage.VERIFIED, assessment__in=first) | Q(stage=Score.Stage.SECOND, assessment__in=second)
        over = Q(assessment__round__second_assessor=False) | Q(assessment__state__in=RESULT_SHOWN) | both
        return over | mine | (managed & ~Q(assessment__in=own.values("assessment")))


ScoreManager = models.Manager.from_queryset(ScoreQuerySet)


class Score(models.Model):
    """The score of one criterion at one stage: the answer as entered and the points or light that follow from it.

    Stages: the unit's own; the first assessor's; the second assessor's; the outcome of an appeal; a decision (of the
    chair on a difference, or one with a number after publication). `explanation` is the unit's explanation, and at the
    other stages the reason. `version` counts the saves of this row, so that two people who edit the same row do not
    overwrite each other. A row that was cleared stays, with an empty answer, so that its versions go on.
    """

    class Stage(models.TextChoices):
        SELF = "self", _("Self-scored")
        VERIFIED = "verified", pgettext_lazy("score", "Verified")
        SECOND = "second", _("Second assessor")
        APPEAL = "appeal", _("After appeal")
        FINAL = "final", _("Decided")

    class Light(models.TextChoices):
        RED = "red", _("Red")
        YELLOW = "yellow", _("Yellow")
        GREEN = "green", _("Green")

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="scores")
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices, default=Stage.SELF)
    answer = models.JSONField(default=dict, blank=True)
    points = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    light = models.CharField(max_length=6, choices=Light.choices, blank=True)
    explanation = models.TextField(_("explanation"), blank=True)
    evidence = models.ManyToManyField(Evidence, blank=True, related_name="scores", verbose_name=_("evidence"))
    version = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now=True)

    objects = ScoreManager()

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [
            models.UniqueConstraint(fields=["assessment", "criterion", "stage"], name="score_once_per_stage"),
            models.CheckConstraint(condition=Q(points=None) | Q(points__gte=0), name="score_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion.code}: {self.points if self.points is not None else self.light}"


class CriterionCommentQuerySet(UnitScopedQuerySet["CriterionComment"]):
    unit_path = "assessment__unit"


class CriterionComment(models.Model):
    """One word in the thread about a criterion of a sheet, between its unit and the assessors: append-only."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="comments")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("comment"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = models.Manager.from_queryset(CriterionCommentQuerySet)()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["pk"]
        indexes = [models.Index(fields=["assessment", "criterion"], name="comment_of_criterion")]

    def __str__(self) -> str:
        return self.text[:60]


class Competence(models.Model):
    """Whether what an indicator of ISO 18091 measures is a unit's own affair, shared, or not its own.

    It is shown either way: citizens may still ask for it.
    """

    class Kind(models.TextChoices):
        OWN = "own", _("Own competence")
        SHARED = "shared", _("Shared")
        NOT_OWN = "not_own", _("Not its own")

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="competences")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("competence"), max_length=10, choices=Kind.choices)
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("competence")
        verbose_name_plural = _("competences")
        constraints = [models.UniqueConstraint(fields=["assessment", "criterion"], name="competence_once")]

    def __str__(self) -> str:
        return self.get_kind_display()


class WorkbookUpload(models.Model):
    """A scoring workbook, or a zip of them, that came back: what its dry run found, until it is confirmed.

    `sha256` of the bytes: a file that was taken is not taken twice. `report` lists, per file of the upload, its name,
    the sheet it belongs to, the changes, and the problems by cell; `content` what a confirmation will save.
    """

    class State(models.TextChoices):
        CHECKED = "checked", _("Checked")
        TAKEN = "taken", _("Taken")
        DROPPED = "dropped", _("Dropped")

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="uploads")
    assessment = models.ForeignKey(
        Assessment, null=True, blank=True, on_delete=models.PROTECT, related_name="uploads", verbose_name=_("sheet")
    )
    name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(max_length=64, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.CHECKED)
    report = models.JSONField(default=list)
    content = models.JSONField(default=list)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("workbook upload")
        verbose_name_plural = _("workbook uploads")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "sha256"], condition=Q(state="taken"), name="workbook_taken_once"),
        ]

    def __str__(self) -> str:
        return self.name
