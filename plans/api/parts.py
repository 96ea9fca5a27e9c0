from __future__ import annotations

from typing import Any

from django.db.models import Model
from rest_framework import serializers


def described(model_: type[Model], *fields_: str) -> type[serializers.ModelSerializer[Any]]:
    """The serializer of a part of a plan: its name and its columns are all there is to say."""
    meta = type("Meta", (), {"model": model_, "fields": list(fields_), "read_only_fields": list(fields_)})
    return type(f"{model_.__name__}Part", (serializers.ModelSerializer,), {"Meta": meta})
