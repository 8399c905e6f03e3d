"""Protocol files: read, checked as a whole, refused with file, line and cause.

The form of a file is described in analysis/risk/protocols/README.md. A new protocol is a new file.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from analysis.file_problems import FileRefused, ProblemBook, refusal
from analysis.risk.conditions import ConditionReader
from analysis.risk.lined_yaml import Lined, read_lined
from analysis.risk.protocol import (
    LINEAGES,
    Combined,
    Condition,
    Group,
    MrdWindow,
    Protocol,
    Rule,
    RuleNamed,
)
from analysis.risk.result import NO_GROUP, RiskWord, RuleCertainty
from analysis.risk.vocabulary import POINTS, VOCABULARY, Point
from analysis.wording import N_, Labelled

PROTOCOLS = Path(__file__).with_name("protocols")
METHODS = ("flow", "pcr", "ngs")
_TOP = {
    "name", "version", "valid_from", "title", "source", "notes", "lineages", "mrd", "rules",
    "groups",
}  # fmt: skip
_RULE = {"when", "certainty", "source", "quote", "note", "from"}
_GROUP = {"code", "word", "when", "from", "otherwise"}
_WINDOW = {"days", "methods", "positive_from"}
_SENTENCES = {
    "unknown_key": N_("{where}: the key {key} is not known"),
    "needed": N_("{where}: {key} is needed"),
    "one_of": N_("{where}: {value} is not one of {known}"),
}


def protocols(folder: Path = PROTOCOLS) -> tuple[Protocol, ...]:
    """Every protocol file of `folder`, by name and version. Raises `FileRefused`."""
    return _protocols(folder)


@cache
def _protocols(folder: Path) -> tuple[Protocol, ...]:
    read = {path: read_protocol(path) for path in sorted(folder.glob("*.yaml"))}
    seen: dict[tuple[str, str], str] = {}
    for path, found in read.items():
        key = (found.name, found.version)
        if key in seen:
            sentence = N_("{name}, version {version}, stands in {other} as well")
            raise refusal(path.name, sentence, name=key[0], version=key[1], other=seen[key])
        seen[key] = path.name
    return tuple(sorted(read.values(), key=lambda item: (item.name, _version(item.version))))


def _version(text: str) -> tuple:
    return tuple((0, int(part)) if part.isdigit() else (1, part) for part in text.split("."))


def protocol(name: str, version: str | None = None, *, folder: Path = PROTOCOLS) -> Protocol:
    """The protocol of that name, the newest version unless told. Raises KeyError."""
    found = [
        item for item in protocols(folder) if item.name == name and version in (None, item.version)
    ]
    if not found:
        raise KeyError(name if version is None else f"{name} {version}")
    return found[-1]


def read_protocol(path: Path) -> Protocol:
    """The protocol in the file at `path`. Raises `FileRefused` with everything that is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise refusal(path.name, N_("not UTF-8 text")) from error
    return parse_protocol(text, file=path.name)


def parse_protocol(text: str, *, file: str) -> Protocol:
    """The protocol in `text`. Raises `FileRefused`."""
    data = read_lined(text, file=file)
    if not data.table:
        raise refusal(file, N_("a table with name, rules and groups is needed"), line=data.line)
    return _Reader(data, ProblemBook(file)).protocol()


