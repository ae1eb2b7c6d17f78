"""Under which connector.yaml a company is posted to, and who let each change of it post."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from certify_intacct.model.configuration import config_path
from certify_intacct.model.configuration.changes import changes, of_expectations, of_money
from certify_intacct.staging.database import Connection

if TYPE_CHECKING:
    from certify_intacct.model.configuration import Configuration

FIRST, RECORDED = "first configuration", "recorded only"


@dataclass(frozen=True, kw_only=True)
class Changed:
    """What is another than in the connector.yaml that stands.

    :param before: that one's values, by their keys with dots; None: there is none yet
    :param decisive: changes that wait for a second person
    :param recorded: those that do not
    """

    before: Mapping[str, Any] | None
    decisive: Sequence[str]
    recorded: Sequence[str]


def changed(connection: Connection, configuration: Configuration) -> Changed:
    """What connector.yaml says about money that it did not say when it was posted last."""
    row = connection.execute(
        "SELECT content FROM ledger.configuration WHERE intacct_company = %s ORDER BY configuration_id DESC LIMIT 1",
        [configuration.company.intacct_company_id],
    ).fetchone()
    if row is None:
        return Changed(before=None, decisive=(), recorded=())
    decisive, recorded = changes(row["content"], _stated(configuration))
    if not configuration.posting.limits.changes_need_approval(configuration.company.environment):
        decisive, recorded = [], [*decisive, *recorded]
    return Changed(before=row["content"], decisive=decisive, recorded=recorded)


def keep(connection: Connection, configuration: Configuration, load_id: int, accepted_by: str) -> None:
    """Keeps what connector.yaml says now, when it is another than the one that stands.

    :param accepted_by: who approved the plan of the load; empty when nobody needed to
    """
    found = changed(connection, configuration)
    if found.before is not None and not found.decisive and not found.recorded:
        return
    by = FIRST if found.before is None else accepted_by or RECORDED
    connection.execute(
        "INSERT INTO ledger.configuration (intacct_company, content, changes, accepted_by, load_id) VALUES (%s, %s, %s, %s, %s)",
        [
            configuration.company.intacct_company_id, Jsonb(_stated(configuration)), [*found.decisive, *found.recorded], by, load_id,
        ],
    )  # fmt: skip


def _stated(configuration: Configuration) -> dict[str, Any]:
    """What decides about money, the rules of this version among it: what they make of a plan is looked at before the first is sent."""
    expectations = of_expectations(config_path().parent / "expectations")
    return {**of_money(configuration), **expectations, "connector.version": version("certify-intacct")}


def named_before(before: Mapping[str, Any] | None, key: str) -> list[str]:
    """Whom a list of the connector.yaml that stands names."""
    return [name.removeprefix(f"{key}.") for name in before or {} if name.startswith(f"{key}.")]
