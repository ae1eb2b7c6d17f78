"""What is asked of Certify, a row each: GETs alone (Certify API reference, resources, paging, errors)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from certify_intacct.certify.resources import array_key
from include.recording.exchange import CertifyQuestion, Exchange, NothingToAsk
from include.recording.recorder import Known

# No company has a report of this day, or a record of this ID.
LONG_AGO = date(1990, 1, 1)
NO_RECORD = "00000000-0000-4000-8000-000000000000"
# Of whatever is listed by day, so many days before today are looked at.
_DAYS = 60
_CHARSET = "application/json; charset=utf-8"


def _row(
    name: str, ask: Callable[[Known], CertifyQuestion], answers: str, settings: tuple[str, ...] = (), **flags: Any
) -> Exchange:
    return Exchange(name, "certify", ask, answers, settings, **flags)


def _get(*path: str, **params: Any) -> Callable[[Known], CertifyQuestion]:
    return lambda _: CertifyQuestion(path, params)


def _recent(*path: str, **params: Any) -> Callable[[Known], CertifyQuestion]:
    """The records of the last days."""

    def ask(known: Known) -> CertifyQuestion:
        return CertifyQuestion(
            path, {"startdate": known.today - timedelta(days=_DAYS), "enddate": known.today, **params}
        )

    return ask


def _first(known: Known, place: str, field: str, what: str) -> str:
    """A field of the first record of a list that has one."""
    for record in known.records(place):
        if record.get(field):
            return str(record[field])
    raise NothingToAsk(f"the company has {what}")


def _by_id(resource: str, place: str, *further: str) -> Callable[[Known], CertifyQuestion]:
    def ask(known: Known) -> CertifyQuestion:
        return CertifyQuestion((resource, _first(known, place, "ID", f"no {resource} here"), *further))

    return ask


def _receipt(known: Known) -> CertifyQuestion:
    return CertifyQuestion(
        ("receipts", _first(known, "certify/expenses", "ReceiptID", "no recent line with a receipt"))
    )


def _of_one_email(known: Known) -> CertifyQuestion:
    return CertifyQuestion(("users",), {"email": _first(known, "certify/users", "Email", "no users")})


def _of_one_day(known: Known) -> CertifyQuestion:
    day = _first(known, "certify/expensereports", "ProcessedDate", "no report of the last days")[:10]
    return CertifyQuestion(("expensereports",), {"startdate": day, "enddate": day})


def _disapproved(known: Known) -> CertifyQuestion:
    """The lines of a report that has a disapproved line, and another one beside it."""
    lines = [line for line in known.records("certify/expenses_disapproved") if line.get("Processed")]
    others = {line["ExpenseReportID"] for line in lines if not _is_disapproved(line)}
    for line in lines:
        if _is_disapproved(line) and line["ExpenseReportID"] in others:
            return CertifyQuestion(("expensereports", str(line["ExpenseReportID"]), "expenses"))
    raise NothingToAsk("the company has no disapproved line beside another one on the first page of the last days")


def _is_disapproved(line: Mapping[str, Any]) -> bool:
    return re.search("disapprov|reject", str(line.get("Status")), re.IGNORECASE) is not None


def _after_the_last(known: Known) -> CertifyQuestion:
    """The page after the last one of the expenses."""
    return CertifyQuestion(("expenses",), {"processed": 2, "page": known.pages("certify/expenses_all") + 1})


def _with(headers: Mapping[str, str]) -> Callable[[Known], CertifyQuestion]:
    return lambda _: CertifyQuestion(("departments",), {}, headers)


def _list(resource: str, settings: tuple[str, ...] = ()) -> Exchange:
    """The first page of a list that is no list of days."""
    return _row(
        resource.replace("/", "_"),
        _get(*resource.split("/")),
        f"fields, types and paging of {array_key(resource)}",
        ("certify_omitted_fields", *settings),
    )


_DATED = ("certify_omitted_fields", "certify_approval_code_type")
_PAGED = ("certify_page_size",)

CERTIFY: tuple[Exchange, ...] = (
    _list("users", (*_PAGED, "certify_time_in_dates", "certify_second_approver")),
    _list("departments", ("certify_time_in_dates",)),
    *(_list(f"{kind}/{number}") for kind in ("empglds", "exprptglds") for number in range(1, 6)),
    _list("expensecategories"),
    _list("cpdlists"),
    _list("mileagerates"),
    _list("mileageratedetails"),
    _row(
        "expensereports",
        _recent("expensereports"),
        "reports of the last days: fields, types, words",
        (*_DATED, *_PAGED),
    ),
    _row("expenses", _recent("expenses"), "lines of the last days: fields, types, words", (*_DATED, *_PAGED)),
    _row(
        "expenses_disapproved",
        _recent("expenses", includedisapproved=1),
        "how a disapproved line is called",
        ("certify_disapproved_status",),
    ),
    _row("expenses_all", _get("expenses", processed=2), "lines without a period: whether they are listed", _PAGED),
    _row("expensereports_unprocessed", _get("expensereports", processed=0), "what a report is before it is processed"),
    _row(
        "invoicereports", _recent("invoicereports"), "fields and types of invoice reports", ("certify_omitted_fields",)
    ),
    _row("invoices", _recent("invoices"), "fields and types of invoices", ("certify_omitted_fields",)),
    _row(
        "report_by_id",
        _by_id("expensereports", "certify/expensereports"),
        "one report by its ID: envelope and fields",
        ("certify_approval_code_type",),
    ),
    _row("report_lines", _by_id("expensereports", "certify/expensereports", "expenses"), "the lines of one report"),
    _row(
        "report_lines_disapproved",
        _disapproved,
        "whether a report's own lines include disapproved ones",
        ("certify_disapproved_in_report", "certify_disapproved_status"),
    ),
    _row(
        "unprocessed_by_id",
        _by_id("expensereports", "certify/expensereports_unprocessed"),
        "whether an unprocessed report is shown by its ID",
        ("certify_unprocessed_by_id", "certify_unknown_id"),
    ),
    _row(
        "receipt", _receipt, "how a receipt's image is written", ("certify_receipt_encoding", "certify_time_in_dates")
    ),
    _row(
        "cpdlist_by_id",
        _by_id("cpdlists", "certify/cpdlists"),
        "envelope of a record by ID",
        ("certify_cpdlist_by_id",),
    ),
    _row(
        "users_by_email",
        _of_one_email,
        "whether the filter `email` is honoured",
        ("certify_email_filter",),
        counts="one",
    ),
    _row(
        "reports_of_one_day",
        _of_one_day,
        "whether an end date includes its day",
        ("certify_end_date_inclusive",),
        counts="any",
    ),
    _row(
        "nothing_found",
        _get("expensereports", startdate=LONG_AGO, enddate=LONG_AGO),
        "what an empty list looks like",
        ("certify_empty_page_has_paging",),
    ),
    _row("page_after_the_last", _get("departments", page=100_000), "a page after the last one of a list"),
    _row(
        "page_after_the_last_expense",
        _after_the_last,
        "a page after the last one of the expenses",
        ("certify_past_end_of_expenses",),
    ),
    _row("unknown_id", _get("expensereports", NO_RECORD), "an ID that does not exist", ("certify_unknown_id",)),
    _row(
        "lines_of_unknown_id",
        _get("expensereports", NO_RECORD, "expenses"),
        "lines of an ID that does not exist",
        ("certify_unknown_id",),
    ),
    _row("unknown_resource", _get("nosuchresource"), "a resource that does not exist", ("certify_error_style",)),
    _row("roles", _get("roles"), "whether there is a resource of roles", ("certify_roles_endpoint",)),
    _row("bad_date", _get("expensereports", startdate="yesterday"), "a date that is none", ("certify_error_style",)),
    _row("bad_choice", _get("expensereports", processed=7), "a choice that is none", ("certify_error_style",)),
    _row("bad_page", _get("departments", page="first"), "a page that is none", ("certify_error_style",)),
    _row("unknown_parameter", _get("departments", nosuchparameter=1), "a filter that does not exist"),
    _row(
        "wrong_key",
        _with({"x-api-key": "made-up-key", "x-api-secret": "made-up-secret"}),
        "a wrong key",
        ("certify_error_style",),
    ),
    _row(
        "charset",
        _with({"Content-Type": _CHARSET}),
        "a charset in the Content-Type",
        ("certify_charset_content_type",),
    ),
)
