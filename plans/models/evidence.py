"""Files that show that something was done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plans.models.amendment import Amendment
from plans.models.chasing import ChasingLetter
from plans.models.event import Event
from plans.models.legal import LegalDocument
from plans.models.obstacle import Obstacle
from plans.models.plan import Plan
from plans.upload.kinds import BY_MEDIA_TYPE
from units.access import UnitScopedQuerySet
from units.models import Unit, User
from units.permissions import Permission

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def evidence_root() -> Path:
    return Path(settings.MEDIA_ROOT) / "evidence"


class EvidenceQuerySet(UnitScopedQuerySet["Evidence"]):
    def kept(self) -> Self:
        """Files that were not withdrawn."""
        return self.filter(withdrawn_at=None)

    def allowed_to(self, user: User | AnonymousUser, permission: Permission) -> Self:
        """The files of the units where `user` holds `permission`. To read one it is enough that one may see what it is
        attached to: a plan's signed copy is read by whoever reads the plan, the answer to an obstacle by its unit.
        Progress and deliverables belong to the unit that reports, as their files do."""
        own = super().allowed_to(user, permission)
        if permission != Permission.PLAN_VIEW:
            return own
        plans = Plan.objects.allowed_to(user, permission).order_by()
        amendments = Amendment.objects.filter(plan__in=plans.values("pk"), status=Amendment.Status.ISSUED).order_by()
        obstacles = Obstacle.objects.allowed_to(user, permission).order_by()
        letters = ChasingLetter.objects.allowed_to(user, permission).order_by()
        attached = (
            plans.filter(signed_file__isnull=False).values("signed_file"),
            amendments.filter(signed_file__isnull=False).values("signed_file"),
            LegalDocument.objects.allowed_to(user, permission).filter(file__isnull=False).order_by().values("file"),
            obstacles.filter(evidence__isnull=False).values("evidence"),
            obstacles.filter(steps__evidence__isnull=False).values("steps__evidence"),
            Event.objects.allowed_to(user, permission).filter(materials__isnull=False).order_by().values("materials"),
            letters.filter(reply_files__isnull=False).values("reply_files"),
        )
        rule = Q(pk__in=own.order_by().values("pk"))
        for ids in attached:
            rule |= Q(pk__in=ids)
        return self.filter(rule)


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

    @property
    def path(self) -> Path:
        return evidence_root() / self.stored_as

    @property
    def extension(self) -> str:
        return self.name.rpartition(".")[2].lower()

    @property
    def preview(self) -> str:
        """How a page may show it: "image", "pdf", "text", or ""."""
        kind = BY_MEDIA_TYPE.get(self.media_type)
        return kind.preview if kind else ""
