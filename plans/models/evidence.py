"""Files that show that something was done."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from units.access import UnitScopedQuerySet
from units.models import Unit, User


class EvidenceQuerySet(UnitScopedQuerySet["Evidence"]):
    pass


EvidenceManager = models.Manager.from_queryset(EvidenceQuerySet)


class Evidence(models.Model):
    """A file of a unit, kept once however often it is used: the same bytes are the same row (`sha256`).

    `name` is what its owner called it, made harmless; `stored_as` is a random name under MEDIA_ROOT that says nothing.
    `size` in bytes. Rows are never changed; a file that nothing uses any more may be withdrawn.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="evidence", verbose_name=_("unit"))
    name = models.CharField(_("file name"), max_length=200)
    title = models.CharField(_("what it shows"), max_length=300, blank=True)
    media_type = models.CharField(_("type"), max_length=100)
    stored_as = models.CharField(max_length=120, unique=True, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    size = models.PositiveBigIntegerField(_("size"), editable=False)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by"))
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = EvidenceManager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "sha256"], condition=Q(withdrawn_at=None), name="evidence_once_per_unit"
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.name
