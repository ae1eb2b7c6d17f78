"""AP bills that are changed, reversed and deleted, and what the audit trail says of it."""

from __future__ import annotations

import pytest

from tests.sandbox.intacct_writes.conftest import Client, bill, line
from tests.sandbox_fixture import RunningSandbox


def test_update_replaces_the_lines_it_sends(client: Client, company: RunningSandbox) -> None:
    number = client.one(bill(line("1"), line("2"))).data[0].findtext("RECORDNO")
    change = f"<update><APBILL><RECORDNO>{number}</RECORDNO><DESCRIPTION>New</DESCRIPTION>{{}}</APBILL></update>"
    assert client.one(change.format("")).status == "success"
    kept = company.state("intacct", "APBILL")[0]
    assert (kept["DESCRIPTION"], kept["TOTALDUE"], len(kept["APBILLITEMS"])) == ("New", "3.00", 2)
    done = client.one(change.format(f"<APBILLITEMS>{line('7')}</APBILLITEMS>"))
    assert done.status == "success", done.errors
    kept = company.state("intacct", "APBILL")[0]
    assert (kept["TOTALDUE"], [one["TRX_AMOUNT"] for one in kept["APBILLITEMS"]]) == ("7.00", ["7.00"])
    company.act("pay", record=number)
    assert client.one(change.format("")).first == "The bill is paid and cannot be changed."


def test_reverse_and_delete(client: Client, company: RunningSandbox) -> None:
    client.send(bill(), bill(number="R-2"))
    date = "<datereversed><year>2026</year><month>11</month><day>20</day></datereversed>"
    done = client.one(f'<reverse_bill key="1">{date}<description>Wrong</description></reverse_bill>')
    assert done.status == "success", done.errors
    first, second, third = company.state("intacct", "APBILL")
    assert (first["STATE"], first["TOTALDUE"], first["REVERSALKEY"]) == ("Reversed", "0.00", done.key)
    assert (third["STATE"], third["TOTALENTERED"], third["RECORDID"], third["DESCRIPTION"]) == (
        "Reversal",
        "-100.12",
        "Reversed - R-1",
        "Wrong",
    )
    assert third["APBILLITEMS"][0]["TRX_AMOUNT"] == "-100.12"
    again = client.one(f'<reverse_bill key="1">{date}</reverse_bill>')
    assert again.first == "The transaction is reversed and cannot be reversed."
    done = client.one(f"<delete><object>APBILL</object><keys>{second['RECORDNO']}</keys></delete>")
    assert done.status == "success"
    assert done.data is None
    assert done.key == ""
    assert [one["RECORDNO"] for one in company.state("intacct", "APBILL")] == ["1", "3"]
    assert len(company.state("intacct", "APBILLITEM")) == 2


def test_audit_history_has_a_row_for_each_write(client: Client, company: RunningSandbox) -> None:
    client.one(bill())
    client.one("<update><APBILL><RECORDNO>1</RECORDNO><DESCRIPTION>New</DESCRIPTION></APBILL></update>")
    client.one("<delete><object>APBILL</object><keys>1</keys></delete>")
    rows = [row for row in company.state("intacct", "AUDITHISTORY") if row["OBJECTTYPE"] == "apbill"]
    assert [(row["ACCESSMODE"], row["OBJECTKEY"], row["USERID"], row["SOURCE"]) for row in rows] == [
        (mode, "1", "xml_gateway", "api") for mode in "CMD"
    ]


TYPE = "Intacct Daily Rate"
CHARGE = (
    "<record_cctransaction><chargecardid>AMEX-1</chargecardid><paymentdate><year>2026</year><month>11</month><day>15</day></paymentdate>"
    f"<currency>EUR</currency><exchratetype>{TYPE}</exchratetype><ccpayitems><ccpayitem><glaccountno>6220</glaccountno>"
    "<paymentamount>100</paymentamount><locationid>US</locationid></ccpayitem></ccpayitems></record_cctransaction>"
)
ENTRY = (
    "<GLENTRY><ACCOUNTNO>6220</ACCOUNTNO><TR_TYPE>{}</TR_TYPE><TRX_AMOUNT>100</TRX_AMOUNT><CURRENCY>EUR</CURRENCY>"
    f"<EXCH_RATE_TYPE_ID>{TYPE}</EXCH_RATE_TYPE_ID><LOCATION>US</LOCATION></GLENTRY>"
)
JOURNAL = (
    "<create><GLBATCH><JOURNAL>GJ</JOURNAL><BATCH_DATE>11/15/2026</BATCH_DATE><BATCH_TITLE>Euros</BATCH_TITLE>"
    f"<ENTRIES>{ENTRY.format(1)}{ENTRY.format(-1)}</ENTRIES></GLBATCH></create>"
)


@pytest.mark.parametrize(
    ("made", "changed", "name"),
    [
        (
            bill(line("100"), CURRENCY="EUR", EXCH_RATE_TYPE_ID=TYPE),
            "<update><APBILL><RECORDNO>1</RECORDNO><DESCRIPTION>Late</DESCRIPTION></APBILL></update>",
            "APBILL",
        ),
        (
            CHARGE,
            '<update_cctransaction key="1"><description>Late</description></update_cctransaction>',
            "CCTRANSACTION",
        ),
        (
            JOURNAL,
            "<update><GLBATCH><RECORDNO>1</RECORDNO><BATCH_TITLE>Late</BATCH_TITLE></GLBATCH></update>",
            "GLBATCH",
        ),
    ],
)
def test_what_is_in_another_currency_keeps_its_rate(
    client: Client, company: RunningSandbox, made: str, changed: str, name: str
) -> None:
    """The rate that a type gave is no rate that somebody stated beside it."""
    assert client.one(made).status == "success"
    done = client.one(changed)
    assert done.status == "success", done.errors
    (kept,) = company.state("intacct", name)
    rated = kept["ENTRIES"][0] if name == "GLBATCH" else kept
    assert (rated["EXCH_RATE_TYPE_ID"], rated["EXCHANGE_RATE"]) == (TYPE, "1.08")


def test_a_bill_in_another_currency_takes_the_daily_rate_unless_it_says_more(
    client: Client, company: RunningSandbox
) -> None:
    assert client.one(bill(CURRENCY="EUR")).status == "success"
    (kept,) = company.state("intacct", "APBILL")
    assert (kept["CURRENCY"], kept["EXCH_RATE_TYPE_ID"]) == ("EUR", "Intacct Daily Rate")
    assert kept["TOTALENTERED"] != kept["TRX_TOTALENTERED"]


def test_what_is_selected_for_payment_is_neither_changed_nor_reversed(client: Client, company: RunningSandbox) -> None:
    client.one(bill())
    company.act("select_for_payment", record="1")
    (kept,) = company.state("intacct", "APBILL")
    assert (kept["STATE"], kept["TOTALSELECTED"]) == ("Selected", "100.12")
    date = "<datereversed><year>2026</year><month>11</month><day>20</day></datereversed>"
    assert client.one(f'<reverse_bill key="1">{date}</reverse_bill>').status == "failure"
    changed = "<update><APBILL><RECORDNO>1</RECORDNO><DESCRIPTION>x</DESCRIPTION></APBILL></update>"
    assert client.one(changed).status == "failure"
    company.act("pay", record="1")
    assert company.state("intacct", "APBILL")[0]["STATE"] == "Paid"
