"""Variants and coverage from files to pages: imports, and what a sample was read from."""

import pytest
from lab_files import bam, bed, confirm, previewed, reader, send, words
from sequencing_files import record, vcf

from reports.actions import save_records
from reports.models import Panel, SequencingFile, SequencingSample, Variant

N159Y, BELOW = record(50450291), {"reads": (995, 5), "af": "0.005"}
LOW = record(50450292, "IKZF1:NM_006060:exon5:c.A476T:p.N159I", **BELOW)
SHEET = b"sample,specimen,hospital_number\nT1,S-K-1,K-1\n"


@pytest.fixture(autouse=True)
def one_reading_child(monkeypatch):
    from contextlib import nullcontext

    for name in ("vcf", "coverage"):
        monkeypatch.setattr(f"reports.importers.{name}.FileReader", lambda: nullcontext(reader()))


@pytest.fixture
def manager_client(client, data_manager, enter):
    enter("K-1", deleted=False)
    client.force_login(data_manager)
    return client


@pytest.fixture
def panel(centre):
    panel = Panel(name="P185", panel_version="1", panel_genes="IKZF1;NRAS", genome_build="GRCh37")
    save_records(records=[panel], by="tests", reason="the laboratory's panel")
    return panel


def whose(content=SHEET):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("whose.csv", content)


def variants(client, panel, tmp_path, *records, **more):
    path = vcf(tmp_path / "t1.vcf", *records)
    given = {"panel": panel.pk, "run_name": "N1", "filters": "study", "samples": whose()}
    return previewed(client, "variants", {"t1.vcf": path.read_bytes()}, **(given | more))


@pytest.fixture
def stored_file(manager_client, panel, tmp_path):
    address, text = variants(manager_client, panel, tmp_path, N159Y, LOW)
    confirm(manager_client, address, text)
    return SequencingFile.objects.get()


def test_preview_of_variants_counts_what_is_read_kept_and_dropped(manager_client, panel, tmp_path):
    _address, text = variants(manager_client, panel, tmp_path, N159Y, LOW)
    read = words(text)
    assert "2 records read, 1 variants kept, 1 dropped." in read
    assert "VAF below the limit" in read
    assert "S-K-1" in read and "P185 1" in read
    assert not Variant.objects.exists()


def test_confirmed_variants_are_stored_with_file_and_reason(stored_file):
    variant = Variant.objects.get()
    assert (variant.gene, variant.hgvs_c, variant.file) == ("IKZF1", "c.475A>T", stored_file)
    assert variant.history.get().history_change_reason == "from the laboratory"


def test_same_vcf_again_has_nothing_to_confirm(manager_client, panel, tmp_path, stored_file):
    _address, text = variants(manager_client, panel, tmp_path, N159Y, LOW)
    assert "there is nothing to confirm" in text
    assert "already imported on" in words(text)


def test_variant_that_the_new_file_lacks_is_shown_as_removed(
    manager_client, panel, tmp_path, stored_file
):
    _address, text = variants(manager_client, panel, tmp_path, LOW)
    removed = text.split('id="removed"')[1]
    assert "c.475A&gt;T" in removed and "K-1" in removed


def test_new_panel_is_made_by_its_name(manager_client, centre, tmp_path):
    path = vcf(tmp_path / "t1.vcf", N159Y)
    given = {"panel_name": "OURS", "panel_version": "2", "samples": whose()}
    address, text = previewed(manager_client, "variants", {"t1.vcf": path.read_bytes()}, **given)
    confirm(manager_client, address, text)
    assert Panel.objects.get().panel_version == "2"


@pytest.mark.parametrize("both", [True, False])
def test_a_panel_on_record_or_a_new_one_is_needed_and_not_both(manager_client, panel, both):
    given = {"panel": panel.pk, "panel_name": "OURS"} if both else {}
    answer = send(manager_client, "variants", {"t1.vcf": "x"}, **given)
    assert answer.status_code == 400
    said = "not both" if both else "Choose a panel, or name a new one."
    assert said in answer.content.decode()


