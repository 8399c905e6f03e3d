"""VCFs and tables of variants: what is stored, what is dropped and found again, what is refused."""

import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from sequencing_files import HEAD, child, children, nothing_stored, record, sheet, vcf

from reports import models
from reports.actions import save_record
from reports.evidence import ikzf1_evidence
from reports.importers.lab_import import commit
from reports.importers.sequencing import FILTERS, SequencingRequest
from reports.importers.vcf import check_variants

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
NRAS = "NRAS:NM_002524:exon2:c.G35A:p.G12D"


@pytest.fixture
def panel(store):
    return store(
        models.Panel(
            name="P185", panel_version="1", panel_genes="IKZF1;NRAS", genome_build="GRCh37"
        )
    )


@pytest.fixture
def specimen(store, hospital):
    return child(store, "2020-0001", hospital)


@pytest.fixture
def request_for(tmp_path, panel):
    """`request_for(path, ...)` with a sheet that gives sample T1 to specimen S-2020-0001."""

    def made(*paths, rows=(("T1", "S-2020-0001", "2020-0001", ""),), **options):
        samples = sheet(tmp_path / "sheet.csv", rows)
        known = {
            "panel": "P185",
            "panel_version": "1",
            "run_name": "N1",
            "filters": FILTERS["study"],
        }
        return SequencingRequest(paths=tuple(paths), samples=samples, **(known | options))

    return made


def stored(preview):
    assert [str(item) for item in preview.errors] == []
    return commit(preview, by="tester", reason="run N1")


def test_variants_are_stored_with_everything_that_the_record_says(tmp_path, specimen, request_for):
    path = vcf(
        tmp_path / "a.vcf",
        record(50450291),
        record(50450301, filters="t_lod"),
        record(50450311, reads=(995, 5), af="0.005"),
    )
    stored(check_variants(request_for(path)))
    variant = models.Variant.objects.get()
    assert (variant.gene, variant.transcript, variant.hgvs_c, variant.hgvs_p) == (
        "IKZF1", "NM_006060", "c.475A>T", "p.Asn159Tyr",
    )  # fmt: skip
    assert (variant.chrom, variant.position, variant.ref, variant.alt) == ("7", 50450291, "A", "T")
    assert (variant.vaf, variant.depth, variant.alt_reads, variant.filters) == (
        0.25, 1000, 250, "PASS",
    )  # fmt: skip
    assert variant.line == len(HEAD) + 2
    assert (variant.consequence, variant.transcript_basis) == ("missense", "table")
    file = models.SequencingFile.objects.get()
    assert (file.name, file.records, file.kept) == ("a.vcf", 3, 1)
    assert file.dropped == [["caller_filter", 1], ["vaf", 1]]
    assert (file.filter_set, file.filter_version) == ("Zhang 2022", "2")
    assert file.limits["min_vaf"]["limit"] == 0.01 and "Zhang" in file.limits["min_vaf"]["source"]
    assert variant.file == file and variant.sample.genome_build == "GRCh37"
    assert models.ImportBatch.objects.filter(sha256=file.sha256).count() == 1
    assert models.Variant.history.count() == 1


def test_dropped_call_is_found_again_with_its_reason(tmp_path, specimen, request_for):
    path = vcf(
        tmp_path / "a.vcf",
        record(50450301, filters="t_lod"),
        record(50450311, reads=(995, 5), af="0.005"),
    )
    stored(check_variants(request_for(path)))
    file = models.SequencingFile.objects.get()
    [low] = file.dropped_at("7", 50450311)
    assert (low.reason, low.value, low.line) == ("vaf", "0.005", len(HEAD) + 3)
    assert file.dropped_at("7", 5045031) == file.dropped_at("17", 50450311) == ()
    assert [item.value for item in file.dropped_calls(reason="caller_filter")] == ["t_lod"]
    assert len(list(file.dropped_calls())) == file.dropped_count == 2


def test_depth_that_nobody_stated_is_said_and_leaves_absence_open(tmp_path, specimen, request_for):
    preview = check_variants(request_for(vcf(tmp_path / "a.vcf", record(115258747, NRAS))))
    assert any("no depth is on record" in str(item) for item in preview.warnings)
    stored(preview)
    sample = models.SequencingSample.objects.get()
    assert (sample.quality, sample.mean_depth) == ("not_stated", None)
    assert ikzf1_evidence([specimen.patient_id])[specimen.patient_id].sequencing.adequate is None
    assessment = models.Ikzf1Assessment.objects.get()
    assert assessment.sequence_variant == "not_evaluable"


def test_variant_without_a_stated_depth_is_altered(tmp_path, specimen, request_for):
    stored(check_variants(request_for(vcf(tmp_path / "a.vcf", record(50450291)))))
    assert models.Ikzf1Assessment.objects.get().sequence_variant == "altered"


