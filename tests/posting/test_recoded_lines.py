"""Any edit of what a line or a header says in business is noticed, and nothing else is. Fields are Certify's."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from certify_intacct.model.content import lines_hash
from certify_intacct.rules.expenses import hashing
from certify_intacct.staging.expenses import line_of, report_of

texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
amounts = st.decimals(-10_000, 10_000, allow_nan=False, places=2).map(str)
days = st.dates().map(str)
flags = st.booleans()
LINE: dict[str, Any] = {
    "DepartmentCode": texts, "ExpenseCategory": texts, "ExpenseCategoryGLCode": texts, "Amount": amounts, "ReimAmount": amounts,
    "Reimbursable": flags, "Currency": texts, "ConvertedAmount": amounts, "ConvertedReimAmount": amounts, "ConvertedCurrency": texts,
    "ExpenseDate": days, "PostingDate": days, "Vendor": texts, "Reason": texts, "Billable": flags, "VATAmount": amounts,
    "HSTAmount": amounts, "PSTAmount": amounts, "PaymentCardName": texts, "CCLast": texts, "CCTransactionID": texts,
    **{f"ExpenseReportGLD{number}Code": texts for number in range(1, 6)},
}  # fmt: skip
# Recoded, these are no matter of another document of the report.
OF_ONE_DOCUMENT = {
    "DepartmentCode", "ExpenseCategory", "ExpenseCategoryGLCode", "ExpenseDate", "PostingDate", "Vendor", "Reason", "Billable",
    "VATAmount", "HSTAmount", "PSTAmount", "PaymentCardName", "CCLast", "CCTransactionID",
}  # fmt: skip
HEADER: dict[str, Any] = {
    "EmployeeID": texts, "Currency": texts, "TotalAmount": amounts, "ReimAmount": amounts, "NonReimAmount": amounts,
    "ProcessedDate": days,
    **{f"EmpGLD{number}Code": texts for number in range(1, 6)},
}  # fmt: skip
BY_ITSELF = {
    "Reimbursed": flags, "ReimbursedDate": days, "ReimbursementTransactionID": texts, "APSyncComplete": flags, "ReceiptID": texts,
    "ReceiptImageLink": texts, "LastAction": texts, "ApprovalCode": texts, "BatchID": texts,
}  # fmt: skip


def record(fields: dict[str, Any], identity: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(fields).map(lambda values: {"ID": identity, "ExpenseReportID": "r-1", **values})


def contents(*records: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The business fields of lines; all of them can be read."""
    read = [line_of(one) for one in records]
    assert not [fault for _, faults in read for fault in faults]
    return {line.id: hashing.line_content(line) for line, _ in read}


def as_read(fields: dict[str, Any], name: str, value: Any) -> Any:
    """The value as its type: an amount of 1.10 is one of 1.1."""
    return float(value) if fields[name] is amounts else value


@given(record(LINE, "a"), record(LINE, "b"), st.sampled_from(sorted(LINE)), st.data())
def test_an_edit_of_any_business_field_of_a_line_is_noticed(one, other, name, data):
    value = data.draw(LINE[name])
    assume(as_read(LINE, name, value) != as_read(LINE, name, one[name]))
    before, now = contents(one, other), contents({**one, name: value}, other)
    assert lines_hash(before) != lines_hash(now)
    (said,) = hashing.recoded(before, now)
    assert said.startswith("line a ")
    assert bool(hashing.recoded(before, now, apart={"a"})) == (name not in OF_ONE_DOCUMENT)
    assert hashing.recoded(before, now, apart={"b"}) == [said]


@given(record({**LINE, **BY_ITSELF}, "a"), record(BY_ITSELF, "a"))
def test_what_moves_by_itself_is_no_difference_of_a_line(one, moved):
    assert contents(one) == contents({**one, **moved})


@given(record(LINE, "a"), record(LINE, "b"))
def test_lines_that_go_or_come_under_another_id_are_noticed_and_new_ones_stop_nothing(one, other):
    both = contents(one, other)
    assert hashing.recoded(both, contents(one), apart={"b"})[0].endswith("is gone")
    assert hashing.recoded(both, contents(one, {**other, "ID": "c"}), apart={"b"})[0].endswith("is gone")
    assert hashing.recoded(contents(one), both) == []
    assert len({lines_hash(both), lines_hash(contents(one)), lines_hash(contents(one, {**other, "ID": "c"}))}) == 3


@given(record(HEADER, "r-1"), st.sampled_from(sorted(HEADER)), record(BY_ITSELF, "r-1"), st.data())
def test_an_edit_of_any_business_field_of_a_header_is_noticed_and_no_other(one, name, moved, data):
    def content(header: dict[str, Any]) -> dict[str, Any]:
        report, faults = report_of(header)
        assert faults == [] or {fault.split(" is ")[0] for fault in faults} <= set(BY_ITSELF)
        return hashing.report_content(report)

    value = data.draw(HEADER[name])
    assume(as_read(HEADER, name, value) != as_read(HEADER, name, one[name]))
    assert content(one) != content({**one, name: value})
    assert content(one) == content({**one, **moved})
