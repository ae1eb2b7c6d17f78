"""The billed calls that a plan shows are the records that its load then writes at Intacct."""

from __future__ import annotations


def test_the_plan_says_what_intacct_will_bill(company):
    company.report(1, {"Amount": "10", "ReimAmount": "10", "ReceiptID": "r-0"})
    company.receipt("x", "r-0")
    company.sync()  # the deployment's mark and the folder of the receipts are made once, with the first posting
    company.report(2, ("10", "10"), ("20", "5"), ("7", "0"))
    company.report(3, {"Amount": "10", "ReimAmount": "10", "ReceiptID": "r-1"})
    company.receipt("x", "r-1")
    company.report(4, EmpGLD1Code="777")
    load, run = company.plan()
    told = company.sql("SELECT key, action, billed_calls FROM plan.change WHERE load_id = %s ORDER BY key", load)
    assert [(row["action"], row["billed_calls"]) for row in told] == [
        ("skip", 0),
        ("post", 3),
        ("post", 3),
        ("hold", 0),
    ]
    company.sandbox.clear_calls()
    assert company.load(load, run) == {"applied": 2}
    written = sum(count["written"] for count in company.sandbox.calls()["intacct"].values())
    assert written == sum(row["billed_calls"] for row in told)
