"""The register of legal documents that plans cite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from plans.document.spelling import fold, tidy
from units.access import UnitScopedQuerySet, roots_of
from units.models import Unit
from units.permissions import Permission

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from units.models import User


class LegalDocumentQuerySet(UnitScopedQuerySet["LegalDocument"]):
    def allowed_to(self, user: User | AnonymousUser, permission: Permission) -> Self:
        """Whoever may view plans anywhere in a province may read its register; changing it takes the right on
        its root."""
        if permission != Permission.PLAN_VIEW:
            return super().allowed_to(user, permission)
        return self.filter(unit__path__in=roots_of(user, permission))


LegalDocumentManager = models.Manager.from_queryset(LegalDocumentQuerySet)


class LegalDocument(models.Model):
    """A law, decree, decision … as a province's register has it: one record, however many plans cite it.

    `number` is number and symbol as written ("19/2014/QĐ-TTg"), `key` the same folded, by which citations find it.
    A document that another replaces (`replaced_by`) or whose validity has ended warns on every plan that cites it.
    """

    class Kind(models.TextChoices):
        LAW = "law", _("Law")
        RESOLUTION = "resolution", _("Resolution")
        DECREE = "decree", _("Decree")
        DECISION = "decision", _("Decision")
        CIRCULAR = "circular", _("Circular")
        DIRECTIVE = "directive", _("Directive")
        PLAN = "plan", _("Plan")
        LETTER = "letter", _("Official letter")
        STANDARD = "standard", _("Standard")
        OTHER = "other", _("Other")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("register of"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.OTHER)
    number = models.CharField(_("number and symbol"), max_length=120, blank=True)
    key = models.CharField(max_length=120, editable=False)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    issuer = models.CharField(_("issuer"), max_length=200, blank=True)
    abstract = models.TextField(_("abstract"), blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    replaced_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces", verbose_name=_("replaced by")
    )
    replaced_on = models.DateField(_("replaced from"), null=True, blank=True)
    file = models.ForeignKey("plans.Evidence", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    search_text = models.TextField(blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = LegalDocumentManager()

    class Meta:
        verbose_name = _("legal document")
        verbose_name_plural = _("legal documents")
        ordering = ["-issued_on", "number"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "key", "issued_on"], name="legal_document_once"),
            models.UniqueConstraint(
                fields=["unit", "key"], condition=Q(issued_on=None), name="legal_document_once_without_day"
            ),
            models.CheckConstraint(
                condition=Q(replaced_by=None) | ~Q(replaced_by=F("id")), name="legal_document_not_replaced_by_itself"
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lte=F("valid_to")),
                name="legal_document_validity_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.abstract[:80]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_text = self.words_to_search()
        super().save(*args, **kwargs)

    def words_to_search(self) -> str:
        """What search looks in, without marks, so that "thu tuong" finds "Thủ tướng"."""
        return tidy(fold(f"{self.number} {self.issuer} {self.abstract}"))


class LegalAlias(models.Model):
    """Another way in which citations call a document: what it was called in the record that was merged into it."""

    document = models.ForeignKey(LegalDocument, on_delete=models.CASCADE, related_name="aliases")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=120)
    issued_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("other name of a legal document")
        verbose_name_plural = _("other names of legal documents")
        ordering = ["pk"]
        indexes = [models.Index(fields=["unit", "key"], name="legal_alias_by_key")]

    def __str__(self) -> str:
        return self.key
