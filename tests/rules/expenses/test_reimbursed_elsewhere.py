"""What Certify's ReimbursementTransactionID says: nothing, that the employee was paid, or something that nobody can read."""

from __future__ import annotations

import pytest

from certify_intacct.model.payers import Payer
from certify_intacct.model.rules import Rule
from certify_intacct.posting.recheck import objection
from certify_intacct.rules.expenses.hashing import business_content
from tests.rules.expenses.company import REFERENCES, TODAY, card_line, configuration, line, plan_report, report

NOTHING = ["", " ", "0", "000", " 0 "]
PAID = ["1", "800412", "Manual Pay", "0012"]
UNREADABLE = ["1_000", "８００４１２", "٣", "-1", "1.0", "+5", "0x10", "1e3", "0.0", "paid", "none"]


@pytest.mark.parametrize(
    ("text", "held"), [*((one, False) for one in NOTHING), *((one, True) for one in PAID + UNREADABLE)]
)
def test_a_number_or_manual_pay_is_a_payment_and_zero_is_none(text, held):
    whole = report(line("a", "10"), reimbursement_transaction_id=text)
    planned = plan_report(whole, [line("a", "10")], REFERENCES, configuration(), today=TODAY)
    assert {hold.rule for hold in planned.all_holds} == ({Rule.ALREADY_REIMBURSED} if held else set())
    if text in UNREADABLE:
        assert repr(text) in planned.all_holds[0].reason
    company_paid = card_line("a", "10", "T-1")
    header = report(company_paid, reimbursement_transaction_id=text)
    assert plan_report(header, [company_paid], REFERENCES, configuration(), today=TODAY).documents


@pytest.mark.parametrize(
    ("answer", "stopped"),
    [
        *(({"ReimbursementTransactionID": one}, False) for one in [*NOTHING, None, 0]),
        *(({"ReimbursementTransactionID": one}, True) for one in [*PAID, *UNREADABLE, 7]),
        *(({"Reimbursed": one}, True) for one in [True, 1, "1", "true", "True", "TRUE", "yes", "perhaps"]),
        *(({"Reimbursed": one}, False) for one in [False, 0, "0", "false", "False", None, ""]),
    ],
)
def test_the_same_is_said_at_the_moment_of_sending(answer, stopped):
    whole = report(line("a", "10"))
    header = {
        "ReimAmount": "10", "NonReimAmount": "0", "TotalAmount": "10", "Currency": "USD", "EmployeeID": "E-1007",
        "EmpGLD1Code": "100", "ProcessedDate": "2026-03-07", **answer,
    }  # fmt: skip
    planned = business_content(whole, [line("a", "10")])["report"]
    assert bool(objection(planned, header, (), Payer.EMPLOYEE)) is stopped
    assert objection(planned, header, (Rule.ALREADY_REIMBURSED,), Payer.EMPLOYEE) == ""
