"""How an issued plan changes: only by an amendment with a number of its own."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from plans.models.plan import Plan
from units.access import UnitScopedQuerySet
from units.models import User


class AmendmentQuerySet(UnitScopedQuerySet["Amendment"]):
    unit_path = "plan__unit"


AmendmentManager = models.Manager.from_queryset(AmendmentQuerySet)


class Amendment(models.Model):
    """A document that changes a plan (kế hoạch sửa đổi, bổ sung).

    `content` is the whole plan as it is to be, in the form of `plans.contexts.content`; `before` the same as it was
    when the amendment was issued, so that any two versions can be compared. `based_on` is the version of the plan it
    was drafted from: somebody else's amendment in between must be looked at first.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ISSUED = "issued", _("Issued")
        CANCELLED = "cancelled", _("Cancelled")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="amendments")
    order = models.PositiveSmallIntegerField()
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    number = models.CharField(_("number"), max_length=20, blank=True)
    symbol = models.CharField(_("symbol"), max_length=60, blank=True)
    issued_on = models.DateField(_("date of issue"), null=True, blank=True)
    signer_name = models.CharField(_("signer"), max_length=120, blank=True)
    reason = models.TextField(_("reason"))
    content = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    based_on = models.PositiveIntegerField()
    signed_file = models.ForeignKey("plans.Evidence", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    issued_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = AmendmentManager()

    class Meta:
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        ordering = ["plan", "order"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "order"], name="amendment_order_once_per_plan"),
            models.UniqueConstraint(fields=["plan"], condition=Q(status="draft"), name="amendment_one_draft_per_plan"),
            models.CheckConstraint(
                condition=~Q(status="issued") | (~Q(number="") & Q(issued_on__isnull=False)),
                name="issued_amendment_has_number_and_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}/{self.symbol}" if self.number else str(_("Draft amendment"))
