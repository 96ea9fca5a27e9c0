"""What a file is used for."""

from __future__ import annotations

from django.db.models import ManyToOneRel

from plans.models import Evidence


def is_used(evidence: Evidence) -> bool:
    """Whether anything at all refers to the file, whatever is added to the portal later."""
    referring = (each for each in Evidence._meta.get_fields(include_hidden=True) if isinstance(each, ManyToOneRel))
    return any(
        each.related_model._base_manager.filter(**{each.field.name: evidence}).exists()  # type: ignore[union-attr]
        for each in referring
    )
