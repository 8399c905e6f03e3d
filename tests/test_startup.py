"""`manage.py check` stays quick because slow libraries are imported where they are used."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SLOW = ("weasyprint", "matplotlib", "pandas", "scipy", "pysam", "openpyxl", "numpy", "lark")
PROGRAMME = """
import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ikzf1site.settings")
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "check"])
print("loaded:", *sorted({name.split(".")[0] for name in sys.modules}))
"""


def test_check_loads_no_slow_library():
    run = subprocess.run(
        [sys.executable, "-c", PROGRAMME], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = run.stdout.split("loaded:")[1].split()
    assert "django" in loaded
    assert sorted(set(SLOW) & set(loaded)) == []
