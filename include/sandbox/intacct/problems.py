"""Why a write is refused, in the vendor's words.

A `Problem` is the most specific error; `stacked` puts the generic ones behind it, as the gateway does (Intacct XML gateway
reference, "Error messages"). Texts marked (synthetic) are ours: nobody publishes the vendor's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from include.sandbox.intacct.catalog import Field, ObjectType
from include.sandbox.intacct.types import Failure
from include.sandbox.settings import Settings

GENERIC = "BL01001973"
VALIDATION = "BL03000018"


class Problem(Exception):
    """One reason to refuse a write; `following` are specific errors that stand directly behind it."""

    def __init__(self, failure: Failure, *following: Failure) -> None:
        super().__init__(failure.description2)
        self.failures = [failure, *following]


def stacked(kind: ObjectType, verb: str, problem: Problem) -> list[Failure]:
    """The problem's errors and the generic ones behind them. `verb` is create, update, delete or reverse."""
    could_not = Failure(GENERIC, f"Could not {verb} {kind.tag} record!")
    if kind.name == "GLACCOUNT":
        could_not = Failure(
            GENERIC,
            f"Could not {verb} GL Account record.",
            errorid="GL-0504" if verb == "create" else "",
            category="Unable to create record." if verb == "create" else "",
        )
    if kind.could_not is not None:
        wrappers = [_cannot(verb), Failure(GENERIC, kind.could_not.format(verb=verb))]
    elif kind.ledger is not None:
        wrappers = [could_not, _cannot(verb)]
    elif problem.failures[0].errorno == "BL34000061":
        wrappers = [could_not, Failure(GENERIC, f"Error while saving the {kind.label} info")]
    else:
        wrappers = [could_not]
    return [*problem.failures, *wrappers]


def _cannot(verb: str) -> Failure:
    return Failure(
        GENERIC,
        f"Currently, we can't {verb} the transaction",
        correction="Check the transaction for errors or inconsistencies, then try again.",
    )


def _decorated(errorno: str, text: str, correction: str = "", **more: str) -> Problem:
    return Problem(Failure(errorno, text, correction=correction, support_id=True, **more))  # type: ignore[arg-type]


# -- fields -----------------------------------------------------------------------------------------------------------


def missing(label: str) -> Problem:
    """A required field is absent or empty."""
    return _decorated(VALIDATION, f"Required field {label} is missing", messageid="IA.REQUIRED_FIELD_IS_MISSING")


def bad_date(text: str) -> Problem:
    """Not an mm/dd/yyyy date; a date with children reads `Array`."""
    return _decorated("PL03000006", f"The transaction date '{text}' is invalid.")


def bad_value(kind: ObjectType, field: Field, text: str) -> Problem:
    """The field cannot hold this (synthetic)."""
    return _decorated(VALIDATION, f"Illegal format for {kind.label} : {field.label} {text}")


def too_long(kind: ObjectType, field: Field, longest: int) -> Problem:
    """The text is longer than the field (synthetic)."""
    return _decorated(VALIDATION, f"{kind.label} : {field.label} may have at most {longest} characters.")


def unknown_field(name: str) -> Problem:
    """A tag that is no field of the object."""
    return Problem(
        Failure("DL02000001", "There was an error processing the request.", description=name, support_id=True)
    )


def unknown_object(name: str) -> Problem:
    """No such object."""
    return Problem(Failure("Query Failed", f"Object definition {name} not found"))


def not_carried_out(function: str) -> Problem:
    """A function of the service that the sandbox does not have (ours: the service would carry it out)."""
    return Problem(Failure("XL03000006", f"The function {function} is not carried out by this sandbox."))


def not_by_this_function(kind: ObjectType, operation: str) -> Problem:
    """The object does not take the generic function: only the legacy one does it (text synthetic)."""
    instead = kind.refused.get(operation)
    hint = f"Use {instead} instead." if instead else ""
    return _decorated(
        "PL04000005", f"API operation {operation.upper()} is not supported on objects of type {kind.tag}", hint
    )


