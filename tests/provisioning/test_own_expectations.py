"""What a company expects of its people's records itself: who fails is left as they are, and who has left still goes."""

from __future__ import annotations

import yaml

from certify_intacct.model.configuration import config_path
from tests.people_company import load_people, users

EXPECTED = {
    "stream": "intacct_employees",
    "expectation": "expect_column_values_to_not_be_in_set",
    "arguments": {"column": "department", "value_set": ["10"]},
    "severity": "warning",
    "reason": "Department 10 was wound up.",
    "cure": "Give the employee another department in Intacct.",
}


def test_who_fails_is_left_as_they_are_until_the_record_is_corrected_and_a_leaver_goes(company, sync, rows, notes):
    load_people(company, 1, 2)
    sync(judged=False)
    folder = config_path().parent / "expectations"
    folder.mkdir()
    (folder / "people.yaml").write_text(yaml.safe_dump([EXPECTED]), encoding="utf-8")
    company.act("terminate", employee="E1", end_date="2026-01-31", keep_active=True)
    company.act("edit_user", user="E2", changes={"FirstName": "Somebody"})
    sync()
    assert notes() >= {("quarantined", "E2")}
    (frozen,) = rows("SELECT key, reasons, own FROM quality.quarantined")
    assert (frozen["reasons"], frozen["own"]) == (EXPECTED["reason"], True)
    assert users(company)["p2@example.com"]["FirstName"] == "Somebody"
    assert not users(company)["p1@example.com"]["Active"], "what is wrong with a leaver's record keeps nobody"
    (folder / "people.yaml").write_text("# Nothing any more.\n", encoding="utf-8")
    sync()
    assert users(company)["p2@example.com"]["FirstName"] == "Ana"
