"""Laboratory imports in the portal, tried on MLPA: what is confirmed is what was previewed."""

import io
import os
import re
from contextlib import nullcontext

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from lab_files import LOST, confirm, mlpa_run, posted, previewed, reader, send, words

from reports.models import ImportBatch, MlpaRun, MlpaSample, ProbeRatio, Specimen
from reports.views import lab_uploads

ROW = "A,patient,,90,S-K-1,K-1\n"
RUN = mlpa_run(ROW)
HOSTILE = "<img src=x onerror=alert(1)>.txt"


@pytest.fixture(autouse=True)
def one_reading_child(monkeypatch):
    """One child process for all tests: its start is the dearest part of a small file."""
    monkeypatch.setattr("reports.importers.mlpa.FileReader", lambda: nullcontext(reader()))


@pytest.fixture
def child(enter):
    """A girl with specimen S-K-1 and an MLPA run M-K-1 that somebody typed."""
    return enter("K-1", deleted=False)


@pytest.fixture
def manager_client(client, data_manager, child):
    client.force_login(data_manager)
    return client


def stored():
    return MlpaRun.objects.filter(name="run7")


def test_preview_names_files_samples_children_and_calls_and_stores_nothing(manager_client):
    _address, text = previewed(manager_client, "mlpa", RUN)
    read = words(text)
    assert set(RUN) <= set(re.findall(r'<th scope="row">([^<]+)</th>', text))
    sample = re.search(r'<th scope="row">A</th>(.*?)</tr>', text, re.S).group(1)
    assert "S-K-1" in sample and "K-1" in sample and "4-7" in sample
    assert "probe ratio" in read and "Nothing is stored yet" in read
    assert not stored().exists() and not ImportBatch.objects.exists()


def test_confirmation_stores_with_person_reason_and_every_file(manager_client):
    address, text = previewed(manager_client, "mlpa", RUN)
    answer = confirm(manager_client, address, text)
    assert answer["Location"] == reverse("lab_import", args=["mlpa"])
    sample = MlpaSample.objects.get(run__name="run7")
    assert sample.specimen.number == "S-K-1"
    assert sample.probes.filter(gene="IKZF1", call="het_del").count() == 4
    assert sample.history.get().history_change_reason == "from the laboratory"
    batches = ImportBatch.objects.filter(mapping="import_mlpa", who="manager")
    assert {item.file_name for item in batches} == set(RUN)
    page = words(manager_client.get(answer["Location"]).content.decode())
    assert "run7 is stored" in page and "Imported last" in page and "from the laboratory" in page


def test_options_reach_the_importer(manager_client):
    given = {"run_name": "M-77", "run_date": "2021-03-04", "normalisation": "all_samples"}
    address, text = previewed(manager_client, "mlpa", RUN, **given)
    confirm(manager_client, address, text)
    run = MlpaRun.objects.get(name="M-77")
    assert (str(run.run_date), run.normalisation) == ("2021-03-04", "all_samples")


def test_separate_sample_sheet_says_whose_sample_it_is(manager_client):
    files = dict(RUN)
    files["samples.csv"] = files["samples.csv"].replace("S-K-1,K-1", ",")
    whose = SimpleUploadedFile("whose.csv", b"sample,specimen,hospital_number\nA,S-K-1,K-1\n")
    address, text = previewed(manager_client, "mlpa", files, samples=whose)
    assert '<th scope="row">whose.csv</th>' in text
    confirm(manager_client, address, text)
    assert MlpaSample.objects.get(run__name="run7").specimen.number == "S-K-1"


def test_missing_peak_stops_the_run_until_a_person_has_judged_it(manager_client):
    probe = next(name for name in LOST)
    files = mlpa_run(ROW, ratios=LOST | {probe: 0.0})
    _address, text = previewed(manager_client, "mlpa", files)
    assert "Nothing can be stored while" in text and probe in words(text)
    address, text = previewed(manager_client, "mlpa", files, unreadable=f"A={probe}\n")
    confirm(manager_client, address, text)
    stored = ProbeRatio.objects.get(sample__run__name="run7", probe=probe)
    assert stored.call == "not_evaluable"


def test_same_files_again_say_when_and_by_whom_and_leave_nothing_to_confirm(manager_client):
    address, text = previewed(manager_client, "mlpa", RUN)
    confirm(manager_client, address, text)
    _address, text = previewed(manager_client, "mlpa", RUN)
    read = words(text)
    assert len(re.findall(r"already imported on \d{4}-\d\d-\d\d \d\d:\d\d by manager", read)) == 3
    assert "there is nothing to confirm" in read
    assert 'name="reason"' not in text


