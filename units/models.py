"""Who: people, units in a dated tree, the roles people hold in them, and the tokens of their programs."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from units.permissions import Role


class User(AbstractUser):
    """A person. Never keyed by name: two leaders of two provinces may bear the same one."""

    full_name = models.CharField(_("full name"), max_length=120, blank=True)
    position = models.CharField(_("position"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.full_name or self.username

    @cached_property
    def held_roles(self) -> list[Membership]:
        """The roles in force today, with their units: one query for the life of this object, which is one request,
        one job or one command."""
        return list(self.memberships.current().select_related("unit").order_by("pk"))


class UnitQuerySet(models.QuerySet["Unit"]):
    def valid_on(self, day: date) -> Self:
        """Units that exist on `day`; an open end of the validity holds for ever."""
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day))

    def below(self, unit: Unit) -> Self:
        """`unit` and everything under it."""
        return self.filter(path__startswith=unit.path)


UnitManager = models.Manager.from_queryset(UnitQuerySet)


class Unit(models.Model):
    """An organisation in the dated tree: a People's Committee, a department, a committee.

    An official code is not an identity: a commune formed on 1/7/2025 may bear the code of a differently named old one,
    so rows are told apart by (kind, code, valid_from). `path` is the ids from the root, each of eight digits, with a
    slash after each ("00000001/00000007/"): a unit's subtree is one prefix.
    """

    class Kind(models.TextChoices):
        PROVINCE = "province", _("Province")
        DISTRICT = "district", _("District")
        COMMUNE = "commune", _("Commune")
        DEPARTMENT = "department", _("Department")
        BRANCH = "branch", _("Branch of a department")
        COMMITTEE = "committee", _("Steering committee")
        WORKING_GROUP = "working_group", _("Working group")
        EXTERNAL = "external", _("Body outside the province")

    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children", verbose_name=_("parent")
    )
    path = models.CharField(max_length=200, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    code = models.CharField(_("official code"), max_length=10, blank=True)
    name = models.CharField(_("name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=120, blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = UnitManager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "code", "valid_from"], condition=~Q(code=""), name="unit_code_once_per_day"
            ),
            # NULLs are distinct to SQLite: the rows without a first day need a rule of their own.
            models.UniqueConstraint(
                fields=["kind", "code"],
                condition=~Q(code="") & Q(valid_from=None),
                name="unit_code_once_from_the_start",
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lte=F("valid_to")),
                name="unit_validity_in_order",
            ),
        ]
        indexes = [models.Index(fields=["kind", "code"], name="unit_by_code")]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return self.short_name or self.name

    @property
    def root_path(self) -> str:
        """The path of the province, or other root, in whose tree the unit stands."""
        return self.path.split("/", 1)[0] + "/"


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self, on: date | None = None) -> Self:
        """Memberships in force on `on` (today in Asia/Ho_Chi_Minh)."""
        day = on or timezone.localdate()
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day))


MembershipManager = models.Manager.from_queryset(MembershipQuerySet)


class Membership(models.Model):
    """A person's role in a unit, with the title they bear in a committee where they sit on one."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("person"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("unit"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    committee_title = models.CharField(_("title in the committee"), max_length=120, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = MembershipManager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["user", "unit", "role", "valid_from"], name="membership_once_per_day"),
            models.UniqueConstraint(
                fields=["user", "unit", "role"], condition=Q(valid_from=None), name="membership_once_from_the_start"
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lte=F("valid_to")),
                name="membership_validity_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.unit}"


class ApiToken(models.Model):
    """A program's key to act as a person. Only the SHA-256 of the key is kept; `prefix` tells tokens apart in lists."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80, blank=True)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    read_only = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.user})"


class IdempotencyRecord(models.Model):
    """The answer to a request that a program marked with an Idempotency-Key, kept for a day."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)  # of address and body
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once_per_person")]

    def __str__(self) -> str:
        return f"{self.key} ({self.user_id})"


class Succession(models.Model):
    """`successor` takes over from `predecessor` on a day: renamed, merged, split. N to N; a code joins nothing.

    Trends follow it and say so. `basis` names the resolution.
    """

    class Kind(models.TextChoices):
        RENAMED = "renamed", _("Renamed or changed in kind")
        MERGED = "merged", _("Merged whole")
        PARTLY = "partly", _("Merged in part")
        SPLIT = "split", _("Split")
        TAKEN_OVER = "taken_over", _("Duties taken over")

    predecessor = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="successions", verbose_name=_("predecessor")
    )
    successor = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="precedents", verbose_name=_("successor")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    effective_on = models.DateField(_("effective on"))
    basis = models.CharField(_("basis"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("succession")
        verbose_name_plural = _("successions")
        ordering = ["effective_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="succession_once"),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="succession_of_another"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"
