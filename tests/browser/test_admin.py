"""Data entry as a person uses it. The `watched` page fails on any foreign request or complaint."""

import re

from playwright.sync_api import expect

from reports import models

ADMIN = "/admin/reports/"


def test_every_kind_of_page_keeps_to_the_strict_policy(watched, people, children):
    page = watched.page
    watched.sign_in("chief")
    child, sample = children[0].pk, models.MlpaSample.objects.get().pk
    for path in (
        f"patient/{child}/change/",
        f"patient/{child}/history/",
        f"patient/{child}/delete/",
        f"patient/{children[1].pk}/delete/",
        f"mlpasample/{sample}/change/",
        f"mlpasample/{sample}/delete/",
        "patient/add/",
        "sequencingsample/add/",
        "savedcohort/add/",
        "centre/add/?_popup=1",
        "patient/?ikzf1__state=altered&o=-1",
        f"auditevent/{models.AuditEvent.objects.first().pk}/change/",
        f"ikzf1assessment/{models.Ikzf1Assessment.objects.first().pk}/change/",
    ):
        assert watched.open(ADMIN + path).ok, path
        assert page.locator("style, script:not([src]), [style], [onclick]").evaluate_all(
            "found => found.map(node => node.outerHTML).filter("
            "html => html.includes('<style') || html.includes('onclick='))"
        ) == [], path  # fmt: skip


def test_rows_fit_the_page_of_an_ordinary_screen(watched, people, children):
    page = watched.page
    watched.sign_in("chief")
    sample = models.MlpaSample.objects.get().pk
    for path in (f"patient/{children[0].pk}/change/", f"mlpasample/{sample}/change/"):
        watched.open(ADMIN + path)
        wide = page.evaluate(
            "[...document.querySelectorAll('.tabular')].filter("
            "node => node.scrollWidth > node.clientWidth + 1).map(node => node.id)"
        )
        assert wide == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280
        assert page.locator("#id_change_reason").is_visible()


def test_child_is_entered_with_calendar_rows_and_a_new_centre_in_its_own_window(
    watched, people, children
):
    page = watched.page
    watched.sign_in("chief")
    watched.open(ADMIN + "patient/add/")
    with page.expect_popup() as opened:
        page.click("#add_id_centre")
    popup = opened.value
    popup.fill("#id_code", "NEW")
    popup.click("input[name=_save]")
    expect(page.locator("#select2-id_centre-container")).to_contain_text("NEW")
    page.fill("#id_hospital_number", "C-3")
    page.select_option("#id_diagnosis", "b_all")
    page.click(".field-diagnosis_date .datetimeshortcuts a >> nth=0")
    page.click(".field-birth_date .date-icon")
    page.click(".calendarbox:visible .calendar-shortcuts a >> nth=0")
    page.click("#mrd-group .add-row a")
    page.fill("#id_mrd-0-day", "33")
    page.select_option("#id_mrd-0-operator", "=")
    page.fill("#id_mrd-0-fraction", "0.00012")
    page.click("#fusions-group .add-row a")
    page.fill("#id_fusions-0-gene_a", "ETV6")
    page.fill("#id_fusions-0-gene_b", "RUNX1")
    page.select_option("#id_fusions-0-method", "fish")
    page.select_option("#id_fusions-0-result", "detected")
    page.click("#specimens-group .add-row a")  # left empty
    page.click("input[name=_continue]")
    page.wait_for_url("**/change/")
    assert "not tested" in page.locator(".field-ikzf1_explained strong").inner_text()
    assert page.input_value("#id_mrd-0-fraction") == "0.00012"
    assert models.Patient.objects.get(hospital_number="C-3").centre.code == "NEW"


def test_sample_is_found_by_typing_and_its_refusal_stands_beside_the_field(
    watched, people, children
):
    page = watched.page
    watched.sign_in("chief")
    watched.open(f"{ADMIN}patient/{children[0].pk}/change/")
    page.click("text=Add MLPA")
    expect(page.locator("#select2-id_specimen-container")).to_contain_text("S-1")
    page.click("div.fieldBox.field-run .select2-selection")
    page.fill(".select2-search__field", "M-")
    page.click(".select2-results__option:has-text('M-1')")
    page.select_option("#id_sample_quality", "failed")
    page.click("input[name=_save]")
    page.wait_for_selector(".errornote")
    refusals = page.locator(".field-specimen .errorlist, .field-quality_reason .errorlist")
    assert any("Say why the sample failed" in text for text in refusals.all_inner_texts())
    assert page.input_value("#id_sample_quality") == "failed"


def test_two_people_at_one_child_meet_at_the_conflict_page(watched, people, children):
    page = watched.page
    watched.sign_in("chief")
    address = f"{ADMIN}patient/{children[0].pk}/change/"
    watched.open(address)
    second = page.context.new_page()
    second.goto(watched.server + address)
    second.fill("#id_code", "THEIRS")
    second.fill("#id_change_reason", "first")
    second.click("input[name=_save]")
    second.wait_for_selector(".messagelist .success")
    page.fill("#id_protocol", "MINE")
    page.fill("#id_change_reason", "second")
    page.click("input[name=_save]")
    expect(page.locator("h1")).to_contain_text("Somebody else changed this record")
    assert "MINE" in page.locator("table").inner_text()
    page.click("a.button.main")
    assert page.input_value("#id_code") == "THEIRS"
    assert page.input_value("#id_protocol") == ""
    assert any("409" in text for text in watched.complaints)
    watched.complaints[:] = [text for text in watched.complaints if "409" not in text]


def test_save_and_next_then_deletion_with_its_reason(watched, people, children):
    page = watched.page
    watched.sign_in("chief")
    watched.open(ADMIN + "patient/")
    page.click("#result_list a:has-text('A-1')")
    page.fill("#id_protocol", "CCLG-ALL-2008")
    page.fill("#id_change_reason", "from the ward")
    page.click("text=Save and next")
    page.wait_for_url(re.compile(f"/patient/{children[1].pk}/change/"))
    page.click(".deletelink")
    page.click("text=Keep it")
    expect(page).to_have_url(re.compile("/change/"))
    page.click(".deletelink")
    page.fill("#id_change_reason", "entered twice")
    page.click("form.deletion input[type=submit]")
    page.wait_for_selector(".messagelist .success")
    assert [child.hospital_number for child in models.Patient.objects.all()] == ["A-1"]


def test_whole_name_is_found_without_standing_in_the_address(watched, people, children):
    page = watched.page
    watched.sign_in("chief")
    watched.open(ADMIN + "patient/")
    page.fill("#id_by_name", "<b>Bold</b>")
    page.click("text=Find by name")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    assert "B-2" in page.locator("#result_list").inner_text()
    assert "old" not in page.url


def test_entry_is_read_in_chinese_as_well(watched, people, children):
    page = watched.page
    watched.sign_in("chief")
    watched.open(ADMIN + "patient/")
    page.click("#header button[value=zh-hans]")
    assert page.locator("html").get_attribute("lang") == "zh-hans"
    watched.open(f"{ADMIN}patient/{children[0].pk}/change/")
    assert (
        "白细胞"
        in page.locator("#findings-group").inner_text()
        + page.locator("#findings-empty").inner_html()
    )
