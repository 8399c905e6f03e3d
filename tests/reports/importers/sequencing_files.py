"""Children, panels and sample sheets for the imports of sequencing files; VCFs made by hand."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps

from reports import models

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
HEAD = [
    "##fileformat=VCFv4.2",
    '##FILTER=<ID=t_lod,Description="likelihood">',
    '##INFO=<ID=Func.refGene,Number=.,Type=String,Description="ANNOVAR">',
    '##INFO=<ID=Gene.refGene,Number=.,Type=String,Description="ANNOVAR">',
    '##INFO=<ID=ExonicFunc.refGene,Number=.,Type=String,Description="ANNOVAR">',
    '##INFO=<ID=AAChange.refGene,Number=.,Type=String,Description="ANNOVAR">',
    '##INFO=<ID=ANNOVAR_DATE,Number=1,Type=String,Description="ANNOVAR">',
    '##INFO=<ID=ALLELE_END,Number=0,Type=Flag,Description="ANNOVAR">',
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
    '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Allelic depths">',
    '##FORMAT=<ID=AF,Number=A,Type=Float,Description="Allele fraction">',
    "##contig=<ID=7,length=159138663>",
]
N159Y = "IKZF1:NM_006060:exon5:c.A475T:p.N159Y"


def record(pos, names=N159Y, *, ref="A", alt="T", filters="PASS", reads=(750, 250), af="0.25"):
    gene = names.split(":")[0]
    info = (
        f"ANNOVAR_DATE=2019-10-24;Func.refGene=exonic;Gene.refGene={gene};"
        f"ExonicFunc.refGene=nonsynonymous_SNV;AAChange.refGene={names};ALLELE_END"
    )
    cells = ("7", pos, ".", ref, alt, ".", filters, info, "GT:AD:AF")
    return "\t".join(map(str, (*cells, f"0/1:{reads[0]},{reads[1]}:{af}")))


def vcf(path: Path, *records: str, sample: str = "T1", head: Iterable[str] = HEAD) -> Path:
    columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT"]
    lines = [*head, "\t".join([*columns, sample]), *records]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def sheet(path: Path, rows: Iterable[tuple[str, str, str, str]]) -> Path:
    """Rows of sample, specimen, hospital number and file ("" for any)."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["sample", "specimen", "hospital_number", "file"])
        writer.writerows(rows)
    return path


def child(store, number: str, centre) -> models.Specimen:
    """A specimen `S-<number>` of a new child with that hospital number."""
    patient = models.Patient(centre=centre, hospital_number=number, diagnosis="b_all")
    specimen = models.Specimen(patient=patient, number=f"S-{number}")
    store(patient, specimen)
    return specimen


def children(store, count: int, centre) -> list[models.Specimen]:
    found = []
    for number in range(count):
        patient = models.Patient(centre=centre, hospital_number=f"{number}", diagnosis="b_all")
        found += [models.Specimen(patient=patient, number=f"S-{number}")]
    store(*[item.patient for item in found], *found)
    return found


def rows_of_all_tables() -> dict[str, int]:
    return {
        model.__name__: model._default_manager.count()
        for model in apps.get_app_config("reports").get_models()
    }


@contextmanager
def nothing_stored() -> Iterator[None]:
    before = rows_of_all_tables()
    yield
    assert rows_of_all_tables() == before
