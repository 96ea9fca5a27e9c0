from __future__ import annotations

from django.urls import path

from plans import views
from plans.permissions import Act
from plans.views import attendance, editing, events, evidence, lifecycle, schedule

app_name = "plans"
urlpatterns = [
    path("plans/", views.plan_list, name="list"),
    path("plans/import/", views.plan_import, name="import"),
    path("plans/<int:pk>/", views.plan_detail, name="detail"),
    path("plans/<int:pk>/edit/", editing.plan_edit, name="edit"),
    path("plans/<int:pk>/submit/", lifecycle.plan_act, {"act": Act.SUBMIT}, name="submit"),
    path("plans/<int:pk>/return/", lifecycle.plan_act, {"act": Act.RETURN}, name="return"),
    path("plans/<int:pk>/issue/", lifecycle.plan_act, {"act": Act.ISSUE}, name="issue"),
    path("plans/<int:pk>/close/", lifecycle.plan_act, {"act": Act.CLOSE}, name="close"),
    path("plans/<int:pk>/cancel/", lifecycle.plan_act, {"act": Act.CANCEL}, name="cancel"),
    path("plans/<int:pk>/schedule/", schedule.plan_schedule, name="schedule"),
    path("events/", events.event_list, name="events"),
    path("events/new/", events.event_new, name="event_new"),
    path("events/<int:pk>/", events.event_detail, name="event"),
    path("events/<int:pk>/edit/", events.event_edit, name="event_edit"),
    path("events/<int:pk>/cancel/", events.event_cancel, name="event_cancel"),
    path("events/<int:pk>/hold/", events.event_hold, name="event_hold"),
    path("events/<int:pk>/minutes/", events.event_minutes, name="event_minutes"),
    path("events/<int:pk>/invite/", attendance.event_invite, name="event_invite"),
    path("events/<int:pk>/materials/", attendance.event_materials, name="event_materials"),
    path(
        "events/<int:pk>/materials/<int:file_pk>/remove/",
        attendance.event_material_remove,
        name="event_material_remove",
    ),
    path("events/<int:pk>/conclusions/", attendance.conclusion_add, name="conclusion_add"),
    path("invitations/<int:pk>/", attendance.attendance, name="attendance"),
    path("invitations/<int:pk>/withdraw/", attendance.invitation_withdraw, name="invitation_withdraw"),
    path("conclusions/<int:pk>/", attendance.conclusion_edit, name="conclusion"),
    path("conclusions/<int:pk>/remove/", attendance.conclusion_remove, name="conclusion_remove"),
    path("conclusions/<int:pk>/task/", attendance.conclusion_task, name="conclusion_task"),
    path("evidence/<int:pk>/", evidence.evidence_file, name="evidence"),
    path("evidence/<int:pk>/preview/", evidence.evidence_preview, name="evidence_preview"),
    path("evidence/<int:pk>/picture/", evidence.evidence_picture, name="evidence_picture"),
    path("evidence/<int:pk>/withdraw/", evidence.evidence_withdraw, name="evidence_withdraw"),
    path("tasks/<int:pk>/", views.task_detail, name="task"),
    path("tasks/<int:pk>/units/", views.task_assign, name="assign"),
]
