"""The study's children live beside the tests of the cohort's tables."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "cohort"))
