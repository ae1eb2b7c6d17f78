"""How a page is made: templates in which every text is escaped, and headers under which nothing on it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from certify_intacct.documents import label_of
from certify_intacct.intacct.hosts import HOSTS
from certify_intacct.rules.texts import readable
from certify_intacct.timeline.story import company_zone, money, when

LONGEST_TEXT = 4000
_HEADINGS = {
    400: "That cannot be decided so",
    401: "You are not signed in to Airflow",
    403: "Not allowed",
    404: "Not found",
    409: "It does not wait like this any more",
    413: "Too much at once",
    422: "Not an address of this page",
    503: "The connector's database",
}


def _shown(value: Any) -> Any:
    """A text of people without what turns the direction of writing, and no longer than anybody reads."""
    return readable(value, LONGEST_TEXT) if type(value) is str else value


def segment(text: object) -> str:
    """A name in an address is one segment of it, whatever it holds."""
    return quote(str(text), safe="")


# Texts come from two services and from people: every one of them is escaped.
_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    finalize=_shown,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters["when"] = lambda moment: when(moment, company_zone())
_templates.filters["money"] = money
_templates.filters["kind"] = label_of
_templates.filters["segment"] = segment
_templates.filters["intacct"] = lambda url: HOSTS.link(url or "")
# What was said about the form that was sent just before.
_templates.globals["said"] = ()


def rendered(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page."""
    html = _templates.get_template(template).render(zone=str(company_zone()), **values)
    return HTMLResponse(
        html,
        status_code=status,
        headers={
            # Nothing on these pages runs or loads anything, their forms lead here, and nobody else may frame them.
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'self'",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            # Others learn nothing of where a link stood. Under no-referrer a browser would not say either where a form came from.
            "Referrer-Policy": "same-origin",
        },
    )


def wrong(status: int, words: str, heading: str = "") -> HTMLResponse:
    """A page that says what is wrong."""
    return rendered(
        "wrong.html", status=status, heading=heading or _HEADINGS.get(status, "That did not work"), words=words
    )
