"""Which risk protocols speak for a child, and which rule sets somebody has vouched for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import cache

from analysis.risk.loader import protocol, protocols
from analysis.risk.protocol import Protocol
from analysis.risk.result import Confirmation
from reports import models
from reports.models import Diagnosis

# The protocol of the study, for a centre that has chosen none.
DEFAULT = "CCLG-ALL-2008"


def table_of(name: str, version: str = "") -> Protocol | None:
    """The rule table of a protocol as somebody wrote its name; None where there is none.

    Case, blanks and hyphens do not matter. Without a version the newest; an unknown version has no
    table.
    """
    known = _names().get(_plain(name))
    if known is None:
        return None
    try:
        return protocol(known, version or None)
    except KeyError:
        return None


def table_of_entry(name: str, version: str = "") -> Protocol | None:
    """The table that a doctor's entry is held against: of the version it names, and where that is
    no longer here, the newest one of the same protocol."""
    return table_of(name, version) or table_of(name)


@cache
def _names() -> dict[str, str]:
    return {_plain(item.name): item.name for item in protocols()}


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def protocols_of(patient_ids: Collection[int]) -> dict[int, tuple[Protocol, ...]]:
    """Per patient id, the leading one first: the child's own, that of the doctor's entry, those of
    the centre, as far as they speak for the child's diagnosis. Ids without a child are left out; a
    child with a diagnosis that no protocol speaks for has none."""
    chosen = _of_centres()
    rows = models.Patient.objects.filter(pk__in=patient_ids).values_list(
        "pk", "centre_id", "diagnosis", "protocol", "risk__protocol", "risk__protocol_version"
    )
    return {
        pk: speaking_for(diagnosis, _ordered(own, (entered or "", version or ""), chosen[centre]))
        for pk, centre, diagnosis, own, entered, version in rows
    }


# The lineage of a diagnosis, as the protocols name it; another diagnosis has no protocol here.
LINEAGE = {Diagnosis.B_ALL: "precursor_b", Diagnosis.T_ALL: "t"}


def speaking_for(diagnosis: str, tables: Collection[Protocol]) -> tuple[Protocol, ...]:
    """Those of `tables` that speak for a child with this diagnosis (a `Diagnosis`)."""
    lineage = LINEAGE.get(diagnosis)
    return tuple(item for item in tables if lineage in item.lineages)


def _ordered(
    own: str, entered: tuple[str, str], of_centre: tuple[Protocol, ...]
) -> tuple[Protocol, ...]:
    found = [table_of(own, entered[1]) if _plain(own) == _plain(entered[0]) else None]
    found += [table_of(own), table_of_entry(*entered), *of_centre]
    distinct: dict[tuple[str, str], Protocol] = {}
    for item in found:
        # The child's own version stands instead of the newest one of the same protocol.
        if item is not None and item.name not in {name for name, _version in distinct}:
            distinct[item.name, item.version] = item
    for item in of_centre:
        distinct.setdefault((item.name, item.version), item)
    return tuple(distinct.values())


def _of_centres() -> defaultdict[int, tuple[Protocol, ...]]:
    """The tables that each centre chose; the default is for a centre that chose none. A choice
    without a table here is left out, and never replaced by another protocol."""
    chosen: dict[int, list[Protocol]] = defaultdict(list)
    for row in models.CentreProtocol.objects.order_by("place", "pk"):
        table = table_of(row.protocol, row.protocol_version)
        chosen[row.centre_id] += [table] if table is not None else []
    table = table_of(DEFAULT)
    default = () if table is None else (table,)
    return defaultdict(lambda: default, {key: tuple(items) for key, items in chosen.items()})


def without_table(chosen: Iterable[models.CentreProtocol]) -> tuple[str, ...]:
    """Those of `chosen`, by name and version, whose rules are not here: a file was taken away, or
    the centre waits for one."""
    return tuple(
        str(row)
        for row in sorted(chosen, key=lambda row: (row.place, row.pk))
        if table_of(row.protocol, row.protocol_version) is None
    )


def rule_set_confirmations() -> dict[tuple[str, str], Confirmation]:
    """By protocol and hash of its rules."""
    return {
        (row.protocol, row.rule_hash): Confirmation(
            row.confirmed_by, row.confirmed_on.isoformat(), row.rule_hash
        )
        for row in models.RuleSetConfirmation.objects.all()
    }
