"""Which tax detail a line has: by entity, category, country and department, and what a kind of document takes of them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from certify_intacct.model.configuration.changes import changes, of_money
from certify_intacct.model.references import Category, TaxDetail
from tests.rules.expenses.company import REFERENCES, TODAY, card_line, configuration, line, plan_report, report

UK, CANADA = "United Kingdom - VAT", "Canadian Sales Tax - SYS"
DETAILS = {
    UK: ("UK 20", "UK 5", "UK 0", "UK exempt"),
    CANADA: ("CA HST", "CA PST", "CA 0"),
    "Bundesrepublik, eigene": ("Vorsteuer 19", "Vorsteuer 0"),
}
KNOWN = replace(
    REFERENCES,
    categories=REFERENCES.categories | {"Gift": (Category(name="Gift", gl_code="6220"),)},
    tax_details={
        detail: TaxDetail(detail_id=detail, solution=solution)
        for solution, details in DETAILS.items()
        for detail in details
    },
)
BRITISH = {"mode": "map", "solution": UK, "vat_detail": "UK 20", "zero_detail": "UK 0"}
CANADIAN = {"mode": "map", "solution": CANADA, "hst_detail": "CA HST", "pst_detail": "CA PST", "zero_detail": "CA 0"}
JOURNAL = {
    "company_paid": {"target": "gl_journal", "journal": {"symbol": "EXP", "offset_account": "2310", "vat_vendor": "X"}}
}


def planned(*lines, references=KNOWN, country="", **more):
    policy = more.pop("policy", BRITISH)
    config = configuration(tax={"default": policy, "country": country}, **more)
    return plan_report(report(*lines), lines, references, config, today=TODAY)


def entries(plan) -> dict[str, list[tuple[str, Decimal]]]:
    """The tax entries of each expense."""
    return {
        item.expense_id: [(entry.detail_id, entry.amount) for entry in item.tax]
        for document in plan.documents
        for item in document.lines
    }


def why(plan) -> str:
    """The one hold of a plan, which is one of tax."""
    (hold,) = plan.all_holds
    assert hold.rule == "tax"
    return f"{hold.reason} {hold.cure}"


def vat(expense_id, amount="12", tax="2", **changes):
    return line(expense_id, amount, vat_amount=Decimal(tax), **changes)


def test_any_solution_that_the_company_has():
    own = {
        "mode": "map", "solution": "Bundesrepublik, eigene", "vat_detail": "Vorsteuer 19", "zero_detail": "Vorsteuer 0",
    }  # fmt: skip
    plan = planned(vat("a", "11.90", "1.90"), line("b", "3"), policy=own)
    assert entries(plan) == {"a": [("Vorsteuer 19", Decimal("1.90"))], "b": [("Vorsteuer 0", Decimal(0))]}
    (bill,) = plan.documents
    assert (bill.tax_solution, bill.total) == ("Bundesrepublik, eigene", Decimal("14.90"))


def test_a_detail_of_another_solution_waits_and_the_right_one_cures_it():
    plan = planned(vat("a"), policy=BRITISH | {"vat_detail": "CA HST"})
    assert "'CA HST' belongs to 'Canadian Sales Tax - SYS' and not to 'United Kingdom - VAT'" in why(plan)
    assert entries(planned(vat("a"))) == {"a": [("UK 20", Decimal(2))]}
    silent = replace(KNOWN, tax_details={"UK 20": TaxDetail(detail_id="UK 20")})
    assert planned(vat("a"), references=silent).documents, "where Intacct does not state it, nothing says it is wrong"
    gone = replace(KNOWN, tax_details=KNOWN.tax_details | {"UK 20": TaxDetail(detail_id="UK 20", active=False)})
    assert "no active tax detail 'UK 20'" in why(planned(vat("a"), references=gone))


def test_the_first_row_that_fits_decides_and_says_no_more_than_it_has_to():
    rows = [
        {"categories": ["Hotel"], "departments": ["31"], "zero_detail": "UK exempt"},
        {"categories": ["Hotel"], "vat_detail": "UK 5"},
        {"departments": ["31"], "vat_detail": "UK exempt"},
    ]
    lines = [
        vat("a"),
        vat("b", department_code="31"),
        vat("c", category="Gift", department_code="31"),
        vat("d", category="Gift"),
        line("e", "1", department_code="31"),
    ]
    found = {name: one[0][0] for name, one in entries(planned(*lines, policy=BRITISH | {"details": rows})).items()}
    assert found == {"a": "UK 5", "b": "UK 20", "c": "UK exempt", "d": "UK 20", "e": "UK exempt"}


@pytest.mark.parametrize("place", ["report_gld/4", "employee_gld/2", "location"])
def test_the_country_stands_where_the_company_states_it(place):
    rows = [{"countries": ["FR"], "reclaim": 0}]
    lines = [vat("a"), vat("b")]
    headers = {}
    if place == "report_gld/4":
        lines[1] = replace(lines[1], report_gld_codes={4: "FR"})
        lines[0] = replace(lines[0], report_gld_codes={4: "GB"})
    elif place == "location":
        lines = [replace(lines[0], location="London, GB"), replace(lines[1], location="FR")]
    else:
        headers = {"employee_gld_codes": {1: "100", 2: "FR"}}
    config = configuration(tax={"default": BRITISH | {"details": rows}, "country": place})
    plan = plan_report(report(*lines, **headers), lines, KNOWN, config, today=TODAY)
    found = {name: one[0] for name, one in entries(plan).items()}
    assert found["b"] == ("UK 0", Decimal(0))
    assert found["a"] == (("UK 0", Decimal(0)) if headers else ("UK 20", Decimal(2)))
    (bill,) = plan.documents
    assert bill.total == Decimal(24), "what is not claimed stays in the expense"


@pytest.mark.parametrize("blank", ["", " ", "\u200b"])
def test_a_line_with_tax_and_no_country_waits_where_a_country_decides(blank):
    rows = [{"categories": ["Hotel"], "countries": ["FR"], "reclaim": 0}]
    policy = BRITISH | {"details": rows}
    nowhere = vat("a", report_gld_codes={4: blank})
    assert "country of the expense" in why(planned(nowhere, policy=policy, country="report_gld/4"))
    # Both ways out.
    stated = replace(nowhere, report_gld_codes={4: "GB"})
    assert entries(planned(stated, policy=policy, country="report_gld/4"))["a"][0][0] == "UK 20"
    assert entries(planned(nowhere, policy=BRITISH, country="report_gld/4"))["a"][0][0] == "UK 20"
    # Another category, or no tax: no country decides.
    other = [vat("b", category="Gift"), line("c", "1")]
    assert set(entries(planned(*other, policy=policy, country="report_gld/4"))) == {"b", "c"}


@pytest.mark.parametrize("listed", ["hotel", "Hotel ", "Ｈotel", "Ho\u200btel"])
def test_what_only_looks_like_a_row_waits(listed):
    row = {"categories": [listed], "vat_detail": "UK 5"}
    assert f"{listed!r} of posting.tax looks like what the line has" in why(
        planned(vat("a"), policy=BRITISH | {"details": [row]})
    )
    right = row | {"categories": ["Hotel"]}
    assert entries(planned(vat("a"), policy=BRITISH | {"details": [right]}))["a"][0][0] == "UK 5"


def test_hst_and_pst_on_details_of_their_own():
    taxed = line("a", "112", hst_amount=Decimal(5), pst_amount=Decimal(7))
    plan = planned(taxed, line("b", "1"), policy=CANADIAN)
    assert entries(plan) == {"a": [("CA HST", Decimal(5)), ("CA PST", Decimal(7))], "b": [("CA 0", Decimal(0))]}
    (bill,) = plan.documents
    assert (bill.lines[0].amount, bill.total, bill.tax_solution) == (Decimal(100), Decimal(113), CANADA)


def test_one_on_a_detail_the_other_on_an_account_whose_line_has_an_entry_too():
    policy = {name: value for name, value in CANADIAN.items() if name != "pst_detail"} | {"pst_account": "2310"}
    plan = planned(line("a", "112", hst_amount=Decimal(5), pst_amount=Decimal(7)), policy=policy)
    (bill,) = plan.documents
    assert [(one.account, one.amount, [(tax.detail_id, tax.amount) for tax in one.tax]) for one in bill.lines] == [
        ("6220", Decimal(100), [("CA HST", Decimal(5))]),
        ("2310", Decimal(7), [("CA 0", Decimal(0))]),
    ]


def test_a_tax_that_nothing_maps_waits_and_may_stay_in_the_expense():
    policy = {name: value for name, value in CANADIAN.items() if name != "pst_detail"}
    taxed = line("a", "112", hst_amount=Decimal(5), pst_amount=Decimal(7))
    assert "`reclaim: {PST: 0}`" in why(planned(taxed, policy=policy))
    plan = planned(taxed, policy=policy | {"reclaim": {"PST": 0}})
    assert entries(plan) == {"a": [("CA HST", Decimal(5))]}
    assert plan.documents[0].lines[0].amount == Decimal(107)


def test_more_entries_than_a_line_takes_wait_with_ways_out():
    all_three = CANADIAN | {"vat_detail": "CA 0"}
    taxed = line("a", "113", vat_amount=Decimal(1), hst_amount=Decimal(5), pst_amount=Decimal(7))
    text = why(planned(taxed, policy=all_three))
    assert "VAT and HST and PST need a tax entry each" in text
    assert "takes 2" in text
    assert len(entries(planned(taxed, policy=all_three | {"reclaim": {"PST": 0}}))["a"]) == 2
    one_detail = all_three | {"vat_detail": "CA HST"}
    assert entries(planned(taxed, policy=one_detail))["a"] == [("CA HST", Decimal(6)), ("CA PST", Decimal(7))]


def test_a_line_of_a_journal_takes_one_entry():
    taxed = card_line("a", "112", hst_amount=Decimal(5), pst_amount=Decimal(7))
    text = why(planned(taxed, policy=CANADIAN, **JOURNAL))
    assert "takes 1" in text
    assert "pst_account" in text
    # Each way out that the hold names.
    assert entries(planned(taxed, policy=CANADIAN | {"reclaim": {"PST": 0}}, **JOURNAL))["a"] == [
        ("CA HST", Decimal(5))
    ]
    on_account = {name: value for name, value in CANADIAN.items() if name != "pst_detail"} | {"pst_account": "6300"}
    assert len(planned(taxed, policy=on_account, **JOURNAL).documents[0].lines) == 2
    elsewhere = {"categories": ["Hotel"], "target": "credit_card_transaction"}
    shipped = configuration().posting.company_paid.model_dump()["cards"]
    other = {"company_paid": JOURNAL["company_paid"] | {"overrides": [elsewhere], "cards": shipped}}
    assert len(entries(planned(taxed, policy=CANADIAN, **other))["a"]) == 2


@pytest.mark.parametrize("mode", ["map", "gross", "hold"])
def test_every_line_of_a_taxed_entity_has_an_entry(mode):
    plan = planned(line("a", "10"), policy=BRITISH | {"mode": mode})
    assert entries(plan) == {"a": [("UK 0", Decimal(0))]}
    assert plan.documents[0].tax_solution == UK


def test_a_taxed_entity_without_a_zero_detail_waits_where_one_is_needed():
    bare = {name: value for name, value in BRITISH.items() if name != "zero_detail"}
    assert entries(planned(vat("a"), policy=bare)), "a line with tax needs none"
    text = why(planned(vat("a"), line("b", "1"), policy=bare))
    assert "zero_detail" in text
    # Both ways out.
    assert entries(planned(line("b", "1")))["b"] == [("UK 0", Decimal(0))]
    plan = planned(vat("a"), line("b", "1"), policy=bare | {"untaxed_lines": "no_entry"})
    assert entries(plan) == {"a": [("UK 20", Decimal(2))], "b": []}


def test_what_connector_yaml_cannot_mean_is_refused():
    def refused(text, country="", **policy):
        with pytest.raises(ValueError, match=text):
            configuration(tax={"default": BRITISH | policy, "country": country})

    refused("belong together", solution="")
    refused("it must name categories", details=[{"vat_detail": "UK 5"}])
    refused("it says nothing", details=[{"categories": ["Hotel"]}])
    refused("nothing says where Certify states one", details=[{"countries": ["FR"], "reclaim": 0}])
    refused("is no place of a country in Certify: report_gld/1", country="department")
    refused("two places for one tax", hst_detail="CA HST", hst_account="2310")
    refused("two places for one tax", pst_account="2310", details=[{"categories": ["Hotel"], "pst_detail": "CA PST"}])
    refused("less than or equal to 100", reclaim=101)
    refused("GST", reclaim={"GST": 50})


def test_the_order_of_rows_decides_about_money_and_what_nobody_says_has_not_changed():
    rows = [{"categories": ["Hotel"], "vat_detail": "UK 5"}, {"departments": ["31"], "reclaim": 50}]
    before, after = (
        of_money(configuration(tax={"default": BRITISH | {"details": some}})) for some in (rows, rows[::-1])
    )
    decisive, recorded = changes(before, after)
    assert (len(decisive), recorded) == (4, [])
    old = {"mode": "map", "solution": UK, "vat_detail": "UK 20"}
    assert configuration(tax={"default": old}).posting.tax.model_dump(mode="json") == {
        "default": old | {"hst_account": "", "pst_account": ""},
        "entities": {},
    }
