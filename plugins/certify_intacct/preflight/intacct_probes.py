"""Asks Sage Intacct what a run relies on. Harmless: nothing is written anywhere, and of records one is read at most."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from certify_intacct.documents import in_use, texts_sent
from certify_intacct.intacct import closed_books, inter_entity
from certify_intacct.intacct import error_catalog as reasons
from certify_intacct.intacct.errors import explain
from certify_intacct.intacct.filters import And, Equal, GreaterOrEqual
from certify_intacct.intacct.functions import Function, get_list, query
from certify_intacct.model.errors import FunctionFailed, PermissionDenied
from certify_intacct.preflight import (
    custom_fields,
    direct_posting,
    list_fields,
    own_dimensions,
    people_fields,
    tax_lists,
)
from certify_intacct.rules.preflight import entities, facts, required, rights, subscriptions, web_user

if TYPE_CHECKING:
    from certify_intacct.documents.base import Existing, Kind
    from certify_intacct.intacct.hook import SageIntacctHook
    from certify_intacct.intacct.responses import Result
    from certify_intacct.model.configuration import Configuration
    from certify_intacct.model.preflight import PreflightRow

# A refusal that may pass says nothing about rights: the task is tried again.
_PASSING = frozenset({reasons.RATE_LIMIT, reasons.TRANSIENT, reasons.SESSION})
# In so many entities it is asked what is closed there.
_ENTITIES_ASKED = 5
# Nobody can tell, and no run depends on it alone. Failures of the way there (network, sign-in) are not among them.
_REFUSED = (PermissionDenied, FunctionFailed)


class IntacctProbes:
    """What Sage Intacct says about our user and the company."""

    def __init__(self, hook: SageIntacctHook, configuration: Configuration, direction: str) -> None:
        self.hook = hook
        self.configuration = configuration
        self.direction = direction

    def rows(self, entities_used: Iterable[str]) -> list[PreflightRow]:
        """All rows about Intacct.

        :param entities_used: Intacct codes of the entities that Certify's list has active
        :raises ConnectorError: Intacct could not be asked (network, sign-in)
        """
        answered = self.hook.get_conn().sign_in(self.hook.entity_id).company_id
        company = facts.company(self.configuration.company.intacct_company_id, self.hook.company_id, answered)
        if company.stops:
            # Another company's rights and fields are of no interest, and none of our business.
            return [company]
        user = self.hook.user_id
        used = in_use(self.configuration.posting)
        wanted = rights.needs(self.configuration, self.direction, [need for kind in used for need in kind.needs()])
        permissions = self._permissions()
        readable = self._readable({need.object for need in wanted if need.right == rights.READ})
        admin, address = self._web_user(user)
        subscribed = subscriptions.rows(wanted, permissions, self._applications())
        rows = [company, rights.readers_of_permissions(permissions, user=user), *subscribed]
        rows += rights.judge(wanted, permissions, readable, user=user, unsubscribed=subscriptions.lacking(subscribed))
        live = self.configuration.company.environment == "live"
        rows.append(web_user.mail_address(address, user=user, live=live))
        rows += self._entities(set(entities_used), user)
        rows += own_dimensions.ask(self.hook, self.configuration.dimensions)
        if self.direction == "organization":
            rows += list_fields.ask(self.hook, self.configuration)
            rows += people_fields.ask(self.hook, self.configuration.people)
        if self.direction == "expense":
            posting = self.configuration.posting
            needed = texts_sent(posting)
            rows += facts.lengths(needed, field_lengths(self.hook, needed))
            written = self._written(used)
            rows += required.required_fields(written, demanded_fields(self.hook, written))
            rows += custom_fields.ask(self.hook, used, posting)
            rows += [self._existing(one) for kind in used for one in kind.must_exist(posting)]
            rows += tax_lists.rows(self.hook, posting.tax)
            rows += facts.accounts_payable(preferences(self.hook, "AP"), by_label=posting.accounts.by_label)
            rows += direct_posting.ask(self.hook, [one for kind in used for one in kind.posts_directly_to(posting)])
            rows += self._closed_books({kind.subledger for kind in used})
            rows += self._inter_entity(set(entities_used), used)
        rows.append(facts.date_format(self._formatting()))
        return rows + rights.excess(permissions, admin, user=user)

    def _written(self, used: Mapping[Kind, str]) -> dict[str, required.Written]:
        """What is written of each object by the kinds in use: a field that one of them does not fill is not filled."""
        found: dict[str, required.Written] = {}
        for kind, key in used.items():
            own = custom_fields.filled(kind, self.configuration.posting)
            for name, standard in kind.fills(self.configuration.dimensions).items():
                fields = standard | own.get(name, frozenset())
                other = found.get(name)
                found[name] = required.Written(
                    fields=fields & other.fields if other else fields,
                    key=f"{other.key}: hold, and {key}" if other else key,
                )
        return found

    def _existing(self, wanted: Existing) -> PreflightRow:
        """Whether Intacct has what a kind of document points to."""
        try:
            records = self.hook.query_all(
                wanted.object, ["RECORDNO", wanted.field, "STATUS"], filter=Equal(wanted.field, wanted.value)
            )
        except _REFUSED:
            return facts.existing(wanted.item, wanted.value, wanted.key, None)
        active = any(record.get("STATUS") != "inactive" for record in records)
        return facts.existing(wanted.item, wanted.value, wanted.key, active)

    def _closed_books(self, subledgers: Iterable[str]) -> list[PreflightRow]:
        """Through which day the books of the kinds in use are closed, where runs ask for it.

        Runs ask in each entity. Whether it is told at all, some of them show.
        """
        if not self.configuration.posting.closed_periods.ask_intacct:
            return []
        without = self.configuration.company.entities == "none"
        read = closed_books.read([self.hook], without_entities=without, most=_ENTITIES_ASKED)
        said = [(state.entity, state.book, state.through, state.source) for state in read.states]
        left_out = "" if read.asked == read.by_function else (
            f"{closed_books.FUNCTION} was asked in {read.asked} of {read.by_function} entities; each run asks in those "
            f"of its reports, up to {closed_books.MOST_ENTITIES}."
        )  # fmt: skip
        return [facts.closed_books(subledger, said, left_out) for subledger in sorted(subledgers)]

    def _inter_entity(self, entities_used: Collection[str], kinds: Iterable[Kind]) -> list[PreflightRow]:
        """Between which of the entities in use inter-entity accounts lack, where one document is asked for."""
        if self.configuration.posting.several_entities != "one_document" or not any(
            one.several_entities for one in kinds
        ):
            return []
        lacking = inter_entity.shown(inter_entity.read(self.hook)).lacking(entities_used)
        return [facts.inter_entity(len(entities_used), lacking)]

    def _permissions(self) -> rights.Permissions | None:
        try:
            return self.hook.user_permissions()
        except _REFUSED:
            return None

    def _formatting(self) -> Mapping[str, str] | None:
        try:
            return self.hook.user_formatting()
        except _REFUSED:
            return None

    def _readable(self, objects: Iterable[str]) -> dict[str, bool | None]:
        """Asks for one record of each object, all in one request."""
        names = sorted(objects)
        results = self.hook.send([_one_record(name) for name in names])
        return {name: _read(result) for name, result in zip(names, results, strict=True)}

    def _web_user(self, user: str) -> tuple[str | None, str | None]:
        """Whether our user is an administrator, and its e-mail address, each None where Intacct does not say."""
        fields = ("ADMIN", "CONTACTINFO.EMAIL1")
        asked = [query("USERINFO", ["RECORDNO", name], filter=Equal("LOGINID", user), page_size=1) for name in fields]
        results = self.hook.send(asked)
        admin, address = (
            str(result.records[0].get(name) or "") if result.succeeded and result.records else None
            for name, result in zip(fields, results, strict=True)
        )
        return admin, address

    def _applications(self) -> frozenset[str] | None:
        try:
            return self.hook.applications()
        except _REFUSED:
            return None

    def _entities(self, used: set[str], user: str) -> list[PreflightRow]:
        known = places(self.hook, ask_entities=self.configuration.company.entities != "none")
        rows = [entities.kind_of_company(self.configuration, known)]
        if self.direction == "organization" and self.configuration.people.entities.source == "none":
            return rows
        rows += entities.in_use(self.configuration, used, known, user=user)
        if self.direction == "expense" and entities.single_entity(self.configuration, known):
            rows.append(entities.base_currency(self.configuration.company.base_currency, known.setup))
        return rows


def places(hook: SageIntacctHook, *, ask_entities: bool) -> entities.Places:
    """What Intacct says of its entities and locations.

    :param ask_entities: whether entities are asked about: nobody knows what a company without them answers
    """
    found: dict[str, Any] = {}
    if ask_entities:
        with suppress(*_REFUSED):
            found["visible"] = {entity.id for entity in hook.entity_details()}
        try:
            records = hook.query_all("LOCATIONENTITY", ["RECORDNO", "LOCATIONID", "STATUS"])
            found["entities"] = _active_codes(records)
            found["inactive"] = {str(record["LOCATIONID"]) for record in records} - found["entities"]
        except _REFUSED as error:
            found["refusal"] = error.message
    with suppress(*_REFUSED):
        records = hook.query_all("LOCATION", ["RECORDNO", "LOCATIONID", "STATUS", "ENTITY"])
        found["locations"] = _active_codes(records)
        found["inside"] = {str(record["ENTITY"]) for record in records if record.get("ENTITY")}
    with suppress(*_REFUSED):
        found["setup"] = hook.financial_setup()
    return entities.Places(**found)


def _active_codes(records: Iterable[Mapping[str, Any]]) -> set[str]:
    return {str(record["LOCATIONID"]) for record in records if record.get("STATUS") != "inactive"}


def field_lengths(hook: SageIntacctHook, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int | None]:
    """Lengths of Intacct's fields by object and field, None where `inspect` does not say."""
    found: dict[tuple[str, str], int | None] = {}
    fields = list(wanted)
    for object_name in sorted({name for name, _ in fields}):
        try:
            definition = hook.inspect(object_name)
        except _REFUSED:
            continue
        for name, field in fields:
            if name == object_name:
                described = definition.fields.get(field)
                found[name, field] = described.max_length if described else None
    return found


