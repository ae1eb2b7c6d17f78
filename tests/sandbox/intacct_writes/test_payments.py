"""Payments of bills and reimbursements of expense reports, as the vendor's SDKs and a public connector make them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.sandbox.intacct import payments
from include.sandbox.intacct.catalog import load_catalog
from tests.sandbox.intacct_writes.conftest import Client, bill, line
from tests.sandbox.intacct_writes.test_expense_reports import report
from tests.sandbox_fixture import RunningSandbox

DATE = "<year>2026</year><month>11</month><day>20</day>"
TOTALS = ("STATE", "TOTALPAID", "TRX_TOTALPAID", "TOTALDUE", "TRX_TOTALDUE")


@pytest.fixture(autouse=True)
def account(company: RunningSandbox) -> None:
    """What is paid from."""
    company.load("intacct", "CHECKINGACCOUNT", [{"BANKACCOUNTID": "BOA", "BANKNAME": "Bank"}])


def detail(key: str = "1", amount: str = "100.12", more: str = "") -> str:
    """One APPYMTDETAIL."""
    said = f"<TRX_PAYMENTAMOUNT>{amount}</TRX_PAYMENTAMOUNT>" if amount else ""
    return f"<APPYMTDETAIL><RECORDKEY>{key}</RECORDKEY>{more}{said}</APPYMTDETAIL>"


def payment(*details: str, method: str = "Cash", source: str = "BOA", vendor: str = "20000", more: str = "") -> str:
    """A create of APPYMT, its elements in the order of the official SDKs."""
    return (
        f"<create><APPYMT><PAYMENTMETHOD>{method}</PAYMENTMETHOD><FINANCIALENTITY>{source}</FINANCIALENTITY>"
        f"<VENDORID>{vendor}</VENDORID><PAYMENTDATE>11/20/2026</PAYMENTDATE>{more}"
        f"<APPYMTDETAILS>{''.join(details or (detail(),))}</APPYMTDETAILS></APPYMT></create>"
    )


def moved(verb: str, key: str = "1") -> str:
    """approve, decline, confirm or void a payment."""
    return f"<{verb}_appaymentrequest><appaymentkeys><appaymentkey>{key}</appaymentkey></appaymentkeys></{verb}_appaymentrequest>"


def reimbursement(key: str = "1", amount: str = "45.34", method: str = "Cash", employee: str = "E1") -> str:
    """A create_reimbursementrequest as a public connector sends it."""
    return (
        f"<create_reimbursementrequest><bankaccountid>BOA</bankaccountid><employeeid>{employee}</employeeid><memo>M</memo><paymentmethod>"
        f"{method}</paymentmethod><paymentdate>{DATE}</paymentdate><eppaymentrequestitems><eppaymentrequestitem><key>{key}</key>"
        f"<paymentamount>{amount}</paymentamount></eppaymentrequestitem></eppaymentrequestitems><paymentdescription>Paid"
        "</paymentdescription></create_reimbursementrequest>"
    )


def first(company: RunningSandbox, object: str = "APBILL") -> list[str]:
    kept = company.state("intacct", object)[0]
    return [kept[name] for name in TOTALS]


def test_a_bill_is_paid_and_the_payment_can_be_read(client: Client, company: RunningSandbox) -> None:
    assert client.one(bill(line("100.12"))).status == "success"
    done = client.one(payment(more="<DESCRIPTION>Payment for Bill</DESCRIPTION><CURRENCY>USD</CURRENCY>"))
    assert done.status == "success", done.errors
    assert done.data is not None
    assert done.data.findtext("appymt/RECORDNO") == "1"
    assert first(company) == ["Paid", "100.12", "100.12", "0.00", "0.00"]
    assert company.state("intacct", "APBILL")[0]["WHENPAID"] == "11/20/2026"
    found = client.one(
        "<readByQuery><object>APPYMT</object><fields>*</fields><query>STATE = 'C'</query></readByQuery>"
    ).data
    assert found is not None
    assert [found[0].findtext(name) for name in ("STATE", "VENDORNAME", "WHENCREATED", "TRX_TOTALENTERED", "CURRENCY")] == [
        "Posted", "Ann Smith", "11/20/2026", "100.12", "USD",
    ]  # fmt: skip
    query = (
        "<query><object>APPYMTDETAIL</object><select><field>PAYMENTAMOUNT</field><field>RECORDKEY</field><field>APPYMT.DOCNUMBER</field>"
        "</select><filter><equalto><field>PAYMENTKEY</field><value>1</value></equalto></filter></query>"
    )
    rows = client.one(query).data
    assert rows is not None
    assert [(row.findtext("PAYMENTAMOUNT"), row.findtext("RECORDKEY")) for row in rows] == [("100.12", "1")]


def test_in_part_and_in_another_currency_and_what_is_left_without_an_amount(
    client: Client, company: RunningSandbox
) -> None:
    client.one(bill(line("100"), CURRENCY="EUR", EXCHANGE_RATE="1.1"))
    assert client.one(payment(detail(amount="40"))).status == "success"
    assert first(company) == ["Partially Paid", "44.00", "40.00", "66.00", "60.00"]
    assert client.one(payment(detail(amount=""))).status == "success"
    assert first(company) == ["Paid", "110.00", "100.00", "0.00", "0.00"]
    kept = company.state("intacct", "APPYMT")
    assert [(one["TRX_TOTALENTERED"], one["TOTALENTERED"]) for one in kept] == [("40.00", "44.00"), ("60.00", "66.00")]


def test_a_check_is_made_when_it_is_confirmed(client: Client, company: RunningSandbox) -> None:
    client.one(bill(line("100.12")))
    client.one(payment(method="Printed Check"))
    assert company.state("intacct", "APPYMT")[0]["STATE"] == "Approved"
    kept = company.state("intacct", "APBILL")[0]
    assert (kept["STATE"], kept["TRX_TOTALSELECTED"], kept["TRX_TOTALDUE"]) == ("Selected", "100.12", "100.12")
    assert (
        "cannot be changed"
        in client.one("<update><APBILL><RECORDNO>1</RECORDNO><DESCRIPTION>x</DESCRIPTION></APBILL></update>").first
    )
    assert client.one(moved("confirm")).status == "success"
    assert first(company) == ["Paid", "100.12", "100.12", "0.00", "0.00"]
    assert client.one(moved("confirm")).first == "The payment is posted, not approved."
    assert client.one(moved("void")).status == "success"
    assert first(company) == ["Posted", "0.00", "0.00", "100.12", "100.12"]
    assert company.state("intacct", "APPYMT")[0]["RAWSTATE"] == "V"


def test_payments_may_wait_for_approval(client: Client, company: RunningSandbox) -> None:
    company.settings(payment_approval=True)
    client.one(bill(line("100.12")))
    client.one(payment(detail(amount="50")))
    client.one(moved("decline"))
    assert first(company) == ["Posted", "0.00", "0.00", "100.12", "100.12"]
    client.one(payment(detail(amount="50")))
    assert client.one(moved("approve", "2")).status == "success"
    assert first(company) == ["Partially Paid", "50.00", "50.00", "50.12", "50.12"]
    client.one(payment(detail(amount="50.12")))
    assert client.one("<delete><object>APPYMT</object><keys>3</keys></delete>").status == "success"
    assert first(company) == ["Partially Paid", "50.00", "50.00", "50.12", "50.12"]
    assert (
        client.one(f'<reverse_appayment key="2"><datereversed>{DATE}</datereversed></reverse_appayment>').status
        == "success"
    )
    assert first(company) == ["Posted", "0.00", "0.00", "100.12", "100.12"]
    assert len(company.state("intacct", "APPYMT")) == 2


def test_a_draft_is_changed_and_submitted(client: Client, company: RunningSandbox) -> None:
    client.one(bill(line("100.12")))
    client.one(bill(line("5"), number="B-2"))
    assert client.one(payment(more="<ACTION>Draft</ACTION>")).status == "success"
    assert [one["STATE"] for one in company.state("intacct", "APBILL")] == ["Selected", "Posted"]
    change = (
        "<update><APPYMT><RECORDNO>1</RECORDNO><VENDORID>20000</VENDORID><WHENCREATED>11/21/2026</WHENCREATED><ACTION>Submit</ACTION>"
        f"<APPYMTDETAILS>{detail(key='2', amount='5')}</APPYMTDETAILS></APPYMT></update>"
    )
    assert client.one(change).status == "success"
    assert [one["STATE"] for one in company.state("intacct", "APBILL")] == ["Posted", "Paid"]
    (kept,) = company.state("intacct", "APPYMT")
    assert (kept["STATE"], kept["WHENCREATED"], kept["TRX_TOTALENTERED"]) == ("Posted", "11/21/2026", "5.00")
    assert [one["RECORDKEY"] for one in kept["APPYMTDETAILS"]] == ["2"]
    assert client.one(change).first == "The payment is posted, not draft."


def update(more: str) -> str:
    """An update of the first payment without details, as the official SDK writes it when none change."""
    return f"<update><APPYMT><RECORDNO>1</RECORDNO>{more}</APPYMT></update>"


def test_an_update_without_details_keeps_them_and_a_draft_without_an_action_stays_one(
    client: Client, company: RunningSandbox
) -> None:
    client.one(bill(line("100.12")))
    client.one(bill(line("5"), number="B-2"))
    client.one(payment(detail(amount="60"), detail(key="2", amount=""), more="<ACTION>Draft</ACTION>"))
    (before,) = company.state("intacct", "APPYMT")
    done = client.one(update("<DESCRIPTION>Other</DESCRIPTION>"))
    assert done.status == "success", done.errors
    (kept,) = company.state("intacct", "APPYMT")
    assert (kept["STATE"], kept["DESCRIPTION"], kept["TRX_TOTALENTERED"]) == ("Draft", "Other", "65.00")
    numbers = [[one["RECORDNO"] for one in record["APPYMTDETAILS"]] for record in (before, kept)]
    assert numbers[0] == numbers[1]
    bills = company.state("intacct", "APBILL")
    assert [(one["STATE"], one["TRX_TOTALSELECTED"]) for one in bills] == [("Selected", "60.00"), ("Selected", "5.00")]
    assert client.one(update("<APPYMTDETAILS></APPYMTDETAILS>")).first == "No line items found"
    assert client.one(update("<ACTION>Submit</ACTION>")).status == "success"
    (kept,) = company.state("intacct", "APPYMT")
    assert [kept["STATE"], *(one["STATE"] for one in kept["APPYMTDETAILS"])] == ["Posted"] * 3
    assert [one["STATE"] for one in company.state("intacct", "APBILL")] == ["Partially Paid", "Paid"]


def test_new_details_of_an_update_without_an_action_leave_a_draft_too(client: Client, company: RunningSandbox) -> None:
    client.one(bill(line("100.12")))
    client.one(payment(more="<ACTION>Draft</ACTION>"))
    assert client.one(update(f"<APPYMTDETAILS>{detail(amount='1')}</APPYMTDETAILS>")).status == "success"
    (kept,) = company.state("intacct", "APPYMT")
    assert (kept["STATE"], kept["TRX_TOTALENTERED"]) == ("Draft", "1.00")


@pytest.mark.parametrize(("verb", "settings", "method"), [
    ("confirm", {}, "Printed Check"), ("approve", {"payment_approval": True}, "Cash"),
])  # fmt: skip
def test_what_was_paid_otherwise_while_a_payment_waited_is_not_paid_twice(
    client: Client, company: RunningSandbox, verb: str, settings: dict[str, bool], method: str
) -> None:
    company.settings(**settings)
    client.one(bill(line("100.12")))
    client.one(payment(detail(amount="60"), method=method))
    company.act("pay", record="1", amount="50")
    assert client.one(moved(verb)).first == "Payment amount 60.00 exceeds total amount due (50.12)"
    assert first(company) == ["Partially Paid", "50.00", "50.00", "50.12", "50.12"]
    company.act("pay", record="1")
    assert client.one(moved(verb)).first == "Payment amount 60.00 exceeds total amount due (0.00)"
    assert (first(company)[0], company.state("intacct", "APPYMT")[0]["STATE"]) == (
        "Paid",
        "Approved" if not settings else "Submitted",
    )
    assert client.one(moved("decline" if settings else "void")).status == "success"
    assert first(company) == ["Paid", "100.12", "100.12", "0.00", "0.00"], "it is paid, whatever waited for it"


@pytest.mark.parametrize("call", [
    moved("void"), f'<reverse_appayment key="1"><datereversed>{DATE}</datereversed></reverse_appayment>',
])  # fmt: skip
@pytest.mark.parametrize("deed", ["void_payment", "reverse"])
def test_a_payment_that_pays_its_bill_no_more_cannot_be_voided(
    client: Client, company: RunningSandbox, deed: str, call: str
) -> None:
    client.one(bill(line("100.12")))
    client.one(payment())
    company.act(deed, object="APBILL", record="1")
    before = first(company)
    assert client.one(call).first == "The document is not paid by this payment any more."
    assert (first(company), company.state("intacct", "APPYMT")[0]["STATE"]) == (before, "Posted")


REFUSALS = [
    (payment(detail(amount="100.13")), "Payment amount 100.13 exceeds total amount due (100.12)"),
    (payment(detail(), detail(amount="0.01")), "Payment amount 100.13 exceeds total amount due (100.12)"),
    (payment(detail(key="9")), "Oops, we can't find this transaction; enter a valid transaction and try again."),
    (payment(detail(), vendor="20002"), "Oops, we can't find this transaction; enter a valid transaction and try again."),
    (payment(detail(amount="-1")), "Payment amount -1 is not valid."),
    (payment().replace(detail(), ""), "No line items found"),
    (payment(source="NONE"), "Invalid Checking Account 'NONE' specified."),
    (payment(source=""), "Required field Financial entity is missing"),
    (payment(method=""), "Required field Payment method is missing"),
    (payment(more="<ACTION>Pay</ACTION>"), "Action 'Pay' is not valid."),
    (
        payment(detail(more="<ADJUSTMENTKEY>3</ADJUSTMENTKEY>")),
        "The function create APPYMT with ADJUSTMENTKEY is not carried out by this sandbox.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("call", "text"), REFUSALS)
def test_what_cannot_be_paid(client: Client, company: RunningSandbox, call: str, text: str) -> None:
    client.one(bill(line("100.12")))
    refused = client.one(call)
    assert (refused.status, refused.first) == ("failure", text)
    assert (first(company)[0], company.state("intacct", "APPYMT")) == ("Posted", [])


def test_a_paid_bill_has_nothing_due_and_closed_books_take_no_payment(client: Client, company: RunningSandbox) -> None:
    client.one(bill(line("100.12")))
    company.act("close_period", date="2026-11-30", subledger="AP")
    assert "within a period that's been closed" in client.one(payment()).first
    company.act("open_period")
    client.one(payment())
    assert client.one(payment()).first == "There is no due on the bill"
    assert client.one("<delete><object>APPYMT</object><keys>1</keys></delete>").first == (
        "The transaction is posted and cannot be deleted."
    )


def test_an_expense_report_is_reimbursed(client: Client, company: RunningSandbox) -> None:
    client.one(report())
    refused = client.one(reimbursement(amount="45.34"))
    assert refused.first.endswith("is submitted."), refused.errors
    company.act("approve", object="EEXPENSES", record="1")
    done = client.one(reimbursement(amount="45.34"))
    assert (done.status, done.key) == ("success", "1"), done.errors
    assert first(company, "EEXPENSES") == ["Paid", "45.34", "45.34", "0.00", "0.00"]
    for name in ("EPPAYMENT", "EPPAYMENTREQUEST"):
        (kept,) = company.state("intacct", name)
        assert (kept["EMPLOYEEID"], kept["PAYMENTTYPE"], kept["PAYMENTAMOUNT"]) == ("E1", "Cash", "45.34")
    again = client.one(reimbursement(amount="1"))
    assert again.first == "The payment cannot be processed because one or more bills were paid"


def test_a_check_for_an_employee_waits_and_an_employee_gets_no_others_money(
    client: Client, company: RunningSandbox
) -> None:
    company.load("intacct", "EMPLOYEE", [{"EMPLOYEEID": "E3", "PERSONALINFO.CONTACTNAME": "Ann Smith"}])
    client.one(report())
    company.act("approve", object="EEXPENSES", record="1")
    assert client.one(reimbursement(employee="E3", amount="1")).first.startswith("Oops, we can't find")
    assert "exceeds total amount due (45.34)" in client.one(reimbursement(amount="45.35")).first
    assert client.one(reimbursement(amount="45.34", method="Printed Check")).status == "success"
    assert (first(company, "EEXPENSES")[0], company.state("intacct", "EPPAYMENT")) == ("Selected", [])
    done = company.act("print_check", record="1")
    assert first(company, "EEXPENSES") == ["Paid", "45.34", "45.34", "0.00", "0.00"]
    call = "<read><object>EPPAYMENT</object><keys>{}</keys><fields>*</fields></read>"
    data = client.one(call.format(done["reimbursement"])).data
    assert data is not None
    assert [data[0].findtext(name) for name in ("STATE", "EMPLOYEEID", "PAYMENTAMOUNT", "FINANCIALACCOUNT", "WHENCREATED")] == [
        "Posted", "E1", "45.34", "BOA", "11/20/2026",
    ]  # fmt: skip
    assert company.state("intacct", "EPPAYMENTREQUEST")[0]["STATE"] == "Posted"
    with pytest.raises(RuntimeError, match="The payment is posted, not approved"):
        company.act("print_check", record="1")


def test_a_check_is_not_printed_for_what_was_paid_otherwise(client: Client, company: RunningSandbox) -> None:
    client.one(report())
    company.act("approve", object="EEXPENSES", record="1")
    client.one(reimbursement(amount="45.34", method="Printed Check"))
    company.act("pay", object="EEXPENSES", record="1")
    with pytest.raises(RuntimeError, match="exceeds total amount due"):
        company.act("print_check", record="1")
    assert company.state("intacct", "EPPAYMENT") == []


#: As a company of 2025 told `lookup` (github.com/CPAanalytics/intacct_sdk, fixtures/lookup/EPPAYMENT.xml).
TOLD = ["TOTALENTERED", "STATE", "WHENCREATED", "DOCNUMBER", "PAYMENTTYPE", "PAYMENTDATE", "PAYMENTAMOUNT", "FINANCIALACCOUNT",
        "PAYMENTTRXAMOUNT", "EMPLOYEEID", "CONTACTINFO.NAME"]  # fmt: skip


def test_a_reimbursement_shows_the_fields_of_a_live_company(client: Client, company: RunningSandbox) -> None:
    client.one(report())
    company.act("approve", object="EEXPENSES", record="1")
    client.one(reimbursement(amount="45.34"))
    for name in ("EPPAYMENT", "EPPAYMENTREQUEST"):
        selected = "".join(f"<field>{field}</field>" for field in TOLD)
        data = client.one(f"<query><object>{name}</object><select>{selected}</select></query>").data
        assert data is not None, name
        assert [cell.text for cell in data[0]] == [
            "45.34", "Posted", "11/20/2026", None, "Cash", "11/20/2026", "45.34", "BOA", "45.34", "E1", "Ann Smith",
        ]  # fmt: skip


def test_a_report_is_reimbursed_by_its_external_id(client: Client, company: RunningSandbox) -> None:
    """Two reports, each with the other's record number as its external ID: what is named by it is that one."""
    for external in "21":
        assert client.one(report(fields=f"<externalid>{external}</externalid>")).status == "success"
    for number in "12":
        company.act("approve", object="EEXPENSES", record=number)
    external = reimbursement().replace("<eppaymentrequestitem>", '<eppaymentrequestitem externalkey="true">')
    assert client.one(external.replace("<key>1<", "<key>3<")).first.startswith("Oops, we can't find")
    assert client.one(external).status == "success"
    assert [one["STATE"] for one in company.state("intacct", "EEXPENSES")] == ["Approved", "Paid"]


