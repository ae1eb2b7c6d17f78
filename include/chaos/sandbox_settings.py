"""What is turned at the sandbox from round to round, and what is not."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from include.chaos.kinds import NUMBERS_ITSELF, OBJECTS

CHOICES: dict[str, tuple[Any, ...]] = {
    "adjustment_amounts": ("as_entered", "owed"),
    "adjustment_approval": (False, True),
    "amount_format": ("two_decimals", "trimmed"),
    "ap_approval": (False, True),
    "attachment_name_periods": ("refuse", "accept"),
    "audit_history_permitted": (True, False),
    "authentication_names_entity": (True, False),
    "bill_due_date_required": (True, False),
    "bill_owner": ("first_line", "most", "least"),
    "certify_approval_code_on_reprocess": ("new", "same"),
    "certify_approval_code_type": ("string", "number"),
    "certify_charset_content_type": ("html_400", "accepted"),
    "certify_cpdlist_by_id": ("envelope", "bare"),
    "certify_decimals_in_whole_numbers": ("refuse", "cut"),
    "certify_disapproved_in_report": (False, True),
    "certify_duplicate_codes": ("refuse", "accept"),
    "certify_duplicate_emails": ("refuse", "accept"),
    "certify_duplicate_employee_ids": ("accept", "refuse"),
    "certify_email_filter": ("ignored", "honoured"),
    "certify_empty_page_has_paging": (False, True),
    "certify_end_date_inclusive": (True, False),
    "certify_error_style": ("value", "message", "html"),
    "certify_page_size": (5, 25, 1000),
    "certify_past_end_of_expenses": ("http_403", "empty"),
    "certify_put_empglds": ("both", "with_index", "without_index"),
    "certify_put_users": ("full", "email_only"),
    "certify_report_gld_labels": (["Project", "Customer", "ENTITY", "ExpRptGLD4", "ExpRptGLD5"], ["A", "B", "C", "D", "E"]),
    "certify_roles_endpoint": (False, True),
    "certify_receipt_encoding": ("base64", "base64_lines", "data_uri"),
    "certify_second_approver": ("SecondApproverID", "SedondApproverID"),
    "certify_time_in_dates": (False, True),
    "certify_unknown_fields": ("ignore", "refuse"),
    "certify_unknown_id": ("http_404", "empty"),
    "certify_unknown_id_in_post": ("record_error", "http_404"),
    "certify_unprocessed_by_id": ("hidden", "shown"),
    "certify_users_keep": ("all", "known", "refuse_others"),
    "certify_visibility_delay_seconds": (0, 0, 0.3),
    "clock_shift_seconds": (0, 0, 90, -90),
    "closed_books_at_top_level": ("own", "latest"),
    "closed_books_by_entity": (True, False),
    "closed_books_date_style": ("text", "parts"),
    "closed_books_fields": ("entity_and_date", "entity_record", "no_entity", "two_dates", "no_date", "no_time"),
    "closed_books_shown": (
        [], ["get_closedbooksdate"], ["log"], ["summaries"], ["get_closedbooksdate", "log", "summaries"],
    ),
    "closed_period_errorno": ("BL01001973", "BL03000018"),
    "closed_period_style": ("transaction_date", "periods_are_closed", "date_on_or_after"),
    "concurrency_limit": (0, 2),
    "concurrency_wait_seconds": (0, 0.2),
    "create_several": ("rolled_back", "kept"),
    "credential_error_style": ("control", "gateway", "invalid_request"),
    "default_order": ("recordno", "shuffled"),
    "direct_posting_of": ("journals", "all"),
    "direct_posting_field": ("published", "labelled", "hidden"),
    "duplicate_adjustment_number": ("refuse", "accept"),
    "duplicate_attachment_file": ("refuse", "accept"),
    "duplicate_bill_number": ("refuse", "warn", "accept"),
    "duplicate_card_reference": ("accept", "refuse"),
    "duplicate_expense_report_number": ("refuse", "accept"),
    "duplicate_folder_name": ("refuse", "refuse", "accept"),
    "duplicate_journal_reference": ("accept", "refuse"),
    "duplicate_vendor_text": ("object", "record"),
    "empty_attachment": ("accept", "refuse", "schema"),
    "expired_card": ("by_date", "today", "accept"),
    "expense_adjustment_amounts": ("as_entered", "owed"),
    "expense_adjustment_state": ("Posted", "Approved", "Submitted"),
    # The company states what was spent with rates of four decimals.
    "expense_amount": ("required", "optional", "recomputed", "checked"),
    "expense_approval": (True, False),
    "expense_approved_change": ("refuse", "attachment", "accept"),
    "expense_line_amounts": ("reimbursement_base", "spent_base", "spent_reimbursement"),
    "expense_resubmitted": ("Submitted", "Resubmitted"),
    "expense_total_entered": ("all", "reimbursable"),
    "expense_update_state": ("submitted", "kept"),
    "expense_rate_decimals": (10, 5, 4),
    "expenses_application": ("one", "two"),
    "folder_record_numbers": (False, True),
    "gl_trace": (False, True),
    "gzip": (False, True),
    "inter_entity_bills": (True, False),
    "inter_entity_lines": ("apart", "in_the_entry"),
    "invalid_reference_text": (0, 1, 2),
    "journal_approval": (False, True),
    "late_commit_seconds": (0, 0, 0.3, 1.0),
    "latency_ms": (0, 0, 5),
    "line_changes_stamp_header": (True, False),
    "long_texts": ("accept", "refuse"),
    "missing_dimension_text": (0, 1, 2),
    "negative_expense_total": ("refuse", "accept"),
    "numbering": ([NUMBERS_ITSELF], [*dict.fromkeys((NUMBERS_ITSELF, *OBJECTS)), "VENDOR"]),
    "over_length": ("refuse", "truncate"),
    "payments_stamp_document": (True, False),
    "private_records_at_top_level": (False, True),
    "project_status_of": ("own", "all"),
    "query_page_maximum": (2000, 2000, 13),
    "rate_limit_style": ("gateway", "text", "xml"),
    "read_by_query_private": (False, True),
    "read_keys_maximum": (100, 3),
    "read_page_maximum": (1000, 7),
    "read_structure": ("nested", "dotted"),
    "replay_answer": ("failure", "failure", "failure", "first_answer", "executed"),
    "replay_errorno": ("XL03000006", "BL01001973", "XL03000009"),
    "replay_failed_burns": (False, False, True),
    "replay_retention_seconds": (0, 0, 86_400),
    "replay_scope": ("company", "sender", "user", "session"),
    "replay_text": ("The control ID '{controlid}' has already been used.", "Duplicate request {controlid}.", "Nope."),
    "reversal_number": ("prefixed", "same"),
    "session_minutes": (120, 120, 0.05),
    "sign_in_error_style": ("authentication", "gateway", "gateway_user"),
    "support_id": (True, False),
    "tax_solution_in_entity": ("accept", "refuse"),
    "timestamp_zone": ("UTC", "America/Los_Angeles"),
    "unknown_fields": ("refuse", "ignore"),
    "user_permissions_readable": (True, False),
    "vendor_on_hold": ("refuse", "accept"),
    "vendor_total_due": ("live", "kept"),
    "zero_totals": ("accept", "refuse"),
}  # fmt: skip
#: What no round turns, and why. Who may come in and what a user may do is decided before a run: tests/posting/guards.
FIXED: dict[str, str] = {
    **dict.fromkeys(
        ("sender_id", "sender_password", "company_id", "user_id", "user_password", "console_id", "certify_key", "certify_secret"),
        "names and passwords, the same in the connections",
    ),
    **dict.fromkeys(
        (
            "applications_told", "unsubscribed_applications", "unsubscribed_objects",
            "other_users", "administrators", "user_entities", "permissions_denied", "further_rights", "sender_authorized",
            "company_expired",
        ),
        "with fewer rights nothing is posted at all",
    ),
    **dict.fromkeys(
        ("ap_account_labels", "ap_summaries", "multi_entity", "base_currency", "exchange_rates", "company_preferences",
         "card_charges_at_top_level", "expense_reports_at_top_level"),
        "how the company was set up; preflight compares it with connector.yaml",
    ),
    **dict.fromkeys(
        ("api_usage_billed", "api_usage_fields", "api_usage_shown"),
        "the check before a run alone reads the meter: tests/preflight/test_api_meter.py",
    ),
    **dict.fromkeys(("endpoint", "payment_approval", "transport_policies", "request_bytes"), "of other clients"),
    **dict.fromkeys(
        ("adjustment_lowers", "expense_adjustment_lowers", "entity_tax_solutions", "lines_without_tax_entry"),
        "turned with connector.yaml, which states the same: include/chaos/varieties",
    ),
    "tax_on_lines": "the judge reads the tax of lines: tests/posting/test_taxes.py",
    "adjustment_credits": "refused, every credit would wait: tests/posting/test_adjustments.py",
    "negative_bill": "a storm makes no bill below zero: tests/posting/test_credits.py",
    "negative_card_transaction": "a storm makes none below zero: tests/posting/test_credits.py",
    "expense_joining_date": "the judge knows the report's date alone",
    **dict.fromkeys(
        ("custom_fields", "user_defined_dimensions", "dimension_relations", "dimensions_readable", "further_dimensions"),
        "the judge reads no field of a company's own: tests/posting/test_custom_fields.py",
    ),
    **dict.fromkeys(
        ("certify_category_type", "certify_duplicate_names", "certify_longest_code", "certify_longest_name", "certify_too_long"),
        "the judge compares lists with Intacct's own names: tests/provisioning/test_list_limits.py",
    ),
    "dimension_terms": "words for people, which the judge does not read: tests/posting/test_dimension_words.py",
    "certify_disapproved_status": "under another word the amounts of a report do not add up, and it waits",
    "certify_employee_gld_labels": "which list is the entity: connector.yaml says it",
    "certify_omitted_fields": "a changed schema stops the run: tests/posting/guards",
    "closed_period_dates": "the judge knows the posting date alone",
    "entities_without": "the companies of the rounds have entities: tests/posting/test_without_entities.py",
    **dict.fromkeys(
        ("expense_resources_only", "smart_rules"),
        "rules of a company's own; what comes of a refusal in other words is tried with others: tests/posting/test_own_rules.py",
    ),
    "field_lengths": "verify_company measures them",
    **dict.fromkeys(
        ("hidden_fields", "unreadable_fields"),
        "what is not known before is learnt from refusals, and the judge looks at neither: tests/posting",
    ),
    "line_defaults": "the judge reads no field that nobody filled: tests/reconciliation/test_line_by_line.py",
    "visibility_delay_seconds": "turned by itself, below",
}  # fmt: skip
_DELAYS: tuple[dict[str, dict[str, float]], ...] = (
    {},
    {},
    {"*": {"*": 0.4}},
    *({name: {"query": 0.9}} for name in OBJECTS),
)


def settings(dice_for: Callable[[str], random.Random]) -> dict[str, Any]:
    """Settings of the sandbox for a round: most of them as they are by default, some not.

    :param dice_for: makes dice of a setting's own, so that one more setting turns no other and plays no other round
    """
    chosen = {}
    for name, values in CHOICES.items():
        dice = dice_for(f"setting {name}")
        if dice.random() < 0.5:
            chosen[name] = dice.choice(values)
    chosen["visibility_delay_seconds"] = dice_for("setting visibility_delay_seconds").choice(_DELAYS)
    return chosen
