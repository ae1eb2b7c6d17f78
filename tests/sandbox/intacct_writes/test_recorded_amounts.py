"""How amounts and rates of a bill look when nobody turned anything: as in recorded answers of the service."""

from __future__ import annotations

from tests.sandbox.intacct_writes.conftest import Client, bill, line
from tests.sandbox_fixture import RunningSandbox


def test_amounts_have_no_trailing_zeros(client: Client, company: RunningSandbox) -> None:
    company._control("DELETE", "settings")
    assert client.one(bill(line("5900"), line("0.50"))).status == "success"
    (kept,) = company.state("intacct", "APBILL")
    assert [kept[name] for name in ("TOTALENTERED", "TOTALSELECTED", "TRX_TOTALDUE")] == ["5900.5", "0", "5900.5"]
    assert [one["TRX_AMOUNT"] for one in kept["APBILLITEMS"]] == ["5900", "0.5"]


def test_a_bill_in_the_base_currency_shows_no_rate(client: Client, company: RunningSandbox) -> None:
    assert client.one(bill()).status == "success"
    (kept,) = company.state("intacct", "APBILL")
    assert (kept["BASECURR"], kept["CURRENCY"]) == ("USD", "USD")
    assert [kept[name] for name in ("EXCH_RATE_DATE", "EXCH_RATE_TYPE_ID", "EXCHANGE_RATE")] == ["", "", ""]
    assert (kept["RECORDTYPE"], kept["MODULEKEY"], kept["SYSTEMGENERATED"]) == ("pi", "3.AP", "F")
    assert client.one(bill(number="R-2", CURRENCY="EUR", EXCHANGE_RATE="1.1")).status == "success"
    assert company.state("intacct", "APBILL")[1]["EXCHANGE_RATE"] == "1.1"