# -- references -------------------------------------------------------------------------------------------------------


def invalid_reference(target: ObjectType, value: str, which: int = 0) -> Problem:
    """No such record, or not visible here; `which` of the known texts."""
    text = target.invalid[min(which, len(target.invalid) - 1)]
    return _decorated(
        GENERIC, text.format(value=value), messageid=f"IA.INVALID_{target.name}", category="Invalid Value"
    )


def inactive_reference(target: ObjectType, value: str) -> Problem:
    """The record exists but is not active."""
    return _decorated(GENERIC, (target.inactive or target.invalid[0]).format(value=value))


def vendor_on_hold(value: str) -> Problem:
    """The vendor is on hold (synthetic)."""
    return _decorated(GENERIC, f"The vendor '{value}' is on hold.")


def duplicate(kind: ObjectType, value: str, settings: Settings | None = None) -> Problem:
    """Another record has these values. The text has two spaces before `already`; an account has its own (Requests).

    Of vendors a public client knows another text (setting `duplicate_vendor_text`).
    """
    if kind.name == "GLACCOUNT":
        return Problem(
            Failure(
                GENERIC,
                f"The account number '{value}' already exists",
                "Duplicate account number",
                "Enter unique account number",
                support_id=True,
                errorid="GL-0493",
                category="Duplication Prevention",
                placeholders=(("ACCOUNTNO", value),),
            )
        )
    errorno = "PL05000104" if kind.name == "EMPLOYEE" else "BL34000061"
    text = f"Another {kind.label} with the given value(s) {value}  already exists"
    if kind.name == "VENDOR" and settings is not None and settings.duplicate_vendor_text == "record":
        text = f"Another record with the value {value} already exists"
    return Problem(
        Failure(
            errorno,
            text,
            correction="Use a unique value instead.",
            errorid="CO-0001",
            category="Duplication Prevention",
        )
    )


def in_use(kind: ObjectType, value: str, by: ObjectType) -> Problem:
    """A used record cannot be deleted (synthetic)."""
    return _decorated(GENERIC, f"{kind.label} '{value}' cannot be deleted: it is used by a {by.label}.")


def not_found() -> Problem:
    """The record to change does not exist."""
    return _decorated(GENERIC, "Oops, we can't find this transaction; enter a valid transaction and try again.")


# -- lines ------------------------------------------------------------------------------------------------------------


def smart_rule(number: str) -> Problem:
    """A Smart Rule of the company forbids it (help.servicetitan.com quotes the text)."""
    return _decorated(GENERIC, f"Smart Rule {number} Violated")


def missing_dimension(dimension: str, account: str, which: int = 0) -> Problem:
    """The account demands a dimension; `which` of the known texts. How the last one ends is not known."""
    texts = (
        f"This transaction is missing the {dimension} dimension for the Account {account}",
        f"This transaction is missing the '{dimension}' dimension for the Account {account}",
        f"The account number '{account}' requires a {dimension}.",
    )
    return _decorated(VALIDATION, texts[which], errorid="GL-0801")


def filled_in(dimension: str, value: str) -> Problem:
    """Another value than the one that a related dimension fills in and nobody may override."""
    return other(f"{dimension} must be {value}. This value is auto-filled")


def restricted_account(account: str, value: str) -> Problem:
    """The account may not be used here."""
    return _decorated(GENERIC, f"GL account '{account}': '{value}' specified is not valid. GL account is restricted")


def no_amount() -> Problem:
    """A line without an amount; the vendor's text misleads."""
    return _decorated("BL03002101", "Remove the extra line item in the request, then reclassify the bill.")


def no_lines(kind: ObjectType) -> Problem:
    """A document needs at least one line (synthetic)."""
    return _decorated(VALIDATION, f"{kind.label}: at least one line item is required.")


def empty_location() -> Problem:
    """A line without a location in a multi-entity company."""
    return _decorated(
        GENERIC, "Use of empty Location is invalid. A valid Multi-Entity Location must be specified.", errorid="GL-0493"
    )


