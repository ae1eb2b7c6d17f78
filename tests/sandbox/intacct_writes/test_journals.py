"""Journal entries: balance in all and by entity, source entity, drafts, legacy create."""

from __future__ import annotations

from tests.sandbox.intacct_writes.conftest import Client
from tests.sandbox_fixture import RunningSandbox


def entry(amount: str, side: str, location: str = "US", account: str = "6220") -> str:
    """One GLENTRY."""
    return (
        f"<GLENTRY><ACCOUNTNO>{account}</ACCOUNTNO><TR_TYPE>{side}</TR_TYPE><AMOUNT>{amount}</AMOUNT>"
        f"<LOCATION>{location}</LOCATION></GLENTRY>"
    )


def journal(*entries: str, fields: str = "", name: str = "GJ") -> str:
    """<create><GLBATCH>…"""
    return (
        f"<create><GLBATCH><JOURNAL>{name}</JOURNAL><BATCH_DATE>11/15/2026</BATCH_DATE><BATCH_TITLE>Accrual</BATCH_TITLE>"
        f"{fields}<ENTRIES>{''.join(entries)}</ENTRIES></GLBATCH></create>"
    )


def test_a_balanced_entry_is_posted(client: Client, company: RunningSandbox) -> None:
    done = client.one(journal(entry("10.25", "1"), entry("10.25", "-1")).replace("GLBATCH", "glbatch"))
    assert done.status == "success", done.errors
    assert [cell.tag for cell in done.data[0]] == ["RECORDNO", "RECORD_URL"]
    (kept,) = company.state("intacct", "GLBATCH")
    assert (kept["STATE"], kept["MODULE"], kept["USERINFO.LOGINID"]) == ("Posted", "2.GL", "xml_gateway")
    assert [(one["TR_TYPE"], one["TRX_AMOUNT"]) for one in kept["ENTRIES"]] == [("1", "10.25"), ("-1", "10.25")]


def test_refusals(client: Client, company: RunningSandbox) -> None:
    cases = {
        journal(entry("10", "1"), entry("9", "-1")): "Transactions do not balance for Place ,",
        journal(entry("10", "1"), entry("10", "-1", "US2")): "Transactions do not balance for Place US,",
        journal(entry("10", "1")): "A journal entry needs two lines or more.",
        journal(entry("-10", "1"), entry("-10", "-1")): "The amount of a journal entry line cannot be negative.",
        journal(entry("10", "1"), entry("10", "-1"), name="XX"): "Invalid Journal 'XX' specified.",
        journal(
            entry("10", "1"), entry("10", "-1", "LONE"), fields="<BASELOCATION_NO>US</BASELOCATION_NO>"
        ): "Inter-entity relationship is not set up between 'US' and 'LONE'.",
    }
    for function, text in cases.items():
        done = client.one(function)
        assert (done.status, done.first) == ("failure", text)
    assert company.state("intacct", "GLBATCH") == []


def test_a_source_entity_lets_entities_differ(client: Client, company: RunningSandbox) -> None:
    across = journal(entry("10", "1"), entry("10", "-1", "US2"), fields="<BASELOCATION_NO>US</BASELOCATION_NO>")
    assert client.one(across).status == "success"


def test_drafts_need_not_balance(client: Client, company: RunningSandbox) -> None:
    assert client.one(journal(entry("10", "1"), entry("9", "-1"), fields="<STATE>Draft</STATE>")).status == "success"
    assert company.state("intacct", "GLBATCH")[0]["STATE"] == "Draft"


def test_update_replaces_all_entries(client: Client, company: RunningSandbox) -> None:
    client.one(journal(entry("10", "1"), entry("10", "-1")))
    change = f"<update><GLBATCH><RECORDNO>1</RECORDNO><ENTRIES>{entry('5', '1')}{entry('5', '-1')}</ENTRIES></GLBATCH></update>"
    assert client.one(change).status == "success"
    assert [one["AMOUNT"] for one in company.state("intacct", "GLBATCH")[0]["ENTRIES"]] == ["5.00", "5.00"]
    assert (
        client.one("<update><GLBATCH><RECORDNO>1</RECORDNO><BATCH_TITLE>New</BATCH_TITLE></GLBATCH></update>").status
        == "success"
    )
    kept = company.state("intacct", "GLBATCH")[0]
    assert (kept["BATCH_TITLE"], len(kept["ENTRIES"])) == ("New", 2)


