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
        row["class again"] = {"A": "first", "B": "second", "C": "second"}[row["centre class"]]
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


HEADINGS = "IKZF1,protocol,remark,name"
# Of the 60 children every third is positive; 3 were treated by a protocol of their own.
TREATED = [
    f"{'neg' if n % 3 else 'pos'},"
    f"{'Kiev' if n in (3, 4, 5) else 'AB'[n % 2]},"
    f"{'twin of Ada' if n == 7 else ''},"
    f"child {n % 18}"
    for n in range(60)
]


def summed_up(ask, folder, name, lines, *options, by="IKZF1", headings=HEADINGS):
    """The summary of a sheet of these lines, and its file."""
    sheet = folder / f"{name}.csv"
    sheet.write_text("\n".join([headings, *lines]) + "\n", encoding="utf-8")
    status, out, err = ask("summarise", sheet, "--by", by, "--centre", name, *options)
    assert (status, err) == (0, "")
    path = folder / f"{name}.json"
    path.write_text(out, encoding="utf-8")
    return json.loads(out), path


def test_word_that_few_children_share_does_not_leave(ask, tmp_path):
    summary, _path = summed_up(ask, tmp_path, "East", TREATED)
    tables = {table["variable"]: table for table in summary["tables"]}
    assert set(tables) == {"protocol"}
    assert tables["protocol"]["levels"] == ["A", "B", "other", "not_recorded"]
    assert summary["left_out"] == ["remark", "name"]
    for word in ("Kiev", "Ada", "child"):
        assert word not in json.dumps(summary)


def test_word_is_told_only_where_one_group_has_enough_of_it(ask, tmp_path):
    # Four and four: were the word told, each of the two would be known to be at least 1.
    lines = [f"{group},{'rare' if n < 4 else 'A'},," for group in ("pos", "neg") for n in range(20)]
    summary, _path = summed_up(ask, tmp_path, "East", lines)
    assert "rare" not in json.dumps(summary)
    five = [line.replace(",A,", ",rare,", n == 4) for n, line in enumerate(lines)]
    assert "rare" in json.dumps(summed_up(ask, tmp_path, "East", five)[0])


def test_file_for_the_house_itself_tells_every_word(ask, tmp_path):
    summary, _path = summed_up(ask, tmp_path, "East", TREATED, "--threshold", "0")
    assert "Kiev" in json.dumps(summary)
    assert "child 17" in json.dumps(summary)


def test_groups_too_are_words_that_enough_children_share(ask, tmp_path):
    summary, path = summed_up(ask, tmp_path, "East", TREATED, by="protocol")
    assert [group["key"] for group in summary["groups"]] == ["A", "B"]
    assert summary["excluded"] == {"not_evaluable": 0, "not_tested": 0, "other": "<5"}
    assert "Kiev" not in json.dumps(summary)
    assert "Children in no group, protocol has another value: 0–4." in ask("pool", path)[1]
    status, out, err = ask("summarise", tmp_path / "East.csv", "--by", "name", "--centre", "E")
    assert (status, out) == (2, "")
    assert "--by name: no value is that of 5 children, so there is no group." in err


def test_class_that_a_centre_does_not_tell_is_counted_as_other_for_all(ask, tmp_path):
    """3 of East and 20 of West are of one protocol: 20 would be the count of West alone."""
    treated = [
        f"{'neg' if n % 3 else 'pos'},{'Kiev' if n < 20 else 'AB'[n % 2]},," for n in range(70)
    ]
    files = [
        summed_up(ask, tmp_path, name, lines)[1]
        for name, lines in (("East", TREATED), ("West", treated))
    ]
    pooled = json.loads(ask("pool", *files, "--json")[1])
    rows = {row["label"]: row for row in pooled["rows"] if row["variable"] == "protocol"}
    assert set(rows) == {"A", "B", "other"}
    n = [cell["n"] for cell in rows["other"]["groups"]]
    # West's own 7 and 13, and of East's three, all positive or not, no more than it tells.
    assert [(cell["low"], cell["high"]) for cell in n] == [(7, 11), (13, 17)]
    assert 'protocol: not every centre tells Kiev, counted as "other".' in pooled["notes"]
    chinese = ask("pool", *files, "--language", "zh-hans")[1]
    assert "其他" in chinese


def test_group_that_a_centre_does_not_name_is_said_not_to_be_counted_there(ask, tmp_path):
    many = [f"{'neg' if n % 3 else 'pos'},{'Kiev' if n < 20 else 'AB'[n % 2]},," for n in range(70)]
    files = [
        summed_up(ask, tmp_path, name, lines, by="protocol")[1]
        for name, lines in (("East", TREATED), ("West", many))
    ]
    pooled = json.loads(ask("pool", *files, "--json")[1])
    sizes = {group["key"]: group["n"] for group in pooled["groups"]}
    assert sizes["Kiev"] == {"low": 20, "high": 24}
    expected = "East names no group Kiev: its 4 children at most are in no table."
    assert expected in pooled["notes"]
    assert all(row["certainty"] == "approximate" for row in pooled["rows"])
