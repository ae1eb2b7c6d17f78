"""The section ``posting`` of connector.yaml, but for its cards."""

from __future__ import annotations

import re

import pytest

from certify_intacct.model.configuration import load
from tests.model.configuration.shipped import TEXT, line_of, names_line_key_and_what_is_allowed, refused


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "    target: none",
            "    target: hold  # not yet",
            ["posting.invoices.target", "needs `since: YYYY-MM-DD`"],
        ),
        (
            "    target: none",
            "    target: ap_bill  # a word of employee_paid",
            ["posting.invoices.target", "'ap_bill'", "'none', 'hold' or 'supplier_bill'"],
        ),
        (
            "    vendor: vendor_code",
            "    vendor: VendorCode",
            ["posting.invoices.vendor", "'vendor_code' or 'vendor_id'"],
        ),
        ("    vendors: {}", '    vendors: {A: " 20001"}', ["posting.invoices.vendors.A", "blank at its start"]),
        (
            "    date: invoice_date",
            "    date: charge_date  # of no invoice",
            ["posting.invoices.date", "'invoice_date', 'processed_date' or 'run_date'"],
        ),
        (
            '    invoice_memo: "{category}[: {reason}]"',
            '    invoice_memo: "{order}"',
            ["posting.texts.invoice_memo", "there is no field {order}", "po_number"],
        ),
        (
            '    invoice_description: "{approval_code} ',
            '    invoice_description: "',
            ["posting.texts.invoice_description", "begins with {approval_code}"],
        ),
        (
            "    target: ap_bill",
            "    target: apbill",
            ["posting.employee_paid.target", "'apbill'", "'expense_report', 'gl_journal' or 'hold'"],
        ),
        (
            "  posting_entity: top_level",
            "  posting_entitty: top_level",
            ["posting.posting_entitty", "not known", "posting_entity"],
        ),
        ("      days: 14", "      dayz: 14", ["posting.employee_paid.due.dayz", "Allowed: days, rule, term"]),
        (
            "    company_paid: hold",
            "    company_paid: debit_memo",
            ["posting.credits.company_paid", "'debit_memo'", "'negative' or 'adjustment'"],
        ),
        (
            "        card_id: CORP-VISA",
            "        cardid: CORP-VISA",
            ["posting.company_paid.cards.0", "Allowed: card_id, last, payment_card, statement_day, vendor_id"],
        ),
        (
            "    date: processed_date",
            "    date: charge_date",
            ["posting.employee_paid.date", "'submitted_date', 'report_end_date'", "'run_date'"],
        ),
        (
            "    date: charge_date",
            "    date: charge_day",
            [
                "posting.company_paid.date: 'charge_day'",
                "'submitted_date', ",
                "'run_date', 'charge_date' or 'statement_date'",
            ],
        ),
        (
            '    description: "{approval_code} {report_name} {employee_name}"',
            '    description: "{report_name} {approval_code}"',
            ["posting.texts.description", "begins with {approval_code}"],
        ),
        (
            '    memo: "{expense_date} {category} {merchant}[: {reason}]"',
            '    memo: "{expense_date} {vendor}"',
            ["posting.texts.memo", "there is no field {vendor}; there are amount, approval_code, billable"],
        ),
        (
            "  custom_fields: {}",
            "  custom_fields: {ap_bil: {}}",
            [
                "posting.custom_fields.ap_bil",
                "Allowed: ap_adjustment, ap_bill, card_vendor_bill, credit_card_transaction",
            ],
        ),
        (
            "  custom_fields: {}",
            "  custom_fields: {expense_adjustment: {header: {TRIP: x}}}",
            ["posting.custom_fields.expense_adjustment.header", "on the lines of this kind alone: move them to `line`"],
        ),
        (
            "  custom_fields: {}",
            "  custom_fields: {ap_bill: {header: {trip: x}}}",
            ["posting.custom_fields.ap_bill.header", "'trip' is no integration name of a field"],
        ),
        (
            "  custom_fields: {}",
            '  custom_fields: {ap_bill: {header: {TRIP: "{merchant}"}}}',
            ["posting.custom_fields.ap_bill.header.TRIP", "there is no field {merchant}; there are approval_code"],
        ),
    ],
)
def test_a_fault_names_line_key_and_what_is_allowed(tmp_path, old, new, said):
    names_line_key_and_what_is_allowed(tmp_path, old, new, said)


