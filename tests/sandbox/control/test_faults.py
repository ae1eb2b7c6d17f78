"""Every kind of fault at Certify: what is done, and what the caller sees."""

from __future__ import annotations

import json
import time

import pytest
import requests

from include.sandbox.faults import KINDS, Faults

HEADERS = {"x-api-key": "sandbox-key", "x-api-secret": "sandbox-secret", "Content-Type": "application/json"}


def put(sandbox, email="a@example.com"):
    return requests.put(f"{sandbox.url}/v1/users", json={"Email": email}, headers=HEADERS, timeout=30)


def emails(sandbox):
    return [user["Email"] for user in sandbox.state("certify", "users")]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("http_400", 400),
        ("http_401", 401),
        ("http_403", 403),
        ("http_429", 429),
        ("http_500", 500),
        ("http_502_html", 502),
        ("http_503_html", 503),
        ("html_200", 200),
        ("rate_limit_text", 200),
    ],
)
def test_faults_before_the_commit_do_nothing(fresh_sandbox, kind, status):
    fresh_sandbox.fault(side="certify", match="PUT users", kind=kind)
    answer = put(fresh_sandbox)
    assert answer.status_code == status
    assert emails(fresh_sandbox) == []
    if "html" in kind:
        assert "<html>" in answer.text
    elif status < 500 and status != 200:
        assert answer.json()["errorCode"] == str(status)
    assert ("Retry-After" in answer.headers) == (kind == "http_429")
    assert put(fresh_sandbox).status_code == 200
    assert emails(fresh_sandbox) == ["a@example.com"]


@pytest.mark.parametrize("kind", ["http_500", "http_502_html", "http_503_html", "html_200"])
def test_the_same_after_the_commit(fresh_sandbox, kind):
    fresh_sandbox.fault(side="certify", match="users", kind=kind, commit=True)
    assert "ID" not in put(fresh_sandbox).text
    assert emails(fresh_sandbox) == ["a@example.com"]


@pytest.mark.parametrize(("kind", "left"), [("drop_before", []), ("drop_after_commit", ["a@example.com"])])
def test_dropped_connections(fresh_sandbox, kind, left):
    fresh_sandbox.fault(side="certify", kind=kind)
    with pytest.raises(requests.ConnectionError):
        put(fresh_sandbox)
    assert emails(fresh_sandbox) == left
    assert put(fresh_sandbox, "b@example.com").status_code == 200


def test_524_and_truncation_and_malformed_answers_come_after_the_commit(fresh_sandbox):
    fresh_sandbox.fault(side="certify", kind="http_524_after_commit")
    assert put(fresh_sandbox, "one@example.com").status_code == 524
    fresh_sandbox.fault(side="certify", kind="truncate_body")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        put(fresh_sandbox, "two@example.com")
    fresh_sandbox.fault(side="certify", kind="malformed_xml")
    answer = put(fresh_sandbox, "three@example.com")
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)
    assert emails(fresh_sandbox) == ["one@example.com", "two@example.com", "three@example.com"]


def test_the_work_may_be_committed_later(fresh_sandbox):
    fresh_sandbox.settings(late_commit_seconds=0.4)
    fresh_sandbox.fault(side="certify", kind="drop_after_commit")
    with pytest.raises(requests.ConnectionError):
        put(fresh_sandbox)
    assert emails(fresh_sandbox) == []
    deadline = time.monotonic() + 20
    while not emails(fresh_sandbox):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_partial_commit_does_some_of_the_records(fresh_sandbox):
    ids = fresh_sandbox.load("certify", "users", [{"Email": f"{n}@example.com"} for n in range(4)])["ids"]
    fresh_sandbox.fault(side="certify", match="POST users", kind="partial_commit", commit_first=3)
    body = [{"ID": identity, "FirstName": "New"} for identity in ids]
    with pytest.raises(requests.ConnectionError):
        requests.post(f"{fresh_sandbox.url}/v1/users", json=body, headers=HEADERS, timeout=30)
    assert [user["FirstName"] for user in fresh_sandbox.state("certify", "users")] == ["New", "New", "New", ""]


def test_results_shuffled_or_missing(fresh_sandbox):
    ids = fresh_sandbox.load("certify", "users", [{"Email": f"{n}@example.com"} for n in range(5)])["ids"]
    body = [{"ID": identity, "FirstName": "New"} for identity in ids]
    fresh_sandbox.fault(side="certify", match="POST users", kind="shuffle_results")
    mixed = requests.post(f"{fresh_sandbox.url}/v1/users", json=body, headers=HEADERS, timeout=30).json()
    assert [one["ID"] for one in mixed] != ids
    assert sorted(one["ID"] for one in mixed) == sorted(ids)
    fresh_sandbox.fault(side="certify", match="GET users", kind="missing_result")
    page = requests.get(f"{fresh_sandbox.url}/v1/users", headers=HEADERS, timeout=30).json()
    assert page["Records"] == 5
    assert len(page["Users"]) == 4