def test_recorded_quality_stays(tmp_path, specimen, request_for, panel, store, hospital):
    run = models.SequencingRun(centre=hospital, name="N1")
    store(
        run,
        models.SequencingSample(
            run=run, specimen=specimen, panel=panel, quality="adequate", mean_depth=1500
        ),
    )
    stored(check_variants(request_for(vcf(tmp_path / "a.vcf", record(115258747, NRAS)))))
    assert models.SequencingSample.objects.get().quality == "adequate"
    assert models.Ikzf1Assessment.objects.get().sequence_variant == "not_detected"


def test_same_file_again_changes_nothing_and_says_when_it_came(tmp_path, specimen, request_for):
    path = vcf(tmp_path / "a.vcf", record(50450291), record(50450301, filters="t_lod"))
    stored(check_variants(request_for(path)))
    again = check_variants(request_for(path))
    assert any("This very file was imported" in str(item) for item in again.warnings)
    assert again.writes == 0
    with nothing_stored():
        stored(again)


def test_other_file_of_the_sample_takes_the_place_of_the_first_and_history_keeps_it(
    tmp_path, specimen, request_for
):
    first = vcf(tmp_path / "a.vcf", record(50450291), record(115258747, NRAS))
    stored(check_variants(request_for(first)))
    kept = models.Variant.objects.get(gene="IKZF1")
    kept.classification = "pathogenic"
    save_record(record=kept, by="geneticist", reason="known hotspot")
    second = vcf(tmp_path / "b.vcf", record(50450291, reads=(700, 300), af="0.3"))
    preview = check_variants(request_for(second))
    assert preview.plan.counts["variant"] == {"changed": 1, "removed": 1}
    stored(preview)
    variant = models.Variant.objects.get()
    assert (variant.classification, variant.vaf, variant.file.name) == ("pathogenic", 0.3, "b.vcf")
    assert models.SequencingFile.objects.count() == 1
    assert models.SequencingFile.history.filter(history_type="-", name="a.vcf").count() == 1
    assert models.Variant.history.filter(history_type="-").count() == 1


def test_variant_typed_by_a_person_is_found_by_its_name_and_others_of_theirs_stay(
    tmp_path, specimen, request_for, panel, store, hospital
):
    run = models.SequencingRun(centre=hospital, name="N1")
    sample = models.SequencingSample(
        run=run, specimen=specimen, panel=panel, quality="adequate", mean_depth=1500
    )
    typed = models.Variant(sample=sample, gene="IKZF1", hgvs_c="c.475A>T", tier="I")
    other = models.Variant(sample=sample, gene="NRAS", hgvs_c="c.38G>A")
    store(run, sample, typed, other)
    stored(check_variants(request_for(vcf(tmp_path / "a.vcf", record(50450291)))))
    found = {item.gene: item for item in models.Variant.objects.all()}
    assert (found["IKZF1"].pk, found["IKZF1"].tier, found["IKZF1"].vaf) == (typed.pk, "I", 0.25)
    assert found["NRAS"].file is None and len(found) == 2


def test_two_files_of_one_specimen_go_together_and_may_not_say_the_same(
    tmp_path, specimen, request_for
):
    first = vcf(tmp_path / "a.vcf", record(50450291))
    second = vcf(tmp_path / "b.vcf", record(115258747, NRAS))
    rows = [("T1", "S-2020-0001", "2020-0001", name) for name in ("a.vcf", "b.vcf")]
    stored(check_variants(request_for(first, second, rows=rows)))
    assert models.Variant.objects.count() == models.SequencingFile.objects.count() == 2
    vcf(second, record(50450291))
    preview = check_variants(request_for(first, second, rows=rows))
    assert "7:50450291 A>T of sample T1 stands in a.vcf, line 14, too." in str(preview.errors[0])


def test_change_that_stands_twice_in_a_file_is_refused_with_both_lines(
    tmp_path, specimen, request_for
):
    preview = check_variants(
        request_for(vcf(tmp_path / "a.vcf", record(50450291), record(50450291)))
    )
    [error] = preview.errors
    assert str(error) == "a.vcf / line 15: 7:50450291 A>T of sample T1 stands on line 14 too."


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"panel": "other"}, "There is no panel other of version 1 on record"),
        ({"panel_version": "2"}, "There is no panel P185 of version 2 on record (versions: 1)"),
        ({"build": "GRCh38"}, "Panel P185 1 is on GRCh37, but GRCh38 is asked for."),
        ({"centre": "H9"}, "There is no centre H9."),
        ({"tumour": "T2"}, "the tumour sample T2 is not in the file, which has T1"),
        ({"rows": [("T1", "S-9", "2020-0001", "")]}, "There is no specimen S-9 on record."),
        (
            {"rows": [("T2", "S-2020-0001", "2020-0001", "")]},
            "Sample T1 is not in the sample sheet",
        ),
    ],
)
def test_request_that_does_not_fit_is_refused(tmp_path, specimen, request_for, options, message):
    with nothing_stored():
        preview = check_variants(request_for(vcf(tmp_path / "a.vcf", record(50450291)), **options))
        assert any(message in str(item) for item in preview.errors)


