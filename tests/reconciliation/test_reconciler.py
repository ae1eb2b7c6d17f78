"""The reconciliation balances what both services have, and names what is wrong."""

from __future__ import annotations

from certify_intacct.operators.reconcile import ReconcileOperator


def test_the_reconciliation_balances_and_names_what_is_wrong(company):
    for number in range(1, 5):
        company.report(number, ("10", "10"), ("20", "5"))
    company.report(5, EmpGLD1Code="777")
    plan, run = company.plan()
    company.load(plan, run)
    assert ReconcileOperator(task_id="reconcile", load_id=plan).execute(run) == {"holds": True, "reports": 5}
    rows = company.sql("SELECT entity, kind, bucket, amount FROM ops.reconciliation ORDER BY 1, 2, 3")
    assert [(row["entity"], row["kind"], row["bucket"], str(row["amount"])) for row in rows] == [
        ("100", "ap_bill", "in_gl", "60.00"),
        ("100", "credit_card_transaction", "in_gl", "60.00"),
        ("777", "ap_bill", "held", "100.10"),
    ]
    bills = [record for records in company.bills().values() for record in records]
    company.sandbox.act("edit_bill", record=bills[0]["RECORDNO"], amount="1.00")
    company.sandbox.act("delete", object="APBILL", record=bills[1]["RECORDNO"])
    company.sandbox.act("reverse", object="APBILL", record=bills[2]["RECORDNO"])
    orphan = {
        **{name: bills[3][name] for name in ("VENDORID", "DOCNUMBER", "CURRENCY")},
        "RECORDID": "BY-HAND",
        "STATE": "Posted",
    }
    company.sandbox.load("intacct", "APBILL", [orphan | {"TRX_TOTALENTERED": "7.00", "WHENCREATED": "01/01/2026"}])
    (charge, *_) = company.card_transactions()[f"{bills[3]['DOCNUMBER']}-1-002C"]
    lost = {name: charge[name] for name in ("FINANCIALENTITY", "CURRENCY", "TRX_TOTALENTERED", "WHENCREATED")}
    lost |= {"RECORDID": f"{bills[3]['DOCNUMBER']}-1-003C", "STATE": "Posted"}
    company.sandbox.load("intacct", "CCTRANSACTION", [lost])
    company.report(6)
    result = ReconcileOperator(task_id="reconcile", load_id=plan).execute(run)
    assert result == {
        "holds": False,
        "reports": 6,
        "altered": 1,
        "deleted": 1,
        "reversed": 1,
        "orphan": 2,
        "unassigned": 1,
    }
    orphans = company.sql(
        "SELECT number, text FROM ops.reconciliation_finding WHERE finding = 'orphan' ORDER BY number"
    )
    assert [row["number"].split(" ")[0] for row in orphans] == ["BY-HAND", lost["RECORDID"]]
    (owner,) = company.sql("SELECT report_id FROM ledger.report WHERE token = %s", bills[3]["DOCNUMBER"])
    assert all(f"of report {owner['report_id']}" in row["text"] for row in orphans)
