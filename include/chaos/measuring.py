"""What verify_company would have measured in a round: measuring for minutes takes minutes, so the figure is written down instead."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg

from include.chaos import parameters
from include.chaos.oracle_recovery import Memory

_REFUSED = "SELECT value FROM ledger.company_fact WHERE name = 'replay_refused'"
_MINUTES = "UPDATE ledger.company_fact SET value = to_jsonb(%s::float) WHERE name = 'replay_refused_minutes'"
_UNTOLD = "DELETE FROM ledger.company_fact WHERE name = 'replay_refused_minutes'"


def measured(databases: Sequence[str], memory: Memory) -> bool:
    """Tells every deployment for how long replays are refused, or leaves it untold.

    :param databases: their URLs, as their owner
    :returns: whether all of them have found that replays are refused; on a machine that is very busy, a memory may end before. Where
        one has not, the others keep what they measured: less than a minute, in which nothing is sent again
    """
    connections = [psycopg.connect(url) for url in databases]
    try:
        if any(connection.execute(_REFUSED).fetchone() != (True,) for connection in connections):
            return False
        for connection in connections:
            if memory.proven == parameters.UNTOLD_SECONDS:
                connection.execute(_UNTOLD)
            else:
                connection.execute(_MINUTES, [memory.proven / 60])
            connection.commit()
        return True
    finally:
        for connection in connections:
            connection.close()
