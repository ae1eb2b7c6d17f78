"""Each route of the pages, those that somebody adds later too: none answers a stranger, none changes anything for who only reads, and
none takes a form that no page of ours made for its sender."""

from __future__ import annotations

from collections.abc import Iterator

from certify_intacct.pages import forms
from certify_intacct.pages.links import PREFIX

FILLED = {"{dag_id}": "expense_sync", "{load_id}": "1", "{report_id}": "x", "{stream}": "certify_expenses"}
ORIGIN = {"Origin": "http://testserver"}


def routes(*methods: str) -> Iterator[tuple[str, str]]:
    """Method and address of each."""
    from certify_intacct.pages.app import app

    for route in app.routes:
        address = f"{PREFIX}{route.path}"  # type: ignore[attr-defined]
        for name, value in FILLED.items():
            address = address.replace(name, value)
        assert "{" not in address, f"say here what stands in {address}"
        yield from ((method, address) for method in route.methods if method in methods)  # type: ignore[attr-defined]


class _Dana:
    def get_id(self) -> str:
        return "dana"


def test_there_are_some(connections, browser):
    assert len(list(routes("GET"))) > 20
    assert len(list(routes("POST"))) > 8


def test_no_route_answers_a_stranger_or_who_has_no_right(connections, decides, browser):
    for role, status in ((None, 401), ("", 403)):
        somebody = browser(role)
        for method, address in routes("GET", "POST"):
            answer = somebody.request(method, address, follow_redirects=False)
            assert (answer.status_code, method, address) == (status, method, address), role


def test_no_form_of_who_only_reads_is_taken_whatever_it_carries(connections, decides, browser):
    viewer = browser("viewer")
    for method, address in routes("POST"):
        form = {"token": forms.token(_Dana()), "reason": "x", "decision": "release", "item": "x:y:z", "once": "0" * 16}
        answer = viewer.request(method, address, data=form, headers=ORIGIN, follow_redirects=False)
        assert (answer.status_code, address) == (403, address)


def test_no_form_of_another_site_or_without_its_token_is_taken(connections, decides, browser):
    somebody = browser("admin")
    for method, address in routes("POST"):
        good, bad = {"token": forms.token(_Dana()), "reason": "x"}, {"token": "x", "reason": "x"}
        for form, headers in (
            (good, {}),
            (good, {"Origin": "https://evil.example"}),
            (bad, ORIGIN),
            ({"reason": "x"}, ORIGIN),
        ):
            answer = somebody.request(method, address, data=form, headers=headers, follow_redirects=False)
            assert (answer.status_code, address) == (403, address), headers


def test_no_address_ends_in_a_trace(connections, decides, browser):
    """Numbers beyond any, texts that are no text, and what a database would take for something."""
    reader = browser("admin")
    for value in ("9" * 40, "-1", "0x10", "%00", "1%27%3B--", "..%2F..%2Fetc", "\U0001f4b8", "a" * 3000):
        for _, address in routes("GET"):
            for filled in ("/1", "/x", "/certify_expenses", "expense_sync"):
                if filled in address:
                    answer = reader.get(
                        address.replace(filled, f"/{value}" if filled[0] == "/" else value), follow_redirects=False
                    )
                    assert answer.status_code < 500, (address, value, answer.text[:300])
    figures = ("9" * 40, "-1", "1e999", "1e9999999", "1e-99999", "NaN", "2026-02-30")
    for value in (*figures, "\x00", "';--", "\U0001f4b8" * 60, "\ud83d"):
        asked = dict.fromkeys(
            ("q", "rule", "desk", "state", "entity", "days", "page", "said", "code", "load", "load_id", "turn", "dag", "day", "kind",
             "action", "subject", "difference", "report"), value,
        )  # fmt: skip
        for _, address in routes("GET"):
            answer = reader.get(
                address,
                params={name: text.encode("utf-8", "surrogatepass") for name, text in asked.items()},
                follow_redirects=False,
            )
            assert answer.status_code < 500, (address, value, answer.text[:300])


FIELDS = (
    "item", "decision", "one", "record_no", "kind", "person", "user", "stream", "days", "posting", "first", "last", "amounts",
    "withdraw", "about", "back", "once",
)  # fmt: skip
GARBAGE = (
    "", " ", "x", ":", "x:y:z", "::", "release", "release x:y:z", "9" * 40, "-1", "1e9999999", "NaN", "٣", "0001-01-01", "9999-12-31",
    "USD 1, USD 1", "USD 999999999999.99", "link", "page=9&q=%00&q=%ed%a0%bd&said=x&rule", "'; --", "\x1b[31m\r\nSet-Cookie: a=b",
    "\u202e\U0001f4b8", "%s%(a)s{{ 7*7 }}", "a" * 9000,
)  # fmt: skip


def test_no_form_ends_in_a_trace_whatever_stands_in_it(connections, decides, browser):
    """Of somebody who may decide, from a page of ours, with its token: a browser lets its user put anything into a field."""
    somebody = browser("admin", "dana")
    for _, address in routes("POST"):
        for value in GARBAGE:
            form = {"token": forms.token(_Dana()), "reason": "Because it is so", **dict.fromkeys(FIELDS, value)}
            answer = somebody.post(address, data=form, headers=ORIGIN, follow_redirects=False)
            outside = answer.status_code == 503 and "is not served by Airflow" in answer.text
            assert answer.status_code < 500 or outside, (address, value[:40], answer.text[:300])
            assert "set-cookie" not in answer.headers, (address, value[:40])
            assert answer.headers.get("location", "").split("?")[0].startswith(("http", "//")) is False, (
                address,
                value[:40],
            )
