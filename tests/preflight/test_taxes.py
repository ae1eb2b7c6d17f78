"""The check of tax solutions and details before a run, on PostgreSQL and both services."""

from __future__ import annotations

import pytest

from certify_intacct.model.errors import ConfigurationError

UK, CANADA = "United Kingdom - VAT", "Canadian Sales Tax - SYS"
BRITISH = {"mode": "map", "solution": UK, "vat_detail": "UK 20", "zero_detail": "UK 0"}


@pytest.fixture
def taxed(company):
    """The company, with two tax solutions and details of both."""
    company.sandbox.load("intacct", "TAXSOLUTION", [{"SOLUTIONID": one, "STATUS": "active"} for one in (UK, CANADA)])
    details = {"UK 20": UK, "UK 0": UK, "CA HST": CANADA}
    company.sandbox.load(
        "intacct", "TAXDETAIL",
        [{"DETAILID": name, "TAXSOLUTIONID": of, "STATUS": "active"} for name, of in details.items()],
    )  # fmt: skip
    company.sandbox.clear_calls()
    return company


def check(company, policy=BRITISH, entities=None):
    company.configure(posting__tax={"default": policy, "entities": entities or {}})
    counts = company.check()
    return counts, {item: row for item, row in company.rows().items() if item.startswith("Tax ") and "List" not in item}


def test_what_connector_yaml_names_is_there(taxed):
    counts, rows = check(taxed)
    assert counts["stopping"] == 0
    assert {item: row["outcome"] for item, row in rows.items()} == {
        f"Tax solution {UK}": "present", f"Tax detail UK 20 of {UK}": "present", f"Tax detail UK 0 of {UK}": "present",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"vat_detail": "CA HST"}, rf"Tax detail CA HST of {UK}(.|\n)*belongs to {CANADA}"),
        (
            {"details": [{"categories": ["Hotel"], "vat_detail": "UK  20"}]},
            r"Tax detail UK  20(.|\n)*looks like 'UK 20'",
        ),
        ({"solution": "UK VAT"}, r"Tax solution UK VAT(.|\n)*no active tax solution"),
    ],
)
def test_what_intacct_has_not_stops_and_names_the_key(taxed, changes, said):
    with pytest.raises(ConfigurationError, match=said) as caught:
        check(taxed, BRITISH | changes)
    assert "posting.tax.default" in str(caught.value)
    # The cure that it names.
    assert check(taxed)[0]["stopping"] == 0


def test_an_entity_whose_lines_without_tax_would_wait_is_warned_of(taxed):
    bare = {name: value for name, value in BRITISH.items() if name != "zero_detail"}
    counts, rows = check(taxed, {"mode": "gross"}, {"100": bare})
    warning = rows["Tax detail of lines without tax (posting.tax.entities.100)"]
    assert (counts["stopping"], warning["outcome"]) == (0, "missing")
    assert "posting.tax.entities.100.zero_detail" in warning["where_to_click"]
    for cure in ({"zero_detail": "UK 0"}, {"untaxed_lines": "no_entry"}):
        _, rows = check(taxed, {"mode": "gross"}, {"100": bare | cure})
        assert {row["outcome"] for row in rows.values()} == {"present"}


def test_lists_that_nobody_may_read_are_no_verdict(taxed):
    taxed.deny(TAXSOLUTION=["READ_BY_QUERY"])
    counts, rows = check(taxed)
    assert (counts["stopping"], rows[f"Tax solution {UK}"]["outcome"]) == (0, "cannot tell")
    assert taxed.outcomes()["Tax Solutions: List, View"] == "missing"


def test_a_company_without_tax_is_not_asked(taxed):
    _, rows = check(taxed, {"mode": "gross"})
    assert rows == {}
    assert "Tax Solutions: List, View" not in taxed.rows()
