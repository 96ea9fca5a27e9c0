from __future__ import annotations

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from plans.models import Event, Plan, Task
from plans.permissions import OPEN
from units.access import allowed_units
from units.models import Unit
from units.permissions import Permission

MOST_SEATS = 32_767


class MomentInput(forms.DateTimeInput):
    """The browser's own picker of a day and a time, in Asia/Ho_Chi_Minh."""

    input_type = "datetime-local"

    def __init__(self):
        super().__init__(format="%Y-%m-%dT%H:%M")


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")


class EventForm(forms.Form):
    """`plan` None: the person chooses one of those they may add to."""

    plan = forms.ModelChoiceField(label=_("Plan"), queryset=Plan.objects.none(), empty_label=_("Choose a plan"))
    task = forms.ModelChoiceField(
        label=_("Task"), queryset=Task.objects.none(), required=False, empty_label=_("Of no task in particular")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Event.Kind.choices)
    title = forms.CharField(label=_("Title"), max_length=300)
    starts_at = forms.DateTimeField(label=_("Starts"), widget=MomentInput)
    ends_at = forms.DateTimeField(label=_("Ends"), widget=MomentInput)
    place = forms.CharField(label=pgettext_lazy("event", "Place"), max_length=300, required=False)
    agenda = forms.CharField(
        label=_("Agenda"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One point a line; it stands in the invitation letter."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(self, *args, user, plan=None, **kwargs):
        super().__init__(*args, **kwargs)
        if plan is None:
            self.fields["plan"].queryset = plans_to_add_to(user)
            del self.fields["task"]
        else:
            del self.fields["plan"]
            self.fields["task"].queryset = plan.tasks.filter(is_cancelled=False)

    @staticmethod
    def values_of(event):
        names = ("task", "kind", "title", "starts_at", "ends_at", "place", "agenda", "version")
        return {name: getattr(event, name) for name in names}


def plans_to_add_to(user):
    return Plan.objects.allowed_to(user, Permission.PLAN_EDIT).filter(status__in=OPEN)


class CancelEventForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is it cancelled?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The invited units read this."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class VersionForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class MinutesForm(VersionForm):
    minutes = forms.CharField(
        label=_("Minutes"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("What was said and agreed, one paragraph a line. Conclusions stand below, one by one."),
    )


class InviteForm(forms.Form):
    """Units by kind, by the event's task, or one by one; all three may be given at once."""

    of_task = forms.BooleanField(label=_("The units that perform the task"), required=False)
    kinds = forms.MultipleChoiceField(
        label=_("All units of a kind"), choices=(), required=False, widget=forms.CheckboxSelectMultiple
    )
    units = forms.ModelMultipleChoiceField(
        label=_("Units one by one"),
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 10}),
    )
    seats = forms.IntegerField(
        label=_("People invited, each unit"),
        min_value=1,
        max_value=MOST_SEATS,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args, event, user, **kwargs):
        super().__init__(*args, **kwargs)
        day = timezone.localtime(event.starts_at).date()
        units = Unit.objects.filter(path__startswith=event.plan.reach).valid_on(day).exclude(invitations__event=event)
        self.fields["units"].queryset = units.order_by("kind", "name")
        present = set(units.order_by().values_list("kind", flat=True).distinct())
        self.fields["kinds"].choices = [(value, label) for value, label in Unit.Kind.choices if value in present]
        if not event.task_id:
            del self.fields["of_task"]

    def clean(self):
        data = super().clean()
        if not self.errors and not (data.get("of_task") or data.get("kinds") or data.get("units")):
            raise forms.ValidationError(_("Choose whom to invite: by the task, by kind or one by one."))
        return data


class AttendanceForm(forms.Form):
    attended = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=MOST_SEATS,
        label=_("People who came"),
        error_messages={"invalid": _("Give the number of people as a whole number.")},
    )
    names = forms.CharField(required=False, max_length=4000, label=_("Who came"))
    version = forms.IntegerField(min_value=1)


class ConclusionForm(forms.Form):
    text = forms.CharField(label=_("Conclusion"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
    unit = forms.ModelChoiceField(
        label=_("Given to"), queryset=Unit.objects.none(), required=False, empty_label=_("To nobody in particular")
    )
    due_on = forms.DateField(label=_("Deadline"), required=False, widget=DayInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(self, *args, event, user, **kwargs):
        super().__init__(*args, **kwargs)
        day = timezone.localtime(event.starts_at).date()
        reached = allowed_units(user, Permission.UNIT_VIEW).values("pk")
        units = Unit.objects.filter(path__startswith=event.plan.reach, pk__in=reached)
        self.fields["unit"].queryset = units.valid_on(day).order_by("kind", "name")
