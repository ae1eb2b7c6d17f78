"""Templates of texts: what is filled in is text, whatever it looks like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.model import templates

NAMES = ("category", "reason")


@pytest.mark.parametrize(
    ("template", "category", "reason", "text"),
    [
        ("{category}: {reason}", "Hotel", "Visit", "Hotel: Visit"),
        ("{category}[: {reason}]", "Hotel", "Visit", "Hotel: Visit"),
        ("{category}[: {reason}]", "Hotel", "", "Hotel"),
        ("[{category}/{reason}]!", "", "", "!"),
        ("[{category}/{reason}]!", "", "x", "/x!"),
        ("[[{{{category}}}]]", "Hotel", "", "[{Hotel}]"),
        ("[always]", "", "", "always"),
        ("{category}", "[{reason}] {{", "x", "[{reason}] {{"),
        ("", "Hotel", "Visit", ""),
    ],
)
def test_filled(template, category, reason, text):
    assert templates.fill(template, {"category": category, "reason": reason}) == text


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{categorie}", "there is no field {categorie}; there are category, reason"),
        ("{category.x}", "there is no field {category.x}"),
        ("{category!r}", "there is no field {category!r}"),
        ("{}", "there is no field {}"),
        ("{category", "a brace { has no partner"),
        ("category}", "a brace } has no partner"),
        ("[{category}", "a bracket [ has no partner"),
        ("{category}]", "a bracket ] has no partner"),
        ("[a [{category}]]", "a bracket [ has no partner, or stands within another"),
    ],
)
def test_what_is_none_is_refused_in_words(template, why):
    with pytest.raises(ValueError, match=r".") as caught:
        templates.check(template, NAMES)
    assert why in str(caught.value)


@given(st.text(), st.text(), st.text())
def test_a_text_that_is_doubled_comes_back_as_it_was(before, category, after):
    def meant(text: str) -> str:
        return "".join(sign * 2 if sign in "{}[]" else sign for sign in text)

    template = f"{meant(before)}{{category}}{meant(after)}"
    assert templates.fill(template, {"category": category, "reason": ""}) == before + category + after


@given(st.text(alphabet="{}[]abc_ category"))
def test_whatever_is_written_is_a_template_or_refused_in_words(template):
    try:
        said = templates.fill(template, dict.fromkeys(templates.fields_of(template), "x"))
    except ValueError as error:
        assert str(error).startswith(("a brace", "a bracket"))  # noqa: PT017 - either is right
    else:
        # What is left of a sign is one of a pair.
        assert all(said.count(sign) <= template.count(sign * 2) for sign in "{}[]")
