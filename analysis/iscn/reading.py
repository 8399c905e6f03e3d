"""ISCN text to a `Karyotype`, by a stated grammar; what it does not know is named, never guessed.

    karyotype = clones [ "//" clones ]                 (after "//": cells of a donor)
    clones    = clone { "/" clone }
    clone     = number "," sex { "," change } [ cells ] | "nonclonal" [ cells ]
    number    = digits [ ("~" | "-") digits ] [ "<" digit "n" ["+" | "-"] ">" ]
    sex       = { "X" | "Y" } ["?"] ["c"] | "U" | "?"
              | ("idem" | "sl" | "sdl" [digit]) [ "x" digit ]      (the changes of another clone)
    cells     = "[" ["cp"] [digits] "]"
    change    : see `analysis.iscn.changes`

Remarks in words are parted from the karyotype first (`analysis.iscn.remarks`). A normal karyotype
of fewer than `LEAST_CELLS` metaphases is not evaluable.

"idem" and "sl" stand for the first clone, "sdl" for the second and "sdl1", "sdl2" ... for the
second, third ...; "idem" after a normal first clone cannot be read. Blanks are dropped, full-width
signs and letters in the wrong case are read as what they are. "culture failed", "no growth" and
the like are no result; a text that is empty or "unknown" was not tested. A FISH or array part
(".ish", "nuc ish", "arr") is not read here.

A normal karyotype excludes no cryptic change: t(12;21), P2RY8::CRLF2, DUX4 and most Ph-like fusions
are not seen; and the cells that divided may not have been those of the leukaemia.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from analysis.calls import Reason
from analysis.iscn.changes import read_change
from analysis.iscn.counting import count_reason
from analysis.iscn.karyotype import (
    Change,
    Clone,
    CloneKind,
    Karyotype,
    KaryotypeAnswer,
    ModalNumber,
    Unread,
)
from analysis.iscn.remarks import Remarks, without_remarks
from analysis.wording import N_, say

MOST_CHARACTERS = 4000
FEWEST_CHROMOSOMES, MOST_CHROMOSOMES = 20, 250
# The central review of CALGB refuses a normal karyotype of fewer than 20 metaphases (Mrózek et al.
# 2008, Int J Oncol 33:239). The least that is still taken for one, with a warning, is this
# project's convention, to be confirmed.
USUAL_CELLS = 20
LEAST_CELLS = 10

_FAILED = re.compile(
    r"cultur\w*\s*fail|fail|no\s*growth|no\s*(?:analy[sz]able\s*)?(?:mitos[ei]s|metaphase)"
    r"|insufficient|inadequate|no\s*(?:result|yield)|失败|未成功|无法分析|不能分析|不合格|凝固|凝血"
    r"|(?:未|无|没有)(?:(?!异常|克隆|正常)[^,;。\d]){0,12}(?:分裂|生长|结果)"
    r"|(?:分裂[相象]|细胞数?)[^,;。]{0,4}(?:少|差|不足)",
    re.IGNORECASE,
)
# A failure is the answer only where no karyotype stands beside it.
_A_KARYOTYPE = re.compile(r"\d{2,3}\s*(?:<\dn[+-]?>)?\s*,?\s*[XYxy]")
_NOT_DONE = re.compile(
    r"unknown|n/?a|not?\s*(?:done|tested|available|performed)|none|pending|-|\.|/|未做|未行|未查|未检"
    r"|未送检|未送|未检测|未检查|未做检查|拒查|不详|未知|无|待报|待报告|待回报|待结果|未回报|未出|未出结果"
    r"|结果未出|结果未回",
    re.IGNORECASE,
)
# Such a part ends where the next clone begins with its number, as in "46,XX.ish ...[10]/56,XX,+4".
_NEXT_CLONE = r"/{1,2}\s*\d{2,3}(?:\s*[~-]\s*\d{2,3})?(?:<\dn[+-]?>)?\s*,\s*(?:[XYU?]|idem|sl|sdl)"
_OTHER_METHOD = re.compile(
    r"[.,;]?\s*(?:(?<![a-z])(?:nuc\s*ish|ish|arr|seq|rsa|ogm)\b|(?<=\.)ish)"
    rf".*?(?=\s*(?:$|{_NEXT_CLONE}))",
    re.IGNORECASE | re.DOTALL,
)
_SIGNS = str.maketrans(
    {"–": "-", "—": "-", "−": "-", "‐": "-", "、": ",", "×": "x", "→": "->", "〜": "~", "∼": "~"}
    | {"【": "[", "】": "]", "〔": "[", "〕": "]", "「": "[", "」": "]"}
)
_NUMBER = re.compile(r"(\d{1,3})(?:[~-](\d{1,3}))?(?:<(\d)n[+-]?>)?")
_CELLS = re.compile(r"(?P<clone>.*?)\[(?P<composite>cp)?(?P<cells>\d{0,4})\]", re.IGNORECASE)
_OF_CELLS = re.compile(r"(?<=[^\s,/])\s+(?P<cells>\d{1,3})\s*/\s*(?P<of>\d{1,3})$")
# A count of cells ends a clone: a comma or semicolon behind it stands for no slash.
_NEXT_WITHOUT_SLASH = re.compile(r"\[(?:cp)?\d{0,4}\][,;](?P<next>\d{2,3}\D.*)", re.IGNORECASE)
_SEX = re.compile(r"(?P<sex>[XY]{1,9}|U|\?)(?P<doubt>\??)(?P<c>c?)")
_NO_COMMA = re.compile(r"(\d{2}(?:[~-]\d{2})?)([XYxy]{1,4}\??c?)")  # "46XY"
# What a change looks like, however it is misspelt: a sign before it, a number in brackets.
_LIKE_A_CHANGE = re.compile(r"\??[+-].*|.*\(.*\d.*|.*\d[pq].*", re.DOTALL)
_OTHER_CLONE = re.compile(r"(?P<word>idem|sl|sdl)(?P<which>\d?)(?:x(?P<times>\d))?", re.IGNORECASE)


def read_karyotype(text: str) -> Karyotype:
    """What `text` says. Never raises: what is not understood is in `unread`, part by part."""
    text = text or ""
    written = _normalised(text)
    if not written or _NOT_DONE.fullmatch(written):
        reason = Reason("karyotype_not_tested", say(N_("No karyotype is recorded.")))
        return Karyotype(text, KaryotypeAnswer.NOT_TESTED, reasons=(reason,))
    if _FAILED.search(written) and not _A_KARYOTYPE.search(written):
        message = say(N_("The karyotype gave no result: “{text}”."), text=written[:80])
        reasons = (Reason("karyotype_failed", message),)
        return Karyotype(text, KaryotypeAnswer.FAILED, reasons=reasons)
    if len(written) > MOST_CHARACTERS:
        unread = _unread(f"{written[:40]}…", 1, "karyotype_too_long",
                         N_("The text is too long for a karyotype: “{part}”."))  # fmt: skip
        return _whole(text, (), (unread,))
    other, written = _other_methods(written)
    written, cells = _cells_of_all(written)
    remarks = without_remarks(written)
    clones, unread = _clones(remarks.karyotype)
    cells = remarks.metaphases if cells is None else cells
    if cells is not None and len(clones) == 1 and clones[0].cells is None:
        clones = (replace(clones[0], cells=cells),)
    return _whole(text, clones, (*other, *_of_remarks(remarks), *unread), remarks)


def _cells_of_all(written: str) -> tuple[str, int | None]:
    """The text without "8/30" at its end, and the 8: so many of the cells counted. A clone is never
    a number alone, and never follows a blank without its sex chromosomes."""
    found = _OF_CELLS.search(written)
    if found is None or "[" in written or int(found["cells"]) > int(found["of"]):
        return written, None
    return written[: found.start()], int(found["cells"])


def _normalised(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).translate(_SIGNS)
    shown = "".join(ch for ch in plain if ch.isprintable() or ch.isspace())
    return " ".join(shown.split()).rstrip(".,;。 ")


_OTHER_METHOD_SENTENCE = N_(
    "A FISH, array or sequencing part is not read here: “{part}”. Enter it as its own test."
)


def _other_methods(written: str) -> tuple[tuple[Unread, ...], str]:
    """The parts by other methods, and the text without them."""
    found = tuple(
        _unread(other[0].strip(), 1, "other_method", _OTHER_METHOD_SENTENCE)
        for other in _OTHER_METHOD.finditer(written)
    )
    return found, _OTHER_METHOD.sub("", written)


def _of_remarks(remarks: Remarks) -> tuple[Unread, ...]:
    sentence = N_(
        "The remark “{part}” is not understood, so it is not known whether it reports a change."
    )
    return (
        *(_unread(part, 1, "other_method", _OTHER_METHOD_SENTENCE) for part in remarks.other_tests),
        *(_unread(part, 1, "remark_not_understood", sentence) for part in remarks.unread),
    )


def _clones(written: str) -> tuple[tuple[Clone, ...], tuple[Unread, ...]]:
    unread: list[Unread] = []
    written = re.sub(r"\s+", "", written)
    own, double, donor = written.partition("//")
    clones: list[Clone] = []
    for part in _parts(own):
        clone, problems = _clone(part, clones, len(clones) + 1)
        clones.append(clone)
        unread += problems
        if stray := _behind_cells(part):
            problems = [_unread(stray, len(clones) + 1, "no_slash", _NO_SLASH)]
            clones.append(Clone(stray, CloneKind.NOT_UNDERSTOOD))
            unread += problems
    for part in _parts(donor) if double else ():
        clone, problems = _clone(part, [], len(clones) + 1)
        clones.append(replace(clone, kind=CloneKind.DONOR))
        unread += problems
    return _constitutional(clones), tuple(unread)


def _parts(text: str) -> list[str]:
    """The clones: parts between slashes that do not stand in square brackets."""
    return re.split(r"/(?![^\[\]]*\])", text) if text else []


_NO_SLASH = N_(
    "“{part}” stands behind a count of cells without a slash, so it is not read as a clone."
)


def _behind_cells(part: str) -> str:
    """What follows "[12]," or "[12];" as a clone would: its number first."""
    found = _NEXT_WITHOUT_SLASH.search(part)
    return part[found.start("next") :] if found else ""


def _clone(text: str, before: list[Clone], place: int) -> tuple[Clone, list[Unread]]:
    if stray := _behind_cells(text):
        text = text.removesuffix(stray).rstrip(",;")
    body, cells, composite = text, None, False
    if counted := _CELLS.fullmatch(text):
        body, composite = counted["clone"], bool(counted["composite"])
        cells = int(counted["cells"]) if counted["cells"] else None
    empty = Clone(text, CloneKind.NOT_UNDERSTOOD, cells=cells, composite=composite)
    if body.lower() in ("nonclonal", "non-clonal"):
        return replace(empty, kind=CloneKind.NOT_CLONAL), []
    if not text:
        sentence = N_("Nothing stands before or after a slash: “{part}”.")
        return empty, [_unread("/", place, "empty_place", sentence)]
    number, *fields = _fields(body)
    if together := _NO_COMMA.fullmatch(number):
        number, fields = together[1], [together[2], *fields]
    modal, ploidy = _modal(number)
    if modal is None:
        sentence = N_("“{part}” is not a number of chromosomes, so this clone is not read.")
        return empty, [_unread(number or text, place, "no_modal_number", sentence)]
    if before and not fields and cells is None:
        sentence = N_(
            "“{part}” is a number without sex chromosomes behind a slash: cells counted, or a "
            "clone that is not written out."
        )
        return empty, [_unread(text, place, "bare_number", sentence)]
    parts = _ClonePart(fields, before, place)
    clone = replace(
        empty,
        kind=CloneKind.ABNORMAL,
        modal=modal,
        ploidy=ploidy,
        sex=parts.sex,
        changes=tuple(parts.changes),
    )
    if not parts.sex and not fields:
        sentence = N_("No sex chromosomes are written after the number “{part}”.")
        parts.unread.append(_unread(number, place, "no_sex_chromosomes", sentence))
    bare = modal == ModalNumber(46, 46) and not parts.sex and not parts.changes
    if (_normal(clone) or bare) and not parts.inherits:
        clone = replace(clone, kind=_kind_without_changes(parts.unread))
    return clone, parts.unread


def _kind_without_changes(unread: list[Unread]) -> CloneKind:
    """Of a clone in which no change was read: abnormal only where what was not read looks like
    one, and normal only where nothing was left unread."""
    if not unread:
        return CloneKind.NORMAL
    change = any(_LIKE_A_CHANGE.fullmatch(item.part) for item in unread)
    return CloneKind.ABNORMAL if change else CloneKind.NOT_UNDERSTOOD


class _ClonePart:
    """The fields after the number of one clone: sex chromosomes, then changes."""

    def __init__(self, fields: list[str], before: list[Clone], place: int) -> None:
        self.sex = ""
        self.changes: list[Change] = []
        self.unread: list[Unread] = []
        self.inherits = False
        self._before, self._place = before, place
        for index, field in enumerate(fields):
            if index > 0 or not self._first(field):
                self._change(field)

    def _first(self, field: str) -> bool:
        """Whether the field after the number is what belongs there."""
        if found := _SEX.fullmatch(re.sub("[xyu]", lambda small: small[0].upper(), field)):
            self.sex = found["sex"] + ("c" if found["c"] else "")
            return True
        if found := _OTHER_CLONE.fullmatch(field):
            self.inherits = True
            other = self._other(found)
            if other is None:
                sentence = N_("“{part}” refers to a clone that is not there.")
                self.unread.append(_unread(field, self._place, "clone_not_there", sentence))
            else:
                self.sex = other.sex
                self.changes = list(other.changes)
            return True
        return False

    def _other(self, found: re.Match[str]) -> Clone | None:
        which = int(found["which"] or 1) if found["word"].lower() == "sdl" else 0
        known = [clone for clone in self._before if clone.kind is not CloneKind.NOT_CLONAL]
        clone = known[which] if which < len(known) else None
        # "idem" after normal cells means nothing, unless they carry a constitutional change.
        readable = clone and (clone.kind is CloneKind.ABNORMAL or clone.changes)
        return clone if readable else None

    def _change(self, field: str) -> None:
        change = read_change(_cased(field)) if field else None
        if not field:
            sentence = N_("Nothing stands between two commas: “{part}”.")
            self.unread.append(_unread(",", self._place, "empty_place", sentence))
        elif change is None:
            sentence = N_("“{part}” is not understood.")
            self.unread.append(_unread(field, self._place, "change_not_understood", sentence))
        elif change.sign == "-" and self.inherits and change.kind:
            lost = replace(change, text=change.text.lstrip("-"), sign="").chromosomes
            self.changes = [
                c for c in self.changes if not (c.kind == change.kind and c.chromosomes == lost)
            ] + [change]
        else:
            self.changes.append(change)


def _modal(text: str) -> tuple[ModalNumber | None, int | None]:
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None, None
    low = int(found[1])
    high = int(found[2] or low)
    if not FEWEST_CHROMOSOMES <= low <= high <= MOST_CHROMOSOMES:
        return None, None
    return ModalNumber(low, high), int(found[3]) if found[3] else None


def _fields(text: str) -> list[str]:
    """What stands between commas, those within brackets apart; all commas where brackets do not
    close."""
    balanced = text.count("(") == text.count(")")
    return re.split(r",(?![^()]*\))", text) if balanced else text.split(",")


def _cased(text: str) -> str:
    """ "DEL(2)(P23)" as "del(2)(p23)", "t(x,14)" as "t(X;14)": abbreviations in small letters, X
    and Y in capitals, semicolons between the chromosomes and breaks of one change."""
    if text.lower() == "iamp21":
        return text
    if any(ch.isupper() and ch not in "XYU" for ch in text):
        text = text.lower()
    text = re.sub(r"(?<![a-zA-Z])[xy](?![a-z0-9])", lambda found: found[0].upper(), text)
    return text.replace(",", ";")


def _normal(clone: Clone) -> bool:
    """Forty-six chromosomes, two sex chromosomes, and nothing but what is constitutional."""
    acquired = [change for change in clone.changes if not change.constitutional]
    if acquired or clone.modal is None:
        return False
    if clone.changes or clone.sex.endswith("c"):
        return True
    # "46,U": the sex is not disclosed.
    return clone.modal == ModalNumber(46, 46) and clone.sex in ("XX", "XY", "U", "?")


def _constitutional(clones: list[Clone]) -> tuple[Clone, ...]:
    """A clone without a change, whose sex chromosomes another clone calls constitutional, is
    normal for this child."""
    own = {clone.sex.rstrip("c") for clone in clones if clone.sex.endswith("c")}
    return tuple(
        replace(clone, kind=CloneKind.NORMAL)
        if clone.kind is CloneKind.ABNORMAL and not clone.changes and clone.sex in own
        and clone.modal == ModalNumber(44 + len(clone.sex), 44 + len(clone.sex))
        else clone
        for clone in clones
    )  # fmt: skip


def _whole(
    text: str, clones: tuple[Clone, ...], unread: tuple[Unread, ...], remarks: Remarks | None = None
) -> Karyotype:
    remarks = remarks or Remarks("")
    karyotype = Karyotype(text, KaryotypeAnswer.NOT_UNDERSTOOD, clones, unread)
    karyotype = replace(karyotype, answer=_answer(karyotype, remarks))
    return replace(karyotype, reasons=(*_reasons(karyotype), *_remark_reasons(karyotype, remarks)))


def _answer(karyotype: Karyotype, remarks: Remarks) -> KaryotypeAnswer:
    kinds = {clone.kind for clone in karyotype.clones}
    if CloneKind.ABNORMAL in kinds:
        return KaryotypeAnswer.ABNORMAL
    if CloneKind.NORMAL in kinds and CloneKind.NOT_UNDERSTOOD not in kinds:
        if remarks.unread or remarks.abnormal:
            return KaryotypeAnswer.NOT_UNDERSTOOD
        few = karyotype.cells is not None and karyotype.cells < LEAST_CELLS
        return KaryotypeAnswer.FEW_METAPHASES if few else KaryotypeAnswer.NORMAL
    if kinds == {CloneKind.DONOR}:
        return KaryotypeAnswer.DONOR_ONLY
    return KaryotypeAnswer.NOT_UNDERSTOOD


def _remark_reasons(karyotype: Karyotype, remarks: Remarks) -> list[Reason]:
    if not karyotype.clones and remarks.known:
        sentence = N_(
            "“{part}” is no karyotype in ISCN form, so nothing was read from it: not evaluable."
        )
        return [Reason("remark_only", say(sentence, part=remarks.known))]
    against = remarks.normal if karyotype.abnormal else remarks.abnormal
    reasons = []
    for part in remarks.known:
        if part in against:
            sentence = N_("The remark “{part}” does not agree with the karyotype that is written.")
            reasons.append(Reason("remark_disagrees", say(sentence, part=part)))
        else:
            sentence = N_("“{part}” is a remark: the karyotype itself is what was read.")
            reasons.append(Reason("remark", say(sentence, part=part)))
    return reasons


def _reasons(karyotype: Karyotype) -> tuple[Reason, ...]:
    reasons = []
    if karyotype.answer is KaryotypeAnswer.FEW_METAPHASES:
        sentence = N_(
            "Not evaluable: only {cells} metaphases, all of them normal. Fewer than {least} are "
            "not taken for a normal karyotype (a convention); {usual} are usual."
        )
        message = say(sentence, cells=karyotype.cells, least=LEAST_CELLS, usual=USUAL_CELLS)
        reasons.append(Reason("few_metaphases", message))
    if karyotype.answer is KaryotypeAnswer.NORMAL:
        sentence = N_(
            "The karyotype is normal. That excludes no cryptic change, such as t(12;21), and the "
            "cells that divided may not have been leukaemic."
        )
        reasons.append(Reason("karyotype_normal", say(sentence)))
        if karyotype.cells is not None and karyotype.cells < USUAL_CELLS:
            sentence = N_("Only {cells} metaphases were seen; {usual} are usual.")
            message = say(sentence, cells=karyotype.cells, usual=USUAL_CELLS)
            reasons.append(Reason("few_metaphases", message))
    if karyotype.answer is KaryotypeAnswer.DONOR_ONLY:
        message = say(N_("Only cells of a donor were seen, which say nothing of the leukaemia."))
        reasons.append(Reason("donor_only", message))
    for clone in karyotype.abnormal:
        reasons += _of_clone(clone, karyotype)
    return (*reasons, *(item.reason for item in karyotype.unread))


def _of_clone(clone: Clone, karyotype: Karyotype) -> list[Reason]:
    reasons = []
    if clone.cells == 1:
        sentence = N_("“{clone}” was seen in one cell, which is not a clone by the ISCN.")
        reasons.append(Reason("single_cell", say(sentence, clone=clone.text)))
    if any(change.kind == "inc" for change in clone.changes):
        sentence = N_("“{clone}” is marked as incomplete (inc).")
        reasons.append(Reason("incomplete", say(sentence, clone=clone.text)))
    index = karyotype.clones.index(clone) + 1
    if not any(item.clone == index for item in karyotype.unread):
        mismatch = count_reason(clone)
        reasons += [mismatch] if mismatch else []
    return reasons


def _unread(part: str, clone: int, code: str, sentence: str) -> Unread:
    return Unread(part, clone, Reason(code, say(sentence, part=part)))
