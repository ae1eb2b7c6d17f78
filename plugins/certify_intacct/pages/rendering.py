"""How a page is made: templates in which every text is escaped, and headers under which nothing runs but one script of ours."""

from __future__ import annotations

import base64
import hashlib
from contextvars import ContextVar
from itertools import islice
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from certify_intacct.documents import label_of
from certify_intacct.intacct.hosts import HOSTS
from certify_intacct.model.currencies import money
from certify_intacct.rules.texts import copyable, readable
from certify_intacct.runs.addresses import segment
from certify_intacct.timeline.story import company_zone, when

LARGEST = 1_000_000
#: Where something stands, as a person calls it; the other states are words.
_WORDS = {"in_gl": "in the general ledger", "in_intacct": "in Intacct, not in the general ledger yet"}
#: The pages that every page leads to, by their address below the first one.
TABS = (
    ("", "Home"), ("waiting", "Waiting"), ("loads", "Loads"), ("ledger", "Ledger"), ("reconciliation", "Reconciliation"),
    ("quality", "Quality"), ("decisions", "Decisions"), ("configuration", "Configuration"),
)  # fmt: skip
# Airflow keeps the theme that a person chose there, where this page may read it; without it the page follows the system.
THEME = 'try{const t=localStorage.getItem("theme");if(t==="dark"||t==="light")document.documentElement.style.colorScheme=t}catch(e){}'
_THEME_HASH = base64.b64encode(hashlib.sha256(THEME.encode()).digest()).decode()
#: The way from the page that is asked for up to the first one, such as ``../../``: it holds behind whatever prefix Airflow is served.
ROOT: ContextVar[str] = ContextVar("root", default="")
# What a page would be too large with is cut: characters of a text, rows of a list. No value of a form is as long as the shortest.
_CUTS: tuple[tuple[int, int | None], ...] = ((4000, None), (600, 1000), (600, 200), (600, 50))
_LONGEST_PIECE = 20
_HEADINGS = {
    400: "That cannot be decided so",
    401: "You are not signed in to Airflow",
    403: "Not allowed",
    404: "Not found",
    405: "No page",
    409: "It does not wait like this any more",
    413: "Too much at once",
    422: "Not an address of this page",
    503: "The connector's database",
}


def in_words(state: str) -> str:
    """Where something stands, for a person."""
    return _WORDS.get(state, state.replace("_", " "))


def _whole(text: str) -> str:
    """The class of what is shown in one piece: an ID, a number or a date is not broken in two; what is longer may be."""
    return "whole" if len(text) <= _LONGEST_PIECE and " " not in text else ""


def _environment(longest: int, most: int | None) -> Environment:
    """The templates, as they show texts of at most so many characters and lists of at most so many rows."""

    def shown(value: Any) -> Any:
        # Without what turns the direction of writing. What a macro made is neither of these.
        if type(value) in (str, list, tuple, dict):
            return readable(str(value), longest)
        return value

    # Texts come from two services and from people: every one of them is escaped.
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        finalize=shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["when"] = lambda moment: when(moment, company_zone())
    made.filters["money"] = money
    made.filters["kind"] = label_of
    made.filters["state"] = in_words
    made.filters["segment"] = segment
    made.filters["intacct"] = lambda url: HOSTS.link(url or "")
    made.filters["copyable"] = copyable
    made.filters["whole"] = _whole
    made.filters["some"] = lambda rows: list(islice(rows, most))
    # Who stopped posting: a page that does not know says nothing of it.
    made.globals["stop"] = None
    # The script is ours, and nothing of anybody else's is in it.
    made.globals |= {"tabs": TABS, "theme": Markup(THEME), "root": ROOT.get}  # noqa: S704
    made.globals["cut"] = None if most is None else f"texts after {longest} characters, lists after {most} rows"
    return made


_ENVIRONMENTS = [_environment(*cut) for cut in _CUTS]


def rendered(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page of at most :data:`LARGEST` bytes; what would not fit is cut, and the page says so."""
    values["zone"] = str(company_zone())
    html = next(filter(None, (_within(made.get_template(template), values) for made in _ENVIRONMENTS)), None)
    if html is None:
        return wrong(
            413,
            "There is more to show than a page holds. The database answers: docs/operations.md, Questions to the database.",
        )
    return HTMLResponse(
        html,
        status_code=status,
        headers={
            # Nothing on these pages loads anything or runs, but for the theme; their forms lead here, and nobody else may frame them.
            "Content-Security-Policy": f"default-src 'none'; script-src 'sha256-{_THEME_HASH}'; style-src 'unsafe-inline'; "
            "form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'self'",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            # Others learn nothing of where a link stood. Under no-referrer a browser would not say either where a form came from.
            "Referrer-Policy": "same-origin",
        },
    )


def untrusted(html: bytes) -> HTMLResponse:
    """A page that others made: it is shown as if it came from nowhere, and nothing on it runs or loads anything."""
    return HTMLResponse(
        html,
        headers={
            "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
            "frame-ancestors 'self'",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        },
    )


def _within(template: Template, values: dict[str, Any]) -> str | None:
    """The page; None when it is larger than a page may be, which is seen before it is made whole."""
    parts: list[str] = []
    size = 0
    for part in template.generate(**values):
        size += len(part.encode("utf-8", "surrogatepass"))
        if size > LARGEST:
            return None
        parts.append(part)
    return "".join(parts)


def wrong(status: int, words: str, heading: str = "", *, go: str = "", go_text: str = "") -> HTMLResponse:
    """A page that says what is wrong.

    :param go: the page that helps, by its address below the first one, and ``go_text`` what it is
    """
    return rendered(
        "wrong.html", status=status, heading=heading or _HEADINGS.get(status, "That did not work"), words=words, go=go, go_text=go_text
    )  # fmt: skip
