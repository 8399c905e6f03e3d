"""Addresses of the portal."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from reports.views import patients

urlpatterns = [
    path("sign-in/", LoginView.as_view(template_name="portal/sign_in.html"), name="login"),
    path("sign-out/", LogoutView.as_view(), name="logout"),
    path("", patients.patients, name="patients"),
    path("patients/by-name/", patients.by_name, name="patient_by_name"),
    path("patients/<int:pk>/", patients.patients, name="patient"),
    path("cohort/", patients.patients, name="cohort"),
    path("import/", patients.patients, name="import"),
]