def test_time_of_the_former_import_is_the_laboratorys(manager_client):
    from django.utils import timezone

    address, text = previewed(manager_client, "mlpa", RUN)
    confirm(manager_client, address, text)
    _address, text = previewed(manager_client, "mlpa", RUN)
    at = timezone.localtime(ImportBatch.objects.get(file_name="mix.csv").at)
    assert at.utcoffset().total_seconds() == 8 * 3600  # Shanghai
    # In the table of the files, and in the warning.
    assert words(text).count(f"{at:%Y-%m-%d %H:%M} by manager") >= 2


def test_changes_and_removals_are_shown_with_old_and_new(manager_client):
    address, text = previewed(manager_client, "mlpa", RUN)
    confirm(manager_client, address, text)
    probe = ProbeRatio.objects.filter(sample__run__name="run7", gene="PAX5").first()
    fewer = dict(RUN)
    fewer["mix.csv"] = "".join(
        line for line in RUN["mix.csv"].splitlines(True) if not line.startswith(f"{probe.probe},")
    )
    _address, text = previewed(manager_client, "mlpa", fewer, normalisation="all_samples")
    read = words(text)
    assert "What would be removed" in read and str(probe) in read
    assert "What would change" in read and "mean of all samples of the run" in read


def test_errors_name_file_and_line_first_and_nothing_can_be_confirmed(manager_client):
    wrong = mlpa_run(ROW.replace("S-K-1", "S-NOBODY"))
    address, text = previewed(manager_client, "mlpa", wrong)
    assert 'name="reason"' not in text
    table = text.split('id="problems"')[1]
    first = re.search(r"<tbody>\s*<tr>(.*?)</tr>", table, re.S).group(1)
    assert "error" in first and "samples.csv" in first and "S-NOBODY" in first
    assert '<td class="number">2</td>' in first
    forced = manager_client.post(f"{address}confirm/", {"reason": "x", "seen": "0" * 64})
    assert forced["Location"] == address
    assert not stored().exists()


def test_errors_are_refused_even_with_the_right_fingerprint(manager_client):
    from reports.views.lab_importers import IMPORTERS

    wrong = mlpa_run(ROW.replace("S-K-1", "S-NOBODY"))
    address, _text = previewed(manager_client, "mlpa", wrong)
    importer = IMPORTERS["mlpa"]
    upload = lab_uploads.find(manager_client.session, address.split("/")[-2], kind="mlpa")
    options = importer.options(upload.options)
    assert options.is_valid()
    seen = importer.check(upload, options).fingerprint
    manager_client.post(f"{address}confirm/", {"reason": "x", "seen": seen})
    assert not stored().exists()