class _Reader:
    """Notes every problem while it reads, so that all are told at once."""

    def __init__(self, data: Lined, book: ProblemBook):
        self.data, self.book = data, book

    def protocol(self) -> Protocol:
        self._keys(self.data, _TOP, "the file")
        windows = self._windows(self.data.get("mrd"))
        rules_at = self.data.get("rules")
        names = tuple(rules_at.value) if rules_at and rules_at.table else ()
        reader = ConditionReader(self.book, names, {item.fact for item in windows})
        rules = [rule for name in names if (rule := self._rule(name, rules_at.get(name), reader))]
        groups = self._groups(self.data.get("groups"), reader)
        result = Protocol(
            name=self._text(self.data, "name", "the file"),
            version=self._text(self.data, "version", "the file"),
            valid_from=self._text(self.data, "valid_from", "the file"),
            title=self._text(self.data, "title", "the file"),
            source=self._text(self.data, "source", "the file"),
            rules=tuple(rules),
            groups=groups,
            windows=windows,
            notes=self._texts(self.data.get("notes")),
            lineages=self._lineages(),
        )
        if not names:
            self.book.note(self.data.line, N_("at least one rule is needed"))
        self.book.refuse()
        self._acyclic(result)
        self._all_used(result)
        self.book.refuse()
        return self._with_points(result)

    def _lineages(self) -> tuple[str, ...]:
        """All of them where the file names none."""
        at = self.data.get("lineages")
        if at is None:
            return LINEAGES
        found = self._texts(at)
        for value in found:
            if value not in LINEAGES:
                self.book.note(
                    at.line, _SENTENCES["one_of"],
                    where="lineages", value=value, known=", ".join(LINEAGES),
                )  # fmt: skip
        if not found:
            self.book.note(at.line, _SENTENCES["needed"], where="lineages", key="lineages")
        return found

    def _rule(self, name: str, at: Lined, reader: ConditionReader) -> Rule | None:
        if not at.table:
            self.book.note(at.line, N_("rule {name}: a table is needed"), name=name)
            return None
        self._keys(at, _RULE, name)
        when = at.get("when")
        if when is None:
            self.book.note(at.line, _SENTENCES["needed"], where=name, key="when")
        certainty = self._one_of(at, "certainty", RuleCertainty, name)
        point = self._one_of(at, "from", Point, name) if at.get("from") else Point.DIAGNOSIS
        return Rule(
            name=name,
            when=reader.condition(when, where=name) if when else Combined("all", ()),
            certainty=certainty,
            point=point,
            source=self._text(at, "source", name),
            quote=self._text(at, "quote", name),
            note=str(at.get("note").value) if at.get("note") else "",
        )

    def _groups(self, at: Lined | None, reader: ConditionReader) -> tuple[Group, ...]:
        if at is None or not at.list or not at.value:
            self.book.note(at.line if at else 0, N_("groups: a list of groups is needed"))
            return ()
        groups = [self._group(item, reader) for item in at.value if self._is_table(item, "groups")]
        codes = [group.code for group in groups]
        for index, (group, item) in enumerate(zip(groups, at.value, strict=False)):
            if group.code in codes[:index] or group.code == NO_GROUP:
                sentence = N_("the group {code} stands twice, or is a word of the system")
                self.book.note(item.line, sentence, code=group.code)
            if group.when is None and index < len(groups) - 1:
                sentence = N_("group {code}: only the last group may take all others")
                self.book.note(item.line, sentence, code=group.code)
        return tuple(groups)

    def _group(self, at: Lined, reader: ConditionReader) -> Group:
        self._keys(at, _GROUP, "groups")
        code = self._text(at, "code", "groups")
        when, otherwise = at.get("when"), at.get("otherwise")
        if (when is None) == (otherwise is None) or (otherwise and otherwise.value is not True):
            sentence = N_("group {code}: either when, or otherwise: true")
            self.book.note(at.line, sentence, code=code)
        return Group(
            code=code,
            word=self._one_of(at, "word", RiskWord, code),
            when=reader.condition(when, where=code, rules_only=True) if when else None,
            point=self._one_of(at, "from", Point, code) if at.get("from") else Point.DIAGNOSIS,
        )

    def _windows(self, at: Lined | None) -> tuple[MrdWindow, ...]:
        if at is None or not self._is_table(at, "mrd"):
            return ()
        found = []
        for name, item in at.value.items():
            kind = VOCABULARY.get(name)
            if kind is None or not kind.mrd:
                known = ", ".join(kind.name for kind in VOCABULARY.values() if kind.mrd)
                self.book.note(
                    item.line, _SENTENCES["one_of"], where="mrd", value=name, known=known
                )
            elif self._is_table(item, name):
                found.append(self._window(name, item))
        return tuple(found)

    def _window(self, name: str, at: Lined) -> MrdWindow:
        self._keys(at, _WINDOW, name)
        days = [item.value for item in at.get("days").value] if self._has_list(at, "days") else []
        right = len(days) == 2 and all(type(day) is int for day in days) and days[0] <= days[1]
        if not right:
            sentence = N_("{where}: days are two whole numbers, the first and the last")
            self.book.note(at.line, sentence, where=name)
        methods = self._texts(at.get("methods"))
        for method in methods:
            if method not in METHODS:
                self.book.note(
                    at.line, _SENTENCES["one_of"],
                    where=name, value=method, known=", ".join(METHODS),
                )  # fmt: skip
        if not methods:
            self.book.note(at.line, _SENTENCES["needed"], where=name, key="methods")
        floor = at.get("positive_from")
        if floor and not (isinstance(floor.value, float) and 0 < floor.value < 1):
            sentence = N_("{where}: positive_from is a fraction between 0 and 1")
            self.book.note(floor.line, sentence, where=name)
        first, last = days if right else (0, 0)
        return MrdWindow(name, first, last, methods, floor.value if floor else None)

    def _acyclic(self, found: Protocol) -> None:
        """No rule may come to itself through the rules it names."""
        done: set[str] = set()

        def walk(name: str, path: tuple[str, ...]) -> bool:
            if name in path:
                circle = " → ".join((*path[path.index(name) :], name))
                line = self.data.get("rules").get(name).line
                self.book.note(line, N_("rules in a circle: {circle}"), circle=circle)
                return False
            if name not in done:
                for other in _named(found.by_name[name].when):
                    if not walk(other, (*path, name)):
                        return False
                done.add(name)
            return True

        for rule in found.rules:
            if not walk(rule.name, ()):
                break
        self.book.refuse()

    def _all_used(self, found: Protocol) -> None:
        for rule in found.rules:
            if not (found.groups_using(rule.name) or found.groups_barred(rule.name)):
                line = self.data.get("rules").get(rule.name).line
                self.book.note(line, N_("rule {name} is used by no group"), name=rule.name)

    def _with_points(self, found: Protocol) -> Protocol:
        """A rule applies from the latest of its facts on, or later where the file says so."""
        rules = []
        for rule in found.rules:
            points = [VOCABULARY[fact].point for fact in found.facts_of(rule.when)]
            point = max((*points, rule.point), key=POINTS.index)
            fields = {**rule.__dict__, "point": point}
            rules.append(Rule(**fields))
        return Protocol(**{**_fields(found), "rules": tuple(rules)})

    def _keys(self, at: Lined, allowed: set[str], where: str) -> None:
        for key, item in at.value.items():
            if key not in allowed:
                self.book.note(item.line, _SENTENCES["unknown_key"], where=where, key=key)

    def _text(self, at: Lined, key: str, where: str) -> str:
        item = at.get(key)
        if item is None or item.value in (None, "") or item.table or item.list:
            self.book.note(
                item.line if item else at.line, _SENTENCES["needed"], where=where, key=key
            )
            return ""
        return str(item.value)

    def _one_of(self, at: Lined, key: str, words: type[Labelled], where: str):
        item = at.get(key)
        try:
            return words(item.value if item else None)
        except ValueError:
            value = str(item.value) if item else key
            known = ", ".join(words)
            line = item.line if item else at.line
            self.book.note(line, _SENTENCES["one_of"], where=where, value=value, known=known)
            return next(iter(words))

    def _texts(self, at: Lined | None) -> tuple[str, ...]:
        if at is None:
            return ()
        return tuple(str(item.value) for item in at.value) if at.list else (str(at.value),)

    def _has_list(self, at: Lined, key: str) -> bool:
        item = at.get(key)
        return item is not None and item.list

    def _is_table(self, at: Lined, where: str) -> bool:
        if not at.table:
            self.book.note(at.line, N_("{where}: a table is needed"), where=where)
        return at.table


def _named(condition: Condition) -> list[str]:
    if isinstance(condition, RuleNamed):
        return [condition.rule]
    parts = condition.parts if isinstance(condition, Combined) else ()
    return [name for part in parts for name in _named(part)]


def _fields(found: Protocol) -> dict:
    names = Protocol.__dataclass_fields__
    return {name: getattr(found, name) for name in names}


__all__ = ["FileRefused", "parse_protocol", "protocol", "protocols", "read_protocol"]
