from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.intacct import error_catalog
from certify_intacct.intacct import errors as catalog
from certify_intacct.model.errors import ConnectorError, FunctionFailed, IntacctError, PermissionDenied

GENERIC = "BL01001973"
PERIOD = "period that's been closed. You can add, modify, or delete a transaction only if the date"


@pytest.mark.parametrize(
    ("number", "text", "reason"),
    [
        ("XL03000006", "The control ID 'C7-1-1-B-1' has already been used", "replay"),
        (GENERIC, f"Your transaction date (10/26/2016) is within a {PERIOD} is open.", "closed_period"),
        ("", f"Periods are closed. Your transaction date (01/01/2026) is within a {PERIOD}", "closed_period"),
        ("BL03000018", "Date must be on or after 01/31/26", "closed_period"),
        ("BL34000061", "Another Project with the given value(s) Fellow PD1  already exists", "duplicate"),
        ("PL05000104", "", "duplicate"),
        (GENERIC, "The account number '5000.11' already exists", "duplicate"),
        (GENERIC, "Another record with the value C7 already exists", "duplicate"),
        (
            "BL03000018",
            "This transaction is missing the Department dimension for the Account 6220",
            "dimension_missing",
        ),
        (
            "BL03000018",
            "This transaction is missing the 'Cost Code' dimension for the Account 6220",
            "dimension_missing",
        ),
        (
            GENERIC,
            "Use of empty Location is invalid. A valid Multi-Entity Location must be specified.",
            "dimension_missing",
        ),
        (GENERIC, "The vendor 'E-1' is invalid.", "vendor"),
        (GENERIC, "Invalid Vendor 'E-1' specified.", "vendor"),
        (GENERIC, "Vendor 'E-1' specified is not valid.", "vendor"),
        (GENERIC, "Activate the vendor E-1, then try again.", "vendor"),
        (GENERIC, "Required field Vendor ID is missing", "vendor"),
        (GENERIC, "The employee 'E-1' is invalid.", "employee"),
        (GENERIC, "Cannot create expense before employee joining date 01/01/2026", "employee"),
        (GENERIC, "The employee isn\u2019t a resource of the project 'P'.", "project"),
        (GENERIC, "Invalid Project '10064' specified.", "project"),
        (GENERIC, "The Project 'P' has a project status that prevents expense submittal.", "project"),
        (GENERIC, "The department 'X' is invalid.", "dimension_invalid"),
        (GENERIC, "Invalid Department X selected ", "dimension_invalid"),
        (GENERIC, "Location must be X. This value is auto-filled", "dimension_invalid"),
        (GENERIC, "Account 6220 is not valid", "account"),
        (GENERIC, "GL account '6220': 'Y' specified is not valid. GL account is restricted", "account"),
        (GENERIC, "The account number 2000 is associated to the Credit Card VISA", "account"),
        ("BL03002101", "Remove the extra line item in the request, then reclassify the bill.", "amount"),
        ("", "Transactions do not balance for Place ,", "balance"),
        ("BL03002128", "Enter a Bill number, and try again.", "number"),
        ("PL01000127", "Document Number is missing", "number"),
        (GENERIC, "The term name N45 is invalid", "term"),
        ("PL03000006", "The transaction date 'Array' is invalid.", "date"),
        ("CRE-3211", "blocked", "compliance"),
        ("", "Smart Rule 123 Violated", "smart_rule"),
        ("", "Tax detail X cannot be used in this transaction because it does not belong to tax solution Y.", "tax"),
        ("XL03000006", "The following fields cannot be queried: [\n\tARINVOICE: [INVOICENO] ]", "query"),
        ("Query Failed", "Object definition VENDOR9 not found", "query"),
        ("Invalid fields list x", "", "query"),
        ("DL02000001", "There was an error processing the request.", "query"),
        (
            "PL04000005",
            "You do not have permission for API operation READ_BY_QUERY on objects of type arinvoice",
            "permission",
        ),
        ("", "Sorry, you do not have permission to view audit history", "permission"),
        ("XL03000006", "test is not a valid transport policy.", "schema"),
        ("Get API Session Failed", "Something went wrong", "transient"),
        ("BL03000018", "Missing unit", "required"),
        ("BL03000018", "Illegal format for Contactversion : Primary Email Address @aeon.org.", "format"),
        (
            "BL03002073",
            "Your configuration limits credits to the entity owners. You cannot apply negative line items in transactions with line "
            "items for multiple entities.",
            "inter_entity",
        ),
        ("", "Inter-entity relationship is not set up between '100' and '200'.", "inter_entity"),
        ("", "Oops, we can't find this transaction; enter a valid transaction and try again.", "not_found"),
        ("", "exceeds total amount due ()", "amount"),
        ("", "Another record with the value C7", "duplicate"),
        (GENERIC, "Customer 'X' specified is not valid.", "dimension_invalid"),
        (GENERIC, "The project you selected is not associated with the customer you selected", "project"),
        ("BL03000018", "The account number '6220' requires a Department", "dimension_missing"),
        ("BL99", "Something never seen", "other"),
    ],
)
def test_reason_and_cure_of_a_refusal(number, text, reason):
    wrapped = [IntacctError(number, "", text), IntacctError(GENERIC, "", "Currently, we can't create the transaction")]
    meaning = catalog.explain(wrapped)
    assert meaning.reason == reason
    assert meaning.cure
    assert text.strip() in meaning.text or not text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("The employee 'E-1' is invalid.", "Intacct does not take the employee 'E-1' here."),
        ("Invalid Vendor 'E-1' specified.", "Intacct does not take the vendor 'E-1'."),
        ("Activate the vendor E-1, then try again.", "Intacct does not take the vendor 'E-1'."),
        ("Invalid Department 30 selected ", "Intacct does not take the Department '30'."),
        ("The employee isn\u2019t a resource of the project 'P-20'.", "Intacct does not take the project 'P-20' here."),
        ("The Project 'P' has a project status that prevents expense submittal.", "Intacct does not take the project 'P' here."),
        ("GL account '6220': 'Y' specified is not valid. GL account is restricted", "Intacct does not take the account '6220' here."),
        ("The account number 2000 is associated to the Credit Card VISA", "Intacct does not take the account '2000' here."),
        (
            "This transaction is missing the 'Grant' dimension for the Account 6220",
            "A line has no Grant, which its account '6220' or the company demands.",
        ),
        (
            "The account number '6220' requires a Cost Code",
            "A line has no Cost Code, which its account '6220' or the company demands.",
        ),
        (
            "Use of empty Location is invalid. A valid Multi-Entity Location must be specified.",
            "A line has no Location, which its account or the company demands.",
        ),
        ("The term name N45 is invalid", "Intacct has no term 'N45'."),
        ("Smart Rule 123456789 Violated", "A Smart Rule '123456789' of the company forbids this."),
        ("Required field Payment type is missing", "Intacct wants the field Payment type, which the document has not."),
        ("Something never seen", "Intacct refused it, for a reason that is not known here."),
    ],
)  # fmt: skip
def test_a_refusal_is_a_sentence_that_names_the_company_s_own_words(text, sentence):
    """The words of dimensions are the company's: they are taken from what Intacct says."""
    meaning = catalog.explain([IntacctError(GENERIC, "", text)])
    assert meaning.sentence == sentence
    assert str(meaning) == f"{sentence} Intacct says: {IntacctError(GENERIC, '', text)}. {meaning.cure}"


