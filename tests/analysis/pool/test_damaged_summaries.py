"""Whatever stands in a summary, it is read or refused; nothing else happens."""

import copy
import json

import pytest
from centres import courses, origin
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from study import study

from analysis.file_problems import FileRefused
from analysis.pool.combine import pool_of
from analysis.pool.reading import read_summary
from analysis.pool.result import pooled
from analysis.pool.summarise import summarise_frame

frame = study()
SUMMARY = summarise_frame(frame, courses(len(frame)), origin=origin("North")).to_json()
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 400), st.floats(allow_nan=False),
    st.sampled_from(["", "*", "<5", "<6", "altered", [], {}, [1], "x" * 300, 10**12]),
)  # fmt: skip


def places(value, path=()):
    """The way to every value of the document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in inner:
        yield (*path, key)
        if isinstance(item, (dict, list)):
            yield from places(item, (*path, key))


PLACES = list(places(SUMMARY))


@given(st.sampled_from(PLACES), VALUES)
@example(("tables", 0, "levels", 1), "*")
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_one_value_changed_is_refused_or_still_a_summary(tmp_path, path, value):
    data = copy.deepcopy(SUMMARY)
    target = data
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    file = tmp_path / "summary.json"
    file.write_text(json.dumps(data))
    try:
        summary = read_summary(file)
    except FileRefused as error:
        assert str(error).startswith("summary.json")
        return
    pooled(pool_of([("summary.json", summary)]))


def test_unchanged_summary_is_pooled(tmp_path):
    file = tmp_path / "summary.json"
    file.write_text(json.dumps(SUMMARY))
    found = pooled(pool_of([("summary.json", read_summary(file))]))
    assert found.rows and found.genes and found.courses


@pytest.mark.parametrize("size", [0, 1, 2, 4, 5, 9])
def test_cohorts_of_hardly_any_child_have_a_summary(tmp_path, size):
    import numpy as np

    small = frame.select(np.arange(len(frame)) < size)
    summary = summarise_frame(small, courses(size), origin=origin("North"))
    file = tmp_path / "summary.json"
    file.write_text(json.dumps(summary.to_json()))
    assert read_summary(file) == summary
    pooled(pool_of([("summary.json", summary)]))


@pytest.mark.parametrize(
    ("variable", "change"),
    [
        ("sex", {"levels": ["male", "girl", "not_recorded"]}),
        ("cns", {"levels": ["cns1", "cns2", "cns3", "other", "not_recorded"]}),
        ("risk_group", {"variable": "wbc"}),
    ],
)
def test_classes_of_records_are_those_that_the_software_knows(tmp_path, variable, change):
    data = copy.deepcopy(SUMMARY)
    table = next(item for item in data["tables"] if item["variable"] == variable)
    table.update(change)
    if len(table["levels"]) > 4:
        table["groups"] = [[*cells[:3], 0, *cells[3:]] for cells in table["groups"] if cells]
    file = tmp_path / "summary.json"
    file.write_text(json.dumps(data))
    with pytest.raises(FileRefused, match="its classes are not those"):
        read_summary(file)
