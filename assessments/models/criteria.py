"""By what units are scored: versions of criteria sets and the criteria in them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plans.models import Standard
from units.access import allowed_units, holds, roots_of
from units.models import Unit, User
from units.permissions import Permission

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class CriteriaSetQuerySet(models.QuerySet["CriteriaSet"]):
    def allowed_to(self, user: User | AnonymousUser, permission: Permission) -> Self:
        """The sets that come with the portal, and those of the provinces in which `user` holds `permission`. A draft is
        for those who edit criteria there."""
        if not holds(user, permission):
            return self.none()
        own = Q(unit=None) | Q(unit__path__in=roots_of(user, permission))
        if permission == Permission.CRITERIA_EDIT:
            return self.filter(unit__in=allowed_units(user, permission))
        draft = Q(status=CriteriaSet.Status.DRAFT)
        if not holds(user, Permission.CRITERIA_EDIT):
            return self.filter(own).exclude(draft)
        mine = Q(unit=None) | Q(unit__in=allowed_units(user, Permission.CRITERIA_EDIT))
        return self.filter(own, ~draft | mine)


CriteriaSetManager = models.Manager.from_queryset(CriteriaSetQuerySet)


class CriteriaSet(models.Model):
    """One version of a set of criteria. A published version never changes: a round keeps the one it opened with.

    `unit` is the province whose set it is, None where it came with the portal. `policy` holds what is not of one
    criterion: not applicable, rounding, caps, grades, knock-outs, ties (see `assessments.scoring.read_policy`).
    `digest` is the SHA-256 of its content: the same content is never a second version. `size` counts the scored
    criteria (not the groups), `maximum` sums their points (None for traffic lights); both stand here for the lists.
    `revision` counts the changes of a draft, for two people who edit it at once.
    """

    class Scale(models.TextChoices):
        POINTS = "points", _("Points")
        RAG = "rag", _("Traffic lights")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        RETIRED = "retired", _("Retired")

    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="criteria_sets", verbose_name=_("province")
    )
    slug = models.SlugField(max_length=60)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    title = models.CharField(_("title"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    note = models.TextField(_("note"), blank=True)
    standard = models.ForeignKey(
        Standard, on_delete=models.PROTECT, related_name="criteria_sets", verbose_name=_("standard")
    )
    scale = models.CharField(_("scale"), max_length=10, choices=Scale.choices)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    policy = models.JSONField(_("policy"), default=dict, blank=True)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    size = models.PositiveSmallIntegerField(_("criteria"), default=0)
    maximum = models.DecimalField(_("maximum"), max_digits=7, decimal_places=2, null=True)
    based_on = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="successors", verbose_name=_("based on")
    )
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)
    published_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = CriteriaSetManager()

    class Meta:
        verbose_name = _("criteria set")
        verbose_name_plural = _("criteria sets")
        ordering = ["slug", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "version"], condition=Q(unit=None), name="criteria_set_version_once"
            ),
            models.UniqueConstraint(
                fields=["unit", "slug", "version"],
                condition=Q(unit__isnull=False),
                name="criteria_set_version_once_per_province",
            ),
            # Two people who begin a new version at once share one draft.
            models.UniqueConstraint(
                fields=["unit", "slug"], condition=Q(status="draft"), name="criteria_set_one_draft_per_province"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Criterion(models.Model):
    """A group, a scored criterion or, under an indicator, a sub-indicator.

    `max_score` has two decimals and `weight` three; `parameters` holds the rule's numbers as data. `applies_to` lists
    kinds of unit, empty for all. `predecessor` is the criterion of an earlier version that this one continues: what
    makes rounds comparable. `locked` marks the rows that a standard fixes (the 39 indicators of ISO 18091:2019, Annex
    A): their codes stay, and none is added or taken away.
    """

    class Scoring(models.TextChoices):
        GROUP = "group", _("Group")
        YES_NO = "yes_no", _("Yes or no")
        LEVELS = "levels", _("Levels")
        RATIO = "ratio", _("Ratio")
        BANDS = "bands", _("Bands")
        COUNT = "count", _("Count")
        DEADLINE = "deadline", _("By deadline")
        POINTS = "points", _("Points entered")
        RAG = "rag", _("Traffic light")
        MEASURED = "measured", _("Light from a measured value")
        ROLL_UP = "roll_up", _("Worst of the sub-indicators")

    class Counts(models.TextChoices):
        NORMAL = "normal", _("In the total")
        BONUS = "bonus", _("As a bonus")
        DEDUCTION = "deduction", _("As a deduction")

    class ScoredBy(models.TextChoices):
        UNIT = "unit", _("The unit")
        SYSTEM = "system", _("The system")
        PROVINCE = "province", _("The province")

    criteria_set = models.ForeignKey(CriteriaSet, on_delete=models.CASCADE, related_name="criteria")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="children")
    order = models.PositiveSmallIntegerField()
    code = models.CharField(_("code"), max_length=20)
    title = models.TextField(_("title"))
    title_en = models.TextField(_("title in English"), blank=True)
    max_score = models.DecimalField(_("maximum"), max_digits=6, decimal_places=2, null=True, blank=True)
    weight = models.DecimalField(_("weight"), max_digits=6, decimal_places=3, default=Decimal(1))
    scoring = models.CharField(_("scoring"), max_length=10, choices=Scoring.choices)
    parameters = models.JSONField(default=dict, blank=True)
    counts = models.CharField(_("counts"), max_length=10, choices=Counts.choices, default=Counts.NORMAL)
    scored_by = models.CharField(_("scored by"), max_length=10, choices=ScoredBy.choices, default=ScoredBy.UNIT)
    skippable = models.BooleanField(_("may be not applicable"), default=False)
    evidence_required = models.BooleanField(_("evidence required"), default=False)
    applies_to = models.JSONField(_("applies to"), default=list, blank=True)
    rule = models.TextField(_("rule"), blank=True)
    evidence = models.TextField(_("evidence"), blank=True)
    sdg = models.CharField(max_length=60, blank=True)
    locked = models.BooleanField(default=False, editable=False)
    predecessor = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("continues")
    )

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["criteria_set", "order"]
        constraints = [
            models.UniqueConstraint(fields=["criteria_set", "code"], name="criterion_code_once"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="criterion_weight_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def applies(self, kind: str) -> bool:
        """Whether a unit of `kind` is scored by it."""
        return not self.applies_to or kind in self.applies_to
