"""What is asked of Intacct, a row each: functions that read (Intacct XML gateway reference, Queries, Objects, Company, Errors)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from certify_intacct.documents import READERS
from certify_intacct.intacct import functions, xml
from certify_intacct.intacct.filters import And, Equal, Filter, GreaterOrEqual
from certify_intacct.intacct.functions import Function
from certify_intacct.staging.streams import STREAMS
from include.recording.exchange import Exchange, IntacctQuestion, NothingToAsk
from include.recording.recorder import Known

# So many records of a list: enough for its shape.
_FEW = 5
_AUDIT_DAYS = 7
# What no company has: whoever asks in its name is refused, and nobody is locked out.
_MADE_UP = "made-up"
_OF_CLOSED_BOOKS = ("closed_books_shown", "closed_books_fields")
_APPLICATIONS = ("GEN", "ME", "GL", "CM", "AP", "EE")


def _row(
    name: str, ask: Callable[[Known], IntacctQuestion], answers: str, settings: tuple[str, ...] = (), **flags: Any
) -> Exchange:
    return Exchange(name, "intacct", ask, answers, settings, **flags)


def _asked(*made: Callable[[str], Function]) -> Callable[[Known], IntacctQuestion]:
    """A question whose functions depend on no earlier answer; each is given its control ID."""
    return lambda _: IntacctQuestion(tuple(one(f"question-{number}") for number, one in enumerate(made, 1)))


def _call(made: Callable[..., Function], *arguments: Any, **options: Any) -> Callable[[str], Function]:
    return lambda control_id: made(*arguments, **options, control_id=control_id)


def _one(made: Callable[..., Function], *arguments: Any, **options: Any) -> Callable[[Known], IntacctQuestion]:
    return _asked(_call(made, *arguments, **options))


def _query(
    name: str,
    fields: Sequence[str],
    *,
    size: int = _FEW,
    offset: int = 0,
    order: Sequence[str] = ("RECORDNO",),
    private: bool = True,
    where: Filter | None = None,
) -> Callable[[str], Function]:
    def made(control_id: str) -> Function:
        return functions.query(
            name,
            fields,
            filter=where,
            order_by=order,
            show_private=private,
            page_size=size,
            offset=offset,
            control_id=control_id,
        )

    return made


def _read_by_query(name: str, fields: str, query: str = "", size: int = _FEW) -> Callable[[str], Function]:
    """`readByQuery`, which the connector does not ask; older integrations do, and its answers tell much about `query`'s."""

    def made(control_id: str) -> Function:
        element, call = xml.new("function", controlid=control_id), xml.new("readByQuery")
        for tag, text in (("object", name), ("fields", fields), ("query", query), ("pagesize", size)):
            xml.add(call, tag, text)
        element.append(call)
        return Function(control_id, xml.to_bytes(element), f"readByQuery {name}", writes=False)

    return made


def _objects() -> dict[str, list[str]]:
    """By object that the connector reads the fields that it asks for."""
    found: dict[str, list[str]] = {}
    for stream in STREAMS.values():
        if stream.service == "intacct" and stream.source:
            found.setdefault(stream.source, []).extend(stream.source_fields)
    for kind in READERS:
        found.setdefault(kind.object, []).extend(kind.fields)
        found.setdefault(kind.line_object, []).extend(kind.entry_fields)
    return {name: list(dict.fromkeys(fields)) for name, fields in found.items()}


def _shown(known: Known, name: str, wanted: Sequence[str]) -> list[str]:
    """Those of the fields that the company's definition names, and those of related objects, which it does not."""
    named = known.fields(f"intacct/lookup_{name}")
    found = [field for field in wanted if "." in field or field in named]
    if not found:
        raise NothingToAsk(f"the company shows none of the fields of {name} that are asked for")
    return found


def _first_page(name: str, wanted: Sequence[str]) -> Callable[[Known], IntacctQuestion]:
    def ask(known: Known) -> IntacctQuestion:
        where: Filter | None = None
        order: tuple[str, ...] = ("RECORDNO",)
        if name == "AUDITHISTORY":
            # Without both filters it reads for minutes.
            day = known.today - timedelta(days=_AUDIT_DAYS)
            where, order = And(Equal("OBJECTTYPE", "employee"), GreaterOrEqual("ACCESSTIME", day)), ("ID",)
        made = _query(name, _shown(known, name, wanted), where=where, order=order)
        return IntacctQuestion((made("question-1"),))

    return ask


def _record(name: str, *fields: str, lines: str = "") -> Callable[[Known], IntacctQuestion]:
    """The first record by its number: these fields, or all with its lines. Of people only fields that the connector reads.

    :param lines: the object of its lines, whose own fields have to be known before they are seen
    """

    def ask(known: Known) -> IntacctQuestion:
        if lines:
            known.fields(f"intacct/lookup_{lines}")
        for record in known.records(f"intacct/query_{name}"):
            if record.get("RECORDNO"):
                made = functions.read(name, [record["RECORDNO"]], fields or ("*",), control_id="question-1")
                return IntacctQuestion((made,))
        raise NothingToAsk(f"the company has no {name}")

    return ask


