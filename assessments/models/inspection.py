"""Going to see: inspections with their team, visits, checklists, findings and minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.models.criteria import CriteriaSet, Criterion
from assessments.permissions import MINUTES_OUT
from plans.models import Evidence, Plan
from units.access import UnitScopedQuerySet, allowed_units
from units.models import Unit, User
from units.permissions import Permission

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class InspectionQuerySet(UnitScopedQuerySet["Inspection"]):
    def allowed_to(self, user: User | AnonymousUser, permission: Permission) -> Self:
        """Inspections held by the units where `user` holds `permission`; a unit sees the inspection that visits it."""
        units = allowed_units(user, permission)
        rule = Q(unit__in=units)
        if permission == Permission.ASSESSMENT_VIEW:
            rule |= Q(pk__in=self.model.objects.filter(visits__unit__in=units).values("pk"))
        return self.filter(rule)


class Inspection(models.Model):
    """A year's or an ad hoc inspection (kiểm tra) that `unit`, a province, holds by a decision, with one team."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="inspections", verbose_name=_("unit"))
    plan = models.ForeignKey(
        Plan, null=True, blank=True, on_delete=models.PROTECT, related_name="inspections", verbose_name=_("plan")
    )
    criteria_set = models.ForeignKey(
        CriteriaSet,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("checklist from the criteria set"),
    )
    title = models.CharField(_("title"), max_length=200)
    year = models.PositiveSmallIntegerField(_("year"))
    decision = models.CharField(_("decision"), max_length=120, blank=True)
    decided_on = models.DateField(_("date of the decision"), null=True, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    purpose = models.TextField(_("purpose and content"), blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = models.Manager.from_queryset(InspectionQuerySet)()

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        ordering = ["-year", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(starts_on__lte=models.F("ends_on")), name="inspection_in_order")
        ]

    def __str__(self) -> str:
        return self.title


class InspectionMember(models.Model):
    """A person of the team; `user` where they have an account. The words on the minutes come from here."""

    class Place(models.TextChoices):
        HEAD = "head", pgettext_lazy("inspection team", "Head of the team")
        DEPUTY = "deputy", pgettext_lazy("inspection team", "Deputy head")
        SECRETARY = "secretary", pgettext_lazy("inspection team", "Secretary")
        MEMBER = "member", pgettext_lazy("inspection team", "Member")

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="members")
    order = models.PositiveSmallIntegerField(default=1)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="inspections")
    name = models.CharField(_("name"), max_length=120)
    office = models.CharField(_("office"), max_length=200, blank=True)
    place = models.CharField(_("place in the team"), max_length=10, choices=Place.choices, default=Place.MEMBER)

    class Meta:
        ordering = ["inspection", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["inspection"], condition=Q(place="head"), name="inspection_team_has_one_head"
            )
        ]

    def __str__(self) -> str:
        return self.name


class VisitQuerySet(UnitScopedQuerySet["Visit"]):
    def allowed_to(self, user: User | AnonymousUser, permission: Permission) -> Self:
        """Visits of the inspections held by the units where `user` holds `permission`. A unit sees the visits to
        itself, and reports on them once the minutes are out."""
        units = allowed_units(user, permission)
        rule = Q(inspection__unit__in=units)
        if permission == Permission.ASSESSMENT_VIEW:
            rule |= Q(unit__in=units)
        elif permission in {Permission.REPORT_VIEW, Permission.REPORT_REQUEST}:
            rule |= Q(unit__in=units, state__in=MINUTES_OUT)
        return self.filter(rule)


class Visit(models.Model):
    """One unit inspected: at its office, or by report and dossier. What is told in the minutes stands here.

    The unit sees the checklist and the findings once the minutes are out (`state` minuted or signed).
    """

    class Form(models.TextChoices):
        ON_SITE = "on_site", _("On site")
        DOSSIER = "dossier", _("By report and dossier")

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("visit", "Planned")
        HELD = "held", pgettext_lazy("visit", "Held")
        MINUTED = "minuted", pgettext_lazy("visit", "Minutes drawn up")
        SIGNED = "signed", pgettext_lazy("visit", "Minutes signed")
        CANCELLED = "cancelled", pgettext_lazy("visit", "Cancelled")

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="visits")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="visits", verbose_name=_("unit"))
    form = models.CharField(_("form"), max_length=10, choices=Form.choices, default=Form.ON_SITE)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PLANNED)
    planned_on = models.DateField(_("planned for"))
    starts_at = models.DateTimeField(_("began"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ended"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    hosts = models.TextField(_("for the unit, one person a line"), blank=True)
    conclusion = models.TextField(_("conclusion of the team"), blank=True)
    requests = models.TextField(_("what the unit is asked to do"), blank=True)
    opinion = models.TextField(_("opinion of the unit"), blank=True)
    signed_by_team = models.CharField(_("signed for the team"), max_length=120, blank=True)
    signed_by_unit = models.CharField(_("signed for the unit"), max_length=120, blank=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    signed_copy = models.ForeignKey(
        Evidence, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("signed copy")
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = models.Manager.from_queryset(VisitQuerySet)()

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["planned_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "unit"], condition=~Q(state="cancelled"), name="visit_once_per_unit"
            ),
            models.CheckConstraint(
                condition=~Q(state="signed") | (Q(signed_on__isnull=False) & ~Q(signed_by_unit="")),
                name="signed_visit_has_its_signatures",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} ({self.inspection})"


class ChecklistItem(models.Model):
    """One question of a visit, from a criterion or the team's own."""

    class Result(models.TextChoices):
        CONFORMS = "conforms", _("Conforms")
        PARTLY = "partly", _("Conforms in part")
        FAILS = "fails", _("Does not conform")
        NOT_SEEN = "not_seen", _("Not looked at")

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="checklist")
    order = models.PositiveSmallIntegerField()
    criterion = models.ForeignKey(Criterion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("question"))
    result = models.CharField(_("result"), max_length=10, choices=Result.choices, blank=True)
    note = models.TextField(_("what was seen"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["visit", "order", "pk"]

    def __str__(self) -> str:
        return self.text[:60]


class FindingQuerySet(UnitScopedQuerySet["Finding"]):
    def allowed_to(self, user: User | AnonymousUser, permission: Permission) -> Self:
        """Those of inspections one holds; of a visit to one's own unit once its minutes are out."""
        units = allowed_units(user, permission)
        out = Q(visit__state__in=MINUTES_OUT)
        return self.filter(Q(visit__inspection__unit__in=units) | (Q(visit__unit__in=units) & out))


class Finding(models.Model):
    """What a visit found (phát hiện). A nonconformity asks for a corrective action."""

    class Kind(models.TextChoices):
        MAJOR = "major", _("Major nonconformity")
        MINOR = "minor", _("Minor nonconformity")
        OBSERVATION = "observation", _("Observation")
        STRENGTH = "strength", _("Strength")

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="findings")
    order = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    clause = models.CharField(_("clause or rule"), max_length=60, blank=True)
    criterion = models.ForeignKey(
        Criterion, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("criterion")
    )
    text = models.TextField(_("what was found"))
    evidence = models.ManyToManyField(Evidence, blank=True, related_name="findings")
    due_on = models.DateField(_("to be mended by"), null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = models.Manager.from_queryset(FindingQuerySet)()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["visit", "order", "pk"]

    def __str__(self) -> str:
        return self.text[:80]
