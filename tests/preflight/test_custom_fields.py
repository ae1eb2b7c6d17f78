"""Fields that a company added: whether they are there and can hold what connector.yaml writes is known before a run."""

from __future__ import annotations

import pytest

from certify_intacct.model.errors import ConnectorError

BILL = {
    "TRIP": {"max_length": 8}, "GRADE": {"type": "ENUM", "values": ["A", "B"]},
    "AREAS": {"type": "ENUM", "values": ["N", "S"], "multiple": True}, "DAY": {"type": "DATE"}, "HEADS": {"type": "INTEGER"},
    "URGENT": {"type": "BOOLEAN"}, "SCORE": {"readonly": True},
}  # fmt: skip


@pytest.fixture(autouse=True)
def _fields(company) -> None:
    company.sandbox.settings(custom_fields={"APBILL": BILL, "APBILLITEM": {"APPROVER": {"required": True}}})


def fill(company, header: dict[str, object], line: dict[str, object] | None = None) -> None:
    company.configure(
        posting__custom_fields={"ap_bill": {"header": header, "line": line or {"APPROVER": "{report_gld_1}"}}}
    )


def test_fields_that_hold_what_is_written_pass_and_a_required_one_is_filled(company):
    fill(
        company,
        {"TRIP": "12345678", "GRADE": "A", "AREAS": "N#~#S", "DAY": "{processed_date}", "HEADS": 3, "URGENT": True},
    )
    assert company.check()["stopping"] == 0
    assert company.outcomes()["Custom field TRIP of APBILL"] == "present"
    assert company.outcomes()["Required fields of APBILLITEM"] == "present"


def test_a_required_field_that_may_be_left_empty_is_not_filled(company):
    fill(company, {}, {"APPROVER": "[{report_gld_1}]"})
    with pytest.raises(ConnectorError, match="Intacct demands APPROVER, which nothing here fills"):
        company.check()


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ({"TRAP": "1"}, "Intacct has no field TRAP there; it has TRIP."),
        ({"DOCNUMBER": "1"}, "DOCNUMBER is no custom field"),
        ({"SCORE": "1"}, "SCORE is read-only in Intacct."),
        ({"TRIP": "123456789"}, "'123456789' has 9 characters, and TRIP holds 8."),
        ({"GRADE": "C"}, "'C' is no value of GRADE; there are A, B."),
        ({"AREAS": "N#~#W"}, "'W' is no value of AREAS; there are N, S."),
        (
            {"DAY": "{report_name}"},
            "DAY holds a date: one field such as {expense_date} alone, or YYYY-MM-DD, and not '{report_name}'.",
        ),
        ({"DAY": "2026-02-30"}, "and not '2026-02-30'."),
        ({"HEADS": "many"}, "HEADS holds a whole number, and not 'many'."),
        ({"URGENT": "yes"}, "URGENT holds true, false or {billable}, and not 'yes'."),
        ({"URGENT": "{report_name}"}, "URGENT holds true, false or {billable}, and not '{report_name}'."),
    ],
)
def test_what_a_field_cannot_hold_stops_the_run_and_names_the_key(company, header, text):
    fill(company, header)
    with pytest.raises(ConnectorError) as caught:
        company.check()
    (name,) = header
    assert text in str(caught.value)
    assert f"connector.yaml: posting.custom_fields.ap_bill.header.{name}" in str(caught.value)