def test_exact_amounts_survive_a_missing_result(fresh_sandbox):
    fresh_sandbox.load(
        "certify", "expensereports", [{"TotalAmount": f"{n}0.10", "ProcessedDate": "2026-03-07"} for n in range(1, 4)]
    )
    fresh_sandbox.fault(side="certify", kind="missing_result")
    text = requests.get(f"{fresh_sandbox.url}/v1/expensereports", headers=HEADERS, timeout=30).text
    assert text.count('"TotalAmount":') == 2
    assert text.count("0.10,") >= 2


def test_times_match_and_clear(fresh_sandbox):
    fresh_sandbox.fault(side="certify", match="PUT users", kind="http_500", times=2)
    assert requests.get(f"{fresh_sandbox.url}/v1/users", headers=HEADERS, timeout=30).status_code == 200
    assert [put(fresh_sandbox, f"{n}@example.com").status_code for n in range(3)] == [500, 500, 200]
    log = requests.get(f"{fresh_sandbox.url}/_sandbox/faults", timeout=30).json()
    assert log["fired"] == 2
    assert log["active"] == []
    assert log["log"][0]["kind"] == "http_500"
    fresh_sandbox.fault(side="certify", kind="http_500", times=100)
    fresh_sandbox.clear_faults()
    assert put(fresh_sandbox, "z@example.com").status_code == 200


@pytest.mark.parametrize(
    ("order", "hint"),
    [
        ({"kind": "http_418"}, "http_429"),
        ({"kind": "http_500", "side": "both"}, "certify"),
        ({"kind": "gw_0001", "side": "certify"}, "intacct"),
        ({"kind": "http_500", "probability": 2}, "probability"),
        ({"kind": "http_500", "skip": -1}, "skip"),
        ({"kind": "http_500", "times": 0}, "times"),
        ({"kind": "http_500", "matches": "*"}, "match"),
        ({"kind": "drop_before", "commit": True}, "http_500"),
    ],
)
def test_wrong_orders_say_what_is_right(fresh_sandbox, order, hint):
    answer = requests.post(f"{fresh_sandbox.url}/_sandbox/faults", json=order, timeout=30)
    assert answer.status_code == 400
    assert hint in answer.json()["error"]


class Memory:
    def __init__(self):
        self.kept = {}

    def get_meta(self, key):
        return self.kept.get(key)

    def set_meta(self, key, value):
        self.kept[key] = json.loads(json.dumps(value))


def strikes(seed, memory=None):
    faults = Faults(memory or Memory())
    faults.add({"kind": "http_500", "probability": 0.3, "seed": seed, "times": 1000})
    return [faults.pick("certify", ["GET users"]) is not None for _ in range(300)]


def test_probability_is_seeded_and_repeatable():
    first = strikes(1)
    assert first == strikes(1) != strikes(2)
    assert 50 < sum(first) < 130


def test_a_fault_strikes_at_the_request_that_it_was_ordered_for_and_at_no_other():
    faults = Faults(Memory())
    faults.add({"kind": "http_500", "match": "users", "skip": 2})
    asked = ["GET users", "GET departments", "GET users", "GET users", "GET users"]
    assert [bool(faults.pick("certify", [name])) for name in asked] == [False, False, False, True, False]


def test_dice_go_on_after_a_restart_as_if_there_had_been_none():
    memory = Memory()
    faults = Faults(memory)
    faults.add({"kind": "http_500", "probability": 0.5, "times": 1000})
    before = [faults.pick("certify", ["x"]) is not None for _ in range(20)]
    after = [Faults(memory).pick("certify", ["x"]) is not None for _ in range(20)]
    whole = Faults(Memory())
    whole.add({"kind": "http_500", "probability": 0.5, "times": 1000})
    assert before + after == [whole.pick("certify", ["x"]) is not None for _ in range(40)]


def test_what_is_ordered_after_clearing_strikes_as_it_would_have_at_first():
    faults = Faults(Memory())
    faults.add({"kind": "http_400"})
    faults.clear()
    faults.add({"kind": "http_500", "probability": 0.3, "seed": 1, "times": 1000})
    assert [faults.pick("certify", ["GET users"]) is not None for _ in range(300)] == strikes(1)


def test_each_kind_strikes_only_where_it_exists():
    for kind, known in KINDS.items():
        for side in ("intacct", "certify"):
            faults = Faults(Memory())
            faults.add({"kind": kind, "side": "*"})
            assert (faults.pick(side, ["x"]) is not None) == (side in known.sides)


def test_an_expired_session_needs_a_session():
    faults = Faults(Memory())
    faults.add({"kind": "session_expired"})
    assert faults.pick("intacct", ["getAPISession"], session=False) is None
    assert faults.pick("intacct", ["query APBILL"], session=True).kind == "session_expired"
