"""Settings of the sandbox, and what is tried to make it answer as a company does; those that no reading exchange shows, and why.

A setting that an exchange names (``Exchange.settings``) has its other values here: alone, or together with what it needs to be
seen, or worked out from the differences where no list could hold them all.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from certify_intacct.certify.resources import ARRAY_KEYS
from include.recording.comparing import Difference
from include.recording.files import Recording

#: Settings by name, turned together.
Turn = Mapping[str, Any]


class TurnRefused(ValueError):
    """The sandbox cannot be turned so; the text says why."""


Worked = Callable[[Sequence[Difference], Recording], Iterator[Turn]]


def _values(name: str, *values: Any) -> list[Turn]:
    return [{name: value} for value in values]


def _number(name: str, about: str) -> Worked:
    """A setting that is a number which a difference tells."""

    def worked(found: Sequence[Difference], _: Recording) -> Iterator[Turn]:
        for one in found:
            number = re.search(rf"^{re.escape(about)}: (?:at most )?([0-9.]+) ", one.text)
            if number:
                yield {name: float(number[1]) if "." in number[1] else int(number[1])}

    return worked


def _by_object(
    name: str, prefix: str, about: re.Pattern[str], value: Callable[[re.Match[str], list[str]], Any]
) -> Worked:
    """A setting that says something of fields of objects: of those of all differences at once."""

    def worked(found: Sequence[Difference], _: Recording) -> Iterator[Turn]:
        fields: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        for one in found:
            said = about.search(one.about)
            if one.place.startswith(prefix) and said:
                fields[one.place.removeprefix(prefix)] |= value(said, [one.name])
        if fields:
            yield {name: dict(fields)}

    return worked


def _hidden(found: Sequence[Difference], recording: Recording) -> Iterator[Turn]:
    lacking = _by_object(
        "hidden_fields", "intacct/lookup_", re.compile("^definition lacks"), lambda _, names: dict.fromkeys(names)
    )
    for turn in lacking(found, recording):
        yield {"hidden_fields": {name: list(fields) for name, fields in turn["hidden_fields"].items()}}


def _unreadable(_: Sequence[Difference], recording: Recording) -> Iterator[Turn]:
    refused: dict[str, list[str]] = {}
    for place, recorded in recording.items():
        said = re.search(r"\[\s*(\w+): \[([^\]]+)\]", recorded.body) if place.startswith("intacct/query_") else None
        if said:
            refused[said[1]] = [name.strip() for name in said[2].split(",")]
    if refused:
        yield {"unreadable_fields": refused}


def _omitted(found: Sequence[Difference], _: Recording) -> Iterator[Turn]:
    resources = {key: resource for resource, key in ARRAY_KEYS.items()}
    lacking: defaultdict[str, list[str]] = defaultdict(list)
    for one in found:
        key = one.about.removesuffix("[] lacks")
        if key in resources and one.name not in lacking[resources[key]]:
            lacking[resources[key]].append(one.name)
    if lacking:
        yield {"certify_omitted_fields": dict(lacking)}


def _preferences(found: Sequence[Difference], _: Recording) -> Iterator[Turn]:
    further: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for one in found:
        if one.about == "preferences has" and " " in one.name:
            application, name = one.name.split(" ", 1)
            further[application][name] = "Y"
    if further:
        yield {"company_preferences": dict(further)}


def _words(name: str, about: re.Pattern[str], value: Callable[[str], Any]) -> Worked:
    """A setting that is a word which a difference tells."""

    def worked(found: Sequence[Difference], _: Recording) -> Iterator[Turn]:
        for word in dict.fromkeys(one.name for one in found if about.search(one.about)):
            yield {name: value(word)}

    return worked


def _zone(offset: str) -> str:
    """A time zone at this distance from UTC; the names of these count the other way."""
    hours = int(offset[:3] or 0) if re.fullmatch(r"[+-]\d\d:\d\d", offset) else 0
    return f"Etc/GMT{-hours:+d}" if hours else "UTC"


def _replayed(name: str, tag: str) -> Worked:
    """What the refusal of a control ID says that was used before, as far as it was recorded."""

    def worked(_: Sequence[Difference], recording: Recording) -> Iterator[Turn]:
        recorded = recording.get("intacct/write_again")
        said = re.search(rf"<{tag}>([^<]+)</{tag}>", recorded.body) if recorded else None
        if said:
            yield {name: said[1]}

    return worked


_LOGGED = ["get_closedbooksdate", "log"]

#: By setting, what is tried; in this order, the particular before the general.
TURNED: dict[str, list[Turn] | Worked] = {
    "gzip": _values("gzip", True),
    "credential_error_style": _values("credential_error_style", "gateway", "invalid_request"),
    "sign_in_error_style": _values("sign_in_error_style", "gateway", "gateway_user"),
    "support_id": _values("support_id", False),
    "session_minutes": _number("session_minutes", "a session lives for"),
    "query_page_maximum": _number("query_page_maximum", "a page has"),
    "read_page_maximum": _number("read_page_maximum", "a page has"),
    "read_keys_maximum": _values("read_keys_maximum", 50, 3),
    "folder_record_numbers": _values("folder_record_numbers", True),
    "read_structure": _values("read_structure", "dotted"),
    "default_order": _values("default_order", "shuffled"),
    "read_by_query_private": _values("read_by_query_private", True),
    "multi_entity": _values("multi_entity", False),
    "entities_without": [{"multi_entity": False, "entities_without": word} for word in ("not_found", "not_permitted")],
    "audit_history_permitted": _values("audit_history_permitted", False),
    "user_permissions_readable": _values("user_permissions_readable", False),
    "expenses_application": _values("expenses_application", "two"),
    "further_rights": _words("further_rights", re.compile("^rights says"), lambda word: {"APBILL": [word, "Post"]}),
    "closed_books_date_style": _values("closed_books_date_style", "parts"),
    "closed_books_shown": _values(
        "closed_books_shown", [], ["log"], ["summaries"], _LOGGED, ["log", "summaries"], [*_LOGGED, "summaries"]
    ),
    "closed_books_fields": [
        {"closed_books_shown": _LOGGED, "closed_books_fields": form}
        for form in ("entity_record", "no_entity", "two_dates", "no_date", "no_time")
    ],
    "direct_posting_field": _values("direct_posting_field", "labelled", "hidden"),
    "dimensions_readable": _values("dimensions_readable", False),
    "dimension_relations": _values("dimension_relations", {"PROJECT": {"CUSTOMER": "filled"}}),
    "user_defined_dimensions": _values("user_defined_dimensions", {"udd_of_ours": {}}),
    "timestamp_zone": _words("timestamp_zone", re.compile("^gmtoffset says"), _zone),
    "ap_approval": _values("ap_approval", True),
    "ap_account_labels": _values("ap_account_labels", True),
    "ap_summaries": _values("ap_summaries", "user"),
    "expense_approval": _values("expense_approval", False),
    "amount_format": _values("amount_format", "two_decimals"),
    "hidden_fields": _hidden,
    "unreadable_fields": _unreadable,
    "custom_fields": _by_object(
        "custom_fields", "intacct/lookup_", re.compile("^fields of the company's own"), lambda _said, _names: {"FIELD_OF_OURS": {}}
    ),
    "field_lengths": _by_object(
        "field_lengths", "intacct/inspect_", re.compile(r"^(\w+) maxLength says"), lambda said, names: {said[1]: int(names[0])}
    ),
    "company_preferences": _preferences,
    "replay_answer": _values("replay_answer", "first_answer", "executed"),
    "replay_errorno": _replayed("replay_errorno", "errorno"),
    "replay_text": _replayed("replay_text", "description2"),
    "replay_scope": _values("replay_scope", "session"),
    "replay_failed_burns": _values("replay_failed_burns", True),
    "duplicate_folder_name": _values("duplicate_folder_name", "accept"),
    "certify_page_size": _number("certify_page_size", "a page has"),
    "certify_empty_page_has_paging": _values("certify_empty_page_has_paging", True),
    "certify_past_end_of_expenses": _values("certify_past_end_of_expenses", "empty"),
    "certify_end_date_inclusive": _values("certify_end_date_inclusive", False),
    "certify_email_filter": _values("certify_email_filter", "honoured"),
    "certify_unknown_id": _values("certify_unknown_id", "empty"),
    "certify_unprocessed_by_id": _values("certify_unprocessed_by_id", "shown"),
    "certify_disapproved_status": _words("certify_disapproved_status", re.compile("^Status says"), str),
    "certify_disapproved_in_report": _values("certify_disapproved_in_report", True),
    "certify_roles_endpoint": _values("certify_roles_endpoint", False),
    "certify_error_style": _values("certify_error_style", "message", "html"),
    "certify_charset_content_type": _values("certify_charset_content_type", "accepted"),
    "certify_second_approver": _values("certify_second_approver", "SedondApproverID"),
    "certify_approval_code_type": _values("certify_approval_code_type", "number"),
    "certify_time_in_dates": _values("certify_time_in_dates", True),
    "certify_receipt_encoding": _values("certify_receipt_encoding", "base64_lines", "data_uri"),
    "certify_cpdlist_by_id": _values("certify_cpdlist_by_id", "bare"),
    "certify_omitted_fields": _omitted,
}  # fmt: skip

#: Settings whose value the sandbox's records have from when they were made.
REFILLED = frozenset({"certify_disapproved_status", "amount_format"})

_OF_WRITES = "a rule of writing, and nothing is written"
#: Settings that no reading exchange shows, and why.
NOT_SHOWN: dict[str, str] = {
    **dict.fromkeys(
        ("sender_id", "sender_password", "company_id", "user_id", "user_password", "console_id", "other_users", "certify_key",
         "certify_secret"),
        "names and passwords of the sandbox itself",
    ),
    **dict.fromkeys(("sender_authorized", "company_expired"), "turned, nobody signs in and nothing is recorded"),
    **dict.fromkeys(("transport_policies", "request_bytes"), "of other clients"),
    "base_currency": "a company of several tells that of each entity alone",
    "endpoint": "where a session leads, the connector checks",
    "authentication_names_entity": "which parts an authentication has is compared, and not what they say",
    **dict.fromkeys(("user_entities", "permissions_denied", "administrators"), "rights of one user, and no trait of the service"),
    **dict.fromkeys(("concurrency_limit", "concurrency_wait_seconds", "rate_limit_style"), "questions are asked one after the other"),
    **dict.fromkeys(("latency_ms", "clock_shift_seconds"), "time is not compared"),
    **dict.fromkeys(
        ("closed_books_by_entity", "closed_books_at_top_level"),
        "the answers are recorded; what they mean, only who knows what is closed can say",
    ),
    **dict.fromkeys(
        ("certify_employee_gld_labels", "certify_report_gld_labels", "dimension_terms", "exchange_rates", "entity_tax_solutions"),
        "the company's own words and figures, which are redacted",
    ),
    **dict.fromkeys(
        ("adjustment_amounts", "expense_adjustment_amounts", "expense_line_amounts", "expense_total_entered", "tax_on_lines",
         "inter_entity_lines", "gl_trace", "vendor_total_due"),
        "what a field of a document means shows beside how the document was entered",
    ),
    **dict.fromkeys(
        ("visibility_delay_seconds", "certify_visibility_delay_seconds", "late_commit_seconds"), "shows on new records alone"
    ),
    "replay_retention_seconds": "it would take as long to see",
    **dict.fromkeys(
        ("adjustment_approval", "adjustment_credits", "adjustment_lowers", "line_defaults", "line_changes_stamp_header",
         "payment_approval", "payments_stamp_document", "attachment_name_periods", "bill_due_date_required", "bill_owner",
         "closed_period_dates",
         "closed_period_errorno", "closed_period_style", "create_several", "direct_posting_of", "expired_card",
         "duplicate_adjustment_number", "duplicate_attachment_file", "duplicate_bill_number", "duplicate_card_reference",
         "duplicate_expense_report_number", "duplicate_journal_reference", "duplicate_vendor_text", "empty_attachment",
         "expense_adjustment_lowers", "expense_adjustment_state", "expense_amount", "expense_approved_change", "expense_joining_date",
         "card_charges_at_top_level", "expense_reports_at_top_level", "expense_update_state", "expense_rate_decimals",
         "expense_resubmitted",
         "expense_resources_only", "missing_dimension_text", "smart_rules",
         "inter_entity_bills", "invalid_reference_text", "journal_approval", "lines_without_tax_entry", "negative_bill",
         "negative_card_transaction", "negative_expense_total", "long_texts", "numbering", "over_length",
         "private_records_at_top_level",
         "project_status_of", "reversal_number", "tax_solution_in_entity", "unknown_fields", "vendor_on_hold", "zero_totals",
         "certify_put_users", "certify_put_empglds", "certify_duplicate_emails", "certify_duplicate_employee_ids",
         "certify_duplicate_codes", "certify_unknown_id_in_post", "certify_unknown_fields", "certify_approval_code_on_reprocess",
         "certify_users_keep", "certify_category_type", "certify_duplicate_names", "certify_longest_name", "certify_longest_code",
         "certify_too_long", "certify_decimals_in_whole_numbers"),
        _OF_WRITES,
    ),
    **dict.fromkeys(
        ("api_usage_shown", "api_usage_fields", "api_usage_billed"),
        "how the meter is read shows in the row of preflight, Intacct's own meter of API calls",
    ),
    **dict.fromkeys(
        ("applications_told", "unsubscribed_applications", "unsubscribed_objects", "further_dimensions"),
        "what one company has subscribed to, and no trait of the service",
    ),
}  # fmt: skip


def turns(found: Sequence[Difference], recording: Recording, name: str) -> list[Turn]:
    """What is tried of a setting."""
    tried = TURNED[name]
    return list(tried(found, recording)) if callable(tried) else tried
