"""From the lists of data entry to the laboratory imports, and from a sample to its page."""

import pytest
from django.urls import reverse
from entry_pages import address

from reports import models

LISTS = [
    (models.MlpaRun, "mlpa"),
    (models.SequencingRun, "variants"),
    (models.SequencingRun, "coverage"),
    (models.FusionResult, "fusions"),
]


@pytest.mark.parametrize(("model", "key"), LISTS)
def test_list_leads_to_its_import(admin_client, model, key):
    page = admin_client.get(address(model, "changelist")).content.decode()
    assert f'href="{reverse("lab_import", args=[key])}"' in page


@pytest.mark.parametrize(("model", "key"), LISTS)
def test_list_offers_no_import_to_one_who_may_only_look(staff, model, key):
    client = staff(f"view_{model._meta.model_name}", "view_patient")
    page = client.get(address(model, "changelist"))
    assert page.status_code == 200
    assert reverse("lab_import", args=[key]) not in page.content.decode()


def test_sample_leads_to_its_page_in_the_portal(admin_client, boy, mlpa, sequenced):
    one = mlpa(boy, {5: "het_del"}, run="M1")
    other = sequenced(boy, run="N1")
    for sample, name in ((one, "mlpa_sample"), (other, "sequencing_sample")):
        page = admin_client.get(address(type(sample), "change", sample.pk)).content.decode()
        found = reverse(name, args=[sample.pk])
        assert f'href="{found}"' in page
        assert admin_client.get(found).status_code == 200


def test_file_is_read_and_never_typed_and_leads_to_its_dropped_calls(
    admin_client, boy, sequenced, store
):
    sample = sequenced(boy, run="N1")
    file = store(
        models.SequencingFile(
            sample=sample,
            kind="variants",
            name="t1.vcf",
            sha256="0" * 64,
            filter_set="Zhang 2022",
            filter_version="2",
            records=2,
            kept=1,
            dropped=[["vaf", 1]],
        )
    )
    assert "t1.vcf" in admin_client.get(address(type(file), "changelist")).content.decode()
    url = address(type(file), "change", file.pk)
    page = admin_client.get(url).content.decode()
    assert f'href="{reverse("sequencing_file", args=[file.pk])}"' in page
    assert 'name="_save"' not in page
    assert admin_client.post(url, {"name": "other"}).status_code == 403
