from __future__ import annotations

from django.urls import include, path, re_path

from isoportal import api, chasing, health, home
from units.admin import site as administration

handler400 = "isoportal.errors.bad_request"
handler500 = "isoportal.errors.server_error"

# Apps whose pages live under more than one word (plans/, tasks/) are included at the root and name them themselves.
urlpatterns = [
    path("", home.home, name="home"),
    path("", include("assessments.urls")),
    path("", include("plans.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("activity/", include("isoportal.audit")),
    path("admin/", administration.urls),
    path("api/v1/", include((api.urlpatterns, "api"))),
    re_path(r"^api/", api.UnknownAddress.as_view(), name="api-unknown"),
    path("chasing/new/", chasing.new, name="chasing_new"),
    path("budgets/", include("budgets.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("reports/", include("reports.urls")),
    path("units/", include("units.urls")),
]
