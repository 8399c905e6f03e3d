"""The reference of a CRAM: given by a person and checked, never fetched from anywhere.

htslib looks for a missing reference on a server of the EBI, in a cache, and at whatever path the
file itself names. None of this may happen to a patient's reads.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.file_problems import FileRefused, refusal
from analysis.wording import N_

if TYPE_CHECKING:
    from pysam import FastaFile

MAGIC = b"CRAM"
PART = 4_000_000
# An empty REF_PATH would mean htslib's default, the server.
_CLOSED = {"REF_PATH": os.devnull, "REF_CACHE": ""}


@contextmanager
def no_foreign_reference() -> Iterator[None]:
    """Close htslib's ways to references that nobody gave, for as long as this lasts."""
    before = {name: os.environ.get(name) for name in _CLOSED}
    os.environ.update(_CLOSED)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def check_reference(path: Path, reference: Path | str | None, used: set[str]) -> None:
    """Refuse a CRAM without its FASTA, or with one whose contigs `used` are not those of the
    reads: by length, and by MD5 where the header states it (htslib itself would not compare them,
    as depths need no bases).

    Raises `FileRefused`.
    """
    import pysam

    if reference is None:
        raise refusal(path.name, N_("a CRAM can only be read with its reference: name the FASTA"))
    fasta = Path(reference)
    if not fasta.is_file() or not Path(f"{fasta}.fai").is_file():
        raise refusal(fasta.name, N_("the reference or its index (.fai) is missing"))
    with pysam.AlignmentFile(str(path)) as reads:
        stated = {line["SN"]: line for line in reads.header.to_dict()["SQ"]}
    try:
        with pysam.FastaFile(str(fasta)) as file:
            for name in sorted(used):
                _check_contig(file, fasta.name, stated[name])
    except (OSError, ValueError) as error:
        if isinstance(error, FileRefused):
            raise
        raise refusal(fasta.name, N_("the reference or its index cannot be read")) from None


def _check_contig(file: FastaFile, fasta: str, stated: dict[str, Any]) -> None:
    name, wanted = stated["SN"], stated["LN"]
    found = file.get_reference_length(name) if name in file.references else 0
    if found != wanted:
        sentence = N_("not the reference of the reads: {name} has length {found}, not {wanted}")
        raise refusal(fasta, sentence, name=name, found=found, wanted=wanted)
    if stated.get("M5", "").lower() not in ("", _md5(file, name, wanted)):
        sentence = N_("not the reference of the reads: the bases of {name} are others (MD5)")
        raise refusal(fasta, sentence, name=name)


def _md5(file: FastaFile, name: str, length: int) -> str:
    """As the SAM specification has it: of the bases in capitals; read in parts, to save memory."""
    digest = hashlib.md5(usedforsecurity=False)
    for start in range(0, length, PART):
        digest.update(file.fetch(name, start, min(length, start + PART)).upper().encode())
    return digest.hexdigest()
