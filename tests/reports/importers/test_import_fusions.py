"""Fusion tables: four answers, pairs in either order, files of a national service, refusals."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sequencing_files import SHARED, child, nothing_stored, sheet

from analysis.file_problems import FileRefused
from analysis.ngs.fusion_mapping import read_fusion_mapping
from analysis.ngs.fusion_table import read_fusions, split_fusion
from reports import models
from reports.importers.fusions import FusionRequest, check_fusions
from reports.importers.lab_import import commit
from reports.management.commands.import_fusions import SHIPPED, mapping_named

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LOOKING = (SHIPPED / "fusions.yaml").read_bytes() + b'\nlooks_for: ["ETV6::RUNX1", "BCR::ABL1"]\n'
HEAD = "sample,fusion,result\n"


@pytest.fixture
def request_for(tmp_path, store, hospital):
    child(store, "1", hospital)
    child(store, "2", hospital)

    def made(content, mapping=None, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return FusionRequest(
            paths=(path,),
            mapping=read_fusion_mapping(mapping or LOOKING, file="m.yaml"),
            samples=sheet(tmp_path / "s.csv", [("a", "S-1", "1", ""), ("b", "S-2", "2", "")]),
        )

    return made


def answers(number):
    rows = models.FusionResult.objects.filter(patient__hospital_number=number)
    return {str(row): row.result for row in rows}


def stored(preview):
    assert [str(item) for item in preview.errors] == []
    return commit(preview, by="tester", reason="RNA panel")


def test_found_negative_failed_and_not_done_are_four_answers(request_for):
    content = HEAD + "a,ETV6::RUNX1,positive\na,TCF3::PBX1,not done\nb,,failed\n"
    stored(check_fusions(request_for(content)))
    assert answers("1") == {
        "ETV6::RUNX1": "detected", "BCR::ABL1": "not_detected", "TCF3::PBX1": "not_tested",
    }  # fmt: skip
    assert answers("2") == {"ETV6::RUNX1": "not_evaluable", "BCR::ABL1": "not_evaluable"}
    row = models.FusionResult.objects.get(result="detected")
    assert (row.source, row.specimen.number, row.method) == ("table.csv:2", "S-1", "rna_seq")


def test_sample_with_no_fusion_at_all_is_negative_for_what_was_looked_for(request_for):
    stored(check_fusions(request_for(HEAD + "a,,negative\nb,,negative\n")))
    assert answers("1") == {"ETV6::RUNX1": "not_detected", "BCR::ABL1": "not_detected"}


def test_pair_is_found_again_in_the_other_order_and_history_keeps_both(request_for, store):
    stored(check_fusions(request_for(HEAD + "a,ETV6::RUNX1,negative\nb,,negative\n")))
    stored(check_fusions(request_for(HEAD + "a,RUNX1::ETV6,positive\nb,,negative\n")))
    assert answers("1") == {"ETV6::RUNX1": "detected", "BCR::ABL1": "not_detected"}
    row = models.FusionResult.objects.get(result="detected")
    assert list(row.history.order_by("history_id").values_list("result", flat=True)) == [
        "not_detected", "detected",
    ]  # fmt: skip


def test_fusions_of_a_relapse_stand_beside_those_of_the_diagnosis(request_for, store, tmp_path):
    stored(check_fusions(request_for(HEAD + "a,ETV6::RUNX1,negative\nb,,negative\n")))
    patient = models.Patient.objects.get(hospital_number="1")
    store(models.Specimen(patient=patient, number="S-1R", time_point="relapse"))
    later = request_for(HEAD + "a,ETV6::RUNX1,positive\nb,,negative\n", name="later.csv")
    sheet(tmp_path / "s.csv", [("a", "S-1R", "1", ""), ("b", "S-2", "2", "")])
    stored(check_fusions(later))
    rows = models.FusionResult.objects.filter(patient=patient, gene_a="ETV6")
    assert dict(rows.values_list("specimen__number", "result")) == {
        "S-1": "not_detected", "S-1R": "detected",
    }  # fmt: skip


def test_preview_names_the_subtype_or_says_that_the_pair_is_not_listed(request_for):
    content = HEAD + "a,RUNX1::ETV6,positive\na,AAA1::BBB2,positive\nb,,negative\n"
    preview = check_fusions(request_for(content))
    says = [str(item) for item in preview.samples[0].says]
    assert says[0].startswith("RUNX1::ETV6 detected (") and "not in the list" not in says[0]
    assert says[1] == "AAA1::BBB2 detected (not in the list of known pairs)"


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("ETV6::RUNX1", [["ETV6"], ["RUNX1"]]),
        ("CCDC6--RET", [["CCDC6"], ["RET"]]),
        ("NCOA4/RET", [["NCOA4"], ["RET"]]),
        ("EML4-ALK", [["EML4"], ["ALK"]]),
        ("PPARG/AC016683.6;PAX8", [["PPARG"], ["AC016683.6", "PAX8"]]),
    ],
)
def test_names_of_fusions_are_split_into_their_sides(text, sides):
    assert split_fusion(text) == sides


def test_table_of_a_national_service(tmp_path, store, hospital):
    path = SHARED / "ngs_wales" / "rna_test_1_fusion_check.csv"
    if not path.exists():
        pytest.skip("the shared fusion table is not here")
    with path.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    fused = [row for row in rows if row["type"] == "Fusion"]
    child(store, "1", hospital)
    samples = sheet(tmp_path / "s.csv", [(path.stem, "S-1", "1", "")])
    out = StringIO()
    call_command("import_fusions", str(path), "--mapping", "fusions_somatic_db", "--samples",
                 str(samples), stdout=out)  # fmt: skip
    assert models.FusionResult.objects.count() == len(fused)
    assert f"{len(rows) - len(fused)} rows are no fusions" in out.getvalue()
    assert set(models.FusionResult.objects.values_list("result", flat=True)) == {"detected"}
    reads = dict(models.FusionResult.objects.values_list("gene_a", "supporting_reads"))
    assert reads["ETV6"] == 142 and reads["KIF5B"] == 339
    assert models.FusionResult.objects.get(gene_a="PPARG").breakpoints == (
        "chr3:12421199 / chr2:113992971"
    )


def test_row_that_the_control_shows_too_is_not_evaluable(request_for):
    mapping = (SHIPPED / "fusions_somatic_db.yaml").read_bytes()
    head = (
        "fusion,type,in_ntc,fusion_supporting_reads,left_breakpoint,right_breakpoint,fusion_caller"
    )
    content = f"{head}\nBCR-ABL1,Fusion,True,50,x,y,z\n"
    path = request_for(content, mapping, name="a.csv").paths[0]
    [call] = read_fusions(path, read_fusion_mapping(mapping, file="m"), sample="a").calls
    assert call.state.value == "not_evaluable"


@pytest.mark.parametrize(
    ("content", "line", "cause"),
    [
        (b"", 0, "is empty"),
        ("sample,fusion\na,ETV6::RUNX1\n", 1, "missing: result"),
        (HEAD, 0, "the table has no row"),
        (HEAD + "a,ETV6::RUNX1,maybe\n", 2, "no known result: maybe"),
        (HEAD + "a,ETV6RUNX1,positive\n", 2, "cannot be told apart"),
        (HEAD + "a,A-B-C,positive\n", 2, "cannot be told apart"),
        (HEAD + ",ETV6::RUNX1,positive\n", 2, "name is missing"),
        (HEAD + "a,,positive\n", 2, "no pair of genes is named"),
        (HEAD + "a,ETV6::=1+1,positive\n", 2, "no gene symbol"),
        (HEAD + "a,ETV6::RUNX1,positive\na,RUNX1::ETV6,negative\n", 3, "another result on line 2"),
        (HEAD + "a,ETV6::RUNX1,positive\na,,failed\n", 3, "failed, but line 2"),
        (HEAD + "a,ETV6::RUNX1\n", 2, "cut short"),
        (HEAD + "a,ETV6::RUNX1,positive,9\n", 2, "4 fields"),
        (b"PK\x03\x04" + b"\1" * 99, 0, "."),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, None, "."),
        (HEAD.encode() + b"a,\x00,positive\n", None, "."),
    ],
)
def test_malformed_table_is_refused_and_nothing_stored(request_for, content, line, cause):
    request = request_for(content)
    with pytest.raises(FileRefused, match=cause) as caught:
        read_fusions(request.paths[0], request.mapping)
    assert line is None or caught.value.problems[0].line == line
    with nothing_stored():
        assert check_fusions(request).errors


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("name: x", '"method" is missing'),
        ("name: x\nmethod: guess\nfusion: f\nlisted: detected", "one of rna_seq"),
        ("name: x\nmethod: fish\nlisted: detected", "either"),
        ("name: x\nmethod: fish\nfusion: f", "without"),
        ("name: x\nmethod: fish\nfusion: f\nresult: r", '"words" is missing'),
        ("name: x\nmethod: fish\nfusion: f\nresult: r\nwords: {detected: [a], not_tested: [A]}",
         "stands for two"),
        ("name: x\nmethod: fish\nfusion: f\nlisted: detected\nlooks_for: [ETV6]", "written as"),
        ("name: x\nmethod: fish\nfusion: f\nlisted: detected\nodd: 1", "no key"),
        ("[1, 2]", "no mapping"),
        ("a: [", "no YAML"),
    ],
)  # fmt: skip
def test_mapping_that_cannot_hold_is_refused(text, cause):
    with pytest.raises(FileRefused, match=cause):
        read_fusion_mapping(text.encode(), file="m.yaml")


def test_unknown_mapping_is_named_by_the_command():
    with pytest.raises(CommandError, match="nowhere"):
        mapping_named("nowhere")


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(edits=st.lists(st.tuples(st.integers(0, 90), st.text(max_size=3)), min_size=1, max_size=3))
def test_mutated_table_gives_a_result_or_a_clean_refusal(tmp_path_factory, edits):
    content = HEAD + "a,ETV6::RUNX1,positive\nb,,negative\na,BCR::ABL1,failed\n"
    for place, inserted in edits:
        content = content[:place] + inserted + content[place + 1 :]
    path: Path = tmp_path_factory.mktemp("mutated") / "t.csv"
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    try:
        found = read_fusions(path, read_fusion_mapping(LOOKING, file="m.yaml"))
    except FileRefused as error:
        assert error.problems
    else:
        assert all(call.gene_a and call.gene_b and call.sample for call in found.calls)
