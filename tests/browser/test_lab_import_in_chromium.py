"""A laboratory import as a person does it, with the page of the sample that comes of it."""

import sys
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

sys.path.append(str(Path(__file__).parents[1] / "reports" / "views"))

from lab_files import mlpa_run

from reports.models import MlpaSample

REFUSED = "status of 413"
# The record says a girl; X and Y of the sample are a boy's.
RUN = mlpa_run("A,patient,,90,S-1,A-1\n", male=True)


def serious(page):
    found = Axe().run(page).response["violations"]
    return [
        (page.url, item["id"], node["target"], node["failureSummary"])
        for item in found
        if item["impact"] in ("serious", "critical")
        for node in item["nodes"]
    ]


@pytest.fixture
def files(tmp_path):
    for name, text in RUN.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return [tmp_path / name for name in RUN]


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh-hans", 390)])
def test_run_is_imported_decided_and_passes_the_accessibility_rules(
    watched, people, children, files, language, width
):
    page = watched.page
    page.set_viewport_size({"width": width, "height": 800})
    watched.open("/sign-in/")
    page.click(f"button[value={language}]")
    watched.sign_in("chief")
    found = []

    def looked_at():
        found.extend(serious(page))
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url

    for kind in ("variants", "coverage", "fusions", "mlpa"):
        watched.open(f"/import/laboratory/{kind}/")
        looked_at()
    page.set_input_files("#id_files", files)
    # By the keyboard, as somebody without a mouse would.
    page.focus("#id_run_name")
    page.keyboard.type("M-77")
    page.keyboard.press("Enter")
    page.wait_for_url("**/laboratory/mlpa/*/")
    looked_at()
    page.fill("#id_reason", "from the laboratory")
    page.keyboard.press("Enter")
    page.wait_for_selector(".messages .success")
    sample = MlpaSample.objects.get(run__name="M-77")
    assert sample.sample_quality == "failed"
    watched.open(f"/samples/mlpa/{sample.pk}/")
    looked_at()
    page.check("input[value=accepted]")
    page.fill("#id_reason", "the parents confirm it")
    page.click("#sex button.main")
    page.wait_for_selector(".messages .success")
    assert MlpaSample.objects.get(pk=sample.pk).sample_quality == "adequate"
    watched.open(f"/probes/{sample.probes.first().pk}/")
    looked_at()
    assert found == []


def test_everything_works_without_scripts(chromium, live_server, settings, people, children, files):
    settings.LANGUAGE_CODE = "en"
    context = chromium.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{live_server.url}/sign-in/?next=/import/")
    page.fill("#id_username", "manager")
    page.fill("#id_password", "a long enough word")
    page.click("main button[type=submit]")
    page.click("text=MLPA run")
    page.set_input_files("#id_files", files)
    page.click("summary")
    assert page.locator("#id_absent").is_visible()
    page.click("text=Check the files")
    page.fill("#id_reason", "from the laboratory")
    page.click("text=Confirm and store")
    assert "run7 is stored" in page.locator(".messages").inner_text()
    context.close()


def test_too_large_an_upload_is_answered_by_a_page(watched, people, settings, tmp_path):
    settings.LAB_UPLOAD_MB = 1
    large = tmp_path / "large.bam"
    large.write_bytes(b"x" * (3 * 1024 * 1024))
    watched.sign_in("manager")
    watched.open("/import/laboratory/coverage/")
    watched.page.set_input_files("#id_files", large)
    watched.page.click("text=Check the files")
    watched.page.wait_for_selector("h1:has-text('Too large')")
    assert "at most 1 MB are accepted" in watched.page.locator("main").inner_text()
    watched.complaints[:] = [text for text in watched.complaints if REFUSED not in text]
