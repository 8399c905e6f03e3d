"""The arrows of the house: ikzf1site -> reports -> analysis, and who may touch what."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def imports_of(path: Path) -> set[str]:
    """Every module that `path` imports, at its top or inside a function, as dotted names."""
    found = set()
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return found


def modules(folder: str) -> list[Path]:
    return sorted(path for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts)


def offenders(folder: str, forbidden: tuple[str, ...]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(folder)
        for name in sorted(imports_of(path))
        if name.startswith(tuple(f"{word}." for word in forbidden)) or name in forbidden
    ]


FRAMEWORK = ("django", "simple_history", "csp", "axes", "environ", "psycopg", "sqlite3")
NETWORK = ("requests", "httpx", "urllib.request", "http.client", "socket")


def test_analysis_knows_no_framework_database_or_network():
    assert offenders("analysis", ("reports", "ikzf1site", *FRAMEWORK, *NETWORK)) == []


def test_reports_does_not_import_the_site():
    assert offenders("reports", ("ikzf1site",)) == []


def test_models_know_neither_actions_nor_pages():
    above = ("actions", "views", "admin", "importers", "documents", "exports", "evidence")
    assert offenders("reports/models", tuple(f"reports.{room}" for room in above)) == []


def test_actions_know_neither_pages_nor_importers():
    above = ("views", "admin", "importers", "documents", "exports")
    assert offenders("reports/actions", tuple(f"reports.{room}" for room in above)) == []


def test_only_pdf_knows_weasyprint():
    found = offenders("reports", ("weasyprint",)) + offenders("analysis", ("weasyprint",))
    assert {line.split(" imports ")[0] for line in found} == {"reports/documents/pdf.py"}


@pytest.mark.parametrize("folder", ["ikzf1site", "reports", "analysis", "tests", "bench"])
def test_no_room_has_a_name_that_says_nothing(folder):
    empty_words = {"utils", "util", "helpers", "helper", "common", "misc"}
    assert [p for p in (ROOT / folder).rglob("*") if p.stem in empty_words] == []


def test_import_walker_sees_a_relative_import_and_an_import_inside_a_function(
    tmp_path, monkeypatch
):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    room = tmp_path / "analysis"
    room.mkdir()
    (room / "a.py").write_text(
        "from .b import c\ndef f():\n    import django.db\n    from reports import models\n"
    )
    names = imports_of(room / "a.py")
    assert {"analysis.b.c", "django.db", "reports.models"} <= names
