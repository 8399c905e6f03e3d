"""Words beside a karyotype: "46,XY[20]，正常核型" is the karyotype 46,XY[20] and a remark.

A remark is a part between commas, semicolons or full stops (or in round brackets) that has Chinese
characters in it, or the English word "normal"; and such words straight before the number of
chromosomes, after the sex chromosomes, or after the number of cells. The words known here (normal,
female, no abnormality seen, n metaphases analysed, advice) add nothing to the karyotype. Of any
other words nobody knows whether they report a change, so they are handed back as not read; none is
ever taken apart for a change ("未见t(9;22)" says that there is none).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MOST_CHARACTERS = 80  # one remark; a longer text is not taken for known words
_HAN = r"[\u3400-\u9fff]"
_WORDS = re.compile(_HAN)
_ENGLISH = re.compile(r"(?:normal|(?:normal\s*)?(?:fe)?male|karyotype|\s)+", re.IGNORECASE)
_SEPARATOR = re.compile(r"[,;。\n](?![^(\[]*[)\]])")
_IN_BRACKETS = re.compile(rf"\([^()\[\]]*{_HAN}[^()\[\]]*\)")
_CELLS_IN_WORDS = re.compile(r"\[(\d{1,4})\s*个?\s*(?:中期)?(?:核)?(?:分裂[相象]|细胞)\]")
# "核型:46": words, then the number that begins the karyotype.
_BEFORE = re.compile(
    rf"(?P<words>{_HAN}[^\d,;]*?)[:\s]*(?P<rest>\d{{2,3}}(?:[~-]\d{{2,3}})?(?:[XYxy<].*)?)"
)
# "XX正常核型", "XX[20] 异常核型": words after the sex chromosomes or after the number of cells.
_AFTER = re.compile(
    rf"(?P<rest>(?:\d{{2}}\s*)?[XYxy]{{1,4}}c?|.*\[(?:cp)?\d*\])\s*(?P<words>{_HAN}[^\[\]]*)",
    re.IGNORECASE,
)
_AFTER_ENGLISH = re.compile(r"(?P<rest>.*\[(?:cp)?\d*\])\s*(?P<words>[a-z][a-z ]*)", re.IGNORECASE)
# "正常[20]": words, then the number of cells.
_AND_CELLS = re.compile(rf"(?P<words>{_HAN}[^\[\]]*)(?P<rest>\[(?:cp)?\d*\])", re.IGNORECASE)
_OTHER_TEST = re.compile(r"FISH|PCR|NGS|MLPA|SNP|原位杂交|测序|芯片|融合基因", re.IGNORECASE)

_NO_CHANGE = (
    r"(?:未见|未发现|未检出|未检测到|无)(?:到|明显|明确|克隆性|克隆|数目|结构|染色体|核型|及|和|或|与|的)*"
    r"(?:异常|畸变)"
)
_ABNORMAL = r"(?:异常|畸变)"
_COUNT = re.compile(
    r"(?P<number>\d{1,3})个(?:可供?分析)?的?(?:中期|有丝)?(?:核)?(?:分裂[相象]|细胞|核型)"
)
_KNOWN = re.compile(
    rf"(?:{_NO_CHANGE}|{_ABNORMAL}|{_COUNT.pattern.replace('?P<number>', '')}"
    r"|正常|女性|男性|女|男|核型|染色体|骨髓|外周血|初诊|[GRQ]显?带|显带|分析|计数|检查|检测|结果|诊断"
    r"|报告|提示|描述|印象|共|仅|可见|见|观察|为|均|克隆性|克隆|改变|细胞|复杂|的|是|:|\s"
    r"|培养|直接法|短期法|\d{1,3}小时|\d{1,3}h|短期"
    r"|建议.*|请?结合.*)+"
)


@dataclass(frozen=True)
class Remarks:
    """`karyotype` is the text without remarks. `known` add nothing to it; of these `normal` call it
    normal, `abnormal` abnormal. `unread` are not understood, `other_tests` report another test.
    `metaphases` is the number that a remark states."""

    karyotype: str
    known: tuple[str, ...] = ()
    normal: tuple[str, ...] = ()
    abnormal: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    other_tests: tuple[str, ...] = ()
    metaphases: int | None = None


@dataclass
class _Found:
    words: list[str] = field(default_factory=list)


def without_remarks(written: str) -> Remarks:
    """`written` (blanks made single) parted into the karyotype and what is said beside it."""
    if not _WORDS.search(written) and "normal" not in written.lower():
        return Remarks(written.replace("。", ","))
    found = _Found()
    text = _CELLS_IN_WORDS.sub(r"[\1]", written)
    text = _IN_BRACKETS.sub(lambda match: _keep(match[0][1:-1], found), text)
    kept = ""
    start = 0
    for match in [*_SEPARATOR.finditer(text), None]:
        end = match.start() if match else len(text)
        part = _own(text[start:end], found)
        if part.strip():
            joins = not kept or part.startswith("[")
            kept += part if joins else f",{part}"
        elif not text[start:end].strip() and match:
            kept += ","  # two separators with nothing between them were there before
        start = match.end() if match else end
    return _sorted(kept, found.words)


def _is_english(part: str) -> bool:
    return "normal" in part.lower() and bool(_ENGLISH.fullmatch(part))


def _keep(words: str, found: _Found) -> str:
    found.words.append(words.strip())
    return ""


def _own(part: str, found: _Found) -> str:
    """What of a part belongs to the karyotype; the words go into `found`."""
    plain = part.strip()
    if _is_english(plain):
        return _keep(plain, found)
    english = _AFTER_ENGLISH.fullmatch(plain)
    if english and _is_english(english["words"]):
        _keep(english["words"], found)
        return english["rest"]
    if not _WORDS.search(plain):
        return part
    if _OTHER_TEST.search(plain):
        return _keep(plain, found)
    for form in (_BEFORE, _AFTER, _AND_CELLS):
        match = form.fullmatch(plain)
        if match and not _WORDS.search(match["rest"]):
            _keep(match["words"], found)
            return match["rest"]
    # Words in the place of a clone belong to the karyotype, which is then not understood.
    return part if "/" in plain else _keep(plain, found)


def _sorted(karyotype: str, words: list[str]) -> Remarks:
    other = [text for text in words if _OTHER_TEST.search(text) and not text.startswith("建议")]
    rest = [text for text in words if text not in other]
    known = [text for text in rest if _is_known(text)]
    normal = [text for text in known if _says_normal(text)]
    counts = [int(match["number"]) for text in known for match in _COUNT.finditer(text)]
    return Remarks(
        karyotype=karyotype,
        known=tuple(known),
        normal=tuple(normal),
        abnormal=tuple(text for text in known if _says_abnormal(text)),
        unread=tuple(text for text in rest if text not in known),
        other_tests=tuple(other),
        metaphases=min(counts) if counts else None,
    )


def _is_known(text: str) -> bool:
    return len(text) <= MOST_CHARACTERS and bool(_KNOWN.fullmatch(text) or _is_english(text))


def _says_normal(text: str) -> bool:
    return "正常" in text or bool(re.search(_NO_CHANGE, text)) or _is_english(text)


def _says_abnormal(text: str) -> bool:
    plain = re.sub(r"(?:建议|请?结合).*", "", re.sub(_NO_CHANGE, "", text))
    return bool(re.search(rf"{_ABNORMAL}|复杂|克隆", plain))
