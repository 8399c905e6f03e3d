"""The Chinese of the explanations: places kept, the four answers kept apart, whole sentences."""

import gettext
import re
from collections import Counter
from string import Formatter

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from ikzf1_checklist import CHECKLIST

from analysis import wording
from analysis.calls import State
from analysis.cohort import significance
from analysis.cohort.effect import EffectName
from analysis.ikzf1 import Ikzf1Evidence, ikzf1_status

CATALOGUE = wording.LOCALE_DIR / "zh_Hans" / "LC_MESSAGES" / "analysis.po"
FOUR = {
    "altered": "检出变异",
    "not detected": "未检出",
    "not evaluable": "无法评估",
    "not tested": "未检测",
}
# What a Chinese laboratory report writes in Latin letters: methods, genes, and what the
# laboratory itself wrote (HGVS names, transcripts, reasons for a failed sample).
NAMES = {"B-ALL", "DNA", "ICC", "IK", "IKZF", "InDel", "MLPA", "SNV", "VAF", "WHO-HAEM", "ZF", "p"}
LABORATORY = re.compile(
    r"[cp]\.[A-Za-z0-9_*>+\-]+|N[MC]_[\d.]+|Leu160|"
    r"library failed|too little DNA|degraded|drift"
)


def _translations():
    with CATALOGUE.open("rb") as file:
        return {item.id: item.string for item in read_po(file, locale="zh_Hans") if item.id}


def _places(sentence):
    return Counter(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)


TRANSLATIONS = _translations()


