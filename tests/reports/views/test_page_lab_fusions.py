"""Fusion tables by the portal: four answers, mappings, and the sample's own file."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from lab_files import confirm, previewed, send, words

from reports.models import FusionResult

TABLE = "sample,fusion,result\nT1,ETV6::RUNX1,positive\nT1,TCF3::PBX1,not done\n"
SHIPPED = {"known_mapping": "fusions"}


@pytest.fixture
def manager_client(client, data_manager, enter):
    enter("K-1", deleted=False)
    client.force_login(data_manager)
    return client


def whose():
    return SimpleUploadedFile("whose.csv", b"sample,specimen,hospital_number\nT1,S-K-1,K-1\n")


def test_preview_and_confirmation_of_a_fusion_table(manager_client):
    given = {"samples": whose(), **SHIPPED}
    address, text = previewed(manager_client, "fusions", {"rna.csv": TABLE}, **given)
    assert "ETV6::RUNX1 detected" in words(text) and "1 pairs not tested" in words(text)
    assert not FusionResult.objects.exists()
    confirm(manager_client, address, text)
    results = {str(row): row.result for row in FusionResult.objects.all()}
    assert results == {"ETV6::RUNX1": "detected", "TCF3::PBX1": "not_tested"}
    _address, text = previewed(manager_client, "fusions", {"rna.csv": TABLE},
                               samples=whose(), **SHIPPED)  # fmt: skip
    assert "there is nothing to confirm" in text


def test_bad_mapping_is_told_at_the_upload(manager_client):
    mapping = SimpleUploadedFile("map.yaml", b"- no mapping\n")
    answer = send(manager_client, "fusions", {"rna.csv": TABLE}, mapping=mapping, **SHIPPED)
    assert answer.status_code == 400
    assert 'id="id_mapping_error"' in answer.content.decode()


def test_unknown_specimen_is_refused_by_name(manager_client):
    _address, text = previewed(manager_client, "fusions", {"rna.csv": TABLE}, **SHIPPED)
    assert "Nothing can be stored while" in text and "Sample T1 is matched" in words(text)
