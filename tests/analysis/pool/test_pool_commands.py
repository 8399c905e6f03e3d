"""`python -m analysis summarise` and `pool`, as people use them."""

import csv
import json
import random

import pytest

from analysis.__main__ import main


@pytest.fixture
def ask(capsys):
    def asked(*arguments):
        status = main([str(item) for item in arguments])
        out, err = capsys.readouterr()
        return status, out, err

    return asked


def rows(count=240, seed=7):
    draw = random.Random(seed)
    for number in range(count):
        male = draw.random() < 0.5
        yield {
            "number": f"HN-{number:05d}",
            "IKZF1": "positive" if draw.random() < 0.3 else "negative",
            "sex": "M" if male else "F",
            "gender": "boy" if male else "girl",
            "age": round(draw.uniform(0.5, 17), 1),
            "rare": "yes" if draw.random() < 0.02 else "no",
            "centre class": draw.choice("ABBCCC"),
            "class again": "",
            "days": draw.randrange(20, 2000),
            "died": "1" if draw.random() < 0.2 else "0",
        }


@pytest.fixture
def sheets(tmp_path):
    """One sheet of all children, and three of a third each."""
    every = list(rows())
    for row in every:
        row["class again"] = {"A": "first", "B": "other", "C": "other"}[row["centre class"]]
    found = {}
    for name, part in (("all", every), *((f"c{n}", every[n::3]) for n in range(3))):
        found[name] = tmp_path / f"{name}.csv"
        with found[name].open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, every[0])
            writer.writeheader()
            writer.writerows(part)
    return found


def summarised(ask, sheets, folder, *options):
    files = []
    for name in ("c0", "c1", "c2"):
        status, out, err = ask(
            "summarise", sheets[name], "--by", "IKZF1", "--centre", name, *options
        )
        assert (status, err) == (0, "")
        files.append(folder / f"{name}.json")
        files[-1].write_text(out, encoding="utf-8")
    return files


def test_sheets_of_three_centres_give_the_table_of_the_whole(ask, sheets, tmp_path):
    files = summarised(ask, sheets, tmp_path, "--threshold", "0")
    pooled = json.loads(ask("pool", *files, "--json")[1])
    whole = json.loads(ask("table", sheets["all"], "--by", "IKZF1", "--json")[1])
    expected = {(row["variable"], row["label"]): row for row in whole["table2"]}
    compared = [row for row in pooled["rows"] if row["kind"] != "number"]
    assert len(compared) > 8
    for row in compared:
        own = expected[row["variable"], row["label"]]
        assert row["certainty"] == "exact"
        assert row["p"] == own["p"]
        assert [(cell["n"], cell["of"]) for cell in row["groups"]] == [
            (cell["n"], cell["of"]) for cell in own["groups"]
        ]


def test_summary_holds_no_row_and_pool_says_what_is_approximate(ask, sheets, tmp_path):
    files = summarised(ask, sheets, tmp_path, "--days", "days", "--event", "died")
    text = files[0].read_text()
    assert "HN-" not in text
    summary = json.loads(text)
    assert "days" not in {item["variable"] for item in summary["histograms"]}
    status, out, err = ask("pool", *files)
    assert (status, err) == (0, "")
    assert "overall survival" in out
    assert "approximate: small counts withheld by" in out
    chinese = ask("pool", *files, "--language", "zh-hans")[1]
    assert "c0、c1、c2" in chinese