@pytest.mark.parametrize(
    "amount",
    ["1e400", "1e5", "1_000", "０", "-1", "NaN", "Infinity", "1" + "0" * 15, "0x10", ".5", "5.", "0." + "1" * 13],
)
def test_a_limit_is_an_amount_that_a_person_can_read(tmp_path, amount):
    """One that no document reaches is no limit; 1e400 is accepted nowhere else either."""
    text = TEXT.replace("document_amount:", f'document_amount: "{amount}"  #', 1)
    assert text != TEXT
    said = refused(tmp_path, text)
    assert "posting.limits.document_amount" in said
    assert "an amount of 0 or more, written out" in said
    by_currency = TEXT.replace("document_amount:", f'document_amount: {{USD: "{amount}"}}  #', 1)
    assert "an amount of 0 or more, written out" in refused(tmp_path, by_currency)


_AN_AMOUNT = "it must be an amount of 0 or more, written out and with a point, such as 50000 or 2000.50"


@pytest.mark.parametrize(
    ("key", "written", "said"),
    [
        ("document_amount", '"1e5"', [f"document_amount: {_AN_AMOUNT}"]),
        ("document_amount", "[1]", [f"document_amount: {_AN_AMOUNT}"]),
        ("document_amount", "true", [f"document_amount: {_AN_AMOUNT}"]),
        ("document_amount", '{USD: "1e5"}', [f"document_amount.USD: {_AN_AMOUNT}"]),
        ("document_amount", "{USD: {a: 1}}", [f"document_amount.USD: {_AN_AMOUNT}"]),
        (
            "document_amount", '{USD: 5, EUR: "x", CHF: []}',
            [f"document_amount.EUR: {_AN_AMOUNT}", f"document_amount.CHF: {_AN_AMOUNT}"],
        ),
        ("document_amount", "{usd: 5}", ["document_amount.usd: 'usd' is wrong: string should match pattern '^[A-Z]{3}$'"]),
        ("day_amount", "much", [f"day_amount: {_AN_AMOUNT}"]),
    ],
)  # fmt: skip
def test_what_may_be_written_in_two_ways_is_told_once_and_by_its_own_path(tmp_path, key, written, said):
    text, count = re.subn(rf"\n    {key}:", f"\n    {key}: {written}  #", TEXT, count=1)
    assert count
    path = tmp_path / "connector.yaml"
    message = refused(tmp_path, text).removesuffix(" Correct the file; nothing was started.")
    line = line_of(text, f"{key}: {written}")
    assert message.splitlines() == [f"{path}, line {line}, posting.limits.{one}." for one in said]


def test_of_a_share_and_of_shares_by_tax_alike(tmp_path):
    for written, said in (
        ("much", "'much' is wrong: input should be a valid decimal."),
        ("{VAT: 101}", ".VAT: '101' is wrong: input should be less than or equal to 100."),
        ("{GST: 1}", ".GST: 'GST' is not known. Allowed: 'VAT', 'HST' or 'PST'."),
    ):
        text, count = re.subn(r"\n( +)# reclaim:", rf"\n\1reclaim: {written}  #", TEXT, count=1)
        assert count
        message = refused(tmp_path, text)
        assert said in message
        assert len(message.splitlines()) == 1
        assert "dict[" not in message


def test_lines_of_several_entities_share_documents_at_top_level_alone(tmp_path):
    shared = TEXT.replace("  several_entities: one_document_each", "  several_entities: one_document")
    path = tmp_path / "shared.yaml"
    path.write_text(shared, encoding="utf-8")
    assert load(path).posting.several_entities == "one_document"
    for old, new in (
        ("posting_entity: top_level", "posting_entity: entity"),
        ('intacct_entity: ""', "intacct_entity: US"),
    ):
        assert "take one out" in refused(tmp_path, shared.replace(old, new))
    message = refused(tmp_path, shared.replace("several_entities: one_document", "several_entities: together"))
    assert "Allowed: 'one_document_each' or 'one_document'" in message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("entities: {source: report_gld, number: 3}", "dimensions: {entity: {certify: report_gld/3}}"),
        ("entities: {number: 2, map: {A: B}}", "dimensions: {entity: {certify: employee_gld/2, map: {…}}}"),
        ("departments: {required: false}", "dimensions: {department: {required: false}}"),
        ("dimensions: [{field: CLASSID, report_gld: 4}]", "dimensions: {class: {certify: report_gld/4, sync: false}}"),
        (
            "dimensions: [{field: PROJECTID, report_gld: 1, required: true}, {field: ITEMID, report_gld: 2}]",
            "dimensions: {project: {certify: report_gld/1, sync: false, required: true}, "
            "item: {certify: report_gld/2, sync: false}}",
        ),
    ],
)
def test_what_an_older_file_says_in_posting_is_told_in_todays_words(tmp_path, old, new):
    text = TEXT.replace("  # The account of a line.", f"  {old}\n  # The account of a line.")
    message = refused(tmp_path, text)
    assert f"line {line_of(text, old)}, posting.{old.partition(':')[0]}: " in message
    assert new in message
