"""How many chromosomes the leukaemia has: by karyotype, by the number on record, by DNA index.

A clone of the karyotype counts, and of several clones each; without one, the number on record;
without either, the DNA index. A DNA index that speaks against the chromosomes is a contradiction,
and the question is then left open. A normal karyotype counts as 46, which a raised DNA index
contradicts: the dividing cells may have been normal.

Limits of the DNA index by itself (1.16 for high hyperdiploidy is the usual one; the others are this
project's own, to be confirmed): 1.16 to 1.41 high hyperdiploid, below 0.80 hypodiploid, 0.96 to
1.05 neither; all else settles nothing. A doubled near-haploid clone has the index of hyperdiploidy.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from analysis.calls import Certainty, Reason, State
from analysis.iscn.counting import against_two, gains_are_written
from analysis.iscn.karyotype import Clone, CloneKind, Karyotype, KaryotypeAnswer, ModalNumber
from analysis.iscn.reading import FEWEST_CHROMOSOMES
from analysis.subtype.finding import Finding
from analysis.subtype.table import Question
from analysis.wording import N_, say

NORMAL_NUMBER = 46
DIPLOID = ModalNumber(NORMAL_NUMBER, NORMAL_NUMBER)
MOST_HYPODIPLOID = 43
MOST_LOW_HYPODIPLOID = 39
HYPERDIPLOID_FROM = 50
# A hyperdiploid clone has trisomies; tetrasomy of 21 alone is common. This project's own limit.
PAIRS_OF_A_DOUBLED_CLONE = 3
MOST_NEAR_HAPLOID = 34  # up to here gains are written against one of each chromosome
INDEX_TOLERANCE = 0.08  # of the DNA index about chromosomes / 46
HYPERDIPLOID_INDEX = (1.16, 1.41)
DIPLOID_INDEX = (0.96, 1.05)
HYPODIPLOID_INDEX = 0.80


@dataclass(frozen=True)
class Ploidy:
    """What is known of the chromosome number. `numbers` are those of the clones, with the text they
    come from; `unsure` is set where a clone could not be read, or was seen in one cell only."""

    numbers: tuple[tuple[ModalNumber, str], ...]
    masked: tuple[Reason, ...]
    normal: bool
    unsure: tuple[Reason, ...]
    dna_index: float | None
    conflicts: tuple[Reason, ...]
    failed: bool
    why_failed: tuple[Reason, ...] = ()
    normal_number: ModalNumber = DIPLOID

    @property
    def modal(self) -> ModalNumber | None:
        """The number of the first clone (the stemline), or of a hypodiploid one, from which a clone
        of twice its number descends; that of the normal cells for a normal karyotype (47 with a
        constitutional trisomy 21); None where findings contradict each other or a clone was not
        read."""
        if self.conflicts or self.unsure:
            return None
        if self.numbers:
            hypodiploid = (n for n, _ in self.numbers if n.high <= MOST_HYPODIPLOID)
            return next(hypodiploid, self.numbers[0][0])
        return self.normal_number if self.normal else None


def read_ploidy(
    karyotype: Karyotype,
    *,
    recorded: int | None,
    dna_index: float | None,
    state: State,
) -> Ploidy:
    """`recorded` is the modal number on record, `state` that of a karyotype without text."""
    clones = [clone for clone in karyotype.abnormal if clone.modal]
    sure = [clone for clone in clones if not _one_cell(clone, karyotype)]
    numbers = [(clone.modal, clone.text) for clone in sure]
    normal_number = _normal_number(karyotype)
    conflicts = list(_state_differs(karyotype, state))
    is_normal = karyotype.answer is KaryotypeAnswer.NORMAL
    called_abnormal = is_normal and state is State.ALTERED
    why_failed = tuple(conflicts) if called_abnormal else ()
    if karyotype.answer is KaryotypeAnswer.FEW_METAPHASES:
        why_failed = karyotype.reasons[:1]
        if recorded == normal_number.low:
            recorded = None  # counted in the same few metaphases
    if recorded is not None:
        differs = _recorded_differs_from(recorded, clones, karyotype, normal_number)
        conflicts += differs
        if not numbers or differs:
            numbers.append((ModalNumber(recorded, recorded), ""))
    no_text = karyotype.answer is KaryotypeAnswer.NOT_TESTED
    ploidy = Ploidy(
        numbers=tuple(numbers),
        masked=_masked(sure),
        normal=(is_normal and not called_abnormal) or (no_text and state is State.NOT_DETECTED),
        unsure=_unsure(karyotype, [clone for clone in clones if clone not in sure]),
        dna_index=dna_index,
        conflicts=tuple(conflicts),
        failed=State.NOT_EVALUABLE in (karyotype.state, state) or called_abnormal,
        why_failed=why_failed,
        normal_number=normal_number,
    )
    return _with_index_conflict(ploidy)


def _normal_number(karyotype: Karyotype) -> ModalNumber:
    """46, or what the normal cells have by birth."""
    normal = (c.modal for c in karyotype.clones if c.kind is CloneKind.NORMAL and c.modal)
    return next(normal, DIPLOID)


def _state_differs(karyotype: Karyotype, state: State) -> tuple[Reason, ...]:
    """A karyotype on record as normal whose text is abnormal, or the other way round."""
    of_text = karyotype.state
    if not (of_text.answered and state.answered) or of_text is state:
        return ()
    sentence = N_("The karyotype is on record as {state}, its text says {answer}: “{text}”.")
    word = KaryotypeAnswer.ABNORMAL if state is State.ALTERED else KaryotypeAnswer.NORMAL
    message = say(sentence, state=word, answer=karyotype.answer, text=karyotype.text)
    return (Reason("karyotype_state_differs", message),)


def _recorded_differs_from(
    recorded: int, clones: list[Clone], karyotype: Karyotype, normal_number: ModalNumber
) -> list[Reason]:
    if clones and not any(c.modal.low <= recorded <= c.modal.high for c in clones):
        return [_recorded_differs(recorded, clones)]
    if karyotype.answer is KaryotypeAnswer.NORMAL and recorded != normal_number.low:
        return [_recorded_differs(recorded, list(karyotype.clones))]
    return []


def _one_cell(clone: Clone, karyotype: Karyotype) -> bool:
    """Seen in one cell, and no other clone descends from it."""
    descended = any(
        word in other.text.lower() for other in karyotype.clones for word in ("idem", "sl")
    )
    return clone.cells == 1 and not descended


def _unsure(karyotype: Karyotype, single: list[Clone]) -> tuple[Reason, ...]:
    reasons = [
        item.reason
        for item in karyotype.unread
        if karyotype.clones[item.clone - 1].kind is CloneKind.NOT_UNDERSTOOD
    ] if karyotype.clones else []  # fmt: skip
    for clone in single:
        sentence = N_("“{clone}” was seen in one cell: it is not counted as a clone.")
        reasons.append(Reason("one_cell_not_counted", say(sentence, clone=clone.text)))
    return tuple(reasons)


def _recorded_differs(recorded: int, clones: list[Clone]) -> Reason:
    sentence = N_("The modal number on record is {recorded}, the karyotype says {numbers}.")
    numbers = tuple(dict.fromkeys(clone.modal.text for clone in clones if clone.modal))
    return Reason("modal_number_differs", say(sentence, recorded=recorded, numbers=numbers))


def _with_index_conflict(ploidy: Ploidy) -> Ploidy:
    index, numbers = ploidy.dna_index, [number for number, _ in ploidy.numbers]
    if ploidy.normal and not numbers:
        numbers = [ploidy.normal_number]
    if index is None or not numbers:
        return ploidy
    fits = any(
        number.low / NORMAL_NUMBER - INDEX_TOLERANCE
        <= index
        <= number.high / NORMAL_NUMBER + INDEX_TOLERANCE
        for number in numbers
    )
    if fits:
        return ploidy
    sentence = N_(
        "The DNA index {index} does not fit {numbers} chromosomes (expected about {expected})."
    )
    message = say(
        sentence,
        index=f"{index:g}",
        numbers=tuple(number.text for number in numbers),
        expected=tuple(f"{number.low / NORMAL_NUMBER:.2f}" for number in numbers),
    )
    conflict = Reason("dna_index_differs", message)
    return replace(ploidy, conflicts=(*ploidy.conflicts, conflict))


def ploidy_finding(question: Question, ploidy: Ploidy) -> Finding:
    """Whether the chromosome number lies in the range of the question."""
    low, high = question.chromosomes
    chromosomes = _by_chromosomes(question, ploidy)
    if ploidy.dna_index is None or chromosomes is None:
        return chromosomes or _by_index_or_nothing(question, ploidy)
    index_state = _index_state(low, high, ploidy.dna_index)
    against = [c for c in ploidy.conflicts if c.code == "dna_index_differs"]
    differ = index_state.answered and chromosomes.state.answered
    # An index of hypodiploidy does not tell its class, and leaves each class open.
    differ = differ or chromosomes.state is State.NOT_DETECTED
    if against and differ and index_state is not chromosomes.state:
        return Finding(
            State.NOT_EVALUABLE,
            (*chromosomes.reasons, *against),
            Certainty.UNCERTAIN,
            tuple(dict.fromkeys((*chromosomes.conflicts, *against))),
        )
    return chromosomes


def _by_chromosomes(question: Question, ploidy: Ploidy) -> Finding | None:
    low, high = question.chromosomes
    numbers = ploidy.numbers
    if not numbers and ploidy.normal:
        numbers = ((ploidy.normal_number, ""),)
    if not numbers:
        return Finding(State.NOT_EVALUABLE, ploidy.unsure) if ploidy.unsure else None
    states = [number.within(low, high) for number, _ in numbers]
    recorded = [c for c in ploidy.conflicts if c.code == "modal_number_differs"]
    if recorded and len(set(states)) > 1:
        return Finding(State.NOT_EVALUABLE, tuple(recorded), conflicts=tuple(recorded))
    for state in (State.ALTERED, State.NOT_EVALUABLE):
        if state in states:
            reason = _number_reason(state, *numbers[states.index(state)])
            if state is State.ALTERED and low > NORMAL_NUMBER and ploidy.masked:
                return Finding(state, (reason, *ploidy.masked), Certainty.UNCERTAIN)
            return Finding(state, (reason,))
    if ploidy.unsure:
        return Finding(State.NOT_EVALUABLE, ploidy.unsure)
    if high < NORMAL_NUMBER and ploidy.masked and low <= MOST_LOW_HYPODIPLOID:
        return Finding(State.NOT_EVALUABLE, ploidy.masked)
    border = question.borderline
    for number, _text in numbers:
        if border and number.within(*border) is not State.NOT_DETECTED:
            return Finding(State.NOT_EVALUABLE, (_border_reason(number),))
    return Finding(State.NOT_DETECTED, (_number_reason(State.NOT_DETECTED, *numbers[0]),))


def _border_reason(number: ModalNumber) -> Reason:
    sentence = N_(
        "{number} chromosomes lie on the border: high hyperdiploidy is usually 51-65, and counted "
        "up to 67 by some."
    )
    return Reason("borderline_number", say(sentence, number=number.text))


def _masked(clones: list[Clone]) -> tuple[Reason, ...]:
    """A clone whose gains are all of two copies, as the doubling of a near-haploid or low
    hypodiploid clone makes them; nothing where the hypodiploid clone itself is seen."""
    if any(clone.modal.high <= MOST_HYPODIPLOID for clone in clones):
        return ()
    sentence = N_(
        "“{text}” has its gains in pairs: it may be a doubled near-haploid or low hypodiploid "
        "clone (masked hypodiploidy)."
    )
    return tuple(
        Reason("masked_hypodiploidy", say(sentence, text=clone.text))
        for clone in clones
        if _gains_in_pairs(clone)
    )


def _gains_in_pairs(clone: Clone) -> bool:
    """Also of a clone written against three or four sets: two or four of each autosome, as
    "64<4n>" with fourteen autosomes lost in pairs has, and never three."""
    if clone.modal.low <= HYPERDIPLOID_FROM:
        return False
    if clone.ploidy in (3, 4):
        copies = _copies_of_autosomes(clone, clone.ploidy)
        return min(copies.count(2), copies.count(4)) >= PAIRS_OF_A_DOUBLED_CLONE and (
            copies.count(2) + copies.count(4) == len(copies)
        )
    if clone.ploidy not in (None, 2):
        return False
    gained: Counter[str] = Counter()
    for change in clone.changes:
        if change.sign == "+" and not change.kind and not change.constitutional:
            gained[change.chromosomes[0]] += change.copies[0]
    # X of a boy, of whom one is doubled, makes a single gain.
    autosomes = [number for name, number in gained.items() if name not in ("X", "Y")]
    return len(autosomes) >= PAIRS_OF_A_DOUBLED_CLONE and all(n == 2 for n in autosomes)


def _copies_of_autosomes(clone: Clone, level: int) -> list[int]:
    """How many there are of each of the 22, counted from `level` sets."""
    copies = dict.fromkeys((str(number) for number in range(1, 23)), level)
    for change in clone.changes:
        if change.sign and not change.kind and change.chromosomes[0] in copies:
            step = change.copies[0] if change.sign == "+" else -change.copies[0]
            copies[change.chromosomes[0]] += step
    return list(copies.values())


def _number_reason(state: State, number: ModalNumber, text: str) -> Reason:
    if state is State.NOT_EVALUABLE:
        sentence = N_("The number of chromosomes, {number}, reaches over the limit.")
    elif text:
        sentence = N_("The karyotype has {number} chromosomes (“{text}”).")
    else:
        sentence = N_("The modal chromosome number is {number}.")
    return Reason("chromosome_number", say(sentence, number=number.text, text=text))


def _by_index_or_nothing(question: Question, ploidy: Ploidy) -> Finding:
    low, high = question.chromosomes
    if ploidy.dna_index is not None:
        state = _index_state(low, high, ploidy.dna_index)
        sentence = N_("The DNA index is {index}; the chromosomes were not counted.")
        reason = Reason("dna_index_alone", say(sentence, index=f"{ploidy.dna_index:g}"))
        return Finding(state, (reason,), Certainty.UNCERTAIN)
    if ploidy.failed and ploidy.why_failed:
        conflicts = tuple(c for c in ploidy.why_failed if c in ploidy.conflicts)
        return Finding(State.NOT_EVALUABLE, ploidy.why_failed, conflicts=conflicts)
    if ploidy.failed:
        message = say(N_("The karyotype could not be read, and there is no DNA index."))
        return Finding(State.NOT_EVALUABLE, (Reason("karyotype_unreadable", message),))
    message = say(N_("The chromosomes were not counted, and there is no DNA index."))
    return Finding(State.NOT_TESTED, (Reason("not_tested", message),))


def _index_state(low: int, high: int, index: float) -> State:
    """What the DNA index by itself says of low..high chromosomes."""
    if low > NORMAL_NUMBER:
        if HYPERDIPLOID_INDEX[0] <= index <= HYPERDIPLOID_INDEX[1]:
            return State.ALTERED
        return State.NOT_DETECTED if index <= DIPLOID_INDEX[1] else State.NOT_EVALUABLE
    if index < HYPODIPLOID_INDEX:
        # Hypodiploid, but of which class only the number tells.
        return State.ALTERED if low == FEWEST_CHROMOSOMES else State.NOT_EVALUABLE
    return State.NOT_DETECTED if index >= DIPLOID_INDEX[0] else State.NOT_EVALUABLE


def trisomy_finding(question: Question, karyotype: Karyotype, ploidy: Ploidy) -> Finding:
    """Three copies of a chromosome in a clone of the karyotype, where two are the rule: an extra
    copy in a triploid, tetraploid or doubled clone is not what is meant."""
    name = question.trisomy
    gained = [clone for clone in karyotype.abnormal if _gains(clone, name)]
    sure = next((clone for clone in gained if not _one_cell(clone, karyotype)), None)
    if sure:
        sentence = N_("The karyotype has a gain of chromosome {name} (“{text}”).")
        reason = Reason("trisomy", say(sentence, name=name, text=sure.text))
        return Finding(State.ALTERED, (reason,))
    if karyotype.answer is KaryotypeAnswer.NORMAL and ploidy.conflicts:
        return Finding(State.NOT_EVALUABLE, ploidy.conflicts)
    if karyotype.answer is KaryotypeAnswer.NORMAL:
        message = say(N_("The karyotype is normal."))
        return Finding(State.NOT_DETECTED, (Reason("karyotype_normal", message),))
    if karyotype.answer is not KaryotypeAnswer.ABNORMAL:
        message = say(N_("Without a karyotype, {label} is not known."), label=question.label)
        state = karyotype.state if not ploidy.failed else State.NOT_EVALUABLE
        return Finding(state, (Reason("no_karyotype", message),))
    if gained:
        return Finding(State.NOT_EVALUABLE, ploidy.unsure)
    hidden = any(
        c.kind in ("mar", "r") or c.uncertain for k in karyotype.abnormal for c in k.changes
    )
    if hidden or not karyotype.understood:
        sentence = N_("Chromosomes that are not identified may hold {label}.")
        message = say(sentence, label=question.label)
        return Finding(State.NOT_EVALUABLE, (Reason("chromosomes_unidentified", message),))
    silent = next((clone for clone in karyotype.abnormal if not gains_are_written(clone)), None)
    if silent:
        sentence = N_("“{text}” does not write each gained chromosome: {label} is not excluded.")
        message = say(sentence, text=silent.text, label=question.label)
        return Finding(State.NOT_EVALUABLE, (Reason("gains_not_written", message),))
    sentence = N_("The karyotype has no gain of chromosome {name}.")
    return Finding(State.NOT_DETECTED, (Reason("no_trisomy", say(sentence, name=name)),))


def _gains(clone: Clone, name: str) -> bool:
    """Whether the chromosome is written as gained, against two of each."""
    near_haploid = clone.ploidy == 1 or clone.modal.high <= MOST_NEAR_HAPLOID
    if near_haploid or not against_two(clone):
        return False
    return any(
        c.sign == "+" and not c.kind and c.chromosomes == (name,) and not c.uncertain
        for c in clone.changes
    )