def test_column_that_follows_from_another_is_withheld_where_that_one_is_not_in_full(
    ask, sheets, tmp_path
):
    # With 80 children and threshold 20, class A is withheld in a group; its other name is too.
    files = summarised(ask, sheets, tmp_path, "--threshold", "20")
    summary = json.loads(files[0].read_text())
    tables = {table["variable"]: table["groups"] for table in summary["tables"]}
    assert any(cells is None or "<20" in cells for cells in tables["centre class"])
    assert tables["class again"] == [None, None]
    assert "class again" in summary["left_out"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--threshold", "3"], "--threshold is 0, or from 4"),
        (["--days", "days"], "--days and --event belong together"),
        (["--days", "sex", "--event", "died"], "--days: sex is no measurement"),
        (["--days", "days", "--event", "age"], "--event: age is no yes or no"),
        (["--centre", " "], "--centre is a name"),
        (["--interval", "0"], "--interval is from 1"),
        (["--by", "number"], "--by number"),
    ],
)
def test_options_that_cannot_be_are_refused(ask, sheets, options, expected):
    given = ["--by", "IKZF1", "--centre", "C", *options]
    status, out, err = ask("summarise", sheets["c0"], *given)
    assert (status, out) == (2, "")
    assert expected in err


def test_files_that_are_no_summaries_are_refused_by_name(ask, sheets):
    status, out, err = ask("pool", sheets["c0"])
    assert (status, out) == (2, "")
    assert "c0.csv: is no JSON" in err


def written(folder, name, lines):
    path = folder / f"{name}.csv"
    path.write_text("\n".join(["IKZF1,sex,age", *lines]) + "\n", encoding="utf-8")
    return path


CHILDREN = [f"{('pos', 'neg')[n % 3 > 0]},{'MF'[n % 2]},{1 + n % 15}.5" for n in range(90)]


@pytest.mark.parametrize("few", [[], CHILDREN[:2]], ids=["no child", "two children"])
@pytest.mark.parametrize("last", [True, False])
def test_centre_with_hardly_any_child_joins_and_adds_nothing(ask, tmp_path, few, last):
    """Its columns look like measurements, or classes, for want of values: no disagreement."""
    files = []
    for name, lines in (("large", CHILDREN), ("small", few)):
        out = ask("summarise", written(tmp_path, name, lines), "--by", "IKZF1", "--centre", name)[1]
        files.append(tmp_path / f"{name}.json")
        files[-1].write_text(out, encoding="utf-8")
    alone = json.loads(ask("pool", files[0], "--json")[1])
    status, out, err = ask("pool", *(files if last else reversed(files)), "--json")
    assert (status, err) == (0, "")
    together = json.loads(out)
    assert {row["variable"] for row in together["rows"]} == {"sex", "age"}
    counts = [[cell["n"] for cell in row["groups"]] for row in together["rows"]]
    assert counts == [[cell["n"] for cell in row["groups"]] for row in alone["rows"]]


def test_same_children_under_another_centres_name_are_refused(ask, tmp_path):
    files = []
    for name in ("East", "Est"):
        sheet = written(tmp_path, "children", CHILDREN)
        files.append(tmp_path / f"{name}.json")
        out = ask("summarise", sheet, "--by", "IKZF1", "--centre", name)[1]
        files[-1].write_text(out, encoding="utf-8")
    status, out, err = ask("pool", *files)
    assert (status, out) == (2, "")
    assert "the very same children as East.json" in err


def test_two_later_centres_that_disagree_are_refused_though_the_first_has_no_such_column(
    ask, tmp_path
):
    files = []
    for name, heading, change in (
        ("a", "x", str),
        ("b", "age", str),
        ("c", "age", lambda n: "old"),
    ):
        lines = [f"{row.rpartition(',')[0]},{change(n)}" for n, row in enumerate(CHILDREN)]
        path = tmp_path / f"{name}.csv"
        path.write_text("\n".join([f"IKZF1,sex,{heading}", *lines]), encoding="utf-8")
        files.append(tmp_path / f"{name}.json")
        out = ask("summarise", path, "--by", "IKZF1", "--centre", name)[1]
        files[-1].write_text(out, encoding="utf-8")
    status, out, err = ask("pool", *files)
    assert (status, out) == (2, "")
    assert "c.json: age is a measurement in one and a class in the other: b.json" in err
