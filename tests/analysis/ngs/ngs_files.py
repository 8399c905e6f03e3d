"""VCF files made for the tests, right ones and wrong ones."""

from pathlib import Path

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"

META = [
    "##fileformat=VCFv4.2",
    '##FILTER=<ID=t_lod,Description="likelihood">',
    '##INFO=<ID=DB,Number=0,Type=Flag,Description="dbSNP">',
    '##INFO=<ID=ECNT,Number=1,Type=Integer,Description="events">',
    '##INFO=<ID=TLOD,Number=A,Type=Float,Description="LOD">',
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
    '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Allelic depths">',
    '##FORMAT=<ID=AF,Number=A,Type=Float,Description="Allele fraction">',
    '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth">',
    '##INFO=<ID=NOTE,Number=1,Type=String,Description="note">',
    "##tumor_sample=child",
    "##normal_sample=remission",
    "##contig=<ID=7,length=159138663,assembly=GRCh37>",
]
COLUMNS = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT"]
COLUMNS += ["child", "remission"]
RECORD = [
    "7", "50450291", ".", "A", "T", ".", "PASS", "DB;ECNT=1;TLOD=9.5", "GT:AD:AF:DP",
    "0/1:988,12:0.012:1003", "0/0:900,0:0.000:900",
]  # fmt: skip
PLACES = dict(zip([*COLUMNS[:9], "child", "remission"], range(11), strict=True))


def record(**changes: str) -> str:
    """A right record with some columns replaced: `record(POS="0", child="0/1:1,2")`."""
    cells = list(RECORD)
    for name, text in changes.items():
        cells[PLACES["#CHROM" if name == "CHROM" else name]] = text
    return "\t".join(cells)


def text(*records: str, meta: list[str] | None = None, columns: list[str] | None = None) -> str:
    head = [*(META if meta is None else meta), "\t".join(columns or COLUMNS)]
    return "\n".join([*head, *(records or (record(),))]) + "\n"


def written(folder: Path, content: str | bytes, name: str = "made.vcf") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
