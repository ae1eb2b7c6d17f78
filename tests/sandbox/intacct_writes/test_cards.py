"""Charge card transactions: record_cctransaction and its reversal."""

from __future__ import annotations

from tests.sandbox.intacct_writes.conftest import Client
from tests.sandbox_fixture import RunningSandbox

DATE = "<year>2026</year><month>11</month><day>15</day>"


def item(amount: str = "42.10", account: str = "6220", location: str = "US", extra: str = "") -> str:
    """One ccpayitem."""
    place = f"<locationid>{location}</locationid>" if location else ""
    return (
        f"<ccpayitem><glaccountno>{account}</glaccountno><description>Line</description>"
        f"<paymentamount>{amount}</paymentamount>{place}{extra}</ccpayitem>"
    )


def charge(*items: str, card: str = "AMEX-1", date: str = DATE, number: str = "CC-1", currency: str = "") -> str:
    """A record_cctransaction."""
    reference = f"<referenceno>{number}</referenceno>" if number else ""
    return (
        f"<record_cctransaction><chargecardid>{card}</chargecardid><paymentdate>{date}</paymentdate>{reference}"
        f"<payee>Hilton</payee><description>Hotel</description>{currency}"
        f"<ccpayitems>{''.join(items or (item(),))}</ccpayitems></record_cctransaction>"
    )


def test_a_charge_is_kept_and_answered_with_its_key(client: Client, company: RunningSandbox) -> None:
    done = client.one(charge(item("40"), item("-2.5")))
    assert (done.status, done.key, done.data) == ("success", "1", None), done.errors
    (kept,) = company.state("intacct", "CCTRANSACTION")
    assert kept["FINANCIALENTITY"] == "AMEX-1"
    assert (kept["WHENCREATED"], kept["RECORDID"], kept["DESCRIPTION"], kept["DESCRIPTION2"]) == (
        "11/15/2026",
        "CC-1",
        "Hotel",
        "Hilton",
    )
    assert (kept["TOTALENTERED"], kept["TRX_TOTALENTERED"], kept["STATE"], kept["RAWSTATE"]) == (
        "37.50",
        "37.50",
        "Posted",
        "A",
    )
    assert [(one["ACCOUNTNO"], one["TRX_AMOUNT"]) for one in kept["CCTRANSACTIONENTRIES"]] == [
        ("6220", "40.00"),
        ("6220", "-2.50"),
    ]


REFUSALS = [
    (charge(card="NONE"), "Invalid Credit Card 'NONE' specified."),
    (charge(card="OLD"), "Invalid Credit Card 'OLD' specified."),
    (charge(card="VISA-CA"), "Invalid Credit Card 'VISA-CA' specified."),
    (charge(item(account="2100")), "The account number 2100 is associated to the Credit Card AMEX-1."),
    (charge(item(location="")), "Use of empty Location is invalid. A valid Multi-Entity Location must be specified."),
    (charge(item("")), "Remove the extra line item in the request, then reclassify the bill."),
    (charge(item(extra="<projectid>10064</projectid>")), "Invalid Project '10064' specified."),
    (charge(date="<year>2026</year><month>13</month><day>1</day>"), "The transaction date '13/01/2026' is invalid."),
]


def test_refusals(client: Client, company: RunningSandbox) -> None:
    answers = [client.one(function) for function, _ in REFUSALS]
    assert [(one.status, one.errors and one.first) for one in answers] == [("failure", text) for _, text in REFUSALS]
    for done in answers:
        assert [text for _, text in done.errors][-2:] == [
            "Could not create cctransaction record!",
            "Currently, we can't create the transaction",
        ]
        assert done.key == ""
    assert company.state("intacct", "CCTRANSACTION") == []


def test_a_card_of_an_entity_posts_only_there(client: Client, company: RunningSandbox) -> None:
    charged = charge(item(location="CA"), card="VISA-CA")
    assert client.one(charged, entity="US").status == "failure"
    assert client.one(charged, entity="CA").status == "success"
    kept = company.state("intacct", "CCTRANSACTION")[0]
    assert (kept["MEGAENTITYID"], kept["BASECURR"]) == ("CA", "CAD")


