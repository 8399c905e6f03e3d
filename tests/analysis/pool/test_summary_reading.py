"""A summary is read back as it was written, or refused with what is wrong."""

import json

import pytest
from centres import courses, origin, summaries
from study import study, study_children

from analysis.file_problems import FileRefused
from analysis.grid import MAX_BYTES
from analysis.pool.combine import pool_of
from analysis.pool.reading import read_summary
from analysis.pool.summarise import summarise_frame


@pytest.fixture(scope="module")
def written():
    frame = study()
    summary = summarise_frame(frame, courses(len(frame)), origin=origin("North"))
    return json.dumps(summary.to_json())


@pytest.fixture
def read(tmp_path):
    def from_text(text):
        path = tmp_path / "summary.json"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_summary(path)

    return from_text


def refused(read, text):
    with pytest.raises(FileRefused) as error:
        read(text)
    return str(error.value)


@pytest.mark.parametrize("threshold", [0, 4, 5, 20])
def test_what_is_written_is_read_back(read, threshold):
    frame = study()
    lived = courses(len(frame))
    summary = summarise_frame(frame, lived, origin=origin("North"), threshold=threshold)
    assert read(json.dumps(summary.to_json())) == summary


def test_no_row_no_code_and_no_small_count_is_written(written):
    data = json.loads(written)
    assert "Z-" not in written  # the children's codes

    def counts(value, name=""):
        if isinstance(value, dict):
            for key, item in value.items():
                yield from counts(item, key)
        elif isinstance(value, list):
            for item in value:
                yield from counts(item, name)
        elif isinstance(value, int) and name in ("n", "groups", "cells", "events", "competing",
                                                 "censored", "missing", "unfollowed"):  # fmt: skip
            yield value

    found = list(counts(data))
    assert len(found) > 100
    assert not [n for n in found if 0 < n < 5]


CHANGES = {
    "another version": (lambda d: d | {"format_version": 2}, "format 2; this software reads"),
    "version of another type": (lambda d: d | {"format_version": True}, "format True"),
    "something else": (lambda d: {"format": "other"}, "is no cohort summary"),
    "a list": (lambda d: [], "is no cohort summary"),
    "a field too many": (lambda d: d | {"children": []}, "unknown children"),
    "a field missing": (lambda d: {k: v for k, v in d.items() if k != "genes"}, "lacks genes"),
    "threshold as text": (lambda d: d | {"threshold": "5"}, "threshold must be a whole number"),
    "threshold that hides nothing": (lambda d: d | {"threshold": 2}, "threshold must be 0"),
    "no date": (lambda d: d | {"made": "yesterday"}, "made must be a date"),
    "hostile name": (lambda d: d | {"centre": "A\u202eB"}, "cannot be printed"),
    "endless name": (lambda d: d | {"centre": "A" * 201}, "centre must be text"),
    "groups as object": (lambda d: d | {"groups": {}}, "groups must be a list"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_malformed_summary_is_refused(read, written, name):
    change, expected = CHANGES[name]
    assert expected in refused(read, json.dumps(change(json.loads(written))))


def cell(data, section, variable):
    return next(item for item in data[section] if item["variable"] == variable)["groups"]


TAMPERED = {
    "a sum": (lambda d: cell(d, "tables", "sex")[0].__setitem__(0, 15), "do not add up to 22"),
    "a group": (lambda d: d["groups"][0].__setitem__("n", 23), "do not add up to 23"),
    "below its threshold": (
        lambda d: cell(d, "tables", "mrd_d33_above")[0].__setitem__(0, 2),
        "prints 2, which is below its own threshold of 5",
    ),
    "given away": (
        lambda d: cell(d, "tables", "mrd_d33_above")[0].__setitem__(1, 20),
        "mrd_d33_above: what is withheld can be worked out",
    ),
    "true as a count": (
        lambda d: cell(d, "tables", "sex")[0].__setitem__(0, True),
        "must be a count of children",
    ),
    "half a child": (
        lambda d: cell(d, "tables", "sex")[0].__setitem__(0, 13.5),
        "must be a count of children",
    ),
    "fewer than none": (
        lambda d: cell(d, "tables", "sex")[0].__setitem__(0, -14),
        "must be a count of children",
    ),
    "a bin": (
        lambda d: cell(d, "histograms", "age_years")[0]["bins"].pop(),
        "must follow one another",
    ),
    "edges": (lambda d: d["histograms"][0]["edges"].reverse(), "edges must ascend"),
    "a course": (
        lambda d: d["courses"][0]["groups"][1]["intervals"][0].__setitem__("n", 9),
        "do not add up to 9",
    ),
    "a table twice": (lambda d: d["tables"].append(d["tables"][0]), "sex stands twice"),
    "an endpoint": (lambda d: d["courses"][0].__setitem__("endpoint", "death"), "must be one of"),
    "a level": (lambda d: d["genes"][0]["levels"].pop(), "four answers of a laboratory"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_tampered_summary_is_refused(read, written, name):
    change, expected = TAMPERED[name]
    data = json.loads(written)
    change(data)
    assert expected in refused(read, json.dumps(data))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "is no JSON"),
        ("{", "is no JSON"),
        (b"\xff\xfe\x00", "is no JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('{"format": NaN}', "NaN, which is no number"),
        ('{"a": 1, "a": 2}', "names something twice"),
        ('{"a": ' + "9" * 10_000 + "}", "is no JSON"),
        (b" " * (MAX_BYTES + 1), "is larger than 20 MB"),
    ],
)
def test_what_is_no_document_is_refused(read, text, expected):
    assert expected in refused(read, text)


def test_a_centre_twice_other_groups_and_other_edges_do_not_fit():
    (_, first), (_, second), _ = summaries(study_children())
    with pytest.raises(FileRefused, match="children would count twice"):
        pool_of([("a.json", first), ("b.json", first)])
    from dataclasses import replace

    with pytest.raises(FileRefused, match="has groups by sex"):
        pool_of([("a.json", first), ("b.json", replace(second, by="sex"))])
    moved = replace(second.histograms[0], edges=(1.0, 2.0))
    other = replace(second, histograms=(moved, *second.histograms[1:]))
    with pytest.raises(FileRefused, match="age_years is counted over other edges"):
        pool_of([("a.json", first), ("b.json", other)])
