"""How a form field is dressed: classes, label, help and error tied to the control by aria-describedby."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlencode

from django import forms
from django.forms import BaseForm, BoundField
from django.forms.formsets import BaseFormSet
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

ONE_TAP_LIMIT = 6


class FieldError(NamedTuple):
    """One thing to correct: the control to go to ("" for the form as a whole), its label, what is wrong."""

    target: str
    label: str
    message: str


def kind_of(bound: BoundField) -> str:
    widget = bound.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "checks"
    if isinstance(widget, forms.RadioSelect):
        return "choices" if len(list(widget.choices)) <= ONE_TAP_LIMIT else "radios"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.Select):
        return "select"
    return "control"


CLASSES = {"select": "form-select", "control": "form-control", "check": "form-check-input"}


def dress(bound: BoundField, *, small: bool = False, described_by: str = "") -> None:
    """Give the control its classes and its ties, keeping what the form itself set."""
    kind = kind_of(bound)
    if not (look := CLASSES.get(kind, "")):
        return
    attrs = bound.field.widget.attrs
    looks = [attrs.get("class", ""), look]
    if small and kind != "check":
        looks.append(f"{look}-sm")
    if bound.errors:
        looks.append("is-invalid")
        attrs["aria-invalid"] = "true"
    attrs["class"] = " ".join(dict.fromkeys(" ".join(looks).split()))
    if described_by:
        attrs["aria-describedby"] = described_by


def render(bound: BoundField, *, label: str = "", help_text: str = "", small: bool = False) -> SafeString:
    kind = kind_of(bound)
    help_text = help_text or str(bound.help_text)
    ties = [f"{bound.auto_id}_helptext"] if help_text else []
    ties += [f"{bound.auto_id}_error"] if bound.errors else []
    described_by = " ".join(ties)
    dress(bound, small=small, described_by=described_by)
    attrs = bound.field.widget.attrs
    if str(attrs.get("placeholder", "")) in {str(bound.label), label}:  # a label said twice is noise
        attrs.pop("placeholder", None)
    values = {
        "field": bound,
        "kind": kind,
        "id": bound.id_for_label or bound.auto_id,
        "group": bound.auto_id,
        "label": label or bound.label,
        "help_text": help_text,
        "described_by": described_by,
        "optional": not bound.field.required and kind not in ("check", "hidden"),
    }
    return render_to_string("_ui/field.html", values)


def _errors_of_form(form: BaseForm) -> Iterable[FieldError]:
    for message in form.non_field_errors():
        yield FieldError("", "", str(message))
    for bound in form:
        for message in bound.errors:
            yield FieldError(bound.id_for_label or bound.auto_id, str(bound.label), str(message))


def errors_of(forms_or_sets: Iterable[BaseForm | BaseFormSet[BaseForm] | None]) -> list[FieldError]:
    errors: list[FieldError] = []
    for each in forms_or_sets:
        if not each or not each.is_bound:
            continue
        if isinstance(each, BaseFormSet):
            errors += [FieldError("", "", str(message)) for message in each.non_form_errors()]
            errors += [error for form in each.forms for error in _errors_of_form(form)]
        else:
            errors += _errors_of_form(each)
    return errors


def query_string(query: dict[str, list[str]]) -> str:
    return f"?{urlencode(query, doseq=True)}"