def test_whole_preview_is_a_workbook_in_which_text_stays_text(manager_client):
    files = mlpa_run("=1+1,patient,,90,S-K-1,K-1\n" + ROW)
    address, _text = previewed(manager_client, "mlpa", files)
    response = manager_client.get(f"{address}preview.xlsx")
    assert 'filename="mlpa-preview.xlsx"' in response["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    assert book.sheetnames == ["Problems", "Samples", "Changes", "Removals"]
    cells = [cell for row in book["Problems"].iter_rows(min_row=2) for cell in row]
    assert any(cell.value and "=1+1" in str(cell.value) for cell in cells)
    assert all(cell.data_type != "f" for cell in cells)


def test_confirmation_needs_a_reason(manager_client):
    address, text = previewed(manager_client, "mlpa", RUN)
    answer = confirm(manager_client, address, text, reason=" ")
    assert answer.status_code == 400
    assert "Say why" in answer.content.decode()
    assert not stored().exists()


def test_confirming_twice_stores_once(manager_client):
    address, text = previewed(manager_client, "mlpa", RUN)
    confirm(manager_client, address, text)
    again = confirm(manager_client, address, text)
    assert again["Location"] == reverse("lab_import", args=["mlpa"])
    assert "expired or was stored already" in manager_client.get("/import/").content.decode()
    assert stored().count() == 1 and ImportBatch.objects.count() == 3


def test_outcome_other_than_the_one_seen_is_shown_again(manager_client, child):
    from reports.actions import save_records

    files = mlpa_run(ROW.replace(",90,", ",,"))
    address, text = previewed(manager_client, "mlpa", files)
    specimen = Specimen.objects.get(number="S-K-1")
    specimen.blast_percent = 30
    save_records(records=[specimen], by="other", reason="counted again")
    assert confirm(manager_client, address, text)["Location"] == address
    assert not stored().exists()
    assert "look again" in manager_client.get(address).content.decode()


def test_change_between_check_and_storing_is_refused(manager_client, monkeypatch):
    from reports.actions import save_records
    from reports.views import lab_imports

    address, text = previewed(manager_client, "mlpa", RUN)
    before = lab_imports.commit

    def meanwhile(preview, **more):
        specimen = Specimen.objects.get(number="S-K-1")
        specimen.material = "blood"
        save_records(records=[specimen], by="other", reason="corrected meanwhile")
        return before(preview, **more)

    monkeypatch.setattr(lab_imports, "commit", meanwhile)
    assert confirm(manager_client, address, text)["Location"] == address
    assert not stored().exists()


def test_somebody_elses_upload_is_neither_seen_nor_confirmed(manager_client, django_user_model):
    address, text = previewed(manager_client, "mlpa", RUN)
    other = Client()
    other.force_login(django_user_model.objects.create_superuser("other"))
    for answer in (other.get(address), confirm(other, address, text),
                   other.get(f"{address}preview.xlsx")):  # fmt: skip
        assert answer["Location"] == reverse("lab_import", args=["mlpa"])
    assert not stored().exists()


def test_upload_of_one_import_is_none_of_another(manager_client):
    address, _text = previewed(manager_client, "mlpa", RUN)
    other = manager_client.get(address.replace("/mlpa/", "/variants/"))
    assert other["Location"] == reverse("lab_import", args=["variants"])
    assert manager_client.get(address).status_code == 200


def test_after_an_hour_the_upload_is_gone(manager_client, monkeypatch, tmp_path):
    address, text = previewed(manager_client, "mlpa", RUN)
    later = lab_uploads.time.time() + lab_uploads.KEPT_SECONDS + 5
    monkeypatch.setattr(lab_uploads.time, "time", lambda: later)
    assert confirm(manager_client, address, text)["Location"] == reverse(
        "lab_import", args=["mlpa"]
    )
    assert not stored().exists()
    assert list((tmp_path / "uploads").iterdir()) == []


def test_changed_file_on_disk_is_not_stored(manager_client, tmp_path):
    address, text = previewed(manager_client, "mlpa", RUN)
    (kept,) = (tmp_path / "uploads").glob("*/run7.txt")
    kept.write_bytes(kept.read_bytes() + b"\n")
    assert confirm(manager_client, address, text).status_code == 302
    assert not stored().exists()


def test_centre_that_was_removed_meanwhile_is_told(manager_client):
    from reports.actions import delete_record, save_records
    from reports.models import Centre

    other = Centre(code="GONE", name="Elsewhere")
    save_records(records=[other], by="tests", reason="a second centre")
    address, _text = previewed(manager_client, "mlpa", RUN, centre="GONE")
    delete_record(record=other, by="tests", reason="entered by mistake")
    assert manager_client.get(address)["Location"] == reverse("lab_import", args=["mlpa"])


@pytest.mark.parametrize(
    "name",
    ["../../escaped.txt", "..\\..\\escaped.txt", "/etc/escaped.txt", "C:\\lab\\escaped.txt"],
)
def test_names_with_folders_stay_in_the_upload_folder(manager_client, tmp_path, name):
    content = RUN["run7.txt"].encode()
    files = {"mix.csv": RUN["mix.csv"], "samples.csv": RUN["samples.csv"]}
    upload = SimpleUploadedFile("x", content)
    upload._name = name  # as a client of its own may send it
    answer = manager_client.post(
        reverse("lab_import", args=["mlpa"]),
        {"files": [*posted(files), upload], "normalisation": "reference_samples"},
    )
    assert answer.status_code == 302
    found = [path for path in tmp_path.rglob("*escaped.txt") if path.is_file()]
    assert [path.parent.parent for path in found] == [tmp_path / "uploads"]
    assert found[0].name == "escaped.txt"


@pytest.mark.parametrize("name", [HOSTILE, "a\x00b.txt", "..", "", " ", "run\u202etxt.exe"])
def test_safe_names_are_names_of_files(name):
    safe = lab_uploads.safe_name(name)
    assert safe not in ("", ".", "..")
    assert "/" not in safe and safe.isprintable()


def test_hostile_names_are_shown_as_text(manager_client):
    files = {HOSTILE: RUN["run7.txt"], "mix.csv": RUN["mix.csv"], "samples.csv": RUN["samples.csv"]}
    address, text = previewed(manager_client, "mlpa", files)
    assert "<img src=x" not in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text
    answer = confirm(manager_client, address, text)
    page = manager_client.get(answer["Location"]).content.decode()
    assert "<img src=x" not in page


def test_two_files_of_one_name_are_refused(manager_client):
    again = SimpleUploadedFile("MIX.csv", b"sample,specimen\n")
    answer = send(manager_client, "mlpa", RUN, samples=again)
    assert answer.status_code == 400
    assert "Two files are called MIX.csv" in answer.content.decode()


def test_name_that_no_file_system_takes_is_refused(manager_client):
    answer = send(manager_client, "mlpa", {"峰" * 80 + ".txt": "x"})
    assert answer.status_code == 400
    assert "is too long" in answer.content.decode()


@pytest.mark.parametrize(
    ("files", "said"),
    [({}, "Choose the files."), ({"empty.txt": ""}, "A file is empty.")],
)
def test_no_file_and_an_empty_file_are_told(manager_client, files, said):
    answer = send(manager_client, "mlpa", files)
    assert answer.status_code == 400
    assert said in answer.content.decode()


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.7 nonsense", b"\x00\x01\x02\x03" * 50, b"just words\n", b"PK\x03\x04broken"],
)
def test_wrong_files_are_refused_in_the_preview_by_name(manager_client, content):
    _address, text = previewed(manager_client, "mlpa", {"nonsense.txt": content})
    assert "Nothing can be stored while" in text
    assert "nonsense.txt" in text.split('id="problems"')[1]


