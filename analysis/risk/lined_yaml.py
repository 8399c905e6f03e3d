"""YAML read safely, with the line of every table, list and value kept for messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from analysis.file_problems import refusal
from analysis.wording import N_

_PLAIN = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")


@dataclass(frozen=True)
class Lined:
    """A YAML node: `value` is a dict of text to `Lined`, a list of `Lined`, or a plain value."""

    value: Any
    line: int

    @property
    def table(self) -> bool:
        return isinstance(self.value, dict)

    @property
    def list(self) -> bool:
        return isinstance(self.value, list)

    def get(self, key: str) -> Lined | None:
        return self.value.get(key) if self.table else None


def read_lined(text: str, *, file: str) -> Lined:
    """The one document in `text`. Raises `FileRefused` for bad YAML and for a key given twice."""
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        if node is None:
            raise refusal(file, N_("the file is empty"))
        return _lined(node, loader, file, depth=0)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        cause = getattr(error, "problem", None) or str(error)
        line = mark.line + 1 if mark else 0
        raise refusal(file, N_("not valid YAML: {cause}"), line=line, cause=cause) from error


def _lined(node: yaml.Node, loader: yaml.SafeLoader, file: str, depth: int) -> Lined:
    line = node.start_mark.line + 1
    if depth > 50:
        raise refusal(file, N_("nested too deeply, or within itself"), line=line)
    if isinstance(node, yaml.CollectionNode) and node.tag not in _PLAIN:
        raise refusal(file, N_("the tag {tag} is not allowed"), line=line, tag=node.tag)
    if isinstance(node, yaml.SequenceNode):
        return Lined([_lined(item, loader, file, depth + 1) for item in node.value], line)
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Lined] = {}
        for key_node, value_node in node.value:
            key, at = str(key_node.value), key_node.start_mark.line + 1
            if key in found:
                raise refusal(file, N_("the key {key} stands twice"), line=at, key=key)
            found[key] = _lined(value_node, loader, file, depth + 1)
        return Lined(found, line)
    try:
        return Lined(loader.construct_object(node), line)
    except (ValueError, OverflowError) as error:
        # A date such as 2024-13-01 has the form of one.
        cause = f"{node.value}: {error}"
        raise refusal(file, N_("not valid YAML: {cause}"), line=line, cause=cause) from error
