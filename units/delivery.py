"""How accounts meet the outside: who may sign up and what is said when a password is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.db.models import Q
from django.http import HttpRequest

from units.models import User


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: an administrator makes the accounts."""
        return False


def login_name(request: HttpRequest | None, credentials: Mapping[str, Any] | None = None) -> str:
    """Whose failed sign-ins are counted: one count for a person, whether they type their user name or their address.

    django-axes asks with the credentials of a failure, and with the request alone before a try.
    """
    given = credentials or {}
    typed = given.get("username") or given.get("email") or (request.POST.get("login", "") if request else "")
    typed = str(typed).strip()[:150].replace("\0", "")
    if not typed:
        return ""
    person = User.objects.filter(Q(username__iexact=typed) | Q(email__iexact=typed)).order_by("pk").first()
    return person.username if person else typed.casefold()
