"""Dimensions that a company made itself, on their way into Certify: by the name of each value, or by its ID."""

from __future__ import annotations

import pytest

from tests.people_company import load_people
from tests.provisioning.test_dimensions import place

__all__ = ["place"]


@pytest.mark.parametrize("where", ["report_gld/2", "employee_gld/4"])
@pytest.mark.parametrize(("codes", "found"), [("name", {"Spring", "Autumn"}), ("id", {"10008", "10009"})])
def test_its_list_is_kept_as_intacct_has_it(where, codes, found, company, settings, sync, place):
    company.settings(user_defined_dimensions={"udd_test": {"label": "Campaign"}})
    settings(
        dimensions={"user_defined_1": {"object": "udd_test", "label": "campaign", "certify": where, "codes": codes}}
    )
    load_people(company, 1)
    company.load("intacct", "udd_test", [{"id": "10008", "name": "Spring"}, {"id": "10009", "name": "Autumn"}])
    sync()
    assert {code: row for code, row in place(where).items() if code in found} == {
        code: (name, 1)
        for code, name in zip(sorted(found), sorted({"Spring", "Autumn"}, reverse=codes == "id"), strict=True)
    }
    company.clear_calls()
    assert sync(judged=False) == {}
    assert not any(figures["written"] for figures in company.calls()["certify"].values())
