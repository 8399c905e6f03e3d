"""Every number of the paper's fact list beside what the demonstration cohort gives.

A leaf is "T2-09p.recompute.pearson": the id of a fact, then the way into its value. The facts are
those of `tests/reference/paper_results.json`, copied from the project's fact list.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from analysis.calls import State
from analysis.cohort.effect import OddsRatioKind, odds_ratio
from analysis.cohort.printed import p_text, percent_text
from analysis.cohort.significance import TestResult
from analysis.cohort.table import table1, table2
from analysis.ngs.filters import STUDY_FILTERS

ROOT = Path(__file__).resolve().parents[2]
COPY = ROOT / "tests" / "reference" / "paper_results.json"
FACTS = ROOT.parent / "shared" / "facts" / "paper_facts.json"
PAGE = ROOT / "docs" / "reproduction.md"
# Words about a fact, not values of it.
ABOUT = {"id", "quantity", "location", "note", "flags", "unit", "group", "derived", "percent_ok"}
MEASURED = ("age_years", "wbc", "lymphocytes", "neutrophils", "haemoglobin", "platelets")
PATTERNS = {"F4-04": "del1-8", "F4-06": "del4-7", "F4-07": "del2-7", "F4-08": "del4-8",
            "F4-09": "del2-8"}  # fmt: skip


def leaves(value: Any, way: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from leaves(part, f"{way}.{key}")
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from leaves(part, f"{way}[{place}]")
    else:
        yield way, value


def facts_of(path: Path) -> dict[str, Any]:
    """Each fact's values by its id, without the words about them."""
    items = json.loads(path.read_text(encoding="utf-8"))["items"]
    return {item["id"]: {k: v for k, v in item.items() if k not in ABOUT} for item in items}