def test_a_company_of_several_base_currencies_takes_charges_in_the_entity_alone(
    client: Client, company: RunningSandbox
) -> None:
    company.settings(card_charges_at_top_level="refuse")
    assert client.one(charge()).first == "Credit card transactions can only be entered at the entity level."
    assert client.one(charge(item(location="")), entity="US").status == "success"
    (kept,) = company.state("intacct", "CCTRANSACTION")
    assert kept["MEGAENTITYID"] == "US"


def test_a_second_use_of_a_reference_is_a_setting(client: Client, company: RunningSandbox) -> None:
    assert [one.status for one in client.send(charge(), charge())] == ["success", "success"]
    company.settings(duplicate_card_reference="refuse")
    assert client.one(charge()).first == "Another Charge Card Transaction with the given value(s) CC-1  already exists"


def test_the_books_of_cash_management(client: Client, company: RunningSandbox) -> None:
    company.act("close_period", date="2026-11-30", subledger="AP")
    assert client.one(charge()).status == "success"
    company.act("close_period", date="2026-11-30", subledger="CM")
    assert "within a period that's been closed" in client.one(charge()).first


def test_foreign_currency_needs_a_rate_in_the_schema(client: Client, company: RunningSandbox) -> None:
    done = client.one(charge(currency="<currency>EUR</currency>"))
    assert done.status == "control"
    assert done.errors[0][0] == "XL03000003"
    assert client.one(charge(currency="<currency>EUR</currency><exchrate>1.2</exchrate>")).status == "success"
    assert company.state("intacct", "CCTRANSACTION")[0]["TOTALENTERED"] == "50.52"


def test_generic_create_is_refused(client: Client) -> None:
    done = client.one("<create><CCTRANSACTION><DESCRIPTION>x</DESCRIPTION></CCTRANSACTION></create>")
    assert (done.status, done.corrections[0]) == ("failure", "Use record_cctransaction instead.")


def test_of_a_paid_one_only_words_change(client: Client, company: RunningSandbox) -> None:
    """Reference, payee, description, attachment and the lines' memos (release notes); what is paid stays paid."""
    client.one("<create_supdocfolder><supdocfoldername>F</supdocfoldername></create_supdocfolder>")
    client.one("<create_supdoc><supdocid>S1</supdocid><supdocfoldername>F</supdocfoldername></create_supdoc>")
    client.one(charge(item("40"), item("2")))
    company.act("pay", object="CCTRANSACTION", record="1")
    before = company.state("intacct", "CCTRANSACTION")[0]
    words = (
        "<referenceno>CC-9</referenceno><payee>Hyatt</payee><description>Stay</description><supdocid>S1</supdocid>"
        '<updateccpayitems><updateccpayitem line_num="2"><description>Minibar</description></updateccpayitem></updateccpayitems>'
    )
    update = '<update_cctransaction key="1">{}</update_cctransaction>'
    done = client.one(update.format(words))
    assert done.status == "success", done.errors
    (kept,) = company.state("intacct", "CCTRANSACTION")
    assert [kept[name] for name in ("RECORDID", "DESCRIPTION2", "DESCRIPTION", "SUPDOCID")] == [
        "CC-9",
        "Hyatt",
        "Stay",
        "S1",
    ]
    assert [one["DESCRIPTION"] for one in kept["CCTRANSACTIONENTRIES"]] == ["Line", "Minibar"]
    money = ("STATE", "TOTALPAID", "TOTALDUE", "TRX_TOTALPAID", "TRX_TOTALDUE", "TRX_TOTALENTERED")
    assert [kept[name] for name in money] == [before[name] for name in money]
    assert kept["STATE"] == "Paid"
    for wrong in (
        f"<paymentdate>{DATE}</paymentdate>",
        '<updateccpayitems><updateccpayitem line_num="1"><paymentamount>41</paymentamount></updateccpayitem></updateccpayitems>',
        f"<updateccpayitems>{item('1')}</updateccpayitems>",
    ):
        assert client.one(update.format(wrong)).first == "The transaction is paid and cannot be changed."


def test_reversal(client: Client, company: RunningSandbox) -> None:
    client.one(charge())
    done = client.one(
        f'<reverse_cctransaction key="1"><datereversed>{DATE}</datereversed><memo>Twice</memo></reverse_cctransaction>'
    )
    assert (done.status, done.key) == ("success", "2"), done.errors
    first, second = company.state("intacct", "CCTRANSACTION")
    assert (first["STATE"], second["STATE"], second["TRX_TOTALENTERED"]) == ("Reversed", "Reversal", "-42.10")
