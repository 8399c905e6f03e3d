"""How long it takes to store 100,000 variants with their history, on SQLite and on PostgreSQL.

    python -m bench.storing [--variants 100000]

Run in a throw-away database of each kind: a new file, and a new cluster where PostgreSQL's server
is installed. Timed is `save_records` from the first check to the commit, with the audit event and
the assessment of the child; the wanted time is under 10 seconds on each.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from bench.measured import Measured

ROOT = Path(__file__).resolve().parent.parent
WANTED_SECONDS = 10.0
PROMISED_VARIANTS = 100_000
GENES = ("NRAS", "KRAS", "FLT3", "PAX5", "ETV6", "TP53", "KMT2D", "ROBO3", "PCLO", "IKZF1")


def main(arguments: list[str] | None = None) -> dict[str, float]:
    """Seconds by database, printed side by side."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--variants", type=int, default=100_000)
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.measure:
        print(json.dumps(_measured(options.variants)))
        return {}
    found = {}
    for name, database in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
        with database() as address:
            if address is None:
                print(f"{name}: no server is installed here")
                continue
            found[name] = _in_own_process(address, options.variants)
        rate = options.variants / found[name]
        print(
            f"{name}: {options.variants} variants with history in {found[name]:.2f} s "
            f"({rate:,.0f} a second); wanted under {WANTED_SECONDS:g} s"
        )
        # What was promised is promised of 100,000.
        wanted = 1 if options.variants >= PROMISED_VARIANTS else None
        Measured(
            f"{options.variants:,} variants with history into {name}, of {WANTED_SECONDS:g} s",
            f"{found[name]:.2f} s",
            "",
            found[name] / WANTED_SECONDS,
            wanted,
            at_least=False,
        ).tell()
    return found


def _in_own_process(address: str, variants: int) -> float:
    """Each database has a process of its own: Django takes its settings once."""
    from cryptography.fernet import Fernet

    with tempfile.TemporaryDirectory() as var:
        done = subprocess.run(
            [sys.executable, "-m", "bench.storing", "--measure", "--variants", str(variants)],
            cwd=ROOT,
            env=os.environ
            | {
                "DATABASE_URL": address,
                "VAR_DIR": var,
                "DEMO": "on",
                "SECRET_KEY": "bench-only",
                "FIELD_KEYS": Fernet.generate_key().decode(),
                "DJANGO_SETTINGS_MODULE": "ikzf1site.settings",
            },
            capture_output=True,
            text=True,
        )
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])["seconds"]


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/bench.sqlite3"


@contextmanager
def _postgresql() -> Iterator[str | None]:
    """A cluster of its own with the server's standard settings, on a socket nobody else sees."""
    server = _server_folder()
    if server is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp())
    as_user: list[str] = []
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(folder, "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    data, quiet = str(folder / "data"), {"stdout": subprocess.DEVNULL, "cwd": folder}
    control = [*as_user, str(server / "pg_ctl"), "-D", data]
    socket = f"-c listen_addresses='' -c unix_socket_directories='{folder}'"
    try:
        subprocess.run(
            [*as_user, str(server / "initdb"), "-D", data, "-U", "bench", "-A", "trust",
             "-E", "UTF8", "--no-locale"], check=True, **quiet,
        )  # fmt: skip
        log = str(folder / "log")
        subprocess.run([*control, "-w", "-l", log, "-o", socket, "start"], check=True, **quiet)
        yield f"postgres://bench@/{folder}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, **quiet)
        shutil.rmtree(folder, ignore_errors=True)


def _server_folder() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def _measured(variants: int) -> dict[str, float]:
    """Store them in the database of the settings, and count them afterwards."""
    import django

    django.setup()
    from django.core.management import call_command

    from reports.actions import save_records
    from reports.models import Variant

    call_command("migrate", verbosity=0)
    sample = _sample()
    records = list(_variants(sample, variants))
    start = time.perf_counter()
    save_records(records=records, by="bench", reason="storing")
    seconds = time.perf_counter() - start
    for kept in (Variant.objects.count(), Variant.history.count()):
        if kept != variants:
            raise SystemExit(f"{kept} rows of {variants}")
    return {"seconds": seconds}


def _sample():
    from reports import models
    from reports.actions import save_records

    centre = models.Centre(code="B")
    child = models.Patient(centre=centre, hospital_number="1", diagnosis="b_all")
    sample = models.SequencingSample(
        run=models.SequencingRun(centre=centre, name="run"),
        specimen=models.Specimen(patient=child, number="S1"),
        panel=models.Panel(name="panel", panel_genes=";".join(GENES)),
        quality="adequate",
    )
    rows = [centre, child, sample.run, sample.specimen, sample.panel, sample]
    save_records(records=rows, by="bench", reason="storing")
    return sample


def _variants(sample, count: int) -> Iterator:
    """Rows as a VCF gives them, all of their columns filled."""
    from reports.models import SequencingFile, Variant

    random = Random(7)
    from reports.actions import save_records

    file = SequencingFile(sample=sample, kind="variants", name="bench.vcf", sha256="0" * 64,
                          filter_set="bench", filter_version="1")  # fmt: skip
    save_records(records=[file], by="bench", reason="storing")
    for number in range(count):
        ref, alt = random.sample("ACGT", 2)
        depth = random.randrange(800, 3000)
        yield Variant(
            sample=sample,
            file=file,
            line=number + 100,
            gene=GENES[number % 9],
            transcript="NM_002524.5",
            transcript_basis="preferred",
            hgvs_c=f"c.{number}{ref}>{alt}",
            hgvs_p=f"p.Arg{number}Trp",
            consequence="missense",
            vaf=0.25,
            vaf_from="AF",
            depth=depth,
            alt_reads=depth // 4,
            filters="PASS",
            frequency=0.0001,
            frequency_from="gnomAD_exome_ALL",
            chrom="chr7",
            position=1000 + number,
            ref=ref,
            alt=alt,
        )


if __name__ == "__main__":
    main()
