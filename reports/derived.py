"""Every derived value of many children at once: IKZF1 status, profiles, subtype, risk groups.

The pages, the stored assessments and the list of what a new rule would change all come from
`derive`, so that they cannot differ. The number of queries does not grow with the children.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import analysis
from analysis.calls import State
from analysis.ikzf1 import RULE_VERSION as IKZF1_VERSION
from analysis.ikzf1 import Ikzf1Evidence, Ikzf1Status, ikzf1_status
from analysis.loci import LocusFinding
from analysis.profiles import IKZF1PLUS_VERSION, Ikzf1Plus, UkallCna, ikzf1_plus, ukall_cna
from analysis.profiles_ukall import UKALL_VERSION
from analysis.risk.engine import assess
from analysis.risk.facts import RiskFacts
from analysis.risk.protocol import Protocol
from analysis.risk.result import Confirmation, RiskResult
from analysis.risk.vocabulary import VOCABULARY
from analysis.subtype import SubtypeEvidence, SubtypeResult, classify
from analysis.subtype.result import RULE_VERSION as SUBTYPE_VERSION
from reports.evidence import ikzf1_evidence
from reports.genetics_evidence import genetics_evidence
from reports.protocols import protocols_of, rule_set_confirmations
from reports.risk_evidence import risk_facts

ENGINE_VERSION = "risk-2026.5"
_TABLES = ("subtypes.yaml", "fusion_pairs.tsv", "karyotype_translocations.yaml")
PROFILE_VERSION = f"{IKZF1PLUS_VERSION} {UKALL_VERSION}"


@dataclass(frozen=True)
class ProfileInputs:
    """What both profiles rest on."""

    loci: Mapping[str, LocusFinding]
    etv6_runx1: State
    high_hyperdiploidy: State


@dataclass(frozen=True)
class Profiles:
    ikzf1plus: Ikzf1Plus
    ukall_cna: UkallCna

    def to_json(self) -> dict[str, Any]:
        return {"ikzf1plus": self.ikzf1plus.to_json(), "ukall_cna": self.ukall_cna.to_json()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Profiles:
        """Raises KeyError, TypeError or ValueError on anything but what `to_json` wrote."""
        return cls(Ikzf1Plus.from_json(data["ikzf1plus"]), UkallCna.from_json(data["ukall_cna"]))


@dataclass(frozen=True)
class Derived:
    """All derived values of one child with what they rest on. `risks`: the leading protocol
    first."""

    evidence: Ikzf1Evidence
    status: Ikzf1Status
    profile_inputs: ProfileInputs
    profiles: Profiles
    subtype_evidence: SubtypeEvidence
    subtype: SubtypeResult
    facts: RiskFacts
    risks: tuple[RiskResult, ...]


def derive(
    patient_ids: Collection[int],
    *,
    ikzf1_rule: Callable[[Ikzf1Evidence], Ikzf1Status] = ikzf1_status,
) -> dict[int, Derived]:
    """Per patient id, in ascending order; ids without a child are left out."""
    protocols = protocols_of(patient_ids)
    patient_ids = sorted(protocols)
    evidence = ikzf1_evidence(patient_ids)
    statuses = {key: ikzf1_rule(item) for key, item in evidence.items()}
    genetics = genetics_evidence(patient_ids)
    subtypes = {key: classify(item.subtype) for key, item in genetics.items()}
    facts = risk_facts(patient_ids, statuses=statuses, subtypes=subtypes)
    confirmed = rule_set_confirmations()
    found = {}
    for key in patient_ids:
        inputs = _profile_inputs(genetics[key].loci, statuses[key], subtypes[key])
        found[key] = Derived(
            evidence=evidence[key],
            status=statuses[key],
            profile_inputs=inputs,
            profiles=_profiles(inputs),
            subtype_evidence=genetics[key].subtype,
            subtype=subtypes[key],
            facts=facts[key],
            risks=tuple(_risk(facts[key], table, confirmed) for table in protocols[key]),
        )
    return found


def _profile_inputs(
    loci: Mapping[str, LocusFinding], status: Ikzf1Status, subtype: SubtypeResult
) -> ProfileInputs:
    evidence = tuple(item for reason in status.reasons for item in reason.evidence)
    ikzf1 = LocusFinding(status.large_deletion, evidence=evidence)
    return ProfileInputs(
        loci={**loci, "IKZF1": ikzf1},
        etv6_runx1=subtype.state("etv6_runx1"),
        high_hyperdiploidy=subtype.state("high_hyperdiploid"),
    )


def _profiles(inputs: ProfileInputs) -> Profiles:
    return Profiles(
        ikzf1plus=ikzf1_plus(inputs.loci),
        ukall_cna=ukall_cna(
            inputs.loci,
            etv6_runx1=inputs.etv6_runx1,
            high_hyperdiploidy=inputs.high_hyperdiploidy,
        ),
    )


def _risk(
    facts: RiskFacts, table: Protocol, confirmed: Mapping[tuple[str, str], Confirmation]
) -> RiskResult:
    return assess(facts, table, confirmation=confirmed.get((table.name, table.rule_hash)))


@cache
def subtype_version() -> str:
    """The rule's version and a hash of its tables: a changed table is a changed rule."""
    folder = Path(analysis.__file__).with_name("data")
    digest = hashlib.sha256()
    for name in _TABLES:
        digest.update((folder / name).read_bytes())
    return f"{SUBTYPE_VERSION}+{digest.hexdigest()[:8]}"


@cache
def _vocabulary_hash() -> str:
    """The bands of words ("M2", "insensitive") are thresholds too."""
    return hashlib.sha256(repr(sorted(VOCABULARY.items())).encode()).hexdigest()[:8]


def risk_version(rule_hash: str) -> str:
    """The version of everything that can change a risk group: engine, words, protocol's rules."""
    return f"{ENGINE_VERSION}+{_vocabulary_hash()}+{rule_hash}"


def current_versions() -> dict[str, str]:
    """The present rule versions, by kind; risk has one for each protocol."""
    return {"ikzf1": IKZF1_VERSION, "profiles": PROFILE_VERSION, "subtype": subtype_version()}


def short_result(result: RiskResult) -> dict[str, Any]:
    """What of a result a doctor's decision rests on: the groups, not the words of the reasons."""
    return {
        "group": result.group or "",
        "now": list(result.now),
        "possible": list(result.groups),
        "protocol": result.protocol,
        "version": result.version,
    }


def input_hash(value: Any) -> str:
    """SHA-256 over a dataclass as canonical JSON: equal inputs, equal hash."""
    text = json.dumps(dataclasses.asdict(value), sort_keys=True, ensure_ascii=False, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return str(value)


def risk_fields(item: Derived, result: RiskResult) -> dict[str, Any]:
    """The columns of a stored risk group."""
    basis = f"{input_hash(item.facts)} {result.confirmation}"
    return {
        "group": result.group or "",
        "word": result.word_of(result.group).value if result.group else "",
        "status": result.status.value,
        "result": short_result(result),
        "content": result.to_json(),
        "rule_version": risk_version(result.rule_hash),
        "input_hash": hashlib.sha256(basis.encode()).hexdigest(),
    }
