"""What the readers say, against counts and searches made another way."""

import itertools
import re
import shutil
import subprocess
from random import Random

import pysam
import pytest
from ngs_files import META, SHARED, record, text, written

from analysis.ngs import annovar
from analysis.ngs.alleles import left_aligned
from analysis.ngs.coverage import MateOverlap, analyse_coverage
from analysis.ngs.filters import FilterSet
from analysis.ngs.header import TumourBasis
from analysis.ngs.text_lines import STANDARD_LIMITS
from analysis.ngs.transcripts import choose, preferred_transcripts
from analysis.ngs.vcf import open_vcf
from analysis.ngs.vcf_result import analyse_vcf

PANELS = {
    "gatk_NA12878_chrM_deep.bam": "chrM\t0\t300\tA\nchrM\t200\t700\tB\nchrM\t9000\t9100\tC\n",
    "gatk_hapmap20plex_dup_qcfail_mq0.bam": "20\t5296700\t5297300\tA\n20\t5297400\t5297500\tB\n",
    "mosdepth_overlapping_pairs.bam": "1\t565170\t565260\tC\n",
}
LIMITS = {"open": (0, 0), "study": (30, 30), "bases": (0, 20), "mapping": (10, 0)}


def shared(name):
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"shared file {name} is not here")
    return path


def samtools_programs():
    yield "inside pysam", lambda *words: pysam.depth(*words)
    program = shutil.which("samtools")
    if program:
        yield (
            "program",
            lambda *words: (
                subprocess.run(
                    [program, "depth", *words], check=True, capture_output=True, text=True
                ).stdout
            ),
        )


def bases(panel):
    """(contig, 1-based position) of every base of a BED's text, each once."""
    for line in panel.splitlines():
        chrom, start, end, _ = line.split("\t")
        yield from ((chrom, place) for place in range(int(start) + 1, int(end) + 1))


@pytest.mark.parametrize("limits", LIMITS)
@pytest.mark.parametrize("overlap", MateOverlap)
@pytest.mark.parametrize("name", PANELS)
def test_every_base_equals_samtools_depth_on_every_shared_bam(tmp_path, name, overlap, limits):
    path, panel = shared(f"bam/{name}"), written(tmp_path, PANELS[name], "panel.bed")
    mapq, quality = LIMITS[limits]
    chosen = FilterSet(limits, "1", min_mapq=mapq, min_base_quality=quality)
    ours = analyse_coverage(path, panel, filters=chosen, overlap=overlap, depths=(1, 20, 1000))
    words = ["-a", "-q", str(quality), "-Q", str(mapq), "-b", str(panel), str(path)]
    places = list(bases(PANELS[name]))  # within one stretch: else samtools walks the whole contig
    ends = min(place for _, place in places), max(place for _, place in places)
    words[:0] = ["-r", f"{places[0][0]}:{ends[0]}-{ends[1]}"]
    if overlap is MateOverlap.ONCE:
        words.insert(0, "-s")
    for _, depth in samtools_programs():
        # Where no read at all is left, samtools depth -a prints nothing instead of zeros.
        printed = dict.fromkeys(places, 0)
        rows = [line.split("\t") for line in depth(*words).splitlines()]
        printed |= {(chrom, int(pos)): int(count) for chrom, pos, count in rows}
        assert ours.mean_depth == round(sum(printed.values()) / len(printed), 4)
        for limit, share in ours.fraction_at:
            reached = sum(count >= limit for count in printed.values())
            assert share == round(reached / len(printed), 4)
        for region in ours.regions:
            own = [printed[region.chrom, p] for p in range(region.start + 1, region.end + 1)]
            assert region.mean_depth == round(sum(own) / len(own), 4)


def applied(genome, pos, ref, alt):
    assert genome[pos - 1 : pos - 1 + len(ref)] == ref
    return genome[: pos - 1] + alt + genome[pos - 1 + len(ref) :]


def leftmost(genome, target):
    """The leftmost of the shortest ways to write the change, found by trying all of them."""
    for size in range(1, len(genome)):
        for pos in range(1, len(genome) + 1):
            for ref_length in range(1, size + 1):
                alt_length = len(target) - len(genome) + ref_length
                if alt_length < 1 or max(ref_length, alt_length) != size:
                    continue
                ref = genome[pos - 1 : pos - 1 + ref_length]
                alt = target[pos - 1 : pos - 1 + alt_length]
                if len(ref) == ref_length and applied(genome, pos, ref, alt) == target:
                    return pos, ref, alt
    raise AssertionError("a change can always be written")


def test_left_alignment_equals_the_leftmost_of_all_ways_to_write_an_indel():
    random, tried = Random(4), 0
    for _ in range(250):
        genome = "".join(random.choices("AC" if random.random() < 0.7 else "ACGT", k=14))
        pos, length = random.randrange(2, 11), random.randrange(1, 4)
        ref = genome[pos - 1 : pos - 1 + length]
        alt = ref[0] + "".join(random.choices("AC", k=random.randrange(0, 4)))
        if len(alt) == len(ref):
            continue
        found = left_aligned("1", pos, ref, alt, lambda _, start, end, own=genome: own[start:end])
        assert found == leftmost(genome, applied(genome, pos, ref, alt)), (genome, pos, ref, alt)
        tried += 1
    assert tried > 100


