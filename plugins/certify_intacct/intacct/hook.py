"""The hook to Sage Intacct's XML gateway."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseHook

from certify_intacct.intacct import definitions, functions
from certify_intacct.intacct.definitions import DimensionDefinition, ObjectDefinition, PermittedEntity
from certify_intacct.intacct.envelope import Credentials
from certify_intacct.intacct.filters import Filter
from certify_intacct.intacct.functions import Function
from certify_intacct.intacct.hosts import DEFAULT_URL, HOSTS
from certify_intacct.intacct.page_questions import PageQuestions
from certify_intacct.intacct.paging import Query, QueryPage, pages
from certify_intacct.intacct.responses import Result
from certify_intacct.intacct.session import Gateway
from certify_intacct.intacct.sessions import IdleSessions
from certify_intacct.model.errors import ConfigurationError, ConnectorError, IncompleteAnswer
from certify_intacct.transport.connection import full_url, required_fields
from certify_intacct.transport.http import HttpClient
from certify_intacct.transport.metering import Meter
from certify_intacct.transport.redaction import Redactor
from certify_intacct.transport.settings import TransportSettings

if TYPE_CHECKING:
    from airflow.sdk import Connection

__all__ = ["Query", "QueryPage", "Result", "SageIntacctHook"]

# So many queries share a request: each of their answers is a page of up to 2,000 records.
_TOGETHER = 10


class SageIntacctHook(BaseHook):
    """
    Speaks to one company's Sage Intacct. Signs in once and keeps the session; one session for each entity.

    Connection fields: host = gateway URL (default https://api.intacct.com/ia/xml/xmlgw.phtml), login = web services user ID,
    password = its password; extra: company_id, sender_id, sender_password, entity_id (optional) and the transport's settings
    (see certify_intacct.transport.settings).

    :param intacct_conn_id: the connection's ID.
    :param idle: where hooks of the same connection find the sessions that others have laid down.
    :param meter: counts what is asked; it hands its count over when the hook is closed.
    """

    conn_name_attr = "intacct_conn_id"
    default_conn_name = "sage_intacct_default"
    conn_type = "sage_intacct"
    hook_name = "Sage Intacct"

    def __init__(
        self,
        intacct_conn_id: str = default_conn_name,
        *,
        idle: IdleSessions | None = None,
        meter: Meter | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.intacct_conn_id = intacct_conn_id
        self._idle = idle
        self._meter = meter
        self._gateway: Gateway | None = None
        self._entity: str | None = None
        self._field_names: dict[str, frozenset[str]] = {}
        #: What is read of records beside what every company has, by object: fields that this one added.
        self.also_read: Mapping[str, frozenset[str]] = {}

    def get_conn(self) -> Gateway:
        """Return the gateway, made from the connection at first use. Nothing is sent yet.

        :raises ConfigurationError: the connection lacks a field or has a wrong one; all that are missing are named.
        """
        if self._gateway is None:
            self._gateway = self._made(self.get_connection(self.intacct_conn_id))
        return self._gateway

    @property
    def company_id(self) -> str:
        """The company ID of the connection."""
        return self.get_conn().company_id

    @property
    def user_id(self) -> str:
        """The web services user of the connection."""
        return self.get_connection(self.intacct_conn_id).login or ""

    @property
    def sender_id(self) -> str:
        """The sender ID of the connection."""
        return self.get_conn().sender_id

    @property
    def entity_id(self) -> str | None:
        """The entity of the connection; None at top level."""
        self.get_conn()
        return self._entity

    def query(
        self,
        object_name: str,
        fields: Sequence[str],
        *,
        filter: Filter | None = None,
        order_by: Sequence[str] = ("RECORDNO",),
        show_private: bool = True,
        entity: str | None = None,
        page_size: int = functions.MAX_PAGE,
        case_insensitive: bool = False,
        sums: Sequence[str] = (),
        on_restart: Callable[[], None] | None = None,
        ahead: bool = False,
        first: Result | None = None,
    ) -> Iterator[QueryPage]:
        """
        Read all records of an object page by page, and prove at the end that none is missing. Memory holds one page.

        :param object_name: upper case, such as "EMPLOYEE".
        :param fields: the fields wanted; dotted paths follow relations.
        :param filter: see certify_intacct.intacct.filters.
        :param order_by: must be unique, or pages may overlap; "-" before a name for descending.
        :param entity: read inside this entity; None for the connection's own place, "" for top level.
        :param sums: fields to add up; then a row is a group of records that have the same ``fields``, which are its order too.
        :param on_restart: when records changed during the read, this is called and the read begins again at the first page, once;
            it must drop what was taken over so far. Without it the change is an IncompleteAnswer at once.
        :param ahead: send the question for the next page before this one is read; there is never more than one request at a time.
        :param first: what became of the question for the first page, where it was asked together with others.
        :raises IncompleteAnswer: the counts do not agree.
        :raises PermissionDenied, FunctionFailed: the query is refused.
        """
        where = f"{self._where}, query {object_name}"

        def function(offset: int) -> Function:
            return functions.query(
                object_name,
                fields,
                filter=filter,
                order_by=order_by,
                show_private=show_private,
                case_insensitive=case_insensitive,
                page_size=page_size,
                offset=offset,
                sums=sums,
            )

        def read(first: Result | None = None) -> Iterator[QueryPage]:
            place = self._entity if entity is None else entity
            questions = PageQuestions(self.get_conn(), function, entity=place, where=where, ahead=ahead, first=first)
            yield from pages(questions, size=page_size, where=where)

        try:
            yield from read(first)
            return
        except IncompleteAnswer as error:
            if on_restart is None:
                raise
            self.log.warning("%s", error)
        on_restart()
        yield from read()

    def query_all(self, object_name: str, fields: Sequence[str], **kwargs: Any) -> list[dict[str, Any]]:
        """
        Read all records of a small query into memory, once more from the start if they changed meanwhile.

        :param kwargs: as for query(), without on_restart.
        """
        records: list[dict[str, Any]] = []
        for page in self.query(object_name, fields, on_restart=records.clear, **kwargs):
            records.extend(page.records)
        return records

    def query_together(
        self, queries: Sequence[Query], *, entity: str | None = None
    ) -> list[Callable[[], list[dict[str, Any]]]]:
        """
        Ask for the first pages of several small queries in as few requests as they fit into.

        :param entity: as for query().
        :returns: for each query what gives all of its records, or raises its error, as query_all() does. What it has on further pages
            is asked for then.
        :raises ConnectorError: a request failed as a whole.
        """
        asked = [functions.query(query.object_name, query.fields, filter=query.filter) for query in queries]
        results = [
            result
            for start in range(0, len(asked), _TOGETHER)
            for result in self.send(asked[start : start + _TOGETHER], entity=entity)
        ]
        return [
            partial(self.query_all, query.object_name, query.fields, filter=query.filter, entity=entity, first=result)
            for query, result in zip(queries, results, strict=True)
        ]

    def send(
        self,
        functions: Sequence[Function],
        *,
        entity: str | None = None,
        unique: bool | None = None,
    ) -> list[Result]:
        """
        Send functions in one request; results come in the same order, failed ones among them with their errors.

        Reads are asked again by kind of error. A request with a function that writes is sent once.

        :param entity: work inside this entity; None for the connection's own place, "" for top level.
        :param unique: refuse a function control ID that was executed before; by default true as soon as one function writes.
        :raises AnswerUnreadable: if a function writes: nobody knows whether any of them was executed.
        :raises ConnectorError: any other kind: none of them was executed.
        """
        writes = any(function.writes for function in functions)
        gateway = self.get_conn()
        return list(
            gateway.execute(
                functions,
                entity=self._entity if entity is None else entity,
                unique=writes if unique is None else unique,
            )
        )

    def lookup(self, object_name: str) -> ObjectDefinition:
        """Return an object's fields with types, valid values and relations, as this company has them."""
        return definitions.object_definition(object_name, self._one(functions.lookup(object_name)).records)

    def field_names(self, object_name: str) -> frozenset[str]:
        """The fields that an object has in this company; asked once."""
        if object_name not in self._field_names:
            self._field_names[object_name] = frozenset(self.lookup(object_name).fields)
        return self._field_names[object_name]

    def know_fields(self, object_names: Iterable[str]) -> frozenset[str]:
        """Ask for the fields of several objects in one request, as far as they are not known, and return which are known now.

        What Intacct refuses to say of one of them is the error of :meth:`field_names`.
        """
        wanted = frozenset(object_names)
        unknown = sorted(wanted - self._field_names.keys())
        results = self.send([functions.lookup(name) for name in unknown]) if unknown else []
        for name, result in zip(unknown, results, strict=True):
            if result.succeeded:
                self._field_names[name] = frozenset(definitions.object_definition(name, result.records).fields)
        return wanted & self._field_names.keys()

    def inspect(self, object_name: str) -> ObjectDefinition:
        """Return an object's fields with lengths, as this company has them."""
        return definitions.object_definition(object_name, self._one(functions.inspect(object_name)).records)

    def user_permissions(self) -> dict[str, dict[str, frozenset[str]]]:
        """Return the effective rights of our user: application → policy → rights.

        :raises PermissionDenied: reading rights is itself a right (users' permissions, view).
        """
        return definitions.permissions(self._one(functions.get_user_permissions(self.user_id)).records)

    def user_formatting(self) -> dict[str, str]:
        """Return how dates and times are written for our user: locale, dateformat, gmtoffset and clock."""
        return definitions.flattened(self._one(functions.read_user_formatting(self.user_id)).records)

    def entity_details(self) -> list[PermittedEntity]:
        """Return the entities that our user may work in."""
        return definitions.entities(self._one(functions.read_entity_details()).records)

    def closed_books_date(self, *, entity: str | None = None) -> date | None:
        """Return the day until which the books are closed; None when Intacct names none. Subledgers may be closed longer than that.

        :param entity: inside this entity, of which nothing else is asked; None for the connection's own place.
        :raises ConnectorError: names the entity.
        """
        function = functions.get_closed_books_date()
        if not entity:
            return definitions.closed_books_date(self._one(function).records)
        where = f"{self._where}, entity {entity}, {function.name}"
        try:
            answered = self.get_conn().ask_in_passing(function, entity=entity, where=where)
        except ConnectorError as error:
            # Whatever failed, the way there too.
            error.where = where
            raise
        return definitions.closed_books_date(answered.records)

    def dimensions(self) -> list[DimensionDefinition]:
        """Return the dimensions of the company."""
        return definitions.dimensions(self._one(functions.get_dimensions()).records)

    def filled_dimensions(self) -> list[tuple[str, str]]:
        """Return the dimensions that fill in another one of theirs on a line: both objects."""
        return definitions.filled(self._one(functions.get_dimension_autofill_details()).records)

    def company_prefs(self, application: str) -> dict[str, str]:
        """Return an application's preferences (GEN, ME, GL, CM, AP, EE ...)."""
        return definitions.preferences(self._one(functions.get_company_prefs(application)).records)

    def applications(self) -> frozenset[str]:
        """Return the applications that the company subscribes to, by their letters (CO, GL, AP, CM, EE ...)."""
        return definitions.applications(self._one(functions.get_applications()).records)

    def financial_setup(self) -> dict[str, str]:
        """Return baseCurrency, multiCurrency, multiEntityShared and the like."""
        return definitions.flattened(self._one(functions.get_financial_setup()).records)

    def test_connection(self) -> tuple[bool, str]:
        """Sign in and say in plain words what came of it."""
        try:
            gateway = self.get_conn()
            signed_in = gateway.sign_in(self._entity)
        except ConnectorError as error:
            return False, str(error)
        place = f"entity {self._entity}" if self._entity else "top level"
        return (
            True,
            f"Signed in to company {signed_in.company_id or gateway.company_id} as {signed_in.user_id}, at {place}.",
        )

    def lay_down_sessions(self) -> None:
        """Leave the sessions to the hooks that share ``idle``; whatever is asked next takes one up again."""
        self.get_conn().lay_down()

    def close(self) -> None:
        """Close the connections to the gateway."""
        if self._gateway is not None:
            self._gateway.close()
            self._gateway = None

    @property
    def _where(self) -> str:
        return f"Sage Intacct (connection {self.intacct_conn_id})"

    def _one(self, function: Function) -> Result:
        """Send one reading function; a failure is an error, and one that passes is asked again."""
        gateway = self.get_conn()
        return gateway.ask(function, entity=self._entity, where=f"{self._where}, {function.name}")

    def _made(self, connection: Connection) -> Gateway:
        extra = connection.extra_dejson
        found = required_fields(
            {
                "login": ("Web services user ID", connection.login),
                "password": ("Web services user password", connection.password),
                "company_id": ("Company ID", extra.get("company_id")),
                "sender_id": ("Sender ID", extra.get("sender_id")),
                "sender_password": ("Sender password", extra.get("sender_password")),
            },
            where=self._where,
        )
        credentials = Credentials(
            sender_id=found["sender_id"],
            company_id=found["company_id"],
            user_id=found["login"],
            sender_password=found["sender_password"],
            user_password=found["password"],
        )
        entity = extra.get("entity_id")
        if entity is not None and not isinstance(entity, str):
            raise ConfigurationError("The entity ID must be text.", where=self._where, cure='Put it in quotes: "100".')
        self._entity = entity or None
        redact = Redactor([credentials.sender_password, credentials.user_password])
        settings = TransportSettings.from_extra(extra, where=self._where)
        client = HttpClient(settings, redact, where=self._where, hosts=HOSTS)
        return Gateway(client, full_url(connection, default=DEFAULT_URL), credentials, self._idle, self._meter)