def test_wrong_file_is_refused_with_its_line(manager_client, panel, tmp_path):
    bad = N159Y.replace("50450291", "-5")
    _address, text = variants(manager_client, panel, tmp_path, bad)
    first = text.split('id="problems"')[1].split("<tbody>")[1].split("</tr>")[0]
    assert "error" in first and "t1.vcf" in first and '<td class="number">14</td>' in first


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a.bam": b"x"}, "The index of a.bam is missing."),
        ({"a.bam": b"x", "b.bam.bai": b"x"}, "b.bam.bai is the index of none"),
        ({"a.bam.bai": b"x"}, "An index alone holds no reads"),
        ({"a.bam": b"x", "a.bai": b"x"}, "Reads need the BED of the panel."),
    ],
)
def test_reads_need_their_index_and_the_bed(manager_client, panel, files, said):
    answer = send(manager_client, "coverage", files, panel=panel.pk)
    assert answer.status_code == 400
    assert said in answer.content.decode()


def test_coverage_of_reads_reaches_the_exons_of_the_sample(manager_client, panel, tmp_path):
    from django.core.files.uploadedfile import SimpleUploadedFile

    reads = bam(tmp_path / "T1.bam", exon=4, depth=20)
    files = {
        "T1.bam": reads.read_bytes(),
        "T1.bam.bai": (tmp_path / "T1.bam.bai").read_bytes(),
    }
    target = SimpleUploadedFile("p.bed", bed())
    given = {"panel": panel.pk, "run_name": "N1", "samples": whose(), "bed": target}
    address, text = previewed(manager_client, "coverage", files, **given)
    read = words(text)
    assert "mean depth" in read and "T1.bam.bai" not in read.split("SHA-256")[1].split("Samples")[1]
    confirm(manager_client, address, text)
    sample = SequencingSample.objects.get()
    assert {item.exon for item in sample.exon_coverage.filter(reach="low")} == set(range(2, 9))
    page = words(manager_client.get(f"/samples/sequencing/{sample.pk}/").content.decode())
    assert "mean depth below the limit" in page and "Depth of IKZF1" in page
    file = sample.files.get()
    found = manager_client.get(f"/files/sequencing/{file.pk}/", {"name": "exon4"})
    assert "IKZF1_exon4" in found.content.decode()
    assert "IKZF1_exon5" not in found.content.decode()


def test_sample_page_shows_variants_with_file_and_line_and_counts(manager_client, stored_file):
    page = manager_client.get(f"/samples/sequencing/{stored_file.sample_id}/").content.decode()
    read = words(page)
    assert "c.475A&gt;T" in page and "t1.vcf:14" in read
    assert stored_file.sha256 in page
    assert "Records read, kept and dropped" in read
    child = manager_client.get(f"/patients/{stored_file.owner.pk}/").content.decode()
    assert f'href="/samples/sequencing/{stored_file.sample_id}/"' in child


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, True),
        ({"place": "7:50450292"}, True),
        ({"place": "chr7:50,450,000-50,460,000"}, True),
        ({"place": "7:50450291"}, False),
        ({"place": "8:50450292"}, False),
        ({"reason": "vaf"}, True),
        ({"page": "99"}, True),
        ({"page": "x"}, True),
    ],
)
def test_dropped_call_is_found_again_by_its_place_with_its_reason(
    manager_client, stored_file, asked, found
):
    page = manager_client.get(f"/files/sequencing/{stored_file.pk}/", asked).content.decode()
    rows = page.split('id="rows"')[1]
    assert ("7:50450292" in rows) is found
    assert ("VAF below the limit" in rows) is found


@pytest.mark.parametrize(
    "asked",
    [{"place": "nonsense"}, {"place": "7:1-"}, {"reason": "nonsense"}, {"place": "7:" + "9" * 70}],
)
def test_question_that_is_none_finds_nothing_and_does_not_fail(manager_client, stored_file, asked):
    answer = manager_client.get(f"/files/sequencing/{stored_file.pk}/", asked)
    assert answer.status_code == 200
    assert "50450292" not in answer.content.decode().split('id="rows"')[1]


def test_looking_at_a_file_is_written_down(manager_client, stored_file):
    from reports.models import AuditEvent

    before = AuditEvent.objects.filter(act="viewed", kind="patient").count()
    manager_client.get(f"/files/sequencing/{stored_file.pk}/")
    assert AuditEvent.objects.filter(act="viewed", kind="patient").count() == before + 1
