from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEvent(models.Model):
    """One thing that somebody did: append-only, written in the transaction of the act itself.

    It holds no foreign key to its target, so nothing it records can be kept from deletion, and `unit_path` is copied
    from the unit it happened in, so that the log is scoped by the same access rule as everything else.
    """

    action = models.CharField(_("action"), max_length=80, db_index=True)
    target_model = models.CharField(max_length=80)
    target_id = models.CharField(max_length=40)
    target_name = models.CharField(_("what"), max_length=300, blank=True)
    unit_path = models.CharField(max_length=200, blank=True, db_index=True)
    changes = models.JSONField(_("changes"), default=dict)
    reason = models.TextField(_("reason"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), auto_now_add=True, db_index=True)
    channel = models.CharField(max_length=10)
    request_id = models.CharField(max_length=64, blank=True)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes = [models.Index(fields=["target_model", "target_id"], name="audit_by_target")]

    def __str__(self) -> str:
        return f"{self.action} {self.target_model}:{self.target_id}"


class Notification(models.Model):
    """An audit event that a person should know of."""

    event = models.ForeignKey(AuditEvent, on_delete=models.CASCADE, related_name="notifications")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "to"], name="notification_once_per_person")]

    def __str__(self) -> str:
        return f"{self.event} → {self.to_id}"


class ReminderPreference(models.Model):
    """What a person wants to be told by e-mail. Without a row: a digest each day there is something to tell."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminder_preference")
    by_mail = models.BooleanField(_("send a digest by e-mail"), default=True)
    # Days before (positive) and after (negative) a deadline on which one is reminded.
    days = models.JSONField(_("days"), default=list)
    working_days_only = models.BooleanField(_("on working days only"), default=False)

    def __str__(self) -> str:
        return str(self.user_id)


class Digest(models.Model):
    """What one person was told on one day, and the outbox of the mail that tells it: one row a person and day.

    `lines` are `{"heading": …, "items": [{"text", "url", "due_on", "days"}]}` as they were when it was made.
    """

    to = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digests")
    day = models.DateField(_("day"))
    lines = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    mail_wanted = models.BooleanField(default=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        ordering = ["-day", "-pk"]
        constraints = [models.UniqueConstraint(fields=["to", "day"], name="digest_once_per_person_and_day")]

    def __str__(self) -> str:
        return f"{self.to_id} {self.day}"
