"""Addresses of the site: the portal at the root, Django's admin for data entry."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    path("admin/", admin.site.urls),
    # The sign-in page is read in a language too.
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("", include("reports.urls")),
]
