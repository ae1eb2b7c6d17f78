"""What Intacct's errors mean: a catalog from number and text to a reason, and what the reader can do.

Numbers alone say little: BL01001973 and BL03000018 are used for nearly everything, XL03000006 for bad credentials, dead sessions
and unreadable fields alike (Intacct XML gateway reference, Error catalogue). So a line of the catalog may ask for a number, for
words, or for both; the first line that fits decides, the errors being looked at in the order received, most specific first.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from certify_intacct.model import errors as model
from certify_intacct.model.dimensions import DIMENSIONS

_SUPPORT_ID = re.compile(r"\s*\[Support ID:\s*([^\]]*)\]\s*")

# A company renames its dimensions and makes some of its own, so what a value is called may be any words but these: what is said of
# them does not mean that nothing was executed, or has a line of its own.
_NO_DIMENSION = (
    "account|amount|batch|bill|company|control|currency|date|document|field|fields|function|journal|number|object|password|period|rate"
    "|record|request|sender|session|tax|term|transaction|user|value"
)
_ANY_WORDS = rf"(?![\w /&-]{{0,40}}\b(?:{_NO_DIMENSION})\b)[^\W\d_][\w /&-]{{0,39}}?"
_SENTENCE = r"(?:^\s*|[.!?:]\s+)"


def _refused(words: str, selected: str = "") -> str:
    """The shapes in which Intacct names a value that it does not take.

    :param words: what it calls a value of that kind
    :param selected: what must follow where the shape alone says too little
    """
    value = r"\S.{0,199}?"
    return (
        rf"\bthe (?:specified )?(?:{words}) {value} is (?:invalid|not valid)"
        rf"|{_SENTENCE}(?:{words}) {value} is(?:n't| not) valid"
        rf"|\binvalid (?:{words})\b{selected}"
    )


# What Intacct calls a value of a dimension, for those whose refusal has no reason of its own.
_DIMENSIONS = "|".join(
    row.called or row.name for row in DIMENSIONS if row.name not in ("project", "vendor", "employee")
)

# Reasons. The first group ends the request or the session, the others a single function.
SESSION = "session"
CREDENTIALS = "credentials"
RATE_LIMIT = "rate_limit"
TRANSIENT = "transient"
SCHEMA = "schema"
COMPANY = "company"
PERMISSION = "permission"
ROLLED_BACK = "rolled_back"
REPLAY = "replay"
CLOSED_PERIOD = "closed_period"
DUPLICATE = "duplicate"
DIMENSION_MISSING = "dimension_missing"
DIMENSION_INVALID = "dimension_invalid"
PROJECT = "project"
VENDOR = "vendor"
EMPLOYEE = "employee"
ACCOUNT = "account"
AMOUNT = "amount"
BALANCE = "balance"
DIRECT_POSTING = "direct_posting"
CARD = "card"
TAX = "tax"
NUMBER = "number"
TERM = "term"
SMART_RULE = "smart_rule"
COMPLIANCE = "compliance"
QUERY = "query"
DATE = "date"
OTHER = "other"


@dataclass(frozen=True)
class CatalogLine:
    """One line of the catalog.

    :param number: pattern for the whole errorno, or None for any.
    :param words: pattern to find in the texts, or None for any.
    """

    reason: str
    cure: str
    number: str | None = None
    words: str | None = None


CATALOG: tuple[CatalogLine, ...] = (
    # The session, the sender, the user
    CatalogLine(SESSION, "The session has ended; signing in again cures it.", r"XL03000006", r"^\s*Invalid session\b"),
    CatalogLine(
        CREDENTIALS,
        "Check the sender ID and sender password in the connection; both are case sensitive.",
        r"XL03000006",
        r"Partner ID or password",
    ),
    CatalogLine(
        CREDENTIALS,
        "Check company ID, user ID and user password in the connection. A web services user that was locked out or made inactive "
        "gets the same answer.",
        None,
        r"Sign-in information is incorrect",
    ),
    CatalogLine(
        CREDENTIALS,
        "Let an Intacct administrator add the sender ID under Company > Setup > Company > Security > Web Services authorizations.",
        None,
        r"not authorized to make Web Services requests|Invalid Web Services Authorization",
    ),
    CatalogLine(
        CREDENTIALS,
        "The gateway refuses the request before sign-in, which it does when sender ID, sender password or another value of the "
        "sign-in is wrong. Check them all in the connection.",
        r"GW-0011|invalidRequest",
        None,
    ),
    CatalogLine(
        CREDENTIALS, "Check company ID, user ID and user password in the connection.", r"(XMLGW_|U)JPP0002", None
    ),
    CatalogLine(COMPANY, "Ask Sage whether the company is still active.", r"PL04000055", None),
    # The gateway
    CatalogLine(RATE_LIMIT, "Let fewer tasks use the sage_intacct pool at the same time.", r"GW-0010", None),
    CatalogLine(
        RATE_LIMIT, "Let fewer tasks use the sage_intacct pool at the same time.", None, r"rate limit exceeded"
    ),
    CatalogLine(TRANSIENT, "It usually passes within minutes.", r"GW-0001", None),
    CatalogLine(TRANSIENT, "It usually passes within minutes.", None, r"try again later|temporarily off-?line"),
    CatalogLine(SCHEMA, "This is a fault of the connector; report it with this text.", r"XL03000003", None),
    CatalogLine(SCHEMA, "This is a fault of the connector; report it with this text.", None, r"XML Parse schema error"),
    # Rights
    CatalogLine(
        PERMISSION,
        "Give the web services user this right (Company > Admin > Web Services users, or its role).",
        r"PL04000005",
        None,
    ),
    CatalogLine(
        PERMISSION,
        "Give the web services user this right (Company > Admin > Web Services users, or its role).",
        None,
        r"do(es)? not have permission|don't have permission|no permission",
    ),
    # Sent again. The real text is unknown: these words are what the sandbox says, and a failure that names the control ID.
    CatalogLine(
        REPLAY,
        "The document is looked up by its number.",
        None,
        r"control ?id\b.*\balready been (used|executed|processed)",
    ),
    # What a document can be refused for
    CatalogLine(
        CLOSED_PERIOD,
        "Open the period for this entity and subledger in Intacct, or set a posting-date policy that moves the date.",
        None,
        r"period that's been closed|periods? (is|are) closed|closed period|date must be on or after",
    ),
    CatalogLine(DUPLICATE, "Look at the record that has this value.", r"BL34000061|PL05000104", None),
    CatalogLine(
        DUPLICATE,
        "Look at the record that has this value.",
        None,
        r"\balready\s+exists\b|duplicate (bill|document|account) number",
    ),
    CatalogLine(
        DIMENSION_MISSING,
        "Map this dimension for the account's category, or make it optional on the account in Intacct.",
        None,
        r"missing (?:the |an? )?'?[^\W\d_][\w /&-]{0,39}'? dimension|use of empty location is invalid"
        r"|account number '?[^']*'? requires an? ",
    ),
    CatalogLine(
        PROJECT,
        "Check the project's status, its resources and its customer in Intacct.",
        None,
        rf"resource of the project|project status that prevents|not associated with the customer|{_refused('project')}",
    ),
    CatalogLine(
        VENDOR,
        "Check that the vendor exists, is active and not on hold, and that its ID is the person's EmployeeID in Certify.",
        None,
        rf"{_refused('vendor')}|activate the vendor|vendor .*on hold|required field vendor id is missing",
    ),
    CatalogLine(
        EMPLOYEE,
        "Check the employee and the start date in Intacct.",
        None,
        rf"{_refused('employee')}|before employee joining date",
    ),
    CatalogLine(
        DIMENSION_INVALID,
        "Check that this value exists and is active in Intacct, and the mapping that chose it.",
        None,
        rf"{_refused(_DIMENSIONS)}|must be .*this value is auto-filled",
    ),
    CatalogLine(
        ACCOUNT,
        "Check that the account exists, is active and may be used here, and the mapping that chose it.",
        None,
        r"account .* is not valid|account is restricted|specified is not valid. gl account|is associated to the credit card",
    ),
    # The real texts of these two are unknown.
    CatalogLine(
        DIRECT_POSTING,
        "Let the journal or account take direct postings in Intacct (clear Disallow direct posting), or choose another one: "
        "the journal in connector.yaml, posting.accounts.map or the category's GL code.",
        None,
        r"direct(?:ly)? post(?:ing)?s?\b|post(?:ing)?s? directly",
    ),
    CatalogLine(
        CARD,
        "Correct the card's expiration date in Intacct (Cash Management > Credit cards), or posting.company_paid.cards.",
        None,
        r"\bcard\b.{0,120}\bexpired|\bexpired\b.{0,40}\bcard\b",
    ),
    CatalogLine(
        TAX, "Check the tax solution of the entity and the tax mapping.", None, r"tax (detail|solution|schedule)"
    ),
    CatalogLine(
        AMOUNT, "A line without an amount causes this misleading text; check the amounts.", r"BL03002101", None
    ),
    CatalogLine(
        AMOUNT,
        "A line without an amount causes this misleading text; check the amounts.",
        None,
        r"remove the extra line item",
    ),
    CatalogLine(BALANCE, "Debits and credits of each entity must be equal.", None, r"do(es)? not balance"),
    CatalogLine(
        NUMBER,
        "Switch document numbering off in Intacct, or let the connector give the number.",
        r"BL03002128|PL01000127",
        None,
    ),
    CatalogLine(TERM, "Check the term in the mapping.", None, r"the term name .* is invalid"),
    CatalogLine(DATE, "Check the date.", r"PL03000006", None),
    CatalogLine(SMART_RULE, "A Smart Rule of the company forbids this; ask who set it.", None, r"smart rule"),
    CatalogLine(COMPLIANCE, "The vendor's compliance record blocks payment documents.", r"CRE-3211", None),
    CatalogLine(
        QUERY,
        "A field or object that was asked for does not exist here or cannot be queried: compare with its definition (lookup).",
        r"XL03000006|XL03000010|DL02000001|Query Failed|Invalid fields list.*",
        r"cannot be queried|error processing the request|not found|does not exist|^\s*$",
    ),
    CatalogLine(QUERY, "The object does not exist in this company or the user may not see it.", r"Query Failed", None),
    CatalogLine(QUERY, "A field that was asked for does not exist.", r"Invalid fields list.*", None),
    CatalogLine(
        DIMENSION_INVALID,
        "Check that this value exists and is active in Intacct, and the mapping that chose it.",
        None,
        _refused(_ANY_WORDS, r" \S.{0,199}? (?:specified|selected)"),
    ),
    CatalogLine(ROLLED_BACK, "Another function of the same transaction failed; see its error.", r"XL03000009", None),
)


class SessionEnded(model.ServiceUnavailable):
    """The session is no longer valid; nothing was executed. Signing in again is the cure, and the session module's business."""


