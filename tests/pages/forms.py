"""The forms of a page, as a browser without scripts knows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from starlette.testclient import TestClient

ORIGIN = "http://testserver"


@dataclass
class Form:
    """A form that is sent by POST: what it holds by itself, and what can be chosen in it."""

    action: str
    hidden: dict[str, list[str]] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    disabled: list[str] = field(default_factory=list)
    named: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.inside: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = Form(found.get("action", "")) if found.get("method") == "post" else None
            if self.inside:
                self.forms.append(self.inside)
        elif self.inside and found.get("name"):
            name, value, kind = found["name"], found.get("value", ""), found.get("type", tag)
            self.inside.named.add(name)
            if kind == "hidden":
                self.inside.hidden.setdefault(name, []).append(value)
            elif "disabled" in found:
                self.inside.disabled.append(value)
            elif kind in ("radio", "checkbox"):
                self.inside.choices.setdefault(name, []).append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None


def forms_of(html: str) -> list[Form]:
    """All forms of a page that change something."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms


def send(client: TestClient, page: str, form: Form, *, headers: dict[str, str] | None = None, **typed: Any) -> Any:
    """Sends a form from its page as a browser does, and gives the answer without following it."""
    client.cookies.jar.clear_expired_cookies()
    return client.post(
        urljoin(f"{ORIGIN}{page}", form.action or page),
        data={**form.hidden, **typed},
        headers={"Origin": ORIGIN} if headers is None else headers,
        follow_redirects=False,
    )