def _of_each_object() -> Iterator[Exchange]:
    direct = {"GLACCOUNT", "GLJOURNAL"}
    for name, fields in _objects().items():
        told = ("direct_posting_field",) if name in direct else ()
        entity = ("entities_without", "multi_entity") if name == "LOCATIONENTITY" else ()
        own = ("hidden_fields", "custom_fields", *told)
        yield _row(
            f"lookup_{name}",
            _one(functions.lookup, name),
            f"fields, types and relations of {name}",
            own,
        )
        yield _row(
            f"inspect_{name}",
            _one(functions.inspect, name),
            f"lengths of the fields of {name}",
            ("field_lengths",),
        )
        audit = ("audit_history_permitted",) if name == "AUDITHISTORY" else ()
        yield _row(
            f"query_{name}",
            _first_page(name, fields),
            f"a page of {name} as the connector asks for it",
            ("unreadable_fields", "hidden_fields", "amount_format", *audit, *entity, *told),
        )


def _of_the_user(made: Callable[..., Function]) -> Callable[[Known], IntacctQuestion]:
    return lambda known: IntacctQuestion((made(known.user_id, control_id="question-1"),))


def _in_an_entity(known: Known) -> IntacctQuestion:
    for record in known.records("intacct/entities"):
        if record.get("id"):
            return IntacctQuestion(
                (functions.get_closed_books_date(control_id="question-1"),), entity=str(record["id"]), signing_in={}
            )
    raise NothingToAsk("the company has no entities")


_ATTACHMENT = ("recordno", "supdocid", "supdocname", "folder", "description", "creationdate", "createdby")


def _stranger(**changed: str) -> Callable[[Known], IntacctQuestion]:
    """Who signs in with credentials that are made up; the connection's own passwords do not go along."""
    made_up = (
        {"sender_password": _MADE_UP, "user_password": _MADE_UP}
        if "sender_id" in changed
        else {"user_password": _MADE_UP}
    )
    return lambda _: IntacctQuestion(
        (functions.get_api_session(control_id="question-1"),), signing_in=made_up | changed
    )


def _signing_in(_: Known) -> IntacctQuestion:
    return IntacctQuestion((functions.get_api_session(control_id="question-1"),), signing_in={})


def _without_session(_: Known) -> IntacctQuestion:
    return IntacctQuestion((functions.get_financial_setup(control_id="question-1"),), session_id=_MADE_UP)


_NO_OBJECT, _NO_FIELD = "NOSUCHOBJECT", "NOSUCHFIELD"
_VENDOR = ("RECORDNO", "VENDORID")
_KEYS = [str(number) for number in range(1, 101)]