# What a refusal means at control or authentication level: everything below it was not executed.
_REQUEST_KINDS: dict[str, type[model.ConnectorError]] = {
    SESSION: SessionEnded,
    CREDENTIALS: model.CredentialsRefused,
    COMPANY: model.CredentialsRefused,
    RATE_LIMIT: model.RateLimited,
    TRANSIENT: model.ServiceUnavailable,
    PERMISSION: model.PermissionDenied,
}


@dataclass(frozen=True)
class Explanation:
    """A refusal in plain words.

    :param reason: one of this module's reasons.
    :param text: the vendor's own words for the deciding error, with Support ID.
    :param cure: what the reader can do.
    """

    reason: str
    text: str
    cure: str


def clean(errorno: str, description: str, description2: str, correction: str) -> model.IntacctError:
    """Make an error from the texts received: character references resolved, Support ID set apart and decoded."""
    support_id = ""
    texts = []
    for text in (description, description2, correction):
        found = _SUPPORT_ID.search(text)
        if found:
            support_id = support_id or unquote(found.group(1)).strip()
            text = _SUPPORT_ID.sub(" ", text)
        texts.append(html.unescape(text).strip())
    return model.IntacctError(errorno.strip(), texts[0], texts[1], texts[2], support_id)


def explain(errors: Sequence[model.IntacctError]) -> Explanation:
    """Find out what a list of errors means. The first error that the catalog knows decides; generic wrappers follow it."""
    # A failed function of a transaction carries its own error and the note of the rollback: the note explains nothing then.
    own = [error for error in errors if error.errorno != "XL03000009"]
    for error in own or errors:
        for line in CATALOG:
            if _fits(line, error):
                return Explanation(line.reason, str(error), line.cure)
    if not errors:
        return Explanation(OTHER, "Intacct gave no reason.", "Look at the record in Intacct.")
    return Explanation(OTHER, str(errors[0]), "Look at the record in Intacct, or ask Sage with the Support ID.")