@pytest.fixture
def chinese(tmp_path, monkeypatch):
    """The catalogue of the project, compiled afresh, in the place of the installed one."""
    folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with CATALOGUE.open("rb") as source, (folder / "analysis.mo").open("wb") as target:
        write_mo(target, read_po(source, locale="zh_Hans"))
    with (folder / "analysis.mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    plain = gettext.NullTranslations()
    monkeypatch.setattr(
        wording, "_catalogue", lambda language: catalogue if language == "zh-hans" else plain
    )
    return "zh-hans"


def _latin_left(text):
    words = re.findall(r"[A-Za-z][A-Za-z-]*", LABORATORY.sub("", text))
    return [word for word in words if word.rstrip("-") not in NAMES]


def test_every_sentence_has_its_chinese():
    missing = [sentence for sentence, chinese in TRANSLATIONS.items() if not chinese]
    assert not missing


def test_places_in_chinese_are_those_of_the_english():
    assert len(TRANSLATIONS) > 300
    moved = {
        sentence: chinese
        for sentence, chinese in TRANSLATIONS.items()
        if _places(sentence) != _places(chinese)
    }
    assert not moved


def test_sentences_close_as_chinese_ones_do():
    """A full stop becomes 。; no half-width comma, semicolon, colon or bracket stands beside a
    Chinese character."""
    wrong = {
        sentence: chinese
        for sentence, chinese in TRANSLATIONS.items()
        if sentence.endswith(".") != chinese.endswith("。")
        or (
            re.search(r"[\u4e00-\u9fff}][,;:(]|[,;:)][\u4e00-\u9fff]", chinese)
            and sentence not in ("{median} ({low}–{high})", "{first}::{second}")
        )
    }
    assert not wrong


def test_four_states_are_four_words():
    assert {state.label_en: TRANSLATIONS[state.label_en] for state in State} == FOUR
    assert len(set(FOUR.values())) == 4


@pytest.mark.parametrize(
    ("start", "state"),
    [
        ("IKZF1 altered: ", "altered"),
        ("IKZF1 alteration not detected: ", "not detected"),
        ("IKZF1 not evaluable: ", "not evaluable"),
        ("IKZF1 not tested: ", "not tested"),
    ],
)
def test_headline_begins_with_the_word_of_the_state(start, state):
    assert TRANSLATIONS[start + "{findings}."].startswith("IKZF1" + FOUR[state])


@pytest.mark.parametrize("state", ["not evaluable", "not tested"])
def test_an_answer_without_a_result_keeps_its_word_everywhere(state):
    sentences = {s: zh for s, zh in TRANSLATIONS.items() if re.search(rf"\b{state}\b", s)}
    assert len(sentences) >= 5
    assert not {s: zh for s, zh in sentences.items() if FOUR[state] not in zh}


def test_no_word_of_one_state_slips_into_a_sentence_of_another():
    """未检出 (looked for and not found) and 未检测 (not looked for) differ by one character."""
    for sentence, chinese in TRANSLATIONS.items():
        english = sentence.lower()
        if "未检测" in chinese:
            untested = r"not (?:\w+ )*(?:tested|measured)|\b(?:no|none) .*\btested"
            assert re.search(untested, english), sentence
        if "未检出" in chinese:
            assert re.search(r"not (?:\w+ )*detected|\bno\b|neither", english), sentence
        if "无法评估" in chinese:
            assert "not evaluable" in english, sentence


def test_mlpa_ratio_and_odds_ratio_are_two_terms():
    for sentence, chinese in TRANSLATIONS.items():
        odds = "odds ratio" in sentence.lower() or sentence == "sample"
        assert ("比值比" in chinese) == odds, sentence
        # A column's or a note's own name in quotation marks is not translated.
        said = re.sub(r'"[^"]*"', "", sentence)
        assert ("比值" in chinese) == (bool(re.search(r"\bratio\b", said)) or odds), sentence


@pytest.mark.parametrize(
    ("test", "name"),
    [
        (significance.TestName.PEARSON, "Pearson卡方检验"),
        (significance.TestName.YATES, "Yates连续性校正卡方检验"),
        (significance.TestName.FISHER, "Fisher精确检验"),
    ],
)
def test_tests_bear_the_names_of_chinese_statistics(test, name, chinese):
    assert test.label(chinese) == name


def test_every_effect_names_its_interval(chinese):
    assert all("95%置信区间" in effect.label(chinese) for effect in EffectName)


def _row(description):
    _, copy_number, sequencing, *_ = next(row for row in CHECKLIST if row[0] == description)
    return ikzf1_status(Ikzf1Evidence(copy_number, sequencing))


@pytest.mark.parametrize(
    ("description", "headline", "reasons"),
    [
        (
            "exons 4-7 lost: IK6",
            "IKZF1检出变异：外显子4-7杂合缺失，拷贝数1，异构体IK6，显性负效（效应：已确立）；"
            "未检出SNV/InDel。",
            (
                "MLPA已检测IKZF1；判读为正常：外显子1-3、8。",
                "外显子4-7杂合缺失，拷贝数1，异构体IK6，显性负效（效应：已确立）。",
                "阅读框保留，四个DNA结合锌指全部丢失：余289个氨基酸（IK6），"
                "抑制正常蛋白（显性负效）。",
                "依据一项发现判定IKZF1检出变异。",
            ),
        ),
        (
            "both done, both clean",
            "IKZF1未检出变异：未检出大片段缺失；未检出SNV/InDel。",
            (
                "MLPA：IKZF1八个外显子均判读为正常。",
                "原始细胞占85%：全部原始细胞均缺失一个拷贝时，预期比值为0.58；"
                "两个拷贝均缺失时为0.15。",
                "测序：未报告IKZF1变异。",
                "两项检测均有结果，在各自的检测能力范围内均未检出变异。",
            ),
        ),
        (
            "MLPA unreadable, not sequenced",
            "IKZF1无法评估：大片段缺失无法评估（MLPA样本不合格）；SNV/InDel未检测。",
            (
                "MLPA样本无法判读；不采用其判读结果。",
                "无测序记录：IKZF1的SNV/InDel未检测。",
                "可判读的部分未检出变异；无法判读的部分可能掩盖变异。",
            ),
        ),
        (
            "nothing was done",
            "IKZF1未检测：大片段缺失未检测；SNV/InDel未检测。",
            (
                "无IKZF1拷贝数检测（MLPA）的记录：大片段缺失未检测。",
                "无测序记录：IKZF1的SNV/InDel未检测。",
                "仅当MLPA与测序均有结果时，IKZF1才可判为未检出；未检测的部分仍可能有变异。",
            ),
        ),
    ],
)
def test_a_child_of_each_state_is_explained_in_chinese(description, headline, reasons, chinese):
    status = _row(description)
    assert status.headline.text(chinese) == headline
    told = [reason.text(chinese) for reason in status.reasons]
    for sentence in reasons:
        assert sentence in told


def test_details_of_a_variant_are_no_list_of_equals(chinese):
    assert _row("N159Y, MLPA normal").headline.text(chinese) == (
        "IKZF1检出变异：SNV c.475A>T，p.Asn159Tyr，错义，外显子5，ZF2，VAF 31%，致病，"
        "DNA结合锌指改变（效应：不确定）；未检出大片段缺失。"
    )


@pytest.mark.parametrize("row", CHECKLIST, ids=[row[0] for row in CHECKLIST])
def test_no_english_is_left_in_what_a_child_is_told(row, chinese):
    status = ikzf1_status(Ikzf1Evidence(row[1], row[2]))
    messages = (status.headline, *(reason.message for reason in status.reasons), *status.missing)
    for text in (message.text(chinese) for message in messages):
        assert "{" not in text and "}" not in text
        assert not _latin_left(text), text
        assert not re.search(r"。[。；，]|：：|（）", text), text
    assert status.headline.text(chinese).endswith("。")