def test_a_payment_request_by_the_older_function(client: Client, company: RunningSandbox) -> None:
    """Accounts Payable > AP payments (Legacy): create_paymentrequest, APPAYMENTREQUEST, APPAYMENT, delete_paymentrequest."""
    client.one(bill(line("100.12")))
    call = (
        f"<create_paymentrequest><bankaccountid>BOA</bankaccountid><vendorid>20000</vendorid><memo>Memo</memo><paymentmethod>"
        f"Printed Check</paymentmethod><paymentdate>{DATE}</paymentdate><paymentoption>vendorpref</paymentoption><paymentrequestitems>"
        "<paymentrequestitem><key>1</key><paymentamount>60</paymentamount></paymentrequestitem></paymentrequestitems><documentnumber>10000</documentnumber>"
        "</create_paymentrequest>"
    )
    done = client.one(call)
    assert (done.status, done.key) == ("success", "1"), done.errors
    assert first(company)[0] == "Selected"

    def told(name: str) -> list[list[str | None]]:
        wanted = (
            "RECORDNO",
            "PAYMENTAMOUNT",
            "PAYMENTTYPE",
            "PAYMENTDATE",
            "FINANCIALACCOUNT",
            "MEMO",
            "DOCUMENTNUMBER",
            "STATE",
        )
        fields = "".join(f"<field>{field}</field>" for field in wanted)
        data = client.one(f"<query><object>{name}</object><select>{fields}</select></query>").data
        assert data is not None
        return [[cell.text for cell in row] for row in data]

    row = ["1", "60.00", "Printed Check", "11/20/2026", "BOA", "Memo", "10000"]
    assert (told("APPAYMENTREQUEST"), told("APPAYMENT")) == ([[*row, "A"]], [])
    client.one(moved("confirm"))
    assert (told("APPAYMENTREQUEST"), told("APPAYMENT")) == ([[*row, "C"]], [[*row, "C"]])
    assert first(company)[0] == "Partially Paid"
    client.one(call.replace("60<", "40.12<"))
    assert client.one('<delete_paymentrequest key="2"></delete_paymentrequest>').status == "success"
    assert len(told("APPAYMENTREQUEST")) == 1
    refused = client.one(call.replace("</paymentamount>", "</paymentamount><credittoapply>1</credittoapply>"))
    assert refused.first == "The function create APPYMT with CREDITTOAPPLY is not carried out by this sandbox."