def failed(errors: Sequence[model.IntacctError], *, where: str) -> model.ConnectorError:
    """Make the error for one function that failed: PermissionDenied, a passing kind, or FunctionFailed with its reason."""
    meaning = explain(errors)
    if meaning.reason == PERMISSION:
        return model.PermissionDenied(meaning.text, where=where, cure=meaning.cure)
    if meaning.reason == RATE_LIMIT:
        return model.RateLimited(meaning.text, where=where, cure=meaning.cure)
    if meaning.reason == TRANSIENT:
        return model.ServiceUnavailable(meaning.text, where=where, cure=meaning.cure)
    others = [str(error) for error in errors if str(error) != meaning.text]
    text = meaning.text + (f" (also: {'; '.join(others)})" if others else "")
    return model.FunctionFailed(text, errors=errors, reason=meaning.reason, where=where, cure=meaning.cure)


def refused(errors: Sequence[model.IntacctError], *, where: str) -> model.ConnectorError:
    """Make the error for a request that was refused as a whole, at control or authentication level: nothing was executed."""
    meaning = explain(errors)
    kind = _REQUEST_KINDS.get(meaning.reason)
    if kind is not None:
        return kind(meaning.text, where=where, cure=meaning.cure)
    others = [str(error) for error in errors if str(error) != meaning.text]
    text = meaning.text + (f" (also: {'; '.join(others)})" if others else "")
    return model.RequestRefused(text, where=where, cure=meaning.cure, errors=errors)


def _fits(line: CatalogLine, error: model.IntacctError) -> bool:
    if line.number is not None and not re.fullmatch(line.number, error.errorno, re.IGNORECASE):
        return False
    if line.words is None:
        return True
    # Typographic apostrophes occur beside straight ones.
    texts = " ".join(part for part in (error.description, error.description2, error.correction) if part).replace(
        "\u2019", "'"
    )
    return re.search(line.words, texts, re.IGNORECASE | re.DOTALL) is not None
