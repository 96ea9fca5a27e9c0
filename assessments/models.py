"""How good it is: versions of criteria sets, rounds of assessment, a unit's sheet and its scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from plans.models import Standard
from units.access import UnitScopedQuerySet, allowed_units, holds
from units.models import Unit, User
from units.permissions import Permission

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class CriteriaSetQuerySet(models.QuerySet["CriteriaSet"]):
    def allowed_to(self, user: User | AnonymousUser, permission: Permission) -> Self:
        """A set belongs to no unit: whoever holds `permission` in some unit has all that are not drafts, and those who
        hold rounds have the drafts too."""
        if not holds(user, permission):
            return self.none()
        if holds(user, Permission.ROUND_MANAGE):
            return self
        return self.exclude(status=CriteriaSet.Status.DRAFT)


CriteriaSetManager = models.Manager.from_queryset(CriteriaSetQuerySet)


class CriteriaSet(models.Model):
    """One version of a set of criteria. A published version never changes: a round keeps the one it opened with.

    `digest` is the SHA-256 of its content: the same content is never a second version. `size` counts the scored
    criteria (not the groups), `maximum` sums their points (None for traffic lights); both stand here for the lists.
    """

    class Scale(models.TextChoices):
        POINTS = "points", _("Points")
        RAG = "rag", _("Traffic lights")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        RETIRED = "retired", _("Retired")

    slug = models.SlugField(max_length=60)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    title = models.CharField(_("title"), max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    note = models.TextField(_("note"), blank=True)
    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="criteria_sets")
    scale = models.CharField(_("scale"), max_length=10, choices=Scale.choices)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    size = models.PositiveSmallIntegerField(_("criteria"), default=0)
    maximum = models.DecimalField(_("maximum"), max_digits=7, decimal_places=2, null=True)
    published_at = models.DateTimeField(null=True)

    objects = CriteriaSetManager()

    class Meta:
        verbose_name = _("criteria set")
        verbose_name_plural = _("criteria sets")
        ordering = ["slug", "-version"]
        constraints = [models.UniqueConstraint(fields=["slug", "version"], name="criteria_set_version_once")]

    def __str__(self) -> str:
        return self.title


class Criterion(models.Model):
    """A group or a scored criterion. `max_score` has two decimals; `parameters` holds the rule's numbers as data."""

    class Scoring(models.TextChoices):
        GROUP = "group", _("Group")
        YES_NO = "yes_no", _("Yes or no")
        LEVELS = "levels", _("Levels")
        RATIO = "ratio", _("Ratio")
        BANDS = "bands", _("Bands")
        COUNT = "count", _("Count")
        DEADLINE = "deadline", _("By deadline")
        RAG = "rag", _("Traffic light")

    criteria_set = models.ForeignKey(CriteriaSet, on_delete=models.CASCADE, related_name="criteria")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="children")
    order = models.PositiveSmallIntegerField()
    code = models.CharField(_("code"), max_length=20)
    title = models.TextField(_("title"))
    title_en = models.TextField(blank=True)
    max_score = models.DecimalField(_("maximum"), max_digits=6, decimal_places=2, null=True)
    scoring = models.CharField(_("scoring"), max_length=10, choices=Scoring.choices)
    parameters = models.JSONField(default=dict)
    rule = models.TextField(_("rule"), blank=True)
    evidence = models.TextField(_("evidence"), blank=True)
    sdg = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["criteria_set", "order"]
        constraints = [models.UniqueConstraint(fields=["criteria_set", "code"], name="criterion_code_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class RoundQuerySet(UnitScopedQuerySet["Round"]):
    def allowed_to(self, user: User | AnonymousUser, permission: Permission) -> Self:
        """Rounds held by the units where `user` holds `permission`; whoever may view a sheet may view its round."""
        units = allowed_units(user, permission)
        rule = Q(unit__in=units)
        if permission == Permission.ASSESSMENT_VIEW:
            rule |= Q(pk__in=Assessment.objects.filter(unit__in=units).values("round"))
        return self.filter(rule)


RoundManager = models.Manager.from_queryset(RoundQuerySet)


class Round(models.Model):
    """A province's assessment of its units by one criteria set; self-scoring runs over [opens_at, closes_at)."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="rounds", verbose_name=_("unit"))
    criteria_set = models.ForeignKey(CriteriaSet, on_delete=models.PROTECT, related_name="rounds")
    title = models.CharField(_("title"), max_length=200)
    year = models.PositiveSmallIntegerField(_("year"))
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RoundManager()

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        ordering = ["-year", "title"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "criteria_set", "year"], name="round_once_a_year"),
            models.CheckConstraint(condition=Q(opens_at__lt=F("closes_at")), name="round_in_order"),
        ]

    def __str__(self) -> str:
        return self.title


class AssessmentQuerySet(UnitScopedQuerySet["Assessment"]):
    def with_sheet_head(self) -> Self:
        return self.select_related("unit", "round__criteria_set__standard", "round__unit")


AssessmentManager = models.Manager.from_queryset(AssessmentQuerySet)


class Assessment(models.Model):
    """A unit's sheet in a round. The totals are stored in the same transaction as the score that changes them.

    `total` is None while nothing is scored, which is not 0. `group_totals` maps the code of each group to
    {"points": "10.50" | null, "scored": 4, "green": 0, "yellow": 0, "red": 0}.
    """

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="assessments", verbose_name=_("round"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="assessments", verbose_name=_("unit"))
    scored = models.PositiveSmallIntegerField(_("criteria scored"), default=0)
    total = models.DecimalField(_("total"), max_digits=7, decimal_places=2, null=True)
    group_totals = models.JSONField(default=dict)
    green = models.PositiveSmallIntegerField(default=0)
    yellow = models.PositiveSmallIntegerField(default=0)
    red = models.PositiveSmallIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    objects = AssessmentManager()

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering = ["round", "unit"]
        constraints = [
            models.UniqueConstraint(fields=["round", "unit"], name="assessment_once_a_round"),
            models.CheckConstraint(condition=Q(total=None) | Q(total__gte=0), name="assessment_total_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} – {self.round}"


class ScoreQuerySet(UnitScopedQuerySet["Score"]):
    unit_path = "assessment__unit"


ScoreManager = models.Manager.from_queryset(ScoreQuerySet)


class Score(models.Model):
    """A unit's own score of one criterion: the answer as entered and the points or light that follow from it.

    `version` counts the saves of this row, so that two people who edit the same row do not overwrite each other. A row
    that was cleared stays, with an empty answer, so that its versions go on.
    """

    class Light(models.TextChoices):
        RED = "red", _("Red")
        YELLOW = "yellow", _("Yellow")
        GREEN = "green", _("Green")

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="scores")
    answer = models.JSONField(default=dict, blank=True)
    points = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    light = models.CharField(max_length=6, choices=Light.choices, blank=True)
    explanation = models.TextField(_("explanation"), blank=True)
    version = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now=True)

    objects = ScoreManager()

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [
            models.UniqueConstraint(fields=["assessment", "criterion"], name="score_once_per_criterion"),
            models.CheckConstraint(condition=Q(points=None) | Q(points__gte=0), name="score_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion.code}: {self.points if self.points is not None else self.light}"
