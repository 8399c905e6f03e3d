"""The subtypes and questions of `analysis/data/subtypes.yaml`, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from analysis.calls import Certainty
from analysis.cohort.fusions import listed_pairs
from analysis.subtype.labels import QuestionName

FILE = Path(__file__).parents[1] / "data" / "subtypes.yaml"
EXCLUSIVE_RANK = 1
# A question that is no subtype has no place in the order.
NO_RANK = 99


@dataclass(frozen=True)
class Question:
    """One row of the table: a subtype, or (`rank` NO_RANK) a fact that a risk rule asks for."""

    key: str
    rank: int = NO_RANK
    who: str = ""
    icc: str = ""
    certainty: Certainty = Certainty.ESTABLISHED
    pairs: str = ""
    pair_class: str = ""
    genes: tuple[str, ...] = ()
    complete: frozenset[str] = frozenset()
    chromosomes: tuple[int, int] | None = None
    borderline: tuple[int, int] | None = None
    variant: tuple[str, str, int, str] | None = None
    profile: str = ""
    any_of: tuple[str, ...] = ()
    trisomy: str = ""

    @property
    def label(self) -> QuestionName:
        return QuestionName(self.key)

    @property
    def by_fusion(self) -> bool:
        return bool(self.pairs or self.genes or self.complete)


@dataclass(frozen=True)
class PaperGroupRule:
    name: str
    keys: tuple[str, ...]


@cache
def _content() -> dict[str, Any]:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


@cache
def subtypes() -> tuple[Question, ...]:
    """The subtypes, in their order of precedence."""
    rows = [_question(row) for row in _content()["subtypes"]]
    return tuple(sorted(rows, key=lambda row: row.rank))


@cache
def questions() -> tuple[Question, ...]:
    """Every row: the subtypes in order, then the further questions."""
    return (*subtypes(), *(_question(row) for row in _content()["questions"]))


@cache
def paper_groups() -> tuple[PaperGroupRule, ...]:
    rows = _content()["paper_groups"]
    return tuple(PaperGroupRule(row["name"], tuple(row["keys"])) for row in rows)


def unclassified() -> tuple[str, str]:
    """Names in WHO-HAEM5 and ICC 2022 where everything is answered and nothing found."""
    none = _content()["none"]
    return none["who"], none["icc"]


def gene(name: str) -> str:
    """The symbol that the table uses: "MLL" and "mll" are KMT2A."""
    plain = name.strip().upper()
    return _content()["aliases"].get(plain, plain)


@cache
def _pairs() -> dict[frozenset[str], tuple[str, str]]:
    """(subtype word, ICC name) of each listed pair."""
    return {
        frozenset((gene(row["gene_a"]), gene(row["gene_b"]))): (row["subtype"], row["ICC2022"])
        for row in listed_pairs()
    }


def subtypes_of_fusion(gene_a: str, gene_b: str) -> tuple[tuple[str, ...], bool]:
    """(keys of the subtypes that this fusion makes, whether the pair itself is listed).

    A pair that is listed, or that the table names, makes one subtype; of another, each gene that
    rearranges with any partner counts.
    """
    pair = frozenset((gene(gene_a), gene(gene_b)))
    listed = _pairs().get(pair)
    if listed:
        word, icc = listed
        keys = [q.key for q in subtypes() if q.pairs == word and icc.endswith(q.pair_class)]
        return tuple(keys[:1]), True
    named = tuple(q.key for q in subtypes() if pair == q.complete)
    return (
        (named, True) if named else (tuple(q.key for q in subtypes() if pair & set(q.genes)), False)
    )


def _question(row: dict[str, Any]) -> Question:
    who = row.get("who", "")
    return Question(
        key=row["key"],
        rank=row.get("rank", NO_RANK),
        who=_content()["other"] if who == "other" else who,
        icc=row.get("icc", ""),
        certainty=Certainty(row.get("certainty", Certainty.ESTABLISHED)),
        pairs=row.get("pairs", ""),
        pair_class=row.get("class", ""),
        genes=tuple(row.get("genes", ())),
        complete=frozenset(row.get("complete", ())),
        chromosomes=tuple(row["chromosomes"]) if "chromosomes" in row else None,
        borderline=tuple(row["borderline"]) if "borderline" in row else None,
        variant=tuple(row["variant"]) if "variant" in row else None,
        profile=row.get("profile", ""),
        any_of=tuple(row.get("any_of", ())),
        trisomy=row.get("trisomy", ""),
    )
