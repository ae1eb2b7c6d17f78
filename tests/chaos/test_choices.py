"""What the company of a round chooses: each kind its turn, a connector.yaml that the connector takes, and faults that reach it."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from certify_intacct.model.configuration import load
from include.chaos import parameters
from include.chaos.choices import Choices, draw_credits, draw_kinds
from include.chaos.kinds import COMPANY, EMPLOYEE, KINDS, kind_of_number, reader_of
from include.chaos.varieties import SHIPPED
from include.chaos.varieties.policies import VARIETIES

ROUNDS = 3000
TODAY = date(2026, 3, 20)


def test_every_kind_has_its_turn():
    drawn = Counter(
        kind.target for number in range(ROUNDS) for kind in draw_kinds(random.Random(f"1/{number}/kinds")).values()
    )
    possible = [kind for kind in KINDS if not kind.lowers and not kind.of_invoices]
    assert set(drawn) == {kind.target for kind in possible}
    for payer in (EMPLOYEE, COMPANY):
        often = {kind.target: kind.often for kind in possible if kind.payer == payer}
        assert sum(drawn[target] for target in often) == ROUNDS
        for target, times in often.items():
            assert abs(drawn[target] / ROUNDS - times / sum(often.values())) < 0.04, target


def test_every_kind_of_credit_has_its_turn_where_it_lowers_something():
    drawn: Counter[str] = Counter()
    for number in range(300):
        dice = random.Random(f"1/{number}/kinds")
        kinds = draw_kinds(dice)
        for payer, credit in draw_credits(dice, kinds).items():
            assert credit.lowers == kinds[payer].target
            drawn[credit.target] += 1
    assert set(drawn) == {kind.target for kind in KINDS if kind.lowers}
    assert min(drawn.values()) > 30


@pytest.mark.parametrize(
    "company", [kind for kind in KINDS if kind.payer == COMPANY and not kind.of_invoices], ids=lambda kind: kind.target
)
def test_the_connector_takes_what_was_chosen_and_faults_reach_it(tmp_path, company):
    kinds = {EMPLOYEE: reader_of("APBILL"), COMPANY: company}
    credits = {EMPLOYEE: kind_of_number("A")}
    choices = parameters.configuration(random.Random(1), tmp_path / "connector.yaml", kinds, credits, today=TODAY)
    posting = load(tmp_path / "connector.yaml").posting
    assert (posting.employee_paid.target, posting.company_paid.target) == ("ap_bill", company.target)
    assert (posting.credits.employee_paid, posting.credits.adjustment_sign) == ("adjustment", "negative")
    assert (posting.posting_entity == "entity") is choices.inside_entities
    orders = parameters.faults(random.Random(1), 1.0, choices.posted, swallowing=True)
    matches = {order["match"] for order in orders}
    assert {"create APBILL", "create_apadjustment", company.function} <= matches
    used = {kind.function for kind in choices.posted}
    assert not matches & ({kind.function for kind in KINDS} - used)


def test_clerks_know_every_document_of_a_round():
    """They take those of a kind by their number, also the journals of what somebody else pays, and of what was paid elsewhere."""
    kinds = {EMPLOYEE: reader_of("APBILL"), COMPANY: reader_of("CCTRANSACTION")}
    varieties = replace(SHIPPED, policies=VARIETIES[-1])
    assert varieties.policies.clears
    posted = Choices(kinds, varieties=varieties).posted
    assert [kind.object for kind in posted] == ["APBILL", "CCTRANSACTION", "GLBATCH"]
    assert all(kind_of_number(kind.letter) is kind for kind in posted)


def test_a_number_says_its_kind():
    assert [kind_of_number(f"CAAAAAAAAAA-1-001{kind.letter}") for kind in KINDS] == list(KINDS)
