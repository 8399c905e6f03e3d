"""Sentences kept as data: formatted at the time of reading, and unharmed by a round trip."""

import json

import pytest

from analysis.calls import State
from analysis.wording import Message, Word, say, translate


def test_message_fills_its_places():
    assert str(say("exon {exon} of {gene}", exon=4, gene="IKZF1")) == "exon 4 of IKZF1"


def test_message_writes_words_by_their_label_and_not_their_code():
    assert say("{state}.", state=State.NOT_TESTED).text() == "not tested."


@pytest.mark.parametrize(("language", "text"), [("en", "ZF1, ZF2"), ("zh-hans", "ZF1、ZF2")])
def test_message_joins_a_list_as_the_language_does(language, text):
    assert say("{fingers}", fingers=("ZF1", "ZF2")).text(language) == text


def test_message_in_message_is_written_whole():
    inner = say("exons {range}", range="4-7")
    assert say("deletion of {what}", what=inner).text() == "deletion of exons 4-7"


@pytest.mark.parametrize(("number", "text"), [(20.0, "20"), (0.5, "0.5"), (12, "12")])
def test_message_writes_numbers_without_idle_digits(number, text):
    assert say("{number}", number=number).text() == text


def test_message_leaves_hostile_text_as_it_is():
    text = "<script>{0}$x$</script>"
    assert say("{reason}", reason=text).text() == text


def test_message_reads_back_from_json():
    message = say(
        "{a} {b} {c} {d}",
        a=1,
        b=("x", say("{n}", n=2)),
        c=Word("not tested"),
        d="text",
    )
    back = Message.from_json(json.loads(json.dumps(message.to_json())))
    assert back == message
    assert back.text() == "1 x, 2 not tested text"


def test_labelled_word_is_still_translatable_after_json():
    back = Message.from_json(say("{state}", state=State.ALTERED).to_json())
    assert back.text() == "altered"
    assert dict(back.params)["state"] == Word("altered")


def test_empty_sentence_stays_empty():
    assert translate("", "zh-hans") == ""