def no_inter_entity(first: str, second: str) -> Problem:
    """Lines of entities between which no inter-entity relation is set up (synthetic)."""
    return _decorated(GENERIC, f"Inter-entity relationship is not set up between '{first}' and '{second}'.")


def negative_across_entities() -> Problem:
    """A negative line in a bill whose lines belong to several entities (a product's own help quotes it)."""
    return _decorated(
        "BL03002073",
        "Your configuration limits credits to the entity owners. You cannot apply negative line items in transactions with line "
        "items for multiple entities.",
    )


def out_of_balance(place: str) -> Problem:
    """Debits and credits differ, in all (empty place) or in an entity."""
    return _decorated(GENERIC, f"Transactions do not balance for Place {place},", errorid="GL-0951")


def wrong_tax_detail(detail: str, solution: str) -> Problem:
    """The tax detail is of another tax solution."""
    return _decorated(
        GENERIC,
        f"Tax detail {detail} cannot be used in this transaction because it does not belong to tax solution {solution}.",
        "Use tax details that belong to the tax solution.",
    )


def no_direct_posting(what: str, value: str) -> Problem:
    """The journal or account takes no entries of others than Intacct itself (synthetic)."""
    return _decorated(GENERIC, f"Direct posting to the {what} {value} is not allowed.")


def expired_card(card: str) -> Problem:
    """The card has expired (synthetic)."""
    return _decorated(GENERIC, f"The credit card {card} has expired.")


def no_tax_entry(solution: str) -> Problem:
    """A line without a tax entry in an entity that has a tax solution (synthetic)."""
    return _decorated(
        GENERIC,
        f"A tax detail is required on each line in an entity with tax solution {solution}.",
        "Enter a tax detail.",
    )


def too_many_tax_entries(most: int) -> Problem:
    """More tax entries on a line than it takes (synthetic)."""
    return _decorated(GENERIC, f"A line can have {'one tax entry' if most == 1 else f'{most} tax entries'} only.")


def solution_of_other_entity(solution: str, entity: str) -> Problem:
    """A document names a tax solution that is not its entity's (synthetic)."""
    return _decorated(GENERIC, f"Tax solution {solution} is not the tax solution of entity {entity}.")


def solution_in_entity() -> Problem:
    """A tax solution is named inside an entity, which has its own (synthetic)."""
    return _decorated(GENERIC, "A tax solution can be selected at top level only.")


def card_account(account: str, card: str) -> Problem:
    """The line's account is the card's own liability account."""
    return _decorated(GENERIC, f"The account number {account} is associated to the Credit Card {card}.")


def other(text: str, errorno: str = GENERIC, correction: str = "") -> Problem:
    """Any other reason, with a Support ID."""
    return _decorated(errorno, text, correction)


def at_top_level(kind: ObjectType) -> Problem:
    """A record of the top level, changed in the session of an entity; as customers of another product report it of vendors."""
    return other(f"You cannot update a root level {kind.label.lower()} from an entity.")


# -- documents --------------------------------------------------------------------------------------------------------


def closed_period(day: date, first_open: date, places: Sequence[str], settings: Settings) -> Problem:
    """The books are closed at this date. Three families of text are in circulation (setting `closed_period_style`)."""
    shown = day.strftime("%m/%d/%Y")
    rest = (
        f"Your transaction date ({shown}) is within a period that's been closed. You can add, modify, or delete a transaction"
        " only if the date of {the} transaction is within a period that's open."
    )
    errorno = settings.closed_period_errorno
    if settings.closed_period_style == "date_on_or_after":
        return _decorated(errorno, f"Date must be on or after {first_open.strftime('%m/%d/%y')}")
    if settings.closed_period_style == "periods_are_closed":
        return Problem(Failure(errorno, rest.format(the="the"), description="Periods are closed", support_id=True))
    note = (
        " Enter a date that occurs on or after the date of the relevant entity, listed below. Note that different entities may"
        f" have different dates:{', '.join(places)}."
    )
    return _decorated(errorno, rest.format(the="that") + note)
