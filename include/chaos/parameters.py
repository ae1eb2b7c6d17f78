"""What is turned from round to round: what Intacct remembers, the connector's configuration, and which faults strike."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from include.chaos.choices import Choices
from include.chaos.environment import ROOT
from include.chaos.kinds import Kind
from include.chaos.kinds.gl_journal import CLEARING
from include.chaos.oracle_recovery import Memory
from include.chaos.varieties import SHIPPED, Varieties

COMPANY = "chaos"
# The longest time after which a lost request may still be carried out, and be seen: what the sandbox is told stays well below.
LATE_SECONDS = 4.0
APART_SECONDS = 0.6
# So long a control ID counts as refused where an earlier version of the connector did not say for how long.
UNTOLD_SECONDS = LATE_SECONDS + APART_SECONDS

# Memories of control IDs that end within a round, what was measured of them, and what was measured of a long one.
_SHORT_SECONDS = (45.0, 60.0, 80.0)
_MARGIN_SECONDS = 25.0
_LONG_SECONDS = 3600.0


def replays_refused(chosen: dict[str, Any]) -> bool:
    """Whether a control ID that was carried out is refused for good, whoever sends it again."""
    return chosen.get("replay_answer", "failure") == "failure" and chosen.get("replay_scope", "company") != "session"


def memory(rng: random.Random, chosen: dict[str, Any]) -> Memory:
    """How long Intacct remembers control IDs in a round, and how much of that verify_company has shown.

    Often it is so short that it ends between a send and its replay. What was shown ends well before: between the decision to send
    again and the arrival lie Certify's answer, a session, and whatever faults strike both.
    """
    usual = Memory(refused=False, proven=_LONG_SECONDS)
    turn = rng.random()
    seconds = rng.choice(_SHORT_SECONDS)
    if turn < 0.3:
        chosen["replay_retention_seconds"] = seconds
        return Memory(refused=False, seconds=seconds, proven=seconds - _MARGIN_SECONDS)
    if turn < 0.4:
        # As an earlier version left it, which did not say for how long: so long as a document in doubt waits at least.
        chosen["replay_retention_seconds"] = seconds
        return Memory(refused=False, seconds=seconds, proven=UNTOLD_SECONDS)
    return usual


def unknowable(rng: random.Random, chosen: dict[str, Any]) -> bool:
    """Turns a round into one in which a lost request cannot be sent again; says whether replays are measured nevertheless.

    What Intacct does with a control ID that it knows is either not measured, or it is not what makes a replay safe.
    """
    measured = rng.random() < 0.5
    if measured:
        chosen["replay_answer"] = rng.choice(("first_answer", "executed"))
    return measured


def configuration(
    rng: random.Random,
    path: Path,
    kinds: Mapping[str, Kind],
    credits: Mapping[str, Kind],
    *,
    spent: bool = False,
    few_together: bool = False,
    at_once: int = 1,
    by_department: Mapping[str, str] | None = None,
    today: date,
    varieties: Varieties = SHIPPED,
) -> Choices:
    """Writes connector.yaml for a round; returns what of it the judge must know.

    :param kinds: by payer what the part of a report becomes, and `credits` what it becomes where it is below zero
    :param spent: whether lines of expense reports state what was spent in another currency
    :param few_together: documents in a request, so that one lost answer leaves enough others
    :param at_once: requests that a run has under way at Intacct
    :param by_department: where documents are made at top level, the entity of lines for which none is stated; they may share documents
    :param today: from which the company's own rates count
    :param varieties: what else the company chose
    """
    text = yaml.safe_load((ROOT / "include" / "connector.yaml").read_text(encoding="utf-8"))
    inside = rng.random() < 0.3
    text["company"] |= {"time_zone": "UTC", "certify_company": COMPANY, "first_post_date": "2020-01-01"}
    text["people"] |= {"max_creates": rng.choice((3, 500)), "settle_seconds": 0.6}
    text["people"]["deactivation"] |= {"guard_share": 0.5}
    text["people"] |= varieties.kept.people
    text["people"]["sources"][0] |= varieties.kept.source
    text["dimensions"] |= varieties.kept.dimensions
    text["posting"] |= {"posting_entity": "entity" if inside else "top_level"}
    shared = {} if inside else dict(by_department or {})
    choices = Choices(
        kinds, inside_entities=inside, by_department=shared, credits=credits, spent=spent, varieties=varieties
    ).possible
    posting = text["posting"]
    _say_kinds(posting, choices)
    for said in (*choices.varieties.posting(today), choices.overrides.posting):
        for section, values in said.items():
            posting[section] = posting.get(section, {}) | values
    journals = (
        posting["employee_paid"]["journal"],
        posting["company_paid"]["journal"],
        posting["policies"]["already_reimbursed_journal"],
    )
    for journal in filter(None, journals):
        journal["lines"] = choices.varieties.journals
    if shared:
        text["dimensions"]["entity"] |= {"by_department": shared}
        posting |= {"several_entities": "one_document"}
    posting["currencies"]["spent"]["on_lines"] = spent
    # Nobody is there to approve.
    text["posting"]["limits"] |= {"document_amount": None, "times_median": 0}
    text["posting"]["receipts"] |= {"attach": rng.random() < 0.5}
    text["posting"]["sending"] = {
        "batch_size": rng.choice((1, 2, 3) if few_together else (1, 2, 3, 5, 25)),
        "requests_at_once": at_once,
        "late_commit_minutes": LATE_SECONDS / 60,
        "absence_checks_minutes_apart": APART_SECONDS / 60,
    }
    path.write_text(yaml.safe_dump(text, allow_unicode=True), encoding="utf-8")
    return choices


def _say_kinds(posting: dict[str, Any], choices: Choices) -> None:
    """What each payer's part becomes, and what the kinds need to be said."""
    made = [(payer, kind) for payer, kind in choices.made if kind is not CLEARING and not kind.lowers]
    several = {payer for payer, kind in made if any(who == payer and one is not kind for who, one in made)}
    for payer, kind in made:
        posting[f"{payer}_paid"] |= (kind.beside if payer in several else {}) or kind.settings
    for payer, kind in choices.kinds.items():
        posting[f"{payer}_paid"] |= {"target": kind.target}
    for kind in (kind for _, kind in choices.made if kind.lowers):
        posting["credits"] |= {**kind.settings, kind.sign: choices.varieties.sign}


