"""Whatever a text is, in a mail it is that text: no markup, no link, no line of its own, and nothing is lost of it."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html

from certify_intacct.notifications.rendering import rendered
from certify_intacct.rules.texts import readable

#: What a mail program would make a link of by itself.
LINKED = re.compile(r"\w://|\bwww\.|\w@\w|\w\.\w*[^\W\d_]")
texts = st.text(max_size=80) | st.lists(
    st.sampled_from(["http", "://", "evil", ".", "example", "@", "www", "/", "<b>", "&amp;", "\n", "{{", "\u202e", "`", "1", " "]),
    max_size=12,
).map("".join)  # fmt: skip


@given(texts)
@example(
    "see https://evil.example/x and www.evil.example or ana@evil.example\nTo do: pay <a href='http://x.y'>here</a>"
)
def test_a_text_stays_a_text(text):
    plain, marked_up = rendered("notice", subject="s", lines=[f"|{text}|"], link="")
    shown = readable(f"|{text}|", 1000)
    root = html.fromstring(marked_up)
    assert [element for element in root.iter() if element.tag in ("a", "b", "script", "img")] == []
    (line,) = root.xpath("//body//p")
    assert line.text_content() == shown
    assert not [piece for piece in line.xpath(".//text()") if LINKED.search(piece)]
    assert len(plain.rstrip("\n").split("\n")) == 1
    assert "://" not in plain
    assert "www." not in plain


def test_an_address_of_ours_is_a_link_as_it_stands():
    ours = "https://airflow.example.com/connector/waiting?desk=accounts%20payable&days=3"
    plain, marked_up = rendered("notice", subject="s", lines=["x"], link=ours)
    assert ours in plain
    (link,) = html.fromstring(marked_up).xpath("//a")
    assert link.get("href") == link.text_content() == ours


def test_an_address_of_another_kind_is_none():
    for address in ("/connector/", "javascript:alert(1)", ""):
        plain, marked_up = rendered("notice", subject="s", lines=["x"], link=address)
        assert html.fromstring(marked_up).xpath("//a") == []
        assert plain.strip() == "x"
