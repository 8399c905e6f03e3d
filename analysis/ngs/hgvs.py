"""Whether a variant's name is HGVS, as mutalyzer's parser reads it."""

from __future__ import annotations

import re
from functools import lru_cache

from analysis.wording import N_, Labelled

# A subset of the parser's grammar that needs no parser (5 ms a name): plain substitutions,
# deletions, duplications and insertions on a RefSeq or Ensembl transcript. The tests hold it to be
# a subset.
_POINT = r"[-*]?[1-9][0-9]{0,8}(?:[+-][1-9][0-9]{0,8})?"
_SIMPLE = re.compile(
    r"(?:N[MR]_|XM_|ENST)[0-9]{5,15}(?:\.[0-9]{1,3})?:c\."
    rf"(?:{_POINT}[ACGT]>[ACGT]|{_POINT}(?:_{_POINT})?(?:del|dup)|{_POINT}_{_POINT}ins[ACGT]{{1,200}}"
    rf"|{_POINT}(?:_{_POINT})?delins[ACGT]{{1,200}})"
)


class NameCheck(Labelled):
    VALID = "valid", N_("the name is HGVS")
    INVALID = "invalid", N_("the name is not HGVS")
    NO_TRANSCRIPT = "no_transcript", N_("the name lacks its transcript")
    NO_NAME = "no_name", N_("no name is given")


def check_coding(transcript: str, hgvs_c: str) -> NameCheck:
    """Whether `transcript:hgvs_c` ("NM_006060.6", "c.475A>T") is an HGVS description."""
    if not hgvs_c:
        return NameCheck.NO_NAME
    if not transcript:
        return NameCheck.NO_TRANSCRIPT
    if not hgvs_c.startswith(("c.", "n.")):
        return NameCheck.INVALID
    name = f"{transcript}:{hgvs_c}"
    if _SIMPLE.fullmatch(name):
        return NameCheck.VALID
    return _parsed(name)


@lru_cache(maxsize=4096)
def _parsed(name: str) -> NameCheck:
    from mutalyzer_hgvs_parser import to_model
    from mutalyzer_hgvs_parser.exceptions import UnexpectedCharacter, UnexpectedEnd

    if len(name) > 500:
        return NameCheck.INVALID
    try:
        to_model(name)
    except (UnexpectedCharacter, UnexpectedEnd):
        return NameCheck.INVALID
    return NameCheck.VALID