_BEFORE = ("http_429", "http_500", "http_502_html", "http_503_html", "drop_before", "html_200", "rate_limit_text")
_AFTER = (
    "http_524_after_commit", "drop_after_commit", "partial_commit", "truncate_body", "malformed_xml", "slow", "shuffle_results",
    "missing_result",
)  # fmt: skip
# Nothing is done, and the answer does not say so.
_SWALLOWED = ("drop_before", "drop_before", "http_500", "http_502_html", "html_200", "rate_limit_text")
# What ends a run at once strikes seldom, or no run would get anywhere.
_FINAL = ("http_400", "http_401", "http_403")
_COMMITTING = ("http_500", "http_502_html", "http_503_html", "html_200")
_PEOPLE = (
    ("certify", "PUT users"),
    ("certify", "POST users"),
    ("certify", "PUT departments"),
    ("certify", "PUT empglds"),
)
_LISTS = ("PUT empglds", "POST empglds", "GET empglds", "POST users")


# Longer than a request waits for its answer. It takes these seconds indeed, so it strikes seldom.
_TOO_SLOW_SECONDS, _TOO_SLOW_TIMES = 13.0, 3


def faults(
    rng: random.Random, heat: float, kinds: Sequence[Kind], *, swallowing: bool = False, lists: bool = False
) -> list[dict[str, Any]]:
    """Orders of faults for a while: every kind at every call, above all where documents and users are written.

    :param kinds: the kinds of document that are posted
    :param heat: how much; 1 is usual
    :param swallowing: above all requests that are lost before anything is done, and whose sender cannot know
    :param lists: the company keeps further lists, which are written too
    """
    functions = list(dict.fromkeys(kind.function for kind in kinds))
    orders = [_order(rng, "intacct", name, rng.choice(_SWALLOWED), 0.12) for name in functions if swallowing]
    for order in orders:
        order.pop("commit", None)
    orders += [_order(rng, "intacct", name, rng.choice(_AFTER + _AFTER + _BEFORE), 0.22 * heat) for name in functions]
    anything = rng.choice([*functions, *dict.fromkeys(kind.object for kind in kinds)])
    orders.append(
        _order(
            rng,
            "intacct",
            anything,
            rng.choice((*_BEFORE, "gw_0001", "session_expired", "service_offline")),
            0.1 * heat,
        )
    )
    orders += [_order(rng, *rng.choice(_PEOPLE), rng.choice(_BEFORE + _AFTER), 0.3 * heat)]
    everything = ((side, kind) for side in ("intacct", "certify") for kind in (*_BEFORE, *_AFTER))
    anywhere = [*everything, ("intacct", "gw_0001"), ("intacct", "session_expired"), ("intacct", "service_offline")]
    orders += [_order(rng, side, "*", kind, 0.05 * heat) for side, kind in rng.sample(anywhere, 6)]
    if rng.random() < 0.3:
        orders.append(_order(rng, rng.choice(("intacct", "certify")), "*", rng.choice(_FINAL), 0.05) | {"times": 1})
    if lists:
        orders.append(_order(rng, "certify", rng.choice(_LISTS), rng.choice(_BEFORE + _AFTER), 0.3 * heat))
    return orders


def _order(rng: random.Random, side: str, match: str, kind: str, probability: float) -> dict[str, Any]:
    order = {
        "side": side,
        "match": match,
        "kind": kind,
        "probability": min(1.0, probability),
        "times": None,
        "seed": rng.getrandbits(30),
    }
    if kind == "slow":
        order["seconds"] = rng.choice((0.05, 0.05, 0.3, 0.3, 0.3, _TOO_SLOW_SECONDS))
        if order["seconds"] == _TOO_SLOW_SECONDS:
            order["times"] = _TOO_SLOW_TIMES
    if kind == "http_429":
        order["retry_after"] = rng.choice((0, 0, 1))
    if kind in _COMMITTING and rng.random() < 0.6:
        order["commit"] = True
    return order