def test_file_of_another_build_than_the_panels_is_refused(tmp_path, specimen, request_for):
    head = [*HEAD[:-1], "##contig=<ID=7,length=159345973>"]
    path = vcf(tmp_path / "a.vcf", record(50400000), head=head)
    [error] = check_variants(request_for(path)).errors
    assert "the file is on GRCh38 (by the lengths of the contigs), but GRCh37" in str(error)


def test_sample_renamed_by_gatk3_is_known_by_the_laboratorys_name_or_the_files(
    tmp_path, specimen, request_for
):
    head = [*HEAD, "##SAMPLE=<ID=TUMOR,SampleName=T1>"]
    path = vcf(tmp_path / "a.vcf", record(50450291), sample="TUMOR", head=head)
    assert check_variants(request_for(path)).samples[0].sample == "T1"
    path = vcf(tmp_path / "T1.mutect.vcf", record(50450291), sample="TUMOR",
               head=[*HEAD, "##tumor_sample=TUMOR"])  # fmt: skip
    rows = [("T1.mutect", "S-2020-0001", "2020-0001", "")]
    assert not check_variants(request_for(path, rows=rows)).errors


def test_errors_of_all_files_are_told_at_once_and_nothing_is_stored(
    tmp_path, specimen, request_for
):
    good = vcf(tmp_path / "good.vcf", record(50450291))
    bad = [vcf(tmp_path / f"bad{n}.vcf", record("x")) for n in (1, 2)]
    with nothing_stored():
        preview = check_variants(request_for(good, *bad))
        places = [item.place for item in preview.errors]
        assert places[:2] == ["bad1.vcf / line 14", "bad2.vcf / line 14"]


def test_command_shows_counts_and_stores_with_person_and_reason(
    tmp_path, specimen, panel, django_user_model
):
    django_user_model.objects.create_user("mei", password="x")
    path = vcf(tmp_path / "a.vcf", record(50450291), record(50450301, filters="t_lod"))
    samples = sheet(tmp_path / "s.csv", [("T1", "S-2020-0001", "2020-0001", "")])
    options = "--panel P185 --panel-version 1 --run-name N1 --filters study --by mei"
    arguments = [str(path), "--samples", str(samples), *options.split(), "--reason", "routine"]
    out = StringIO()
    with nothing_stored():
        call_command("import_vcf", *arguments, "--dry-run", stdout=out)
    assert "2 records read, 1 variants kept, 1 dropped." in out.getvalue()
    assert "Dry run: nothing was stored." in out.getvalue()
    call_command("import_vcf", *arguments, stdout=out)
    row = models.Variant.history.get()
    assert (row.history_who, row.history_change_reason) == ("mei", "routine")


def test_command_ends_with_an_error_in_the_language_asked(tmp_path, specimen, panel):
    with pytest.raises(CommandError), nothing_stored():
        call_command("import_vcf", str(tmp_path / "absent.vcf"), "--panel", "P185",
                     "--panel-version", "1", "--language", "zh-hans", stdout=StringIO(),
                     stderr=StringIO())  # fmt: skip


def test_two_hundred_files_in_one_call_and_one_child(tmp_path, store, hospital, request_for):
    children(store, 200, hospital)
    paths = [
        vcf(tmp_path / f"{n}.vcf", *(record(50450000 + m, NRAS) for m in range(20)), sample=f"T{n}")
        for n in range(200)
    ]
    rows = [(f"T{n}", f"S-{n}", f"{n}", "") for n in range(200)]
    start = time.perf_counter()
    stored(check_variants(request_for(*paths, rows=rows)))
    assert time.perf_counter() - start < 30
    assert models.Variant.objects.count() == 4000
    assert models.SequencingSample.objects.count() == 200


def test_same_file_in_another_run_or_for_another_child_is_refused(
    tmp_path, store, hospital, specimen, request_for
):
    path = vcf(tmp_path / "a.vcf", record(50450291))
    stored(check_variants(request_for(path)))
    second = check_variants(request_for(path, run_name="N2"))
    words = "Sample T1 of this very file is on record in run N1 as specimen S-2020-0001"
    assert [words in str(item) for item in second.errors] == [True]
    child(store, "2020-0002", hospital)
    moved = check_variants(request_for(path, rows=(("T1", "S-2020-0002", "2020-0002", ""),)))
    assert [words in str(item) for item in moved.errors] == [True]
    assert check_variants(request_for(path)).errors == ()
