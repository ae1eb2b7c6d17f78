"""What the event of an asset says: which load, which dates and entities, how much of what, and how much money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow.sdk import Context

    from certify_intacct.staging.database import Database
    from certify_intacct.staging.load_tally import Tally
    from certify_intacct.staging.manifest import Load


def announce(context: Context, outlets: Iterable[Any], database: Database, load_id: int) -> None:
    """Puts it into the event of each asset that a task announces; a task without any announces nothing."""
    assets = list(outlets)
    if not assets:
        return
    from certify_intacct.staging.load_tally import load_tally
    from certify_intacct.staging.manifest import get_load

    with database.connection() as connection:
        load, tally = get_load(connection, load_id), load_tally(connection, load_id)
    for asset in assets:
        context["outlet_events"][asset].extra = facts(load, tally)


def facts(load: Load, tally: Tally) -> dict[str, Any]:
    """The event.

    ``entities`` is empty where it is about all; ``changes`` counts what became of the plan; ``documents`` are those that the load sent
    and that stand in Intacct, ``amounts`` their totals by currency, as texts.
    """
    return {
        "load_id": load.load_id,
        "run_id": load.run_id,
        "first_date": load.period.start.isoformat(),
        "last_date": load.period.end.isoformat(),
        "entities": list(load.entities),
        "changes": tally.states,
        "documents": sum(row.posted for row in tally.documents),
        "amounts": {currency: f"{amount:f}" for currency, amount in tally.posted_amounts.items()},
    }