def test_legacy_create(client: Client, company: RunningSandbox) -> None:
    def legacy_entry(side: str) -> str:
        return (
            f"<glentry><trtype>{side}</trtype><amount>7</amount><glaccountno>6220</glaccountno><locationid>US</locationid>"
            "</glentry>"
        )

    done = client.one(
        "<create_gltransaction><journalid>GJ</journalid><datecreated><year>2026</year><month>11</month><day>15</day></datecreated>"
        f"<description>Legacy</description><gltransactionentries>{legacy_entry('debit')}{legacy_entry('credit')}"
        "</gltransactionentries></create_gltransaction>"
    )
    assert (done.status, done.key) == ("success", "1"), done.errors
    assert [one["TR_TYPE"] for one in company.state("intacct", "GLBATCH")[0]["ENTRIES"]] == ["1", "-1"]


def test_a_reversal_date_makes_the_reversing_entry(client: Client, company: RunningSandbox) -> None:
    dated = journal(entry("10", "1"), entry("10", "-1"), fields="<REVERSEDATE>12/01/2026</REVERSEDATE>")
    done = client.one(dated)
    assert done.status == "success", done.errors
    first, second = company.state("intacct", "GLBATCH")
    assert (first["REVERSED"], first["REVERSEDKEY"], second["REVERSEDFROMKEY"], second["BATCH_DATE"]) == (
        "12/01/2026",
        "2",
        "1",
        "12/01/2026",
    )
    assert [one["TR_TYPE"] for one in second["ENTRIES"]] == ["-1", "1"]
    assert client.one(dated.replace("12/01/2026", "11/01/2026")).status == "failure"


def test_lines_show_their_entry(client: Client, company: RunningSandbox) -> None:
    """V: recorded by tap-intacct in 2026: number, date and title of the entry, one letter for flags."""
    for _ in range(2):
        assert client.one(journal(entry("10", "1"), entry("10", "-1"))).status == "success"
    first, second = company.state("intacct", "GLBATCH")
    assert int(second["BATCHNO"]) == int(first["BATCHNO"]) + 1
    assert (first["STATISTICAL"], first["JOURNAL_ENABLEEREPORTING"]) == ("false", "false")
    line = first["ENTRIES"][0]
    assert (line["BATCH_NUMBER"], line["BATCH_DATE"]) == (first["BATCHNO"], "11/15/2026")
    assert (line["BATCHTITLE"], line["USERNO"]) == ("Accrual", first["CREATEDBY"])
    assert (line["STATISTICAL"], line["CLEARED"], line["ADJ"]) == ("F", "F", "F")


def test_the_tax_of_a_line_comes_on_top_of_it(client: Client, company: RunningSandbox) -> None:
    company.load("intacct", "TAXSOLUTION", [{"SOLUTIONID": "UK - VAT", "STATUS": "active"}])
    company.load(
        "intacct", "TAXDETAIL", [{"DETAILID": "UK std", "VALUE": "20", "TAXSOLUTIONID": "UK - VAT", "STATUS": "active"}]
    )
    tax = "<TAXENTRIES><TAXENTRY><DETAILID>UK std</DETAILID><TRX_TAX>2</TRX_TAX></TAXENTRY></TAXENTRIES></GLENTRY>"
    taxed = entry("10", "1").replace("</GLENTRY>", tax)
    solution = "<TAXIMPLICATIONS>Inbound</TAXIMPLICATIONS><TAXSOLUTIONID>UK - VAT</TAXSOLUTIONID>"
    assert client.one(journal(taxed, entry("10", "-1"), fields=solution)).status == "failure"
    done = client.one(journal(taxed, entry("12", "-1"), fields=solution))
    assert done.status == "success", done.errors
