"""What looks like a known code and is another one."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.rules.near_misses import looks_like, near_miss


@pytest.mark.parametrize(
    "written",
    [
        "E-1007 ", " E-1007", "e-1007", "E-1007\u200b", "\ufeffE-1007", "E-\u00ad1007", "\u202aE-1007\u202c", "Ｅ-１００７",
        "E - 1007", "E-1007\t", "E-1007\u00a0", "E-1007\u3164", "E-1007\ufe0f",
    ],
)  # fmt: skip
def test_blank_case_width_and_invisible_characters(written):
    assert near_miss(written, ["E-1008", "E-1007"]) == "E-1007"
    assert looks_like(written, ["E-1007"]) == " It looks like 'E-1007'."


@pytest.mark.parametrize("written", ["E-1007", "E-1001", "E1007", "", " ", "\u200b"])
def test_the_code_itself_another_one_and_nothing_at_all_look_like_none(written):
    assert near_miss(written, ["E-1007"]) == ""
    assert looks_like(written, ["E-1007"]) == ""


@given(
    st.text(alphabet=string.ascii_letters + string.digits + "-/.&", min_size=1),
    st.text(alphabet=" \u200b\ufeff\u00ad\u2066\t", max_size=3),
    st.data(),
)
def test_whatever_nobody_sees_and_wherever_it_stands(code, unseen, data):
    place = data.draw(st.integers(0, len(code)))
    written = data.draw(st.sampled_from([code, code.upper(), code.swapcase()]))
    written = written[:place] + unseen + written[place:]
    assert near_miss(written, ["another one", code]) == ("" if written == code else code)