def test_each_row_of_the_table_can_be_read():
    for shape in error_catalog.CATALOG:
        for found in ({}, {"word": "Grant", "value": "G {1}", "account": "6220"}):
            meaning = catalog._explained(shape, found, "x")
            assert meaning.sentence.endswith(".")
            assert meaning.cure.endswith((".", ")."))
            assert not {"{word}", "''"} & set(meaning.sentence.split())


# What Intacct was seen to say, and in which shapes a value or a missing one is named.
WRONG = (
    "The specified {word} {value} is not valid.",
    "{word} {value} is not valid.",
    "{word} {value} specified is not valid.",
    "Invalid {word} {value} specified.",
    "The {word} {value} is invalid.",
)
MISSING = (
    "missing '{word}' dimension",
    "This transaction is missing the {word} dimension for the Account 6220",
    "This transaction is missing the '{word}' dimension for the Account 6220",
    "You are missing a '{word}' dimension.",
)
# A company renames its dimensions, and makes some of its own.
WORDS = {
    "department": "dimension_invalid", "Department": "dimension_invalid", "Location": "dimension_invalid", "Job": "dimension_invalid",
    "Cost Code": "dimension_invalid", "Grant": "dimension_invalid", "Fund": "dimension_invalid", "Kostenträger": "dimension_invalid",
    "Site / Region": "dimension_invalid", "vendor": "vendor", "Vendor": "vendor", "employee": "employee", "Project": "project",
}  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("value", ["'100'", "30", "'A-7 / B'", "\u201930\u2019", "O'Neil"])
@pytest.mark.parametrize("shape", WRONG)
def test_a_value_that_intacct_does_not_take_is_known_by_the_shape_of_the_refusal(shape, value, word):
    assert catalog.explain([IntacctError(GENERIC, "", shape.format(word=word, value=value))]).reason == WORDS[word]


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("shape", MISSING)
def test_a_dimension_that_is_missing_is_known_by_the_shape_of_the_refusal(shape, word):
    assert catalog.explain([IntacctError(GENERIC, "", shape.format(word=word))]).reason == "dimension_missing"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("The specified vendor 'X' is not valid.", "vendor"),
        ("missing 'Department' dimension", "dimension_missing"),
        ("Department 30 is not valid", "dimension_invalid"),
        ("Location '100' is not valid", "dimension_invalid"),
        ("Job 'X' specified is not valid.", "dimension_invalid"),
        ("Invalid Job 'X' specified.", "dimension_invalid"),
    ],
)
def test_the_refusals_that_people_met(text, reason):
    meaning = catalog.explain([IntacctError("BL03000018", "", text)])
    assert (meaning.reason, text in meaning.text) == (reason, True)