def every_leaf(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {way: leaf for fact, values in facts.items() for way, leaf in leaves(values, fact)}


def rows_under(heading: str) -> dict[str, str]:
    """The rows of the page's part `heading` by the fact that they name first; "T1-12 to T1-14"
    names three."""
    part = PAGE.read_text(encoding="utf-8").partition(f"## {heading}")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    return {fact: line for line in lines for fact in _ids(line.split("|")[1])}


CONTRADICTIONS = "Where the paper contradicts itself, and what was done"
STATEMENTS = "Statements that are no results of the cohort"


def _ids(cell: str) -> Iterator[str]:
    for first, last in re.findall(
        r"((?:[TF]\d-|[MRD])\d\d\w?)(?: to (?:[TF]\d-|[MRD])(\d\d))?", cell
    ):
        yield first
        if last:
            numbers = range(int(first[-2:]) + 1, int(last) + 1)
            yield from (f"{first[:-2]}{number:02d}" for number in numbers)


def same(printed: Any, ours: Any) -> bool:
    """Equal, to the digits that the paper prints."""
    if isinstance(printed, float) and isinstance(ours, float):
        digits = len(repr(printed).partition(".")[2])
        return f"{ours:.{digits}f}" == f"{printed:.{digits}f}"
    return printed == ours


def ours(frame: Any, numbers: Any, *, consequences: list[str], panel: int) -> dict[str, Any]:
    """Our value of every leaf that is a result, made by the code that makes the cohort's report.

    `consequences` has one word a stored variant; `panel` is the number of its genes.
    """
    found: dict[str, Any] = {}
    for part in (_first(frame), _second(frame), _figures(frame, numbers), _genes(frame, numbers)):
        found |= part
    deleted = numbers.classes.deletion_only + numbers.classes.both
    sites, missense = len(consequences), consequences.count("missense")
    found |= {"R04": {"value": sites}, "R05": {"value": 100 * missense / (sites + deleted)}}
    found["M12"] = {"value": panel}
    found["M13"] = {"value": {
        "mean_effective_target_depth_min": STUDY_FILTERS.min_mean_depth,
        "mapq_min": STUDY_FILTERS.min_mapq, "base_quality_min": STUDY_FILTERS.min_base_quality,
        "vaf_min": STUDY_FILTERS.min_vaf,
    }}  # fmt: skip
    return every_leaf(found)


def _share(n: int, of: int) -> dict[str, Any]:
    return {
        "value": n,
        "numerator": n,
        "denominator": of,
        "percent_reported": float(percent_text(n, of).removesuffix("%")),
        "percent_computed": round(100 * n / of, 3),
    }


def _tested(result: TestResult, shares: Any) -> dict[str, Any]:
    n, of = tuple(share.n for share in shares), tuple(share.of for share in shares)
    sample = odds_ratio(n, of, kind=OddsRatioKind.SAMPLE).estimate
    return {
        "p_reported": result.p,
        "p_text": p_text(result.p),
        "value": None,
        "recompute": {
            "pearson": round(result.all_p.pearson, 5),
            "yates": round(result.all_p.yates, 5),
            "fisher": round(result.all_p.fisher, 5),
            "min_expected": round(result.expected_min, 2),
            "odds_ratio": round(sample, 2) if math.isfinite(sample) else None,
            "spss_rule_choice": result.test.value,
            "spss_rule_p": round(result.p, 5),
        },
    }


def _first(frame: Any) -> dict[str, Any]:
    rows = table1(frame).rows

    def cell(variable: str, level: str = "") -> Any:
        named = [r for r in rows if r.variable == variable and level in str(r.label).lower()]
        # "male" is within "female"
        return min(named, key=lambda row: len(str(row.label))).groups[0]

    counted = {
        "T1-01": ("sex", "male"), "T1-02": ("sex", "female"),
        "T1-09": ("glucocorticoid_insensitive", ""), "T1-10": ("mrd_d15_above", ""),
        "T1-11": ("mrd_d33_above", ""), "T1-12": ("risk_group", "low"),
        "T1-13": ("risk_group", "intermediate"), "T1-14": ("risk_group", "high"),
        "R01": ("hyperdiploid", ""),
    }  # fmt: skip
    found = {fact: _share(cell(*place).n, cell(*place).of) for fact, place in counted.items()}
    for number, variable in enumerate(MEASURED, start=3):
        measured = cell(variable)
        values = [measured.median, measured.low, measured.high]
        found[f"T1-{number:02d}"] = {"value": values}
    return found


def _second(frame: Any) -> dict[str, Any]:
    table, found = table2(frame), {}
    counted = {"T2-01": "sex", "T2-08": "glucocorticoid_insensitive", "T2-09": "mrd_d15_above",
               "T2-10": "mrd_d33_above"}  # fmt: skip
    for fact, variable in counted.items():
        row = table.row(variable)
        for letter, group in zip("mw", row.groups, strict=True):
            found[fact + letter] = _share(group.n, group.of)
        found[f"{fact}p"] = _tested(row.result, row.groups)
    for number, variable in enumerate(MEASURED, start=2):
        row = table.row(variable)
        cells = [[group.median, group.low, group.high] for group in row.groups]
        found[f"T2-{number:02d}"] = {
            "value": dict(zip(("mutant", "wildtype"), cells, strict=True)),
            "p_reported": row.p,
            "test": "Mann-Whitney U" if row.test.value == "mann_whitney" else row.test.value,
        }
    altered, clear = (group.n for group in table.groups)
    return found | {
        "M03": {"value": len(frame)},
        "R08": _share(altered, altered + clear),
        "R09": {"value": clear},
    }


def _figures(frame: Any, numbers: Any) -> dict[str, Any]:
    subtypes = {item.subtype.name: item.share for item in numbers.subtypes}
    facts = {"F3-02": "etv6_runx1", "F3-03": "kmt2a_r", "F3-04": "tcf3_hlf", "F3-05": "tcf3_pbx1",
             "F3-06": "ph_or_ph_like"}  # fmt: skip
    found = {fact: _share(subtypes[name].n, subtypes[name].of) for fact, name in facts.items()}
    groups = ("mutant", "wildtype")
    compared = {"F3-01": numbers.subtype_tests.row("hyperdiploid")}
    compared |= {
        fact: numbers.genes.row(gene)
        for fact, gene in (("F3-07", "IL7R"), ("F3-08", "SETD2"), ("F3-09", "ROBO3"))
    }
    for fact, row in compared.items():
        counts = dict(zip(groups, (share.n for share in row.shares), strict=True))
        found[fact] = _tested(row.result, row.shares) | {"value": counts}
    test = numbers.gene_counts_test
    found["F3-10"] = {
        "value": "no difference" if test.p >= 0.05 else "a difference", "p_reported": test.p,
    }  # fmt: skip
    row = numbers.genotype.row("IL7R")
    found["F4-14"] = _tested(row.result, row.shares) | _share(row.shares[0].n, row.shares[0].of)
    return found | _ikzf1(frame, numbers)


def _ikzf1(frame: Any, numbers: Any) -> dict[str, Any]:
    classes, children = numbers.classes, len(frame)
    kinds = {
        "large_deletion_only": classes.deletion_only,
        "snv_indel_only": classes.variant_only,
        "both": classes.both,
    }
    named = [name for names in frame.children["ikzf1_deletions"] for name in names]
    found = {fact: _share(named.count(name), classes.altered) for fact, name in PATTERNS.items()}
    whole = named.count("del1-8")
    labels = {mark.label.removeprefix("p.") for mark in numbers.variants}
    short = {"Gly158Ser": "G158S", "Leu161fs": "L161fs"}
    return found | {
        "F4-01": {"value": kinds},
        "F4-02": _share(classes.deletion_only + classes.both, children),
        "F4-03": _share(classes.variant_only + classes.both, children),
        "F4-05": _share(len(named) - whole, classes.altered),
        "F4-10": {"value": [short[name] for name in short if name in labels]},
        # "36 %" of the discussion is the share of F4-06 in whole percent.
        "D02": {"value": round(found["F4-06"]["percent_computed"])},
        "D01": {"value": {"this": percent_text(len(named), children)}},
    }


def _genes(frame: Any, numbers: Any) -> dict[str, Any]:
    rows = {row.gene: row for row in numbers.oncoprint.rows}
    found = {
        f"R06-{gene}": _share(rows[gene].altered, rows[gene].tested)
        for gene in ("NRAS", "KRAS", "FLT3")
    }
    pairs = [
        {pair.a, pair.b}
        for pair in numbers.comutation.pairs()
        if pair.p is not None and pair.p < 0.05 and "IKZF1" not in (pair.a, pair.b)
    ]
    printed = facts_of(COPY)["R07"]["value"]
    shares = {item.group.value: item for item in numbers.partners.functions}
    signalling, transcription = shares["Signaling pathway"], shares["Transcription factor"]
    il7r = frame.gene_states["IL7R"].to_numpy() == list(State).index(State.ALTERED)
    insensitive = frame.codes("glucocorticoid_insensitive")[il7r] == 0
    return found | {
        "R02": _share(int((numbers.oncoprint.altered_genes > 0).sum()), len(frame)),
        "R03": {"value": len(rows)},
        # In the paper's order where they are the same; any other set of pairs differs.
        "R07": {"value": printed if _as_sets(printed) == _as_sets(pairs) else sorted(pairs)},
        "F4-11": {"value": len(numbers.partners.genes)},
        "F4-12": {"value": 100 * signalling.events / signalling.all_events},
        "F4-13": {"value": 100 * transcription.events / transcription.all_events},
        "F4-15": _share(int(insensitive.sum()), int(il7r.sum())),
    }


def _as_sets(pairs: Any) -> set[frozenset[str]]:
    return {frozenset(pair) for pair in pairs}
