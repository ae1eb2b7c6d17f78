"""Extracts one stream of Sage Intacct into its staging table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from certify_intacct.model.errors import FunctionFailed, PermissionDenied
from certify_intacct.operators.extract import ExtractOperator, Records

if TYPE_CHECKING:
    from certify_intacct.intacct.filters import Filter
    from certify_intacct.intacct.hook import SageIntacctHook
    from certify_intacct.intacct.paging import QueryPage
    from certify_intacct.staging.manifest import Load
    from certify_intacct.staging.streams import Stream
    from certify_intacct.transport.progress import Progress

# Reading the audit trail is a right of its own, without which everything else still works.
DELETIONS = "intacct_deletions"
#: Streams without which everything else works, and what is not known then.
UNREAD = {
    DELETIONS: "nobody knows who was deleted, so nobody is deactivated for it",
    "intacct_journals": "nobody knows before whether a journal takes entries",
}
# What tells it differs by company.
CLOSED_BOOKS, INTER_ENTITY, FILLED = "intacct_closed_books", "intacct_inter_entity", "intacct_filled_dimensions"
# What the audit trail calls the kinds of record that may be people.
AUDITED = ("employee", "vendor", "userinfo")


class SageIntacctToStagingOperator(ExtractOperator):
    """Stages one object of Sage Intacct, every record that the API user may see, private ones included.

    :param intacct_conn_id: the Sage Intacct connection
    """

    template_fields: Sequence[str] = (*ExtractOperator.template_fields, "intacct_conn_id")

    def __init__(self, *, intacct_conn_id: str = "sage_intacct_default", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.intacct_conn_id = intacct_conn_id

    def pages(self, stream: Stream, load: Load, progress: Progress) -> Iterator[Records]:
        from certify_intacct.intacct.hook import SageIntacctHook

        hook: SageIntacctHook = SageIntacctHook(self.intacct_conn_id, meter=self.counted)
        told: Mapping[str, Callable[[SageIntacctHook], Records]] = {
            CLOSED_BOOKS: partial(self._closed_books, load), INTER_ENTITY: self._inter_entity, FILLED: self._filled,
        }  # fmt: skip
        if stream.name in told:
            try:
                yield told[stream.name](hook)
            finally:
                hook.close()
            return
        try:
            for page in self._listed(hook, stream):
                progress.whole = page.total_count
                progress.step(len(page.records), pages=1)
                yield page.records
        except PermissionDenied as error:
            if stream.name not in UNREAD:
                raise
            self.log.warning("%s: without this right %s. %s", stream.name, UNREAD[stream.name], error)
        finally:
            hook.close()

    def _listed(self, hook: SageIntacctHook, stream: Stream) -> Iterator[QueryPage]:
        """The pages of an object, with those fields that not every company shows where they can be read."""
        shown = self._shown(hook, stream)
        begun = False
        while True:
            try:
                for page in self._queried(hook, stream, shown):
                    begun = True
                    yield page
                return
            except FunctionFailed as error:
                if begun or not shown:
                    raise
                # What `lookup` names can be asked for, as a rule.
                unread = [name for name in shown.values() if re.search(rf"\b{re.escape(name)}\b", str(error))]
                unread = unread or [*shown.values()]
                self.log.info("%s: %s cannot be read, so nothing is known of them. %s", stream.name, unread, error)
                shown = {source: name for source, name in shown.items() if name not in unread}

    def _queried(self, hook: SageIntacctHook, stream: Stream, shown: Mapping[str, str]) -> Iterator[QueryPage]:
        """:param shown: fields that not every company shows: by the stream's name of them that of Intacct"""
        optional = {column.source for column in stream.optional}
        always = [name for name in stream.source_fields if name not in optional]
        order = [column.source for column in stream.key_columns]
        renamed = {name: own for own, name in shown.items() if name != own}
        for page in hook.query(
            stream.source, [*always, *shown.values()], filter=self._filter(stream), order_by=order, ahead=True
        ):
            if renamed:
                records = [
                    {renamed.get(name, name): value for name, value in record.items()} for record in page.records
                ]
                yield replace(page, records=records)
            else:
                yield page

    def _shown(self, hook: SageIntacctHook, stream: Stream) -> dict[str, str]:
        """Those of the fields that not every company shows which this one names."""
        if not stream.optional:
            return {}
        from certify_intacct.intacct.definitions import field_called

        try:
            definition = hook.lookup(stream.source)
        except FunctionFailed as error:
            self.log.info("%s: which fields there are is not known. %s", stream.name, error)
            return {}
        named = {column.source: field_called(definition, column.source, column.label) for column in stream.optional}
        return {source: name for source, name in named.items() if name}

    def _closed_books(self, load: Load, hook: SageIntacctHook) -> Records:
        """Through which day the books are closed, as far as Intacct says it, where the load has expenses: several entities are asked
        side by side."""
        from certify_intacct.intacct import closed_books
        from certify_intacct.intacct.hook import SageIntacctHook

        at_once = self.configuration.posting.sending.requests_at_once
        others = [SageIntacctHook(self.intacct_conn_id, meter=self.counted) for _ in range(at_once - 1)]
        try:
            without = self.configuration.company.entities == "none"
            read = closed_books.read([hook, *others], without_entities=without, only=self._entities(load))
        finally:
            for one in others:
                one.close()
        for state in read.states:
            if state.through:
                self.log.info(
                    "%s: closed through %s, by %s.", f"{state.entity} {state.book}".strip(), state.through, state.source
                )
        if read.asked < read.by_function:
            self.log.warning(
                "%s was asked in %s of %s entities; what is closed in the others is learnt from refusals.",
                closed_books.FUNCTION, read.asked, read.by_function,
            )  # fmt: skip
        return [closed_books.record_of(state) for state in read.states]

    def _entities(self, load: Load) -> set[str]:
        """The entities of all lines that the load has read of Certify."""
        from certify_intacct.rules.expenses.coding import entity_of
        from certify_intacct.staging.expenses import staged_reports

        dimensions = self.configuration.dimensions
        with self.database.connection() as connection:
            return {
                entity_of(staged.report, line, dimensions)
                for staged in staged_reports(connection, load.load_id)
                for line in staged.lines
            }

    def _inter_entity(self, hook: SageIntacctHook) -> Records:
        """Which entities have inter-entity accounts, as far as Intacct says it."""
        from certify_intacct.intacct import inter_entity

        return inter_entity.read(hook)

    def _filled(self, hook: SageIntacctHook) -> Records:
        """Which dimensions fill in others, as far as Intacct says it; without that nothing is filled in before."""
        try:
            pairs = hook.filled_dimensions()
        except (FunctionFailed, PermissionDenied) as error:
            self.log.info("Which dimensions fill in others is not known. %s", error)
            return []
        return [{"KEY": f"{one} {other}", "CODE": one, "PARENT": other} for one, other in pairs]

    def _filter(self, stream: Stream) -> Filter | None:
        """What is not read of an object."""
        from certify_intacct.intacct.filters import And, Equal, GreaterOrEqual, In

        if stream.name == "intacct_person_vendors":
            # Suppliers are not people: only vendors of the employees' types are read as such.
            return In("VENDTYPE", list(self.configuration.posting.vendors.employee_vendor_types))
        if stream.name == DELETIONS:
            # Without all three the trail is so long that Intacct does not answer.
            days = self.configuration.people.deactivation.audit_days
            return And(
                Equal("ACCESSMODE", "D"),
                In("OBJECTTYPE", AUDITED),
                GreaterOrEqual("ACCESSTIME", datetime.now(tz=UTC).date() - timedelta(days=days)),
            )
        return None
