"""The printed documents: `patient.py` and `cohort.py` build the content, `page.py` prints it."""

LANGUAGES = ("zh-hans", "en")