@pytest.mark.parametrize("mapping", [b"- a list\n", b"\xff\xfe\x00", b"name: x\nnonsense: y\n"])
def test_bad_mapping_is_told_at_the_upload(manager_client, mapping):
    answer = send(manager_client, "mlpa", RUN, mapping=SimpleUploadedFile("map.yaml", mapping))
    assert answer.status_code == 400
    assert 'id="id_mapping_error"' in answer.content.decode()


def test_line_that_is_no_pair_is_told_with_the_folded_choices_open(manager_client):
    answer = send(manager_client, "mlpa", RUN, absent="A=IKZF1\nnonsense\n")
    text = answer.content.decode()
    assert answer.status_code == 400
    assert "nonsense: write SAMPLE=PROBE." in text
    assert "<details open>" in text


def test_more_than_the_limit_is_refused_with_both_sizes(manager_client, settings, tmp_path):
    settings.LAB_UPLOAD_MB = 1
    answer = send(manager_client, "mlpa", {"large.txt": b"x" * (2 * 1024 * 1024)})
    assert answer.status_code == 413
    assert re.search(r"has 2\.0 MB; at most 1 MB", answer.content.decode())
    assert not (tmp_path / "uploads").exists()


def test_large_file_is_kept_without_being_copied(manager_client, tmp_path):
    files = RUN | {"large.txt": b"x" * (3 * 1024 * 1024)}
    assert send(manager_client, "mlpa", files).status_code == 302
    (kept,) = (tmp_path / "uploads").glob("*/large.txt")
    assert kept.stat().st_size == 3 * 1024 * 1024
    assert kept.stat().st_mode & 0o777 == 0o600
    # Nothing of the request's own is left beside the kept folder.
    assert [path.name for path in (tmp_path / "uploads").iterdir()] == [kept.parent.name]


def test_signed_out_may_send_no_large_file(client, db, settings):
    body = {"files": SimpleUploadedFile("large.txt", b"x" * (2 * 1024 * 1024))}
    assert client.post(reverse("lab_import", args=["mlpa"]), body).status_code == 413


def test_unfinished_file_of_another_day_is_removed(manager_client, tmp_path):
    folder = tmp_path / "uploads"
    folder.mkdir()
    left = folder / "incoming-abc"
    left.write_bytes(b"x")
    os.utime(left, (0, 0))
    send(manager_client, "mlpa", RUN)
    assert not left.exists()


def test_unknown_kind_of_import_is_not_found(manager_client):
    assert manager_client.get("/import/laboratory/nonsense/").status_code == 404


@pytest.mark.parametrize("end", ["", "x/", "x/preview.xlsx"])
def test_one_who_may_only_look_may_not_import(doctor_client, end):
    assert doctor_client.get(f"/import/laboratory/mlpa/{end}").status_code == 403


def test_every_import_is_reached_from_the_import_page(manager_client):
    from reports.views.lab_importers import IMPORTERS

    text = manager_client.get("/import/").content.decode()
    for key in IMPORTERS:
        address = reverse("lab_import", args=[key])
        assert f'href="{address}"' in text
        assert manager_client.get(address).status_code == 200
