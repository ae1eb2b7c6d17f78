"""Judges all staged streams of a load at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Any

from certify_intacct.operators.base import ConnectorOperator
from certify_intacct.pages.links import LoadLink
from certify_intacct.rules.texts import readable

if TYPE_CHECKING:
    from airflow.sdk import Context

    from certify_intacct.model.verdicts import Verdict
    from certify_intacct.staging.database import Connection

_SHOWN = 5


class ValidateStagingOperator(ConnectorOperator):
    """Runs the data-quality suites of a direction, and the company's own expectations, over a load, stores the verdicts and shows
    them as one table.

    :param load_id: the load
    :param direction: whose suites (``certify_intacct.quality.suites``)
    """

    template_fields: Sequence[str] = (*ConnectorOperator.template_fields, "load_id")
    operator_extra_links = (LoadLink(),)
    ui_color = "#fff4e0"

    def __init__(self, *, load_id: Any, direction: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.load_id = load_id
        self.direction = direction

    def execute(self, context: Context) -> dict[str, int]:
        """Returns how many rows were checked, quarantined and reported.

        :raises GuardTripped: when a critical rule failed, nothing is loaded then; or the load is planned already
        :raises ConfigurationError: an expectation of the company's own cannot be used
        """
        from certify_intacct.model.errors import GuardTripped
        from certify_intacct.model.verdicts import Severity
        from certify_intacct.quality.report import table
        from certify_intacct.quality.runner import asked, judge
        from certify_intacct.quality.suites import suites
        from certify_intacct.staging import statistics
        from certify_intacct.staging.manifest import advance, get_load, require_unplanned
        from certify_intacct.staging.verdicts import store_verdicts, verdict_rows

        load_id = int(self.load_id)
        verdicts: list[Verdict] = []
        labels: dict[str, dict[str, str]] = {}
        checked = 0
        with self.database.connection() as connection:
            require_unplanned(get_load(connection, load_id))
            analyzed = statistics.refresh_staging(connection, load_id)
            self.log.info("Statistics were refreshed of %s.", ", ".join(analyzed) or "nothing")
        with self.database.connection() as connection:
            if self.direction == "organization":
                self._who_is_judged(connection, load_id)
            for suite in suites(self.direction, self.configuration):
                judged = judge(suite, verdict_rows(connection, suite.stream, load_id, asked(suite)))
                checked += judged[0].checked
                failed = {key for verdict in judged for key in verdict.failed_keys}
                labels[suite.stream] = self._labels(connection, suite.stream, load_id, failed)
                verdicts += judged
            for verdict in self._own(connection, load_id):
                failed = {key for key in verdict.failed_keys if key not in labels.get(verdict.stream, {})}
                labels.setdefault(verdict.stream, {}).update(self._labels(connection, verdict.stream, load_id, failed))
                verdicts.append(verdict)
            store_verdicts(connection, load_id, verdicts, labels)
            critical = [
                verdict for verdict in verdicts if verdict.severity is Severity.CRITICAL and verdict.failed_keys
            ]
            counts = {
                "checked": checked,
                "quarantined": len(
                    {(v.stream, k) for v in verdicts if v.severity is Severity.WARNING for k in v.failed_keys}
                ),
                "reported": len(
                    {(v.stream, k) for v in verdicts if v.severity is Severity.INFO for k in v.failed_keys}
                ),
            }
            advance(connection, load_id, "stopped" if critical else "validated", counts)
            if self.configuration.quality.data_docs:
                self._keep_data_docs(connection, load_id, verdicts)
        self.log.info("Data quality of load %s\n%s", load_id, table(verdicts))
        if critical:
            raise GuardTripped(
                "; ".join(
                    f"{verdict.stream}.{verdict.rule}: {verdict.reason} ({_named(verdict, labels)})"
                    for verdict in critical
                ),
                where=f"load {load_id}, nothing was sent",
                cure=critical[0].cure,
            )
        return counts

    def _own(self, connection: Connection, load_id: int) -> Iterator[Verdict]:
        """What the company's own expectations say, stream by stream."""
        from certify_intacct.runs.own_expectations import of_load

        own = of_load(self.configuration, self.direction)
        if not own:
            return
        from certify_intacct.quality.own.judging import judge_own
        from certify_intacct.staging.own_expectations import rows_to_judge

        for stream, expectations in own.items():
            columns = dict.fromkeys(name for one in expectations for name in one.columns)
            yield from judge_own(expectations, rows_to_judge(connection, load_id, stream, [*columns]))

    def _keep_data_docs(self, connection: Connection, load_id: int, verdicts: Sequence[Verdict]) -> None:
        """Makes Great Expectations' own pages; what it cannot make of them stops nobody."""
        from certify_intacct.quality.data_docs import data_docs
        from certify_intacct.quality.suites import suites
        from certify_intacct.runs.own_expectations import of_load
        from certify_intacct.staging.data_docs import keep

        judged = suites(self.direction, self.configuration)
        columns = {(suite.stream, rule.name): rule.column for suite in judged for rule in suite.rules}
        for own in chain.from_iterable(of_load(self.configuration, self.direction).values()):
            columns |= {(own.about.judged_as, own.rule): own.columns[0]} if own.columns else {}
        pages: dict[str, str] = {}
        for stream in dict.fromkeys(verdict.stream for verdict in verdicts):
            of_stream = [verdict for verdict in verdicts if verdict.stream == stream]
            asked = {verdict.rule: columns.get((stream, verdict.rule), "") for verdict in of_stream}
            try:
                pages[stream] = data_docs(load_id, stream, of_stream, asked)
            except Exception:  # whatever the library stumbles over: the verdicts are kept already
                self.log.exception(
                    "The Data Docs of %s were not made. Its verdicts are kept, and on the load's page.", stream
                )
        if too_large := keep(connection, load_id, pages):
            self.log.warning("The Data Docs of %s are larger than is kept.", ", ".join(too_large))

    def _who_is_judged(self, connection: Connection, load_id: int) -> None:
        """Says of each record of a person whether its content is judged: by the rules, before the verdicts are asked for."""
        from certify_intacct.rules.likeness import compared
        from certify_intacct.rules.people.standing import is_judged
        from certify_intacct.staging.people import people_of, store_judged

        settings = self.configuration
        types = frozenset(settings.posting.vendors.employee_vendor_types)
        today = datetime.now(tz=settings.company.zone).date()
        people = people_of(connection, load_id, settings.people)
        rows = ((person, is_judged(person, settings.people, types, today), compared(person.email)) for person in people)
        store_judged(connection, load_id, rows)

    def _labels(self, connection: Connection, stream: str, load_id: int, keys: Collection[str]) -> dict[str, str]:
        """What a person calls each of these rows, with the values that could not be read."""
        from certify_intacct.staging import verdicts
        from certify_intacct.staging.streams import STREAMS, configured

        labels = verdicts.labels(connection, stream, load_id, keys)
        asked = configured(STREAMS[stream], self.configuration) if labels and stream in STREAMS else None
        if asked:
            for key, values in verdicts.unreadable_values(connection, asked, load_id).items():
                if key in labels:
                    labels[key] = f"{readable(labels[key] or '', 100)} ({values})".strip()
        return labels


def _named(verdict: Verdict, labels: Mapping[str, Mapping[str, str]]) -> str:
    """The first records that failed, as a person calls them."""
    known = labels.get(verdict.stream, {})
    names = [readable(known.get(key, key), 200) for key in verdict.failed_keys[:_SHOWN]]
    more = len(verdict.failed_keys) - _SHOWN
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")
