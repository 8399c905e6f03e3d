"""The portal as a person uses it. The `watched` page fails on any foreign request or complaint."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

PAGES = (
    "/",
    "/patients/{pk}/",
    "/patients/{pk}/history/",
    "/cohort/",
    "/cohort/define/",
    "/protocols/",
    "/protocols/CN-2018-norm/1/",
    "/import/",
    "/import/laboratory/mlpa/",
    "/nowhere/",
)
CHILD = (
    "centre,hospital_number,sex,birth_date,diagnosis_date,diagnosis\n"
    "DEMO,I-1,male,2015-02-03,2020-01-02,B-ALL\n"
)
# The page that does not exist says so in the console, rightly.
NOT_FOUND = "status of 404"


def numbers(page):
    return page.locator("#results tbody th a").all_inner_texts()


def test_signing_in_listing_and_opening_a_child(watched, people, children):
    page = watched.page
    watched.sign_in("doctor")
    assert numbers(page) == ["A-1", "B-2"]
    page.click("text=A-1")
    page.wait_for_url(f"**/patients/{children[0].pk}/")
    assert "altered" in page.locator(".answer .headline").inner_text()
    assert page.locator("figure svg").first.bounding_box()["height"] > 50
    page.click("text=Who entered, changed and opened it")
    page.wait_for_selector("#history table")
    assert "entered for a test" in page.locator("#history").inner_text()
    page.click("text=Sign out")
    page.wait_for_url("**/sign-in/")
    page.go_back()
    page.wait_for_url("**/sign-in/?next=**")


def test_searching_while_typing_updates_list_count_and_address(watched, people, children):
    page = watched.page
    watched.sign_in("doctor")
    page.fill("#id_q", "b-2")
    expect(page.locator("#count")).to_have_text("1 patient")
    assert numbers(page) == ["B-2"]
    assert "q=b-2" in page.url
    page.reload()
    assert numbers(page) == ["B-2"]
    page.select_option("#id_ikzf1", "altered")
    expect(page.locator("#count")).to_have_text("0 patients")
    assert "No patient matches." in page.locator("#results").inner_text()


def test_sorting_keeps_the_page_and_the_focus(watched, people, children):
    page = watched.page
    watched.sign_in("doctor")
    page.evaluate("window.sameDocument = true")
    page.click("#sort-hospital_number")
    page.wait_for_selector("th[aria-sort=descending]")
    assert numbers(page) == ["B-2", "A-1"]
    assert page.evaluate("window.sameDocument") is True
    assert page.evaluate("document.activeElement.id") == "sort-hospital_number"
    page.go_back()
    page.wait_for_selector("th[aria-sort=ascending]")
    assert numbers(page) == ["A-1", "B-2"]


def test_exact_name_is_found_without_standing_in_the_address(watched, people, children):
    page = watched.page
    watched.sign_in("doctor")
    page.fill("#id_name", "王小明")
    page.click("text=Find by name")
    page.wait_for_url("**/?name=*")
    assert numbers(page) == ["A-1"]
    assert "%E7%8E%8B" not in page.url


def test_everything_works_without_scripts(chromium, live_server, people, children):
    context = chromium.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{live_server.url}/sign-in/?next=/")
    page.fill("#id_username", "doctor")
    page.fill("#id_password", "a long enough word")
    page.click("main button[type=submit]")
    page.fill("#id_q", "A-1")
    page.click("#filters button[type=submit]")
    assert numbers(page) == ["A-1"]
    page.click("text=A-1")
    page.click("text=Who entered, changed and opened it")
    assert "entered for a test" in page.locator("#history").inner_text()
    context.close()


@pytest.mark.parametrize("path", ["/patients/{pk}/", "/cohort/"])
def test_report_is_downloaded(watched, people, children, path):
    watched.sign_in("doctor")
    watched.open(path.format(pk=children[0].pk))
    watched.page.select_option("#report-language", "zh-hans")
    with watched.page.expect_download(timeout=60_000) as download:
        watched.page.click("text=Make the report")
    content = download.value.path().read_bytes()
    assert content.startswith(b"%PDF-")
    assert download.value.suggested_filename.endswith("-zh-hans.pdf")


def test_import_from_file_through_preview_to_the_list(watched, people, tmp_path):
    page = watched.page
    file = tmp_path / "children.csv"
    file.write_text(CHILD, encoding="utf-8")
    watched.sign_in("manager")
    page.click("nav >> text=Import")
    page.set_input_files("#id_table", file)
    page.click("text=Check the file")
    page.wait_for_url("**/import/*/")
    assert "children.csv" in page.locator("h1").inner_text()
    page.fill("#id_reason", "from the clinic's list")
    page.click("text=Confirm and store")
    page.wait_for_selector(".messages .success")
    assert numbers(page) == ["I-1"]


def test_language_is_switched_on_the_sign_in_page_and_kept(watched, people):
    page = watched.page
    watched.open("/sign-in/")
    page.click("button[value=en]")
    assert page.locator("html").get_attribute("lang") == "en"
    page.click("button[value=zh-hans]")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    watched.sign_in("doctor")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"


def test_admin_pages_keep_to_the_strict_policy(watched, people, children):
    watched.sign_in("chief")
    watched.open("/admin/")
    models = watched.page.locator("#content-main th a").evaluate_all(
        "links => links.map(link => new URL(link.href).pathname)"
    )
    assert "/admin/reports/patient/" in models
    for path in (*models, "/admin/reports/patient/add/"):
        assert watched.open(path).ok, path
    watched.open(f"/admin/reports/patient/{children[0].pk}/change/")
    watched.page.wait_for_selector("#id_hospital_number")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_pass_the_accessibility_rules_and_fit_their_width(
    watched, people, children, language, width
):
    page = watched.page
    page.set_viewport_size({"width": width, "height": 800})
    watched.open("/sign-in/")
    page.click(f"button[value={language}]")
    violations = _serious(page, "/sign-in/")
    watched.sign_in("chief")
    for path in PAGES:
        answer = watched.open(path.format(pk=children[0].pk))
        assert answer.status == (404 if path == "/nowhere/" else 200), path
        violations += _serious(page, path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    watched.complaints[:] = [text for text in watched.complaints if NOT_FOUND not in text]
    assert violations == []


def _serious(page, path):
    found = Axe().run(page).response["violations"]
    return [
        (path, item["id"], node["target"], node["failureSummary"])
        for item in found
        if item["impact"] in ("serious", "critical")
        for node in item["nodes"]
    ]
