"""Chromium on the test server, watched: nothing may leave the host, and no page may complain."""

import datetime
import os
import shutil
from urllib.parse import urlsplit

import pytest

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "a long enough word"


def chromium_path():
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(items):
    skip = pytest.mark.skip(reason="Chromium is not installed (Debian: apt-get install chromium)")
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker(pytest.mark.browser)
            if chromium_path() is None:
                item.add_marker(skip)


@pytest.fixture(scope="session")
def chromium():
    # Playwright keeps an event loop running in this thread, which Django would take for a view.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Watched:
    """A page with what it asked for and what it complained about."""

    def __init__(self, page, server):
        self.page = page
        self.server = server
        self.requested = []
        self.complaints = []
        page.on("request", lambda request: self.requested.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)

    def _heard(self, message):
        # A CSP violation is an error on the console, too.
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def open(self, path):
        return self.page.goto(self.server + path)

    def sign_in(self, username):
        self.open("/sign-in/")
        self.page.fill("#id_username", username)
        self.page.fill("#id_password", PASSWORD)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(self.server + "/")

    @property
    def foreign(self):
        ours = urlsplit(self.server).netloc
        return [
            url
            for url in self.requested
            if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).netloc != ours
        ]


@pytest.fixture
def watched(chromium, live_server, settings, tmp_path):
    """A fresh, watched page: at the end it has asked nobody else and complained of nothing."""
    settings.VAR_DIR = tmp_path
    settings.LANGUAGE_CODE = "en"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.set_default_timeout(15_000)
    watched = Watched(context.new_page(), live_server.url)
    yield watched
    context.close()
    assert watched.foreign == []
    assert watched.complaints == []


@pytest.fixture
def people(db, django_user_model):
    """A doctor who may only look, a data manager who imports, and an administrator."""
    from django.contrib.auth.models import Permission

    allowed = {
        "doctor": ["view_patient"],
        "manager": ["view_patient", "add_patient", "change_patient"],
    }
    for name, codenames in allowed.items():
        user = django_user_model.objects.create_user(name, password=PASSWORD)
        user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    django_user_model.objects.create_superuser("chief", password=PASSWORD)


@pytest.fixture
def children(db):
    """Two children: one with exons 4 to 7 of IKZF1 deleted, one whom nobody has tested."""
    from reports import models
    from reports.actions import save_records

    centre = models.Centre(code="DEMO", name="Demonstration")
    patients = [
        models.Patient(
            centre=centre,
            hospital_number=number,
            code=f"Z-{number}",
            name=name,
            sex="female",
            birth_date=datetime.date(2014, 1, 15),
            diagnosis_date=datetime.date(2019, 7, 20),
            diagnosis="b_all",
            synthetic="synthetic",
        )
        for number, name in (("A-1", "王小明"), ("B-2", "<b>Bold</b>"))
    ]
    run = models.MlpaRun(centre=centre, name="M-1", run_date=datetime.date(2019, 7, 25))
    specimen = models.Specimen(patient=patients[0], number="S-1", material="marrow")
    sample = models.MlpaSample(run=run, specimen=specimen, sample_quality="adequate")
    probes = [
        models.ProbeRatio(
            sample=sample,
            gene="IKZF1",
            exon=str(exon),
            probe=f"IKZF1 exon {exon}",
            ratio=0.5 if 4 <= exon <= 7 else 1.0,
            call="het_del" if 4 <= exon <= 7 else "normal",
        )
        for exon in range(1, 9)
    ]
    mrd = models.Mrd(patient=patients[0], day=15, operator="=", fraction=0.02, lod_fraction=0.0001)
    records = [centre, *patients, mrd, run, specimen, sample, *probes]
    save_records(records=records, by="tests", reason="entered for a test")
    return patients