@pytest.mark.parametrize(
    "text",
    [
        "Control ID 'C7-1-1-B-1' is not valid.", "Invalid control ID 'C7' specified.", "The transaction 'C7-1' is invalid.",
        "Document 'C7-1' is not valid.", "Exchange rate 3 is not valid.", "Currency XYZ is not valid.", "The amount '1,5' is invalid.",
        "The record 'C7' specified is not valid.", "Invalid Session", "The value 'x' is invalid.",
    ],
)  # fmt: skip
def test_what_is_no_dimension_is_not_taken_for_one(text):
    """It might mean that the document is there: what the connector does not know is settled by looking."""
    assert not catalog.explain([IntacctError(GENERIC, "", text)]).reason.startswith("dimension")


def test_a_passing_trouble_is_told_by_its_correction():
    meaning = catalog.explain([IntacctError(GENERIC, "", "Busy", "Please Try Again Later")])
    assert meaning.reason == "transient"


def test_texts_are_cleaned_and_the_support_id_is_kept():
    made = catalog.clean(
        " BL01001973 ",
        "",
        "Invalid &#039;10064&#039; &amp; specified. [Support ID: EsppO%7EZEcj0DEGV_L5hm95Ec91twAAABA]",
        "",
    )
    assert made == IntacctError(
        "BL01001973", "", "Invalid '10064' & specified.", "", "EsppO~ZEcj0DEGV_L5hm95Ec91twAAABA"
    )
    assert str(made) == "Invalid '10064' & specified. (BL01001973) [Support ID: EsppO~ZEcj0DEGV_L5hm95Ec91twAAABA]"


def test_the_support_id_does_not_hide_the_reason():
    made = catalog.clean("X", "", "The vendor [Support ID: a%7Eb] &#039;E-1&#039; is invalid.", "")
    assert catalog.explain([made]).reason == "vendor"


def test_no_errors_at_all_is_said_so():
    assert "no reason" in str(catalog.failed([], where="create APBILL"))


def test_failed_functions_are_of_the_right_kind():
    denied = catalog.failed([IntacctError("PL04000005", "", "You do not have permission for X")], where="query X")
    assert isinstance(denied, PermissionDenied)
    assert str(denied).startswith(
        "query X: The web services user may not do this. Intacct says: You do not have permission for X (PL04000005). "
        "Give the web services user"
    )
    other = catalog.failed([IntacctError("A", "", "One"), IntacctError("B", "", "Two")], where="w")
    assert isinstance(other, FunctionFailed)
    assert other.errors[1].errorno == "B"
    assert "also: Two (B)" in str(other)


@given(st.lists(st.builds(IntacctError, st.text(), st.text(), st.text(), st.text(), st.text()), max_size=4))
def test_any_error_can_be_explained(errors):
    meaning = catalog.explain(errors)
    assert meaning.reason
    for made in (catalog.failed(errors, where="x"), catalog.refused(errors, where="x")):
        assert isinstance(made, ConnectorError)
        assert str(made)


@given(st.text(), st.text(), st.text(), st.text())
def test_any_text_can_be_cleaned(errorno, description, description2, correction):
    assert catalog.clean(errorno, description, description2, correction).text is not None


@pytest.mark.parametrize(
    "part",
    [
        "the vendor '",
        "Invalid a ",
        "a is ",
        "vendor ",
        "account number '",
        "the project ",
        "illegal format for ",
        "missing 'x' ",
        "the specified / & - ",
        "Job ' specified. ",
    ],
)
def test_long_texts_do_not_hang_the_catalog(part):
    started = time.monotonic()
    assert catalog.explain([IntacctError("", "", part * 3000)]).reason
    assert time.monotonic() - started < 30
