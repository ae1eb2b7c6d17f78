"""Everything about the two services that can be turned: one model.

Each value has its default, its meaning and the mark of the fact.

Marks: V verified in the vendor's material or a recorded answer, I inferred from it, U unknown (the default is a
choice, not a fact). `POST /_sandbox/settings` changes some, `GET /_sandbox/settings` gives all; they are kept in the
store and survive a restart.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from include.sandbox.certify.options import CertifySettings
from include.sandbox.intacct.catalog import load_catalog
from include.sandbox.own_fields import CustomField, Related, SmartRule, UserDefinedDimension
from include.sandbox.store import Store

_KEY = "settings"


class ServerSettings(BaseModel):
    """Both services."""

    concurrency_limit: int = Field(
        0, ge=0, description="Requests of one side at once, above it the limit answer; 0: none. [U]"
    )
    concurrency_wait_seconds: float = Field(
        0, ge=0, description="How long Intacct holds a request above the limit before it refuses. [V: up to 30 seconds]"
    )
    latency_ms: int = Field(
        0, ge=0, description="Time added to every answer, in milliseconds; the vendor's is about 600. [V]"
    )
    gzip: bool = Field(
        False, description="Answers are packed for clients that take gzip. [U: SDKs ask for it, no record shows one]"
    )
    late_commit_seconds: float = Field(
        0,
        ge=0,
        description="After a lost answer (drop_after_commit, http_524_after_commit) the work is committed this much later. [U]",
    )
    clock_shift_seconds: float = Field(
        0, description="Added to the machine's clock wherever the sandbox needs the time."
    )


class GatewaySettings(BaseModel):
    """The Intacct gateway: who may come in, and how it refuses."""

    sender_id: str = Field("sandbox_sender", description="The web services sender ID that the gateway knows.")
    sender_password: str = Field("sandbox_sender_password", description="The sender's password.")
    company_id: str = Field("SANDBOX", description="The company.")
    user_id: str = Field("xml_gateway", description="The web services user.")
    user_password: str = Field("sandbox_user_password", description="The user's password.")
    console_id: str = Field(
        "SANDBOX-CONSOLE", description="The console that may slide into the company. [V: the way, not the name]"
    )
    other_users: dict[str, str] = Field({}, description="Further users of the company: user ID to password.")
    user_entities: dict[str, list[str]] = Field(
        {}, description="Entities that a user may see; users not named here see all. [V]"
    )
    sender_authorized: bool = Field(True, description="The company has authorised the sender. [V]")
    credential_error_style: Literal["control", "gateway", "invalid_request"] = Field(
        "control",
        description="Wrong sender credentials: XL03000006 at control level, or HTTP 400 with GW-0011 or invalidRequest. [V, all]",
    )
    sign_in_error_style: Literal["authentication", "gateway", "gateway_user"] = Field(
        "authentication",
        description="Wrong user, company or password: XL03000006 at authentication level, or HTTP 401 with XMLGW_JPP0002 or UJPP0002. "
        "[V, all]",
    )
    authentication_names_entity: bool = Field(
        True,
        description="The authentication block of an answer names the entity that was signed in to, or leaves `locationid` empty. "
        "[V: named in the captures that were seen; U: always]",
    )
    rate_limit_style: Literal["gateway", "text", "xml"] = Field(
        "gateway",
        description="Above the limit: HTTP 429 with GW-0010, or HTTP 200 and `API rate limit exceeded`, alone or in an XML answer. "
        "[V: the first, and that text with 200; U: where it stands]",
    )
    session_minutes: float = Field(120, gt=0, description="Sliding length of a session. [V: 2 to 24 hours were seen]")
    endpoint: str = Field("", description="What getAPISession names; empty: from the Host header. [V]")
    company_expired: bool = Field(False, description="The company is an expired demo company: PL04000055. [V]")
    transport_policies: list[str] = Field(["sandbox_policy"], description="Policies that `policyid` accepts. [V]")
    support_id: bool = Field(True, description="Business errors end with a Support ID. [V: most do]")
    long_texts: Literal["accept", "refuse"] = Field(
        "accept",
        description="A text of more than ten million characters, such as a file of 7.5 MB: taken, or refused as libxml2 does unless "
        "it is told otherwise. [U]",
    )
    request_bytes: int = Field(50_000_000, gt=0, description="Largest request body. [U]")


class ReplaySettings(BaseModel):
    """What `uniqueid` remembers."""

    replay_scope: Literal["company", "sender", "user", "session"] = Field(
        "company", description="Within what a function's control ID is unique. [U]"
    )
    replay_retention_seconds: float = Field(
        0, ge=0, description="How long a completed control ID is remembered; 0: for ever. [U]"
    )
    replay_answer: Literal["failure", "first_answer", "executed"] = Field(
        "failure",
        description="A replayed control ID is refused, or answered as the first time without being executed, or executed again"
        " (the memory does not work). [U]",
    )
    replay_errorno: str = Field("XL03000006", description="Error number of the refusal. [U, synthetic]")
    replay_text: str = Field(
        "The control ID '{controlid}' has already been used.", description="Text of the refusal. [U, synthetic]"
    )
    replay_failed_burns: bool = Field(
        False, description="A failed function uses up its control ID too. [I: it does not]"
    )


class ReadSettings(BaseModel):
    """Reading from Intacct."""

    query_page_maximum: int = Field(2000, ge=1, le=2000, description="Largest page of `query`. [V]")
    read_page_maximum: int = Field(1000, ge=1, le=1000, description="Largest page of `readByQuery`. [V]")
    read_keys_maximum: int = Field(100, ge=1, description="Most keys in one `read` or `readByName`. [I]")
    folder_record_numbers: bool = Field(
        False, description="`get_list` of attachment folders tells their record numbers. [V: recorded answers do not]"
    )
    read_structure: Literal["nested", "dotted"] = Field(
        "nested",
        description="How `read` and `readByName` show a contact's fields: elements inside PERSONALINFO and the like, or"
        " dotted names as `query` and `readByQuery` do. [I: clients read them into nested structures]",
    )
    default_order: Literal["recordno", "shuffled"] = Field(
        "recordno",
        description="Order when a query names none: by record number, or another one with each page. [V: undefined]",
    )
    visibility_delay_seconds: dict[str, dict[str, float]] = Field(
        {},
        description="How long a new record stays unseen: object (or *) to function (query, readByQuery, read,"
        " readByName, get_list or *) to seconds. [V]",
    )
    permissions_denied: dict[str, dict[str, list[str]]] = Field(
        {},
        description="What users may not do: user (or *) to object (or *) to operations (READ_BY_QUERY, READ, CREATE,"
        " UPDATE, DELETE or *). [V]",
    )
    audit_history_permitted: bool = Field(True, description="The user may view audit history. [V]")
    user_permissions_readable: bool = Field(
        True, description="The user may read users' permissions. [V: it is a right]"
    )
    further_rights: dict[str, list[str]] = Field(
        {"APADJUSTMENT": ["Post"], "APBILL": ["Post"], "GLBATCH": ["Post"]},
        description="Words that getUserPermissions names for an object beyond List, View, Add, Edit and Delete. [U: the words]",
    )
    closed_books_date_style: Literal["text", "parts"] = Field(
        "text", description="get_closedbooksdate answers mm/dd/yyyy, or the elements year, month and day. [U]"
    )
    closed_books_shown: list[Literal["get_closedbooksdate", "log", "summaries"]] = Field(
        ["get_closedbooksdate"],
        description="What tells through which day books are closed: that function, CLOSEBOOKS and OPENBOOKS, each subledger's "
        "open and close summaries. [V: the names; U: what a company shows]",
    )
    closed_books_by_entity: bool = Field(
        True,
        description="get_closedbooksdate tells what is closed in the session's entity, or only what is for all. [U]",
    )
    closed_books_at_top_level: Literal["own", "latest"] = Field(
        "own",
        description="get_closedbooksdate at top level tells what is closed for all, or the latest day of any entity. [U: an entity "
        "that is closed is closed at top level too]",
    )
    closed_books_fields: Literal["entity_and_date", "entity_record", "no_entity", "two_dates", "no_date", "no_time"] = (
        Field(
            "entity_and_date",
            description="What the logs of closed books show: entity, date and time; the entity's record number or nothing in its "
            "place; a second date; no date; no time. [U]",
        )
    )
    hidden_fields: dict[str, list[str]] = Field(
        {}, description="Fields that objects of this company do not show: object to names. [U]"
    )
    unreadable_fields: dict[str, list[str]] = Field(
        {}, description="Fields that `lookup` names and no query may ask for: object to names. [U]"
    )
    direct_posting_field: Literal["published", "labelled", "hidden"] = Field(
        "published",
        description="Under which name journals and accounts show that they disallow direct posting: SUBLEDGERCONTROLON (accounts) and "
        "DISALLOWDIRECTPOSTING (journals), another one that only its label tells, or none. [V: accounts; U: journals]",
    )
    applications_told: bool = Field(True, description="get_applications answers. [V: it exists; U: to whom]")
    unsubscribed_applications: list[str] = Field(
        [],
        description="Applications that the company does not subscribe to, by the names of its permissions (Accounts Payable): nobody "
        "has rights there, and none of their objects can be read. [V]",
    )
    unsubscribed_objects: Literal["not_permitted", "not_found", "not_performed"] = Field(
        "not_permitted",
        description="How reading an object of such an application is refused. [U; V: a permission that is missing, or an operation "
        "that cannot be performed, both under PL04000005]",
    )
    api_usage_shown: list[Literal["APIUSAGEDETAIL", "APIUSAGESUMMARY"]] = Field(
        ["APIUSAGEDETAIL", "APIUSAGESUMMARY"],
        description="Which objects of Intacct's own meter of API calls the company shows. [V: the names; U: to which users]",
    )
    api_usage_fields: Literal["published", "labelled", "monthly", "no_sender", "no_count", "no_date"] = Field(
        "published",
        description="What they show: the fields that another maker's driver lists; others that only their labels tell; months instead "
        "of days; no sender and no user; no count; no date. [U]",
    )
    api_usage_billed: Literal["queries", "reads", "all"] = Field(
        "queries",
        description="Which calls they count beside the records that are written: those that query, all that read records, or all. "
        "[V: the first, by consultants; U: the rest]",
    )
    company_preferences: dict[str, dict[str, str]] = Field(
        {}, description="What get_companyprefs adds: application to preference to value. [U: the names]"
    )
    read_by_query_private: bool = Field(False, description="`readByQuery` at top level shows private records. [U]")
    multi_entity: bool = Field(True, description="A multi-entity shared company: entities, private records. [V]")
    entities_without: Literal["nothing", "not_found", "not_permitted"] = Field(
        "nothing",
        description="A query of LOCATIONENTITY in a company without entities: no rows, no such object, or no permission. [U]",
    )


class WriteSettings(BaseModel):
    """Writing to Intacct: business rules."""

    adjustment_amounts: Literal["as_entered", "owed"] = Field(
        "as_entered",
        description="An AP adjustment reads as it was entered, or as what the vendor is owed: below zero where it owes. [U]",
    )
    adjustment_approval: bool = Field(
        False, description="AP adjustments wait for approval: STATE Submitted instead of Posted. [U]"
    )
    adjustment_credits: Literal["accept", "refuse"] = Field(
        "accept",
        description="An AP adjustment that lowers what the vendor is owed. [V: debit memos exist; U: whether everywhere]",
    )
    adjustment_lowers: Literal["negative", "positive"] = Field(
        "negative",
        description="The sign of an AP adjustment that lowers what the vendor is owed. [U; a public client sends negative ones]",
    )
    administrators: list[str] = Field(["xml_gateway"], description="Users who may create and change users. [V]")
    amount_format: Literal["two_decimals", "trimmed"] = Field(
        "trimmed", description="How amounts are shown: 100.5 or 100.50. [V: 5900, 205375, 1679615.93 are recorded]"
    )
    ap_account_labels: bool = Field(
        False, description="Bills are entered with account labels, not with account numbers. [V]"
    )
    line_defaults: dict[str, str] = Field(
        {},
        description="Fields that a line is given where it leaves them empty, as dimension defaults do. [V: that; U: which]",
    )
    line_changes_stamp_header: bool = Field(
        True, description="A change of a line also changes WHENMODIFIED of its document. [U]"
    )
    payment_approval: bool = Field(
        False, description="Payments of bills wait for approval: STATE Submitted. [V: approve_appaymentrequest exists]"
    )
    payments_stamp_document: bool = Field(
        True, description="Paying a document, or voiding that, also changes its WHENMODIFIED. [U]"
    )
    ap_approval: bool = Field(False, description="Bills wait for approval: STATE Submitted instead of Posted. [V]")
    ap_summaries: Literal["automatic", "user"] = Field(
        "automatic", description="With `user`, a bill must name its summary in PRBATCH. [V]"
    )
    attachment_name_periods: Literal["refuse", "accept"] = Field(
        "refuse",
        description="A file of an attachment whose name or type has a period in it. [V: none may be in it; what becomes of one: U]",
    )
    base_currency: str = Field("USD", description="Base currency of the company where an entity has none of its own.")
    bill_due_date_required: bool = Field(
        True,
        description="Generic create of a bill needs WHENDUE although a term is given; else the term gives it. [V: documented]",
    )
    bill_owner: Literal["first_line", "most", "least"] = Field(
        "first_line",
        description="Whose a bill or card transaction is that is entered at top level with lines of several entities: the first "
        "line's, or the entity's with most, or least, of the money. It needs inter-entity accounts towards each other. [U]",
    )
    closed_period_dates: Literal["posting", "both"] = Field(
        "posting",
        description="Closed books refuse the posting date, or the transaction's own date as well. [V: either is said]",
    )
    closed_period_errorno: str = Field("BL01001973", description="Error number of a closed period. [U]")
    closed_period_style: Literal["transaction_date", "periods_are_closed", "date_on_or_after"] = Field(
        "transaction_date", description="Which of the known texts a closed period is refused with. [V, all three]"
    )
    create_several: Literal["rolled_back", "kept"] = Field(
        "rolled_back", description="Several objects in one create, one fails: are those before it kept? [U]"
    )
    custom_fields: dict[str, dict[str, CustomField]] = Field(
        {},
        description="Fields that the company added, by object and name: type, label, required, readonly, values (of a pick-list), "
        "multiple (several of them), max_length. Named by lookup and inspect, read and written like any other. [V]",
    )
    dimension_relations: dict[str, dict[str, Related]] = Field(
        {},
        description="What a line's value of a dimension says of another: nothing (related), it fills it in (filled), or no other may "
        "stand there (fixed). A project has its customer, a task its project, a contract its customer; what else is named here is a "
        "relation of the company's own, kept in the field R and its number. [V: auto-fill and override; U: the name of that field]",
    )
    dimension_terms: dict[str, str] = Field(
        {},
        description="What the company calls a dimension, by its object: so getDimensions and refusals name it. [V: a project that is "
        "called Vehicle, refusals that name Job, Cost Code and Grant]",
    )
    dimensions_readable: bool = Field(
        True,
        description="The user may ask which dimensions there are and how they are related (getDimensions and its kin). [U: the right]",
    )
    direct_posting_of: Literal["journals", "all"] = Field(
        "journals",
        description="An account that disallows direct posting is closed to journal entries, or to all transactions. [U]",
    )
    expired_card: Literal["by_date", "today", "accept"] = Field(
        "by_date",
        description="A transaction on an expired card is refused when it is dated after the month of expiry, or as soon as that is "
        "over; or never. [V: refused, U: by which date]",
    )
    duplicate_adjustment_number: Literal["refuse", "accept"] = Field(
        "refuse",
        description="A second AP or expense adjustment with the same number. [V for the REST API of AP: refused]",
    )
    duplicate_attachment_file: Literal["refuse", "accept"] = Field(
        "refuse", description="A second file of the same name and type in an attachment. [U: a file cannot be replaced]"
    )
    duplicate_bill_number: Literal["refuse", "warn", "accept"] = Field(
        "refuse",
        description="A second bill of a vendor with the same number; `warn` accepts without a word to the API. [I]",
    )
    duplicate_card_reference: Literal["refuse", "accept"] = Field(
        "accept", description="A second transaction of a card with the same reference number. [U]"
    )
    duplicate_expense_report_number: Literal["refuse", "accept"] = Field(
        "refuse", description="A second expense report with the same number. [U]"
    )
    duplicate_folder_name: Literal["refuse", "accept"] = Field(
        "refuse", description="A second attachment folder of the same name. [I: refused]"
    )
    duplicate_vendor_text: Literal["object", "record"] = Field(
        "object",
        description="A vendor that is there already: `Another Vendor with the given value(s) …`, or `Another record with the value "
        "…`. [V, both; U: when, and how the second one ends]",
    )
    duplicate_journal_reference: Literal["refuse", "accept"] = Field(
        "accept", description="A second journal entry with the same reference number in a journal. [U]"
    )
    empty_attachment: Literal["accept", "refuse", "schema"] = Field(
        "accept",
        description="`create_supdoc` without a file; `schema` refuses the whole request, as one in which an element is missing. "
        "[U; api.xsd lets it be left out]",
    )
    entity_tax_solutions: dict[str, str] = Field(
        {},
        description="The tax solution of each entity that has one: a document of it names no other, and needs not name it where the "
        "company has one alone. Empty: nobody knows, and all are taken. [V: one each; U: which field shows it]",
    )
    exchange_rates: dict[str, Decimal] = Field(
        {
            "EUR": "1.08",
            "GBP": "1.27",
            "CAD": "0.73",
            "AUD": "0.66",
            "CHF": "1.12",
            "SEK": "0.095",
            "DKK": "0.145",
            "PLN": "0.25",
            "ZAR": "0.054",
            "JPY": "0.0067",
            "INR": "0.012",
            "SGD": "0.74",
            "MXN": "0.055",
            "BRL": "0.18",
            "USD": "1",
        },
        validate_default=True,
        description="Daily rates of all exchange rate types: value of one unit in a common currency.",
    )
    expense_adjustment_amounts: Literal["as_entered", "owed"] = Field(
        "as_entered",
        description="An expense adjustment reads as it was entered, or as what the employee gets: below zero where they owe. [U]",
    )
    expense_adjustment_lowers: Literal["negative", "positive"] = Field(
        "negative",
        description="The sign of an expense adjustment that lowers what the employee gets. [U; V: it is a debit unless it is called a "
        "credit, and the call has no word for either]",
    )
    expense_adjustment_state: Literal["Posted", "Approved", "Submitted"] = Field(
        "Posted", description="STATE of an expense adjustment that has just been entered. [U]"
    )
    expense_amount: Literal["required", "optional", "recomputed", "checked"] = Field(
        "required",
        description="An expense without `amount` is refused; or computed from `trx_amount` and the rate; or always computed from "
        "them, whatever `amount` says; or refused where they say otherwise than `amount`. [V: refused without; U: the rest]",
    )
    expense_approval: bool = Field(
        True, description="Expense reports wait for approval: STATE Submitted, else Approved. [I]"
    )
    expense_approved_change: Literal["refuse", "attachment", "accept"] = Field(
        "attachment",
        description="Changes of an approved expense report: none, its attachment alone, or any; of a paid one never more than the "
        "attachment. [I: a public client attaches after creating]",
    )
    expense_joining_date: Literal["report", "expenses"] = Field(
        "report",
        description="Whose date must not lie before the employee's joining date: the report's, or each expense's. "
        "[V: the text; U: which]",
    )
    expense_line_amounts: Literal["reimbursement_base", "spent_base", "spent_reimbursement"] = Field(
        "reimbursement_base",
        description="What TRX_AMOUNT and AMOUNT of an expense are: what is paid back and its base amount; what was spent and the base "
        "amount; what was spent and what is paid back. ORG_AMOUNT is what was spent. [I]",
    )
    card_charges_at_top_level: Literal["accept", "refuse"] = Field(
        "refuse",
        description="A charge of a card entered at top level of a company whose entities have several base currencies. "
        "[V: refused for two products]",
    )
    expense_reports_at_top_level: Literal["accept", "refuse"] = Field(
        "accept",
        description="An expense report entered at top level of a company whose entities have several base currencies. [U]",
    )
    expense_resources_only: bool = Field(
        False,
        description="An expense is refused on a project of which the employee is no resource (PROJECTRESOURCES). [V: the text; I: the "
        "report's employee]",
    )
    expense_total_entered: Literal["all", "reimbursable"] = Field(
        "all",
        description="Whether TOTALENTERED and TRX_TOTALENTERED of an expense report count what nobody is paid back. [U]",
    )
    expense_resubmitted: Literal["Submitted", "Resubmitted"] = Field(
        "Submitted",
        description="STATE of an expense report that was declined and is handed in again. [V: it has the word; U: when it says it]",
    )
    expense_update_state: Literal["submitted", "kept"] = Field(
        "submitted",
        description="update_expensereport without `state` submits a draft or a declined report, or leaves it what it is. "
        "[V: documented so]",
    )
    expense_rate_decimals: int = Field(
        10,
        description="So many decimals of an expense's `exchrate` are kept, the rest is rounded. [U; V: 5 of the other conversion]",
    )
    expenses_application: Literal["one", "two"] = Field(
        "one",
        description="Rights to expenses belong to the application Time & Expenses, or since 2025 R2 to Expenses. [V: both]",
    )
    field_lengths: dict[str, dict[str, int]] = Field(
        {}, description="Longest text: object to field to characters, before the catalog's. [U]"
    )
    further_dimensions: dict[str, str] = Field(
        {
            "AFFILIATEENTITY": "Affiliate Entity",
            "WORKORDER": "Work Order",
            "FIXEDASSET": "Fixed Asset",
            "LOANACCOUNT": "Loan Account",
        },
        description="Standard dimensions that getDimensions names beside those that are here, by object. [V: recorded in 2026]",
    )
    gl_trace: bool = Field(
        False, description="Posting a bill also makes its entries in the general ledger (GLBATCH, GLENTRY)."
    )
    inter_entity_bills: bool = Field(
        True, description="The lines of one transaction may belong to several entities. [V]"
    )
    inter_entity_lines: Literal["apart", "in_the_entry"] = Field(
        "apart",
        description="A journal entry shows, or does not show, the lines that Intacct writes between its entities, on the accounts of "
        "INTERENTITYSETUP. [V: it writes them; U: where]",
    )
    invalid_reference_text: int = Field(
        0, ge=0, le=2, description="Which of the known texts an unknown vendor or department is refused with. [V, all]"
    )
    journal_approval: bool = Field(
        False, description="Journal entries wait for approval: STATE Submitted instead of Posted. [V]"
    )
    lines_without_tax_entry: Literal["accept", "refuse"] = Field(
        "accept",
        description="Lines without a tax entry in an entity that has a tax solution; those of journals are taken. [V-code: another "
        "product is refused]",
    )
    missing_dimension_text: int = Field(
        0,
        ge=0,
        le=2,
        description="Which of the known texts a line without a dimension that its account demands is refused with. [V, all; U: how "
        "the last one ends]",
    )
    negative_bill: Literal["accept", "refuse", "positive"] = Field(
        "accept",
        description="A bill whose total is below zero: taken, refused, or turned into a positive one. "
        "[V: negative bills exist; U: whether everywhere]",
    )
    negative_card_transaction: Literal["accept", "refuse", "positive"] = Field(
        "accept", description="The same of a card transaction. [U]"
    )
    negative_expense_total: Literal["refuse", "accept"] = Field(
        "refuse", description="An expense report whose total is below zero. [V: refused for other products]"
    )
    numbering: list[str] = Field(
        ["EEXPENSES"], description="Objects that number themselves when no number is given. [V]"
    )
    over_length: Literal["refuse", "truncate"] = Field("refuse", description="A text longer than its field. [U]")
    private_records_at_top_level: bool = Field(
        False, description="A transaction at top level may use the private records of an entity. [U]"
    )
    project_status_of: Literal["own", "all"] = Field(
        "own",
        description="A project status that prevents AP and purchasing transactions stops bills alone, or card transactions and "
        "journals too. [U]",
    )
    reversal_number: Literal["prefixed", "same"] = Field(
        "prefixed", description="Number of a reversing transaction: `Reversed - ` and the old one, or the old one. [U]"
    )
    smart_rules: list[SmartRule] = Field(
        [],
        description="Smart Rules of the company that refuse what is created or changed: number, object (APBILL or a line), field, and "
        "what stands there when the rule strikes, with % and _. [V: the text]",
    )
    tax_on_lines: Literal["shown", "hidden"] = Field(
        "shown",
        description="Whether a line that is read tells its tax (TRX_TAX, and the last DETAILID). [I; U of expense lines]",
    )
    tax_solution_in_entity: Literal["accept", "refuse"] = Field(
        "accept",
        description="A document that names its tax solution inside an entity's session. [U: a public client leaves it out there]",
    )
    timestamp_zone: str = Field(
        "UTC",
        description="Time zone of WHENMODIFIED and WHENCREATED; AUWHENCREATED and ACCESSTIME are UTC. [U: seen 7 hours apart]",
    )
    user_defined_dimensions: dict[str, UserDefinedDimension] = Field(
        {},
        description="Dimensions of the company's own, by object (udd_test): label, enabled_in_gl, demanded (accounts have a flag for "
        "it). Their values have id and name; a line has the id as GLDIM and the object's name. [V]",
    )
    unknown_fields: Literal["refuse", "ignore"] = Field(
        "refuse",
        description="A tag in create or update that is no field of the object. [V: a business error; U: which]",
    )
    vendor_total_due: Literal["live", "kept"] = Field(
        "live",
        description="TOTALDUE of a vendor follows bills and adjustments that are entered as posted, or stays as loaded. [I]",
    )
    vendor_on_hold: Literal["refuse", "accept"] = Field("refuse", description="A bill for a vendor on hold. [U]")
    zero_totals: Literal["accept", "refuse"] = Field(
        "accept", description="A bill, card transaction or expense report whose lines add up to zero. [U]"
    )

    @field_validator("custom_fields")
    @classmethod
    def _known_objects(cls, fields: dict[str, dict[str, CustomField]]) -> dict[str, dict[str, CustomField]]:
        if unknown := sorted(set(fields) - set(load_catalog())):
            raise ValueError(f"{', '.join(unknown)}: no such object")
        return fields

    @field_validator("timestamp_zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        try:
            return ZoneInfo(zone).key
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{zone!r} is no time zone such as UTC or America/Los_Angeles") from None


class Settings(ServerSettings, GatewaySettings, ReplaySettings, ReadSettings, WriteSettings, CertifySettings):
    """All settings of one sandbox."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class UnknownSetting(ValueError):
    """A setting that does not exist, or a value that it cannot have; the message lists what is possible."""


def load(store: Store) -> Settings:
    """The settings in force."""
    return Settings.model_validate(store.get_meta(_KEY) or {})


def change(store: Store, changes: dict[str, Any]) -> Settings:
    """Change some settings, keep them, and return all. Raises UnknownSetting."""
    unknown = sorted(set(changes) - set(Settings.model_fields))
    if unknown:
        raise UnknownSetting(
            f"Unknown settings: {', '.join(unknown)}. Known: {', '.join(sorted(Settings.model_fields))}."
        )
    with store.transaction():
        kept = {**(store.get_meta(_KEY) or {}), **changes}
        try:
            settings = Settings.model_validate(kept)
        except ValidationError as error:
            wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
            raise UnknownSetting(f"Not accepted: {wrong}.") from None
        store.set_meta(_KEY, kept)
    return settings


def reset(store: Store) -> Settings:
    """Back to the defaults."""
    store.delete_meta(_KEY)
    return Settings()


def described(settings: Settings) -> dict[str, Any]:
    """Every setting with its value, default and meaning, for people."""
    values = settings.model_dump(mode="json")
    return {
        name: {
            "value": values[name],
            "default": field.get_default(call_default_factory=True),
            "meaning": field.description,
        }
        for name, field in Settings.model_fields.items()
    }