AMOUNT = st.decimals("0.01", "99999.99", places=2)


@given(amount=AMOUNT, base=AMOUNT, part=st.integers(1, 99))
def test_what_is_paid_and_voided_adds_up(amount: Decimal, base: Decimal, part: int) -> None:
    """Whatever the rate: paid and due are always the whole, and voiding gives back what was paid."""
    kind = load_catalog()["APBILL"]
    record = {
        "TRX_TOTALDUE": f"{amount}",
        "TOTALDUE": f"{base}",
        "TRX_TOTALPAID": "0",
        "TOTALPAID": "0",
        "STATE": "Posted",
    }
    step = max((amount * part / 100).quantize(Decimal("0.01")), Decimal("0.01"))
    once = record | payments.paid(payments.Item(kind, record, step), "11/20/2026")
    for prefix, whole in (("TRX_", amount), ("", base)):
        assert Decimal(once[f"{prefix}TOTALPAID"]) + Decimal(once[f"{prefix}TOTALDUE"]) == whole
    left = Decimal(once["TRX_TOTALDUE"])
    assert once["STATE"] == ("Paid" if not left else "Partially Paid")
    if left:
        twice = once | payments.paid(payments.Item(kind, once, left), "11/21/2026")
        assert [Decimal(twice[name]) for name in TOTALS[1:]] == [base, amount, 0, 0]
        once = twice | payments.unpaid(kind, twice, left)
    back = once | payments.unpaid(kind, once, step)
    assert back["STATE"] == "Posted"
    assert [Decimal(back[name]) for name in TOTALS[1:]] == [0, 0, base, amount]