def demanded_fields(hook: SageIntacctHook, objects: Iterable[str]) -> dict[str, list[tuple[str, bool]] | None]:
    """By object the fields that must be filled and can be, each with whether it is a custom one; None where Intacct does not say."""
    found: dict[str, list[tuple[str, bool]] | None] = {}
    for name in objects:
        try:
            fields = hook.lookup(name).fields.values()
        except _REFUSED:
            found[name] = None
            continue
        found[name] = [(field.name, field.custom) for field in fields if field.required and not field.read_only]
    return found


def preferences(hook: SageIntacctHook, application: str) -> dict[str, str] | None:
    """An application's preferences; None when Intacct does not give them to our user."""
    try:
        return hook.company_prefs(application)
    except _REFUSED:
        return None


def _one_record(object_name: str) -> Function:
    if object_name in ("SUPDOC", "SUPDOCFOLDER"):
        # Attachments have legacy functions only.
        return get_list(object_name.lower(), max_items=1)
    if object_name == "AUDITHISTORY":
        # Without both filters it reads for minutes.
        recent = (datetime.now(tz=UTC) - timedelta(days=1)).strftime("%m/%d/%Y %H:%M:%S")
        condition = And(Equal("OBJECTTYPE", "employee"), GreaterOrEqual("ACCESSTIME", recent))
        return query(object_name, ["ID"], filter=condition, order_by=("ID",), page_size=1)
    return query(object_name, ["RECORDNO"], order_by=("RECORDNO",), page_size=1)


def _read(result: Result) -> bool | None:
    """Whether the object can be read; None when the refusal was about something else."""
    if result.succeeded:
        return True
    reason = explain(result.errors).reason
    if reason in _PASSING:
        result.raise_for_failure(where="preflight")
    return False if reason == reasons.PERMISSION else None
