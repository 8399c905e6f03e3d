"""Addresses of the portal."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from reports.views import (
    cohort,
    cohort_define,
    history,
    icon,
    imports,
    lab_imports,
    patient,
    patients,
    protocols,
    risk,
    samples,
)

urlpatterns = [
    path("sign-in/", LoginView.as_view(template_name="portal/sign_in.html"), name="login"),
    path("sign-out/", LogoutView.as_view(), name="logout"),
    path("favicon.ico", icon.icon),
    path("", patients.patients, name="patients"),
    path("patients/by-name/", patients.by_name, name="patient_by_name"),
    path("patients/<int:pk>/", patient.patient, name="patient"),
    path("patients/<int:pk>/history/", history.history, name="patient_history"),
    path("patients/<int:pk>/risk/", risk.decide, name="patient_risk"),
    path("patients/<int:pk>/report/", patient.report, name="patient_report"),
    path("samples/mlpa/<int:pk>/", samples.mlpa, name="mlpa_sample"),
    path("samples/mlpa/<int:pk>/sex/", samples.sex_decision, name="mlpa_sex_decision"),
    path("probes/<int:pk>/", samples.probe, name="mlpa_probe"),
    path("samples/sequencing/<int:pk>/", samples.sequencing, name="sequencing_sample"),
    path("files/sequencing/<int:pk>/", samples.file, name="sequencing_file"),
    path("cohort/", cohort.cohort, name="cohort"),
    path("cohort/report/", cohort.report, name="cohort_report"),
    path("cohort/data.json", cohort.data, name="cohort_data"),
    path("cohort/tables.<slug:form>", cohort.tables, name="cohort_tables"),
    path("cohort/tables/<slug:name>.csv", cohort.table, name="cohort_table"),
    path("cohort/figures.zip", cohort.figures, name="cohort_figures"),
    path("cohort/figures/<slug:name>.svg", cohort.figure, name="cohort_figure"),
    path("cohort/freeze/", cohort.freeze, name="cohort_freeze"),
    path("cohort/define/", cohort_define.define, name="cohort_define"),
    path("cohort/summary.json", cohort.summary, name="cohort_summary"),
    path("protocols/", protocols.protocols, name="protocols"),
    path("protocols/<path:name>/<str:version>/", protocols.protocol, name="protocol"),
    path("import/", imports.upload, name="import"),
    path("import/template.xlsx", imports.template, name="import_template"),
    path("import/laboratory/<slug:kind>/", lab_imports.choose, name="lab_import"),
    path(
        "import/laboratory/<slug:kind>/<slug:token>/",
        lab_imports.preview,
        name="lab_import_preview",
    ),
    path(
        "import/laboratory/<slug:kind>/<slug:token>/confirm/",
        lab_imports.confirm,
        name="lab_import_confirm",
    ),
    path(
        "import/laboratory/<slug:kind>/<slug:token>/preview.xlsx",
        lab_imports.book,
        name="lab_import_book",
    ),
    path("import/<slug:token>/", imports.preview, name="import_preview"),
    path("import/<slug:token>/confirm/", imports.confirm, name="import_confirm"),
    path("import/<slug:token>/errors.xlsx", imports.errors, name="import_errors"),
]
