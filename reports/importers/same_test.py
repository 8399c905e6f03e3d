"""Which stored row a test means whose material, day or specimen the file or the record leaves open.

The last part of the key of MRD (material), of a genetic test (day) and of a fusion (specimen) may
not be stated. A row that states it is a row of its own; one that does not is taken for one that is
there, so that the same file twice changes nothing and a later file can add what was left open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reports import models
from reports.importers.targets import Key, Wanted
from reports.models import Material, TimePoint

# The field that may be open, and what it then holds.
OPEN: dict[type, tuple[str, Any]] = {
    models.Mrd: ("material", ""),
    models.GeneticTest: ("tested_on", None),
    models.FusionResult: ("specimen", None),
}


class Index:
    """The keys of the rows of each test, whatever they say of the part that may be open."""

    def __init__(self, keys: Mapping[type, Iterable[Key]]):
        self._keys: dict[tuple[type, Key], set[Key]] = defaultdict(set)
        for model in OPEN:
            for key in keys.get(model, ()):
                self.add(model, key)

    def add(self, model: type, key: Key) -> None:
        self._keys[model, key[:-1]].add(key)

    def of(self, want: Wanted) -> list[Key]:
        return sorted(self._keys[want.model, want.key[:-1]], key=str)


def key_of_row(want: Wanted, instances: Mapping[Key, Any]) -> Key:
    """The key of the row that `want` means; its own where it means none of `instances`, the rows of
    this test by key."""
    if want.key in instances:
        return want.key
    alike = list(_alike(want, instances))
    if want.model is models.Mrd:
        return _of_mrd(want, alike)
    return next((key for key, row in alike if _may_be(want, row)), want.key)


def completed(want: Wanted, row: Any) -> dict[str, Any]:
    """What `want` adds to a row that left it open."""
    if want.model not in OPEN:
        return {}
    name, unknown = OPEN[want.model]
    stated = want.own.get(name, unknown)
    return {name: stated} if stated != unknown and getattr(row, name) == unknown else {}


def _alike(want: Wanted, instances: Mapping[Key, Any]) -> Iterator[tuple[Key, Any]]:
    """Those of `instances` that leave open what `want` states, or the other way round."""
    name, unknown = OPEN[want.model]
    stated = want.key[-1] != unknown
    for key, row in instances.items():
        if not stated or getattr(row, name) == unknown:
            yield key, row


def _of_mrd(want: Wanted, alike: list[tuple[Key, Any]]) -> Key:
    """An unstated material is marrow, as the protocols ask for it. It is blood only where the
    measurement is the same."""
    asked = want.key[-1]
    for key, row in alike:
        if Material.BLOOD not in (asked, row.material):
            return key
    return next((key for key, row in alike if _same_measurement(want, row)), want.key)


def _same_measurement(want: Wanted, row: Any) -> bool:
    return all(want.fields.get(name) == getattr(row, name) for name in ("operator", "fraction"))


def _may_be(want: Wanted, row: Any) -> bool:
    """A fusion without a specimen is that of the diagnosis; a test without a day is one of the same
    result."""
    if want.model is models.FusionResult:
        return row.specimen is None or row.specimen.time_point == TimePoint.DIAGNOSIS
    return want.fields.get("result") == row.result
