"""`manage.py cohort_summary`: the demonstration as a summary that `pool` reads."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from analysis.pool.combine import pool_of
from analysis.pool.reading import read_summary
from analysis.pool.result import pooled

pytestmark = pytest.mark.django_db


def write(path, **options):
    call_command("cohort_summary", output=path, stdout=io.StringIO(), **options)
    return path


def test_summary_of_records_is_read_back_and_pooled(register, mlpa, tmp_path):
    for number in range(8):
        patient = register(f"2020-{number:04d}", sex="male" if number < 5 else "female")
        mlpa(patient, dict.fromkeys(range(1, 9), "normal"), run=f"R{number}")
    path = write(tmp_path / "own.json", centre="Ours", threshold=0)
    summary = read_summary(path)
    assert summary.centre == "Ours"
    assert "2020-0001" not in path.read_text()
    assert dict(summary.rules)["ikzf1"].startswith("ikzf1-")
    found = pooled(pool_of([("own.json", summary)]))
    children = sum(group.n for group in summary.groups) + sum(
        (summary.excluded.not_evaluable, summary.excluded.not_tested)
    )
    assert children == 8
    assert found.rows


def test_threshold_withholds_what_is_below_it(register, mlpa, tmp_path):
    patient = register()
    mlpa(patient, dict.fromkeys(range(1, 9), "normal"), run="R")
    data = json.loads(write(tmp_path / "own.json", centre="Ours").read_text())
    assert [group["n"] for group in data["groups"]] == ["<5", "<5"]
    assert all(groups == [None, None] for groups in (t["groups"] for t in data["tables"]))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"by": "shoe_size"}, "There is no column shoe_size"),
        ({"by": "wbc"}, "is a measurement"),
        ({"threshold": 1}, "The threshold is 0"),
        ({"threshold": -5}, "The threshold is 0"),
        ({"interval": 0}, "An interval is from 1"),
        ({"cohort": "nobody's"}, "No cohort is saved as"),
    ],
)
def test_what_cannot_be_summarised_is_refused(options, expected, tmp_path, settings):
    settings.LANGUAGE_CODE = "en"
    with pytest.raises(CommandError, match=expected):
        write(tmp_path / "own.json", **{"centre": "Ours", **options})
    assert not (tmp_path / "own.json").exists()
