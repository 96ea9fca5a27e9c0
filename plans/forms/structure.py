from __future__ import annotations

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from plans.contexts.structure import Structure
from plans.document.quantity import parse_quantity
from plans.forms.evidence import WithEvidence
from plans.models import Task, TaskPerformer
from units.models import Unit

# The kinds of unit a group can mean: those of which a province has many.
GROUP_KINDS = [
    (kind.value, kind.label) for kind in (Unit.Kind.DEPARTMENT, Unit.Kind.BRANCH, Unit.Kind.DISTRICT, Unit.Kind.COMMUNE)
]


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs):
        super().__init__(format="%Y-%m-%d", **kwargs)


def tasks_to_choose(task: Task, structure: Structure, *, without: set[int]) -> list[tuple[int, str]]:
    """The tasks of the plan as choices, parts set in under what they are a part of."""
    return [
        (node.task_id, f"{'— ' * node.depth}{node.label if len(node.label) <= 120 else node.label[:119] + '…'}")
        for node in structure.nodes.values()
        if node.task_id not in without and not node.is_cancelled
    ]


class PlaceForm(forms.Form):
    """What a task is a part of, its weight and the quantity it is to reach."""

    parent = forms.ModelChoiceField(
        label=_("Part of"),
        queryset=Task.objects.none(),
        required=False,
        empty_label=_("No other task"),
        help_text=_("The progress of a task with parts is the mean of its parts by weight; units report on the parts."),
    )
    weight = forms.DecimalField(
        label=_("Weight"),
        max_digits=7,
        decimal_places=2,
        required=False,
        localize=True,
        help_text=_("Its share among the tasks beside it. Empty counts as 1."),
    )
    target_quantity = forms.IntegerField(
        label=_("Quantity to reach"), min_value=0, max_value=2_000_000_000, required=False
    )
    quantity_unit = forms.CharField(
        label=_("Counted in"), max_length=60, required=False, help_text=_("For example “hội nghị”, “đơn vị”.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, task, structure, **kwargs):
        number, counted_in = task.target_quantity, task.quantity_unit
        if number is None and not counted_in:
            number, counted_in = parse_quantity(task.quantity)
        kwargs["initial"] = {
            "parent": task.parent_id,
            "weight": task.weight,
            "target_quantity": number,
            "quantity_unit": counted_in,
            "version": task.version,
        }
        super().__init__(*args, **kwargs)
        below = {node.task_id for node in structure.below(task.pk)}
        parent = self.fields["parent"]
        parent.queryset = Task.objects.filter(plan=task.plan_id)
        parent.choices = [("", parent.empty_label), *tasks_to_choose(task, structure, without={task.pk, *below})]


class DependencyForm(forms.Form):
    """A task that has to end before this one begins."""

    predecessor = forms.ModelChoiceField(label=_("Begins after"), queryset=Task.objects.none())
    lag_days = forms.IntegerField(
        label=_("Days between"), min_value=0, max_value=366, initial=0, required=False, help_text=_("Calendar days.")
    )

    def __init__(self, *args, task, structure, **kwargs):
        super().__init__(*args, **kwargs)
        taken = {link.predecessor for link in structure.before(task.pk)}
        family = {node.task_id for node in [*structure.above(task.pk), *structure.below(task.pk)]}
        chosen = self.fields["predecessor"]
        chosen.queryset = Task.objects.filter(plan=task.plan_id)
        chosen.choices = [
            ("", _("Choose a task")),
            *tasks_to_choose(task, structure, without={task.pk, *taken, *family}),
        ]

    def clean_lag_days(self):
        return self.cleaned_data["lag_days"] or 0


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=TaskPerformer.Role.choices)


class TargetForm(forms.Form):
    """A group of units as the document writes it, and the units it means."""

    text = forms.CharField(label=_("Group as written"), max_length=300)
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of unit it means"), choices=GROUP_KINDS, widget=forms.CheckboxSelectMultiple
    )
    as_of = forms.DateField(
        label=_("Units that exist on"),
        widget=DayInput(),
        help_text=_("Units are merged and renamed: the group means those that exist on this day."),
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=TaskPerformer.Role.choices, initial=TaskPerformer.Role.EXECUTE, required=False
    )

    def clean_text(self):
        return " ".join(self.cleaned_data["text"].split())

    def clean_role(self):
        return self.cleaned_data["role"] or TaskPerformer.Role.EXECUTE


class DeliverableForm(forms.Form):
    title = forms.CharField(label=_("Deliverable"), max_length=300)


class HandOverForm(WithEvidence):
    """The day a deliverable was handed over, and a file that shows it."""

    on = forms.DateField(label=_("Handed over on"), widget=DayInput())
    unit = forms.ModelChoiceField(label=_("File of"), queryset=Unit.objects.none(), empty_label=None)

    def __init__(self, *args, units, **kwargs):
        kwargs.setdefault("initial", {"on": timezone.localdate()})
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units
        self.fields["files"].label = _("File that shows it")
        self.order_fields(["on", "unit", "files", "earlier"])

    def clean_files(self):
        files = self.cleaned_data["files"]
        if len(files) > 1:
            raise forms.ValidationError(_("Send one file for one deliverable."))
        return files