@pytest.mark.parametrize("order", list(itertools.permutations(["child", "remission"])))
@pytest.mark.parametrize("alleles", [2, 3])
def test_each_allele_of_a_split_record_has_its_own_numbers(tmp_path, order, alleles):
    alts, reads = ["C", "AGG", "T"][:alleles], [40, 8, 6][:alleles]
    shares = ",".join(f"{count / 1000:.3f}" for count in reads)
    counts = ",".join(map(str, [1000 - sum(reads), *reads]))
    tumour = f"0/1:{counts}:{shares}:1001"
    normal = f"0/0:{','.join(['9'] + ['0'] * alleles)}:{','.join(['0'] * alleles)}:9"
    cells = record(ALT=",".join(alts), INFO="DB").split("\t")[:9]
    own = {"child": tumour, "remission": normal}
    columns = text().splitlines()[len(META)].split("\t")[:9]
    line = "\t".join([*cells, *(own[name] for name in order)])
    result = analyse_vcf(written(tmp_path, text(line, columns=[*columns, *order])))
    numbers = [(item.alt, item.alt_reads, item.vaf, item.depth) for item in result.variants]
    wanted = [(a, n, n / 1000, 1001) for a, n in zip(alts, reads, strict=True) if n >= 10]
    assert numbers == wanted
    assert result.alleles == alleles


@pytest.mark.parametrize("name", ["gatk_IS3_dream.vcf", "gatk_mc3_M2.vcf"])
def test_columns_of_a_shared_pair_may_stand_in_either_order(tmp_path, name):
    path = shared(f"vcf/mutect2_gatk4/{name}")
    lines = path.read_text().splitlines()
    turned = [line if line[:2] == "##" else "\t".join(exchanged(line)) for line in lines]
    other = written(tmp_path, "\n".join(turned) + "\n", name)
    readers = [open_vcf(one, limits=STANDARD_LIMITS) for one in (path, other)]
    assert [reader.tumour.basis for reader in readers] == [TumourBasis.HEADER] * 2
    assert [reader.tumour.column for reader in readers] == [1, 0]
    assert analyse_vcf(other).to_json() == analyse_vcf(path).to_json()


def exchanged(line):
    cells = line.split("\t")
    return [*cells[:9], cells[10], cells[9]]


def test_fractions_have_the_digits_of_a_shared_file():
    path = shared("vcf/mutect2_gatk4/gatk_m2_tumoronly_sample1.vcf")
    stated = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line[0] != "#":
            row = line.split("\t")
            named = dict(zip(row[8].split(":"), row[9].split(":"), strict=False))
            stated[number] = {float(share) for share in named.get("AF", "-1").split(",")}
    kept = analyse_vcf(path, filters=FilterSet("all", "1", caller_filter=False)).variants
    said = [item for item in kept if item.vaf_from == "AF"]
    assert len(said) > 100
    assert all(item.vaf in stated[item.line] for item in said)


@pytest.mark.parametrize(
    ("written_as", "meant"),
    [(r"a\x3bb", "a;b"), (r"nonsynonymous\x20SNV", "nonsynonymous SNV"), (r"\x3d\x2c", "=,")],
)
def test_escapes_are_undone(written_as, meant):
    assert annovar.unescaped(written_as) == meant


def changes(gene, names, random):
    pos = random.randrange(1, 900)
    kinds = (f"c.A{pos}T:p.R{pos}W", f"c.{pos}delA:p.R{pos}fs", f"c.{pos}_{pos + 2}CT:p.R{pos}del",
             f"c.{pos}+1G>A:p.?", f"c.A{pos}T:p.R{pos}X", f"c.A{pos}T", "")  # fmt: skip
    return ",".join(f"{gene}:{name}:exon3:{random.choice(kinds)}" for name in names)


def test_the_short_way_through_annovar_says_what_the_long_one_says():
    random, table, keys = Random(8), preferred_transcripts(), annovar.Keys.of("refGene")
    pool, plain = ["NM_006060", "NM_006060.6", "NM_1", "NM_2", "ENST00000331340", ""], 0
    for _ in range(3000):
        gene = random.choice(["IKZF1", "NRAS", "ROBO3", ""])
        names = random.sample(pool, random.randrange(1, 4))
        info = {
            keys.place: random.choice(["exonic", r"exonic\x3bsplicing", "."]),
            keys.exonic: random.choice(["nonsynonymous_SNV", "stopgain", "."]),
            keys.gene: random.choice([gene, gene, f"{gene},OTHER"]),
            keys.change: random.choice([changes(gene, names, random)] * 4 + [".", "UNKNOWN"]),
        }
        short = annovar.plainly_chosen(info, keys, table)
        found = annovar.candidates(info, keys)
        if short is None or not found:
            continue
        listed, basis = choose(found, table)
        chosen = annovar.with_hgvs_names(listed)
        others = [item.transcript for item in found if item is not listed]
        assert short[:6] == (*chosen[:5], basis), info
        assert [name for name in short[6] if name] == [name for name in others if name]
        plain += 1
    assert plain > 150


def test_the_short_names_are_those_of_the_long_patterns():
    for before, after in itertools.product("ACGTNX", repeat=2):
        long = re.fullmatch(r"c\.([ACGTN])(\d+)([ACGTN])", f"c.{before}12{after}")
        wanted = f"c.12{before}>{after}" if long else f"c.{before}12{after}"
        assert annovar.coding(f"c.{before}12{after}") == wanted
    assert annovar.protein("p.X12R") == "p.Ter12Arg"
    assert annovar.protein("p.*12R") == "p.Ter12Arg"
