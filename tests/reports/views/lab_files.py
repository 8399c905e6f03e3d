"""A small MLPA run as a browser sends it, and what its pages hold."""

import atexit
import re
import sys
from functools import cache
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

sys.path.append(str(Path(__file__).parents[2] / "analysis" / "mlpa"))

sys.path.append(str(Path(__file__).parents[1] / "importers"))

import pysam
from runs_in_text import probes, run_samples, sheet, table_a

from analysis.gene import ikzf1
from reports.importers.child_process import FileReader

HEADER = "sample,role,sex,blast_percent,specimen,hospital_number\n"
REFERENCES = "".join(
    f"R{n},reference,{'male' if n % 2 == 0 else 'female'},,,\n" for n in range(1, 5)
)
# One copy lost in 90 % of the cells: 1 - 0.5 x 0.9.
LOST = {name: 0.55 for name, gene, exon, _ in probes() if gene == "IKZF1" and exon in "4567"}


def mlpa_run(rows, *, male=False, ratios=LOST):
    """Three files of a run with one patient's sample A: peaks, probemix, run sheet with `rows`."""
    samples = run_samples({"A": {"male": male, "ratios": ratios}}) | {"W": [(40.0, 5.0)]}
    return {
        "run7.txt": table_a(samples),
        "mix.csv": sheet(),
        "samples.csv": HEADER + rows + REFERENCES + "W,water,,,,\n",
    }


@cache
def reader():
    found = FileReader()
    atexit.register(found.close)
    return found


def posted(files):
    """`files` (name -> text or bytes) as uploads."""
    return [
        SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)
        for name, text in files.items()
    ]


def send(client, kind, files, **more):
    """Post the form of an import. `files`: name -> content, in the field of many files."""
    defaults = {
        "mlpa": {"normalisation": "reference_samples"},
        "variants": {"filters": "coding"},
        "coverage": {"filters": "study", "overlap": "twice"},
        "fusions": {},
    }[kind]
    return client.post(
        reverse("lab_import", args=[kind]), {"files": posted(files), **defaults, **more}
    )


def previewed(client, kind, files, **more):
    """The preview's address and text."""
    response = send(client, kind, files, **more)
    assert response.status_code == 302, response.content.decode()
    address = response["Location"]
    return address, client.get(address).content.decode()


def confirm(client, address, text, reason="from the laboratory"):
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', text).group(1)
    return client.post(f"{address}confirm/", {"reason": reason, "seen": seen})


def bam(path, *, exon, depth):
    """A BAM with its index: `depth` reads of 100 bases over each base of one exon of IKZF1."""
    first, last = spans()[exon]
    header = {"HD": {"VN": "1.6", "SO": "coordinate"}, "SQ": [{"SN": "7", "LN": 159138663}]}
    with pysam.AlignmentFile(str(path), "wb", header=header) as out:
        for place in range(first - 1, last, 100):
            for _ in range(depth):
                read = pysam.AlignedSegment(out.header)
                read.query_name, read.flag, read.reference_id = "r", 0, 0
                read.reference_start, read.mapping_quality = place, 60
                read.cigartuples = [(0, 100)]
                read.query_sequence, read.query_qualities = "A" * 100, [40] * 100
                out.write(read)
    pysam.index(str(path))
    return path


def bed():
    """Exons 2 to 8 of IKZF1."""
    rows = (f"7\t{spans()[n][0] - 1}\t{spans()[n][1]}\tIKZF1_exon{n}\n" for n in range(2, 9))
    return "".join(rows).encode()


def spans():
    return {exon.number: exon.span("GRCh37") for exon in ikzf1().exons}


def words(text):
    """The page as it is read."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))
