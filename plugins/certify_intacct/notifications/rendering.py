"""Mails from templates. Texts come from two services and from people: none of them breaks out, forges a line, or becomes a link."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from certify_intacct.documents import label_of
from certify_intacct.model.currencies import money
from certify_intacct.rules.texts import copyable, readable
from certify_intacct.timeline.story import company_zone

_LONGEST = 1000
# What programs make a link of by themselves: where it begins, and a name with a domain.
_LINKS = re.compile(r"(?<=\w)(?::(?=/)|@|\.(?=\w*[^\W\d]))")


def rendered(name: str, **values: Any) -> tuple[str, str]:
    """A mail's text and its HTML, from the two templates of that name."""
    text, html = (env.get_template(f"{name}.{kind}").render(values) for kind, env in _ENVIRONMENTS.items())
    return text, html


def _shown(value: Any) -> Any:
    # What we made ourselves, an address for example, is neither of these.
    return readable(str(value), _LONGEST) if type(value) in (str, list, tuple, dict) else value


def _in_text(value: Any) -> Any:
    shown = _shown(value)
    # Markup is an address of ours.
    if type(shown) is not str:
        return shown
    return shown.replace("://", ": //").replace("www.", "www .")


def _in_html(value: Any) -> Any:
    """Escaped, and with a mark that nobody sees in what programs would make a link of; what is copied from it is the text."""
    shown = _shown(value)
    if type(shown) is not str:
        return shown
    parts, end = [], 0
    for found in _LINKS.finditer(shown):
        parts += [escape(shown[end : found.start()]), Markup("<span>{}</span>").format(found.group())]
        end = found.end()
    return Markup("").join([*parts, escape(shown[end:])])


def _address(address: str) -> Markup:
    """An address of ours, as it stands; empty when Airflow does not know where people reach it."""
    return escape(address) if address.startswith(("https://", "http://")) else Markup("")


def _address_in_text(address: str) -> Markup:
    # There is nothing to escape in a text: it is marked as ours, and nothing else is.
    return Markup(address) if _address(address) else Markup("")  # noqa: S704


def _environment(kind: str) -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        # A text is no HTML.
        autoescape=kind == "html",  # noqa: S701
        finalize=_in_html if kind == "html" else _in_text,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["address"] = _address if kind == "html" else _address_in_text
    made.filters["money"] = money
    made.filters["copyable"] = copyable
    made.filters["kind"] = label_of
    made.filters["day"] = lambda moment: f"{moment.astimezone(company_zone()):%Y-%m-%d}"
    return made


_ENVIRONMENTS = {kind: _environment(kind) for kind in ("txt", "html")}
