"""The version of this software, as printed on every document."""

from __future__ import annotations

import tomllib
from functools import cache

from django.conf import settings


@cache
def software_version() -> str:
    """Name and version from pyproject.toml: "ikzf1-reports 0.1.0"."""
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    return f"{project['name']} {project['version']}"
