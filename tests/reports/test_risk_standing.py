"""The short form of a computed group, as the lists and the marks print it."""

import pytest
from django.utils import translation

from reports.risk_standing import shown_result


@pytest.mark.parametrize(
    ("result", "english", "chinese"),
    [
        ({"group": "IR"}, "IR", "IR"),
        ({"group": "none"}, "no group of the protocol", "方案中没有对应的组"),
        ({"possible": ["IR", "none"]}, "not settled (possible: IR, no group of the protocol)",
         "IR、方案中没有对应的组"),
        ({"now": ["IR"], "possible": ["IR", "HR"]}, "IR now (possible: IR, HR)", "IR、HR"),
    ],
)  # fmt: skip
def test_short_result_is_words_and_never_a_code_for_no_group(result, english, chinese):
    with translation.override("en"):
        assert shown_result(result) == english
    with translation.override("zh-hans"):
        assert chinese in shown_result(result)
