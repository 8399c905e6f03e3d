"""Addresses of the site: the portal at the root, Django's admin for data entry."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("reports.urls")),
]
