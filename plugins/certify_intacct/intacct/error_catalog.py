"""The shapes in which Intacct refuses something: a row each, with what it means in plain words, which field it is about, and the cure.

Numbers alone say little: BL01001973 and BL03000018 are used for nearly everything, XL03000006 for bad credentials, dead sessions
and unreadable fields alike (Intacct XML gateway reference, Error catalogue). So a row may ask for a number, for words, for both or for
either; the first that fits decides. What a company calls its dimensions is its own business: a shape takes the word from the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from certify_intacct.model.dimensions import DIMENSIONS

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
INTER_ENTITY = "inter_entity"
DIRECT_POSTING = "direct_posting"
CARD = "card"
TAX = "tax"
NUMBER = "number"
TERM = "term"
SMART_RULE = "smart_rule"
COMPLIANCE = "compliance"
REQUIRED = "required"
FORMAT = "format"
QUERY = "query"
NOT_FOUND = "not_found"
DATE = "date"
OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class RefusalShape:
    """One row of the table.

    :param sentence: what it means; ``{word}``, ``{value}`` and ``{account}`` are what the pattern's groups of those names found in
        Intacct's text; a number may follow (``value2``)
    :param field: what of a document or a question it is about, as people call it; empty where it is about no field
    :param cure: what the reader can do
    :param number: pattern for the whole errorno, or None for any
    :param words: pattern to find in the texts, or None for any
    :param either: the number or the words will do; otherwise both are needed
    """

    reason: str
    sentence: str
    cure: str
    field: str = ""
    number: str | None = None
    words: str | None = None
    either: bool = False


# What a value is called may be any words but these: what is said of them does not mean that nothing was executed, or has a row of
# its own.
_NO_DIMENSION = (
    "account|amount|batch|bill|company|control|currency|date|document|field|fields|function|journal|number|object|password|period|rate"
    "|record|request|sender|session|tax|term|transaction|user|value"
)
_ANY_WORDS = rf"(?![\w /&-]{{0,40}}\b(?:{_NO_DIMENSION})\b)[^\W\d_][\w /&-]{{0,39}}?"
_SENTENCE = r"(?:^\s*|[.!?:]\s+)"
# Behind the numbers that a row gives to its own.
_groups = count(100)


def _named(name: str, pattern: str) -> str:
    """A group of its own name: in one pattern no two may be called alike."""
    return f"(?P<{name}{next(_groups)}>{pattern})"


def _refused(words: str, selected: str = "") -> str:
    """The shapes in which Intacct names a value that it does not take.

    :param words: what it calls a value of that kind
    :param selected: what must follow where the shape alone says too little; the value stands before it
    """

    def word() -> str:
        return _named("word", words)

    def value() -> str:
        return _named("value", r"\S.{0,199}?")

    named = rf" {value()} {selected or '(?:specified|selected)'}"
    return (
        rf"\bthe (?:specified )?{word()} {value()} is (?:invalid|not valid)"
        rf"|{_SENTENCE}{word()} {value()}(?: specified)? is(?:n't| not) valid"
        rf"|\binvalid {word()}\b{named if selected else f'(?:{named})?'}"
    )


# What Intacct calls a value of a dimension, for those whose refusal has no reason of its own.
_DIMENSIONS = "|".join(
    row.called or row.name for row in DIMENSIONS if row.name not in ("project", "vendor", "employee")
)

_CREDENTIALS = "Check company ID, user ID and user password in the connection."
_FEWER = "Let fewer tasks use the sage_intacct pool at the same time."
_PASSES = "It usually passes within minutes."
_OURS = "This is a fault of the connector; report it with this text."
_RIGHT = "Give the web services user this right (Company > Admin > Web Services users, or its role)."
_NUMBERING = "Switch document numbering off in Intacct, or let the connector give the number."
_MAPPING = "Check that this value exists and is active in Intacct, and the mapping that chose it."

CATALOG: tuple[RefusalShape, ...] = (
    # The session, the sender, the user
    RefusalShape(
        reason=SESSION, number=r"XL03000006", words=r"^\s*Invalid session\b",
        sentence="The session at Intacct has ended.", cure="Signing in again cures it.",
    ),
    RefusalShape(
        reason=CREDENTIALS, number=r"XL03000006", words=r"Partner ID or password", field="sender ID, sender password",
        sentence="Intacct does not know this sender ID with this password.",
        cure="Check the sender ID and sender password in the connection; both are case sensitive.",
    ),
    RefusalShape(
        reason=CREDENTIALS, words=r"Sign-in information is incorrect", field="company ID, user ID, user password",
        sentence="Intacct does not know this user of this company with this password.",
        cure=f"{_CREDENTIALS} A web services user that was locked out or made inactive gets the same answer.",
    ),
    RefusalShape(
        reason=CREDENTIALS, words=r"not authorized to make Web Services requests|Invalid Web Services Authorization",
        field="sender ID", sentence="The company has not authorised this sender ID.",
        cure="Let an Intacct administrator add the sender ID under Company > Setup > Company > Security > Web Services "
        "authorizations.",
    ),
    RefusalShape(
        reason=CREDENTIALS, number=r"GW-0011|invalidRequest", field="sender ID, sender password",
        sentence="The gateway refuses the request before sign-in, which it does when sender ID, sender password or another value "
        "of the sign-in is wrong.",
        cure="Check them all in the connection.",
    ),
    RefusalShape(
        reason=CREDENTIALS, number=r"(XMLGW_|U)JPP0002", field="company ID, user ID, user password",
        sentence="The gateway does not accept the sign-in.", cure=_CREDENTIALS,
    ),
    RefusalShape(
        reason=COMPANY, number=r"PL04000055", field="company ID", sentence="The company is not active any more.",
        cure="Ask Sage whether the company is still active.",
    ),
    # The gateway
    RefusalShape(
        reason=RATE_LIMIT, number=r"GW-0010", words=r"rate limit exceeded", either=True,
        sentence="More requests were made than the company may.", cure=_FEWER,
    ),
    RefusalShape(
        reason=TRANSIENT, number=r"GW-0001", words=r"try again later|temporarily off-?line", either=True,
        sentence="Intacct cannot answer just now.", cure=_PASSES,
    ),
    RefusalShape(
        reason=SCHEMA, number=r"XL03000003", words=r"XML Parse schema error", either=True,
        sentence="The request is not what Intacct's schema allows.", cure=_OURS,
    ),
    RefusalShape(
        reason=SCHEMA, words=r"(?P<value>\S+) is not a valid transport policy", field="policy ID",
        sentence="Intacct has no policy {value} for requests that are answered later.", cure=_OURS,
    ),
    # Rights
    RefusalShape(
        reason=PERMISSION, number=r"PL04000005", words=r"do(es)? not have permission|don't have permission|no permission",
        either=True, sentence="The web services user may not do this.", cure=_RIGHT,
    ),
    # Sent again. The real text is unknown: these words are what the sandbox says, and a failure that names the control ID.
    RefusalShape(
        reason=REPLAY, words=r"control ?id\b.*\balready been (used|executed|processed)",
        sentence="Intacct has carried out a request with this control ID before.", cure="The document is looked up by its number.",
    ),
    # What a document can be refused for
    RefusalShape(
        reason=CLOSED_PERIOD, field="posting date",
        words=r"date \((?P<value1>[\d/]{6,10})\) is within a period that's been closed|period that's been closed"
        r"|periods? (is|are) closed|closed period|date must be on or after (?P<after>[\d/]{6,10})?",
        sentence="The books are closed on its date.",
        cure="Open the period for this entity and subledger in Intacct, or set a posting-date policy that moves the date.",
    ),
    RefusalShape(
        reason=DUPLICATE, number=r"BL34000061|PL05000104", either=True,
        words=r"\balready\s+exists\b|duplicate (bill|document|account) number|another record with the value",
        sentence="Another record has the same value.", cure="Look at the record that has this value.",
    ),
    RefusalShape(
        reason=DIMENSION_MISSING, field="dimension of the line",
        words=r"missing (?:the |an? )?'?(?P<word1>[^\W\d_][\w /&-]{0,39})'? dimension(?: for the account '?(?P<account1>[\w.-]+))?"
        r"|use of empty (?P<word2>location) is invalid"
        r"|account number '?(?P<account2>[^']{1,80}?)'? requires an? (?P<word3>[^\W\d_][\w /&-]{0,39})?",
        sentence="A line has no {word}, which its account{account} or the company demands.",
        cure="Map this dimension for the account's category, or make it optional on the account in Intacct.",
    ),
    RefusalShape(
        reason=PROJECT, field="project of the line",
        words=r"resource of the project '?(?P<value1>[^']{1,200})"
        r"|the project '?(?P<value2>[^']{1,200}?)'? has a project status that prevents"
        rf"|project status that prevents|not associated with the customer|{_refused('project')}",
        sentence="Intacct does not take the project{value} here.",
        cure="Check the project's status, its resources and its customer in Intacct.",
    ),
    RefusalShape(
        reason=VENDOR, field="payee (VENDORID)",
        words=rf"{_refused('vendor')}|activate the vendor (?P<value1>.{{1,200}}?), then"
        r"|vendor (?P<value2>.{0,200}?) ?(?:is )?on hold"
        r"|required field vendor id is missing",
        sentence="Intacct does not take the vendor{value}.",
        cure="Check that the vendor exists, is active and not on hold, and that its ID is the person's EmployeeID in Certify.",
    ),
    RefusalShape(
        reason=EMPLOYEE, field="employee (EMPLOYEEID)",
        words=rf"{_refused('employee')}|before employee joining date (?P<after>[\d/]+)?",
        sentence="Intacct does not take the employee{value} here.", cure="Check the employee and the start date in Intacct.",
    ),
    RefusalShape(
        reason=DIMENSION_INVALID, field="dimension of the line",
        words=r"(?P<word1>[^\W\d_][\w /&-]{0,39}?) must be (?P<wanted>.{1,200}?)\. ?this value is auto-filled",
        sentence="Intacct fills in the {word} from another dimension of the line, and it is another one.",
        cure="Let the line in Certify have the value that Intacct fills in, or none.",
    ),
    RefusalShape(
        reason=DIMENSION_INVALID, field="dimension of the line", words=_refused(_DIMENSIONS),
        sentence="Intacct does not take the {word}{value}.", cure=_MAPPING,
    ),
    RefusalShape(
        reason=ACCOUNT, field="account of the line",
        words=r"gl account '?(?P<value1>[^':]{1,80})'?: .{0,200}?is restricted|account is restricted"
        r"|specified is not valid\. gl account"
        r"|account number '?(?P<value2>\S+?)'? is associated to the credit card|is associated to the credit card"
        r"|account '?(?P<value3>[^']{1,60}?)'? is not valid",
        sentence="Intacct does not take the account{value} here.",
        cure="Check that the account exists, is active and may be used here, and the mapping that chose it.",
    ),
    # The real texts of these two are unknown.
    RefusalShape(
        reason=DIRECT_POSTING, field="journal or account", words=r"direct(?:ly)? post(?:ing)?s?\b|post(?:ing)?s? directly",
        sentence="The journal or an account takes no direct posting.",
        cure="Let the journal or account take direct postings in Intacct (clear Disallow direct posting), or choose another one: "
        "the journal in connector.yaml, posting.accounts.map or the category's GL code.",
    ),
    RefusalShape(
        reason=CARD, field="card (CARDID)", words=r"\bcard\b.{0,120}\bexpired|\bexpired\b.{0,40}\bcard\b",
        sentence="The card has expired in Intacct.",
        cure="Correct the card's expiration date in Intacct (Cash Management > Credit cards), or posting.company_paid.cards.",
    ),
    RefusalShape(
        reason=TAX, field="tax detail of the line",
        words=r"tax detail (?P<value1>.{1,100}?) cannot be used|tax (?:detail|solution|schedule)",
        sentence="Intacct does not take the tax{value} of a line.",
        cure="Check the tax solution of the entity and the tax mapping.",
    ),
    RefusalShape(
        reason=AMOUNT, number=r"BL03002101", words=r"remove the extra line item", either=True, field="amount of a line",
        sentence="A line has no amount, which Intacct says in misleading words.", cure="Check the amounts.",
    ),
    RefusalShape(
        reason=AMOUNT, words=r"exceeds total amount due", field="amount",
        sentence="More would be taken off than is owed.", cure="Look at the record in Intacct and at what was paid.",
    ),
    RefusalShape(
        reason=INTER_ENTITY, number=r"BL03002073", field="location of the lines",
        sentence="A negative line may not stand in a document whose lines belong to several entities.",
        cure="Set posting.several_entities to false, or let Intacct allow it.",
    ),
    RefusalShape(
        reason=INTER_ENTITY, field="location of the lines",
        words=r"inter-?entity relation\w* is not set up(?: between (?P<between>.{1,200}))?",
        sentence="The lines lie in entities that have no inter-entity accounts with each other.",
        cure="Set up the pair in Intacct (Company > Setup > Inter-entity account mapping), or set posting.several_entities to false.",
    ),
    RefusalShape(
        reason=BALANCE, words=r"do(es)? not balance", field="amounts of the lines",
        sentence="Debits and credits of an entity are not equal.", cure="Debits and credits of each entity must be equal.",
    ),
    RefusalShape(
        reason=NUMBER, number=r"BL03002128|PL01000127", field="document number",
        sentence="Intacct has numbering of its own for this kind of document, or misses the number.", cure=_NUMBERING,
    ),
    RefusalShape(
        reason=TERM, words=r"the term name (?P<value1>.{1,200}?) is invalid", field="term", sentence="Intacct has no term{value}.",
        cure="Check the term in the mapping.",
    ),
    RefusalShape(
        reason=DATE, number=r"PL03000006", words=r"^(?:.{0,200}?date '(?P<value1>[^']{0,100})' is invalid)?", field="date",
        sentence="Intacct does not take a date{value}.", cure="Check the date.",
    ),
    RefusalShape(
        reason=SMART_RULE, words=r"smart rule '?#?(?P<value1>[\w#-]+)?", sentence="A Smart Rule{value} of the company forbids this.",
        cure="Ask who set it.",
    ),
    RefusalShape(
        reason=COMPLIANCE, number=r"CRE-3211", field="payee (VENDORID)",
        sentence="The vendor's compliance record blocks payment documents.",
        cure="Complete the vendor's compliance record in Intacct.",
    ),
    RefusalShape(
        reason=REQUIRED, words=r"required field (?P<word1>.{1,60}?) is missing|missing (?P<word2>unit)\b",
        field="a field that the company requires", sentence="Intacct wants the field {word}, which the document has not.",
        cure="Fill it by posting.custom_fields, or make it optional in Intacct.",
    ),
    RefusalShape(
        reason=FORMAT, words=r"illegal format for (?P<word1>.{1,80}?)(?: (?P<value1>\S+))?$", field="a field's form",
        sentence="Intacct does not take what stands in {word}.",
        cure="Correct it where it comes from: Certify, connector.yaml or the record in Intacct.",
    ),
    RefusalShape(
        reason=NOT_FOUND, words=r"can't find this transaction", sentence="Intacct does not find the record.",
        cure="Look whether it was deleted there.",
    ),
    RefusalShape(
        reason=TRANSIENT, number=r"Get API Session Failed", sentence="Intacct did not open the session.", cure=_PASSES,
    ),
    RefusalShape(
        reason=QUERY, number=r"XL03000006|XL03000010|DL02000001|Query Failed|Invalid fields list.*", field="field of the question",
        words=r"cannot be queried|error processing the request|not found|does not exist|^\s*$",
        sentence="A field or object that was asked for does not exist here or cannot be queried.",
        cure="Compare with its definition (lookup).",
    ),
    RefusalShape(
        reason=QUERY, number=r"Query Failed", field="object of the question",
        sentence="What was asked for does not exist in this company, or the user may not see it.",
        cure="Check the subscription and the user's rights.",
    ),
    RefusalShape(
        reason=QUERY, number=r"Invalid fields list.*", field="field of the question",
        sentence="A field that was asked for does not exist.", cure="Compare with its definition (lookup).",
    ),
    RefusalShape(
        reason=DIMENSION_INVALID, field="dimension of the line", words=_refused(_ANY_WORDS, r"(?:specified|selected)"),
        sentence="Intacct does not take the {word}{value}.", cure=_MAPPING,
    ),
    RefusalShape(
        reason=ROLLED_BACK, number=r"XL03000009", sentence="Another function of the same transaction failed.", cure="See its error.",
    ),
)  # fmt: skip
