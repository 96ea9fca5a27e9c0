"""The administration at /admin/: people, roles and units, for whoever may manage accounts, within their reach.

Nothing is deleted: an account is disabled, a role or unit is given its last day. Every write is a service's, so it
stands in the log like any other. Sign-in is the portal's own, so the lock-out counts here too.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from units import services
from units.access import allowed_units
from units.forms import MembershipForm, NewMembershipForm, NewPersonForm, NewUnitForm, PersonForm, UnitForm
from units.models import Membership, Unit, UnitQuerySet, User
from units.permissions import Permission


def managed(request: HttpRequest) -> UnitQuerySet:
    return allowed_units(request.user, Permission.ACCOUNT_MANAGE)


def actor(request: HttpRequest) -> User:
    """Who acts: the site lets nobody in who is not signed in."""
    return request.user  # type: ignore[return-value]


class Administration(admin.AdminSite):
    site_header = site_title = _("Administration of isoportal")
    index_title = _("People, roles and units")
    site_url = "/"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return managed(request).exists()

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.get_full_path())


site = Administration(name="admin")


class ByServices(admin.ModelAdmin):
    """Rows within reach, a form for adding and one for changing, no deletion, and no second log beside ours."""

    new_form: type[forms.ModelForm]
    actions = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None or self.get_queryset(request).filter(pk=obj.pk).exists()

    has_change_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        return True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Only the filters offered: by `?password__startswith=` one could spell out what no page shows."""
        return lookup.split("__")[0] in self.list_filter

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **{"form": self.form if change else self.new_form, **kwargs})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return list((self.form if obj else self.new_form).base_fields)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The services have written it down."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Likewise."""


@admin.register(User, site=site)
class PersonAdmin(ByServices):
    form = PersonForm
    new_form = NewPersonForm
    list_display = ["username", "full_name", "position", "email", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["username", "full_name", "email"]
    ordering = ["username"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """People with a role in a unit within reach and none outside it: who also serves elsewhere is managed there."""
        reach = managed(request).values("pk")
        elsewhere = Membership.objects.exclude(unit__in=reach).values("user")
        return User.objects.filter(memberships__unit__in=reach).exclude(pk__in=elsewhere).distinct()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if change:
            form.by = actor(request)
        else:
            form.base_fields["unit"].queryset = managed(request).order_by("path")
        return form

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        data = form.cleaned_data
        if not change:
            values = {name: data[name] for name in ("username", "full_name", "email", "position", "unit", "role")}
            made = services.create_person(**values, password=data["password"] or None, by=actor(request))
            obj.pk = made.pk
            return
        services.update_person(
            user=obj, by=actor(request), full_name=data["full_name"], email=data["email"], position=data["position"]
        )
        if "is_active" not in form.changed_data:
            return
        switch = services.enable_person if data["is_active"] else services.disable_person
        switch(user=obj, by=actor(request), reason=data["reason"])


@admin.register(Membership, site=site)
class MembershipAdmin(ByServices):
    form = MembershipForm
    new_form = NewMembershipForm
    list_display = ["user", "role", "unit", "valid_from", "valid_to"]
    list_filter = ["role"]
    list_select_related = ["user", "unit"]
    search_fields = ["user__username", "user__full_name", "unit__name"]
    ordering = ["unit__path", "role", "pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return Membership.objects.filter(unit__in=managed(request).values("pk"))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "unit":
            kwargs["queryset"] = managed(request).order_by("path")
        if db_field.name == "user":
            reach = Membership.objects.filter(unit__in=managed(request).values("pk"))
            kwargs["queryset"] = User.objects.filter(pk__in=reach.values("user")).order_by("username")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        data = form.cleaned_data
        if change:
            services.end_role(membership=obj, on=data["valid_to"], by=actor(request), reason=data["reason"])
        else:
            obj.pk = services.grant_role(**data, by=actor(request)).pk


@admin.register(Unit, site=site)
class UnitAdmin(ByServices):
    form = UnitForm
    new_form = NewUnitForm
    list_display = ["name", "kind", "code", "parent", "valid_from", "valid_to"]
    list_filter = ["kind"]
    list_select_related = ["parent"]
    search_fields = ["name", "code"]
    ordering = ["path"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Unit]:
        return managed(request)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(db_field, request, queryset=managed(request).order_by("path"), **kwargs)

    def save_model(self, request: HttpRequest, obj: Unit, form: Any, change: bool) -> None:
        if change:
            services.update_unit(unit=obj, by=actor(request), **form.cleaned_data)
        else:
            obj.pk = services.create_unit(**form.cleaned_data, by=actor(request)).pk
