"""The index of a BAM (BAI), checked before htslib sees it.

A BAI has no checksum, and htslib ends the whole process on some damaged ones. (BAM, BCF, CSI and
CRAM carry checksums in each block, and a CRAI is text.)
"""

from __future__ import annotations

import struct
from pathlib import Path

from analysis.file_problems import FileRefused, refusal
from analysis.wording import N_

MAGIC = b"BAI\x01"
# SAM specification, section 5.2: bins 0..37448; 37450 holds counts in place of offsets.
LAST_BIN, COUNTS_BIN = 37448, 37450
MOST_INTERVALS = 1 << 15


def check_bai(reads: Path) -> int | None:
    """How many contigs the .bai beside `reads` is for; None where there is none (htslib then takes
    a .csi, or says that there is no index).

    Raises `FileRefused` where it is damaged.
    """
    for path in (Path(f"{reads}.bai"), reads.with_suffix(".bai")):
        if path.is_file():
            return _Walk(path, reads.stat().st_size).contigs()
    return None


class _Walk:
    """One pass through the bytes of an index; offsets must lie within `size` bytes of reads."""

    def __init__(self, path: Path, size: int):
        self.file, self.data, self.size = path.name, path.read_bytes(), size
        self.place = 0

    def contigs(self) -> int:
        if not self.data.startswith(MAGIC):
            raise self._damaged()
        self.place = len(MAGIC)
        found = self._count()
        for _ in range(found):
            seen: set[int] = set()
            for _ in range(self._count(most=LAST_BIN + 2)):
                self._bin(seen)
            self._offsets(self._count(most=MOST_INTERVALS))
        if len(self.data) - self.place not in (0, 8):
            raise self._damaged()
        return found

    def _bin(self, seen: set[int]) -> None:
        number = self._count()
        if number in seen or not (number <= LAST_BIN or number == COUNTS_BIN):
            raise self._damaged()
        seen.add(number)
        chunks = self._count()
        if number == COUNTS_BIN:
            if chunks != 2:
                raise self._damaged()
            self._taken(32)
            return
        offsets = self._offsets(2 * chunks)
        if any(begin > end for begin, end in zip(offsets[::2], offsets[1::2], strict=True)):
            raise self._damaged()

    def _count(self, *, most: int = 1 << 31) -> int:
        (number,) = struct.unpack("<i", self._taken(4))
        if not 0 <= number <= most:
            raise self._damaged()
        return number

    def _offsets(self, count: int) -> tuple[int, ...]:
        """Virtual offsets: the place of a block in the file, and one within the block."""
        found = struct.unpack(f"<{count}Q", self._taken(8 * count))
        if any(offset >> 16 > self.size for offset in found):
            raise self._damaged()
        return found

    def _taken(self, length: int) -> bytes:
        part = self.data[self.place : self.place + length]
        if len(part) != length:
            raise self._damaged()
        self.place += length
        return part

    def _damaged(self) -> FileRefused:
        return refusal(self.file, N_("the index is damaged: make it anew (samtools index)"))
