"""The lines of a plain, gzip or bgzip text file, read within limits and never trusted."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from analysis.file_problems import ProblemBook
from analysis.wording import N_

CHUNK = 1 << 20
GZIP_MAGIC = b"\x1f\x8b"
# The empty block that ends every BGZF file (SAM specification, section 4.1.2).
BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


@dataclass(frozen=True)
class Limits:
    """What a file may cost: bytes on disk, bytes unpacked, bytes a line, records.

    A panel's VCF has some hundred records and an exome's some ten thousand; the limits stop what
    is no such file before it fills the memory.
    """

    max_bytes: int = 200_000_000
    max_unpacked: int = 400_000_000
    max_line: int = 500_000
    max_records: int = 500_000


STANDARD_LIMITS = Limits()


def packing(path: Path) -> str:
    """ "bgzip", "gzip" or "plain", by the first bytes."""
    with path.open("rb") as stream:
        start = stream.read(18)
    if start[:2] != GZIP_MAGIC:
        return "plain"
    return "bgzip" if len(start) == 18 and start[3] & 4 and start[12:14] == b"BC" else "gzip"


def check_size(path: Path, book: ProblemBook, limits: Limits) -> None:
    """Raise `FileRefused` where `path` is no file, empty or too large."""
    if not path.is_file():
        raise book.stop(0, N_("there is no such file"))
    size = path.stat().st_size
    if size == 0:
        raise book.stop(0, N_("the file is empty"))
    if size > limits.max_bytes:
        sentence = N_("{size} bytes, more than the {limit} that are read")
        raise book.stop(0, sentence, size=size, limit=limits.max_bytes)


def chunks(path: Path, book: ProblemBook, limits: Limits) -> Iterator[bytes]:
    """The unpacked bytes. Raises `FileRefused` on a broken archive and beyond `max_unpacked`."""
    kind = packing(path)
    if kind == "bgzip" and not _ends_whole(path):
        raise book.stop(0, N_("the file is cut off: the closing block of bgzip is missing"))
    total = 0
    with path.open("rb") as raw:
        stream: BinaryIO = raw if kind == "plain" else gzip.GzipFile(fileobj=raw)  # type: ignore[assignment]
        while True:
            try:
                chunk = stream.read(CHUNK)
            except EOFError:
                raise book.stop(0, N_("the file is cut off: the archive has no end")) from None
            except (OSError, zlib.error):
                raise book.stop(0, N_("the archive is damaged")) from None
            if not chunk:
                return
            total += len(chunk)
            if total > limits.max_unpacked:
                sentence = N_("it unpacks to more than the {limit} bytes that are read")
                raise book.stop(0, sentence, limit=limits.max_unpacked)
            yield chunk


def lines(
    path: Path, book: ProblemBook, limits: Limits, *, any_line_end: bool = False
) -> Iterator[tuple[int, str]]:
    """(line number, text without its end) of a text file in UTF-8.

    Only line feeds end a line; with `any_line_end` also CR and CRLF. Raises `FileRefused` on
    what is no such text: other encodings, a byte order mark, NUL, long lines, broken archives.
    """
    number = 0
    for block in _blocks(path, book, limits, any_line_end):
        text = _decoded(block, number, book)
        parts = text.split("\n")
        if max(map(len, parts)) > limits.max_line:
            first = next(place for place, part in enumerate(parts) if len(part) > limits.max_line)
            raise _too_long(book, number + 1 + first, limits)
        yield from enumerate(parts, number + 1)
        number += len(parts)


def _blocks(path: Path, book: ProblemBook, limits: Limits, any_line_end: bool) -> Iterator[bytes]:
    """Whole lines together, without the last line end."""
    rest, number, first, pending_cr = b"", 0, True, False
    for chunk in chunks(path, book, limits):
        if first and chunk.startswith(b"\xef\xbb\xbf") and any_line_end:
            chunk = chunk[3:]
        if any_line_end:
            if pending_cr:
                chunk = b"\r" + chunk
            pending_cr = chunk.endswith(b"\r")
            chunk = chunk[:-1] if pending_cr else chunk
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if first:
            _check_start(rest + chunk, book)
            first = False
        whole, feed, tail = chunk.rpartition(b"\n")
        if feed:
            block = rest + whole
            number += block.count(b"\n") + 1
            yield block
            rest = tail
        else:
            rest += tail
        if len(rest) > limits.max_line:
            raise _too_long(book, number + 1, limits)
    if rest:
        yield rest


def _check_start(start: bytes, book: ProblemBook) -> None:
    if start.startswith(b"\xef\xbb\xbf"):
        raise book.stop(1, N_("the file starts with a byte order mark; save it without one"))
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise book.stop(1, N_("the text is UTF-16; save it as UTF-8"))
    if start.startswith(b"PK\x03\x04"):
        raise book.stop(0, N_("this is a ZIP or XLSX file"))


def _decoded(block: bytes, before: int, book: ProblemBook) -> str:
    """The block as text; `before` lines came earlier."""
    for bad, sentence in (
        (b"\0", N_("a NUL byte: this is no text file")),
        (b"\r", N_("a carriage return: lines must end with a line feed alone")),
    ):
        place = block.find(bad)
        if place >= 0:
            raise book.stop(before + 1 + block.count(b"\n", 0, place), sentence)
    try:
        return block.decode("utf-8")
    except UnicodeDecodeError as error:
        line = before + 1 + block.count(b"\n", 0, error.start)
        sentence = N_("not UTF-8 text (byte {byte}); text from a Chinese system may be GBK")
        raise book.stop(line, sentence, byte=f"0x{block[error.start]:02x}") from None


def _too_long(book: ProblemBook, line: int, limits: Limits) -> Exception:
    return book.stop(line, N_("the line is longer than {limit} bytes"), limit=limits.max_line)


def _ends_whole(path: Path) -> bool:
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - len(BGZF_END)))
        return stream.read() == BGZF_END
