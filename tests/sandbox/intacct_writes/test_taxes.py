"""Tax entries as the gateway takes them: an entity's one solution, details of it, and when a line must have one."""

from __future__ import annotations

import pytest

from tests.sandbox.intacct_writes.conftest import Client, bill, line, refused
from tests.sandbox.intacct_writes.test_journals import entry, journal
from tests.sandbox_fixture import RunningSandbox

UK, GST = "United Kingdom - VAT", "Australia - GST"
ZERO = {"DETAILID": "UK Zero", "VALUE": "0", "TAXSOLUTIONID": UK}


def entries(*given: tuple[str, str]) -> str:
    """The content of TAXENTRIES; a detail without an amount has it computed."""
    tax = "<TRX_TAX>{}</TRX_TAX>"
    return "".join(
        f"<TAXENTRY><DETAILID>{detail}</DETAILID>{tax.format(amount) if amount else ''}</TAXENTRY>"
        for detail, amount in given
    )


@pytest.fixture
def taxed(company: RunningSandbox) -> RunningSandbox:
    """The company, in which two entities have a tax solution each."""
    company.load("intacct", "TAXDETAIL", [ZERO])
    company.settings(entity_tax_solutions={"US": UK, "US2": GST})
    return company


def test_a_document_names_the_solution_of_its_entity(client: Client, taxed: RunningSandbox) -> None:
    standard = line(TAXENTRIES=entries(("UK Standard", "20")))
    assert client.one(bill(standard, TAXSOLUTIONID=UK)).status == "success"
    other = line(TAXENTRIES=entries(("GST 10", "10")))
    refused(client, bill(other, TAXSOLUTIONID=GST), f"Tax solution {GST} is not the tax solution of entity US.")
    untaxed = line(location="LONE", TAXENTRIES=entries(("UK Standard", "20")))
    refused(client, bill(untaxed, TAXSOLUTIONID=UK), f"Tax solution {UK} is not the tax solution of entity LONE.")
    refused(client, bill(standard), "Required field Tax solution is missing")


def test_where_the_company_has_one_alone_nobody_need_name_it(client: Client, taxed: RunningSandbox) -> None:
    taxed.settings(entity_tax_solutions={"US": UK})
    assert client.one(bill(line(TAXENTRIES=entries(("UK Standard", "20"))))).status == "success"


def test_inside_an_entity_it_is_left_out(client: Client, taxed: RunningSandbox) -> None:
    standard = line(TAXENTRIES=entries(("UK Standard", "20")))
    assert client.one(bill(standard), entity="US").status == "success"
    assert client.one(bill(standard, number="R-2", TAXSOLUTIONID=UK), entity="US").status == "success"
    taxed.settings(tax_solution_in_entity="refuse")
    text = "A tax solution can be selected at top level only."
    refused(client, bill(standard, number="R-3", TAXSOLUTIONID=UK), text, entity="US")
    taxed.settings(entity_tax_solutions={})
    assert client.one(bill(standard, number="R-4"), entity="US").status == "success"


def test_a_line_without_an_entry_where_the_company_wants_one(client: Client, taxed: RunningSandbox) -> None:
    standard = line(TAXENTRIES=entries(("UK Standard", "20")))
    assert client.one(bill(standard, line("5"), TAXSOLUTIONID=UK)).status == "success"
    taxed.settings(lines_without_tax_entry="refuse")
    text = f"A tax detail is required on each line in an entity with tax solution {UK}."
    refused(client, bill(standard, line("5"), number="R-2", TAXSOLUTIONID=UK), text)
    refused(client, bill(line("5"), number="R-2"), text)
    zero = line("5", TAXENTRIES=entries(("UK Zero", "0.00")))
    done = client.one(bill(standard, zero, number="R-2", TAXSOLUTIONID=UK))
    assert done.status == "success", done.errors
    assert client.one(bill(line("5", location="LONE"), number="R-3")).status == "success"


def test_a_line_takes_two_entries_and_keeps_both(client: Client, taxed: RunningSandbox) -> None:
    two = line("100", TAXENTRIES=entries(("UK Standard", "20"), ("UK Zero", "0.5")))
    done = client.one(bill(two, TAXSOLUTIONID=UK))
    assert done.status == "success", done.errors
    three = line("100", TAXENTRIES=entries(*[("UK Standard", "1")] * 3))
    refused(client, bill(three, number="R-2", TAXSOLUTIONID=UK), "A line can have 2 tax entries only.")
    change = f"<update><APBILL><RECORDNO>{done.data.findtext('.//RECORDNO')}</RECORDNO><DESCRIPTION>x</DESCRIPTION></APBILL></update>"
    assert client.one(change).status == "success"
    (kept,) = taxed.state("intacct", "APBILL")
    assert (kept["TRX_TOTALENTERED"], kept["APBILLITEMS"][0]["TRX_TAX"]) == ("120.50", "20.50")


def test_a_line_of_a_journal_states_one_entry_with_its_amount(client: Client, taxed: RunningSandbox) -> None:
    def of(given: str, implications: str = "Inbound"):
        debit = entry("10", "1").replace("</GLENTRY>", f"<TAXENTRIES>{given}</TAXENTRIES></GLENTRY>")
        header = f"<TAXIMPLICATIONS>{implications}</TAXIMPLICATIONS><TAXSOLUTIONID>{UK}</TAXSOLUTIONID>"
        return client.one(journal(debit, entry("12", "-1"), fields=header))

    taxed.settings(lines_without_tax_entry="refuse")
    assert of(entries(("UK Standard", ""))).first == "Required field Transaction tax is missing"
    assert of(entries(("UK Standard", "1"), ("UK Zero", "1"))).first == "A line can have one tax entry only."
    assert of(entries(("UK Standard", "2")), "None").first == "Required field Tax implications is missing"
    done = of(entries(("UK Standard", "2")))
    assert done.status == "success", done.errors
    key = taxed.state("intacct", "GLBATCH")[0]["RECORDNO"]
    change = f"<update><GLBATCH><RECORDNO>{key}</RECORDNO><BATCH_TITLE>Later</BATCH_TITLE></GLBATCH></update>"
    changed = client.one(change)
    assert changed.status == "success", changed.errors
    assert taxed.state("intacct", "GLBATCH")[0]["ENTRIES"][0]["TRX_TAX"] == "2.00"