INTACCT: tuple[Exchange, ...] = (
    _row("sign_in", _signing_in, "what a sign-in tells of session and endpoint", ("session_minutes", "gzip")),
    *_of_each_object(),
    _row(
        "read_VENDOR",
        _record("VENDOR", "RECORDNO", "VENDORID", "DISPLAYCONTACT.PRINTAS", "DISPLAYCONTACT.EMAIL1"),
        "a record, and how its contact stands in it",
        ("read_structure",),
    ),
    _row(
        "read_EMPLOYEE",
        _record("EMPLOYEE", "RECORDNO", "EMPLOYEEID", "PERSONALINFO.PRINTAS", "PERSONALINFO.EMAIL1"),
        "likewise",
        ("read_structure",),
    ),
    *(
        _row(
            f"read_{kind.object}",
            _record(kind.object, lines=kind.line_object),
            "a document with its lines",
            ("amount_format",),
        )
        for kind in READERS
    ),
    _row(
        "largest_page",
        _asked(_query("VENDOR", ("RECORDNO",), size=functions.MAX_PAGE)),
        "how many records a page of `query` has at most",
        ("query_page_maximum",),
    ),
    _row(
        "largest_page_of_readbyquery",
        _asked(_read_by_query("VENDOR", "RECORDNO", size=1000)),
        "how many records a page of `readByQuery` has at most",
        ("read_page_maximum",),
    ),
    _row(
        "many_keys",
        _one(functions.read, "GLACCOUNT", _KEYS, ("RECORDNO",)),
        "whether a hundred keys may be read at once",
        ("read_keys_maximum",),
    ),
    _row(
        "same_question_twice",
        _asked(*[_query("VENDOR", ("RECORDNO",), size=50, order=())] * 2),
        "whether records have an order when none is asked for",
        ("default_order",),
        alike=True,
    ),
    _row(
        "private_records",
        _asked(_query("VENDOR", ("RECORDNO",), size=1, private=False), _read_by_query("VENDOR", "RECORDNO", size=1)),
        "whether `readByQuery` shows private records at top level",
        ("read_by_query_private",),
        totals=True,
    ),
    _row("readbyquery", _asked(_read_by_query("VENDOR", "RECORDNO,VENDORID,STATUS")), "a page of `readByQuery`"),
    _row("page_beyond", _asked(_query("VENDOR", _VENDOR, offset=1_000_000)), "a page after the last one"),
    _row(
        "nothing_found", _asked(_query("VENDOR", _VENDOR, where=Equal("VENDORID", "NOSUCHVENDOR"))), "an empty result"
    ),
    _row("unknown_object", _asked(_query(_NO_OBJECT, ("RECORDNO",))), "an object that does not exist", ("support_id",)),
    _row("unknown_object_lookup", _one(functions.lookup, _NO_OBJECT), "likewise, of `lookup`"),
    _row(
        "unknown_field", _asked(_query("VENDOR", (*_VENDOR, _NO_FIELD))), "a field that does not exist", ("support_id",)
    ),
    _row("unknown_field_readbyquery", _asked(_read_by_query("VENDOR", _NO_FIELD)), "likewise, of `readByQuery`"),
    _row(
        "unknown_order",
        _asked(_query("VENDOR", _VENDOR, order=(_NO_FIELD,))),
        "an order by a field that does not exist",
        ("support_id",),
    ),
    _row(
        "wrong_filter",
        _asked(_query("VENDOR", _VENDOR, where=Equal(_NO_FIELD, "1"))),
        "a filter by a field that does not exist",
        ("support_id",),
    ),
    _row(
        "wrong_value",
        _asked(_query("VENDOR", _VENDOR, where=GreaterOrEqual("WHENMODIFIED", "yesterday"))),
        "a filter by a value that is no date",
        ("support_id",),
    ),
    _row(
        "wrong_query",
        _asked(_read_by_query("VENDOR", "RECORDNO", query="RECORDNO is about 7")),
        "a query that cannot be read",
        ("support_id",),
    ),
    _row(
        "one_of_two_fails",
        _asked(_query("VENDOR", _VENDOR, size=1), _query(_NO_OBJECT, ("RECORDNO",))),
        "whether one function that fails leaves the other",
    ),
    _row(
        "financial_setup",
        _one(functions.get_financial_setup),
        "currencies and entities of the company",
        ("multi_entity",),
    ),
    _row(
        "entities",
        _one(functions.read_entity_details),
        "the entities that the user may see",
        ("multi_entity",),
    ),
    _row(
        "permissions",
        _of_the_user(functions.get_user_permissions),
        "the words of applications, policies and rights",
        ("user_permissions_readable", "further_rights", "expenses_application"),
    ),
    _row(
        "user_formatting",
        _of_the_user(functions.read_user_formatting),
        "how dates and times are written for the user",
        ("timestamp_zone",),
    ),
    _row(
        "dimensions",
        _one(functions.get_dimensions),
        "the dimensions of the company",
        ("dimensions_readable", "user_defined_dimensions"),
    ),
    _row(
        "filled_dimensions",
        _one(functions.get_dimension_autofill_details),
        "which dimensions fill in others",
        ("dimensions_readable", "dimension_relations"),
    ),
    *(
        _row(
            f"preferences_{name}",
            _one(functions.get_company_prefs, name),
            f"the preferences of {name}",
            ("company_preferences", *told),
        )
        for name, told in zip(
            _APPLICATIONS,
            (
                (),
                (),
                (),
                (),
                ("ap_approval", "ap_account_labels", "ap_summaries"),
                ("expense_approval",),
            ),
            strict=True,
        )
    ),
    _row(
        "closed_books",
        _one(functions.get_closed_books_date),
        "through which day books are closed, at top level",
        ("closed_books_date_style", "closed_books_shown"),
    ),
    _row(
        "closed_books_of_an_entity",
        _in_an_entity,
        "likewise, in an entity",
        ("closed_books_date_style", "closed_books_shown"),
    ),
    *(
        _row(
            f"lookup_{name}",
            _one(functions.lookup, name),
            f"whether there is {name}, and what it tells",
            _OF_CLOSED_BOOKS,
        )
        for name in ("CLOSEBOOKS", "OPENBOOKS", "APCLOSESUMMARY", "APOPENSUMMARY", "CMCLOSESUMMARY", "EECLOSESUMMARY")
    ),
    _row("lookup_APIUSAGESUMMARY", _one(functions.lookup, "APIUSAGESUMMARY"), "whether the use of the API can be read"),
    _row(
        "query_APIUSAGESUMMARY",
        _first_page("APIUSAGESUMMARY", ("RECORDNO", "MONTH", "YEAR", "COUNT", "TRANSACTIONS")),
        "likewise",
    ),
    _row(
        "folders",
        _one(functions.get_list, "supdocfolder", max_items=_FEW),
        "folders of attachments",
        ("folder_record_numbers",),
    ),
    _row(
        "attachments",
        _one(functions.get_list, "supdoc", fields=_ATTACHMENT, max_items=_FEW),
        "attachments, without their files",
    ),
    _row("unknown_list", _one(functions.get_list, "nosuchlist"), "a legacy list that does not exist"),
    _row(
        "wrong_sender",
        _stranger(sender_id=_MADE_UP, user_id=_MADE_UP),
        "a sender that does not exist",
        ("credential_error_style",),
    ),
    _row("wrong_user", _stranger(user_id=_MADE_UP), "a user that does not exist", ("sign_in_error_style",)),
    _row("wrong_session", _without_session, "a session that does not exist"),
)
