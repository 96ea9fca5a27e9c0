"""Days off that a province keeps beside the public holidays, and the addresses of calendar feeds."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from plans.models.plan import Plan
from units.models import Unit, User


class DayOff(models.Model):
    """A day that differs from the public holidays (Bộ luật Lao động 2019, Điều 112) by a decision: off, or worked."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+", verbose_name=_("province"))
    day = models.DateField(_("day"))
    is_worked = models.BooleanField(_("worked instead"), default=False)
    name = models.CharField(_("reason"), max_length=200)

    class Meta:
        verbose_name = _("day off")
        verbose_name_plural = _("days off")
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["unit", "day"], name="day_off_once_per_province")]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class CalendarFeed(models.Model):
    """An address at which a person's calendar program reads: of one plan, or of all that concerns the person.

    Only the SHA-256 of the token in the address is kept; `prefix` tells feeds apart in a list. It shows what its owner
    may see at the moment of reading, nothing once it is revoked.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="calendar_feeds")
    plan = models.ForeignKey(Plan, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.user})"
