"""Forms of the administration: they check shape, the services hold the rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from units import services
from units.models import Membership, Unit, User
from units.permissions import Role


class NewPersonForm(forms.ModelForm):
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Unit"))
    role = forms.ChoiceField(choices=Role.choices, label=_("Role"))
    password = forms.CharField(
        label=_("Password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Leave it blank to let the person set one by mail (“forgotten password”)."),
    )

    class Meta:
        model = User
        fields = ["username", "full_name", "email", "position"]

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if password:
            validate_password(password, User(username=self.cleaned_data.get("username", "")))
        return password


class PersonForm(forms.ModelForm):
    reason = forms.CharField(
        label=_("Reason"), required=False, help_text=_("Why the account is disabled or enabled; kept in the log.")
    )

    class Meta:
        model = User
        fields = ["full_name", "email", "position", "is_active"]

    by: User  # set by the administration for each request

    def clean_is_active(self) -> bool:
        active = bool(self.cleaned_data["is_active"])
        if not active and self.instance.pk == self.by.pk:
            raise forms.ValidationError(str(services.CannotDisableOneself()))
        return active


class NewMembershipForm(forms.ModelForm):
    class Meta:
        model = Membership
        fields = ["user", "unit", "role", "committee_title", "valid_from", "valid_to"]

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            asked = {name: data[name] for name in ("user", "unit", "role", "valid_from", "valid_to")}
            try:
                services.check_role_is_free(**asked)
            except (services.RoleAlreadyHeld, services.RoleEndsBeforeItBegins) as error:
                self.add_error(None, str(error))
        return data

    def validate_constraints(self) -> None:
        """The service's words above say it, for overlapping days too."""

    validate_unique = validate_constraints


class MembershipForm(forms.ModelForm):
    reason = forms.CharField(label=_("Reason"), required=False)

    class Meta:
        model = Membership
        fields = ["valid_to"]

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if not self.cleaned_data.get("valid_to"):
            self.add_error("valid_to", _("Give the last day of this role."))
        return data


class NewUnitForm(forms.ModelForm):
    class Meta:
        model = Unit
        fields = ["parent", "kind", "code", "name", "short_name", "place", "valid_from", "valid_to"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A new root would lie outside every administrator's reach; provinces come from `manage.py import_units`.
        self.fields["parent"].required = True


class UnitForm(forms.ModelForm):
    class Meta:
        model = Unit
        fields = ["name", "short_name", "place", "valid_to"]
