"""What persons overruled, as far as it counts in a run."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection
from typing import TYPE_CHECKING

from certify_intacct.staging import approvals, decisions

if TYPE_CHECKING:
    from certify_intacct.staging.database import Connection

log = logging.getLogger(__name__)


def released_for(
    connection: Connection, certify_company: str, load_id: int, report_ids: Collection[str]
) -> dict[str, dict[str, frozenset[str]]]:
    """What persons overruled, by report and hash, without what nobody but the one who triggered the load's run did."""
    given = decisions.released(connection, certify_company, report_ids)
    own = decisions.only_decided_by(connection, certify_company, approvals.opened_by(connection, load_id), report_ids)
    found: dict[str, dict[str, frozenset[str]]] = defaultdict(dict)
    for (report_id, content_hash), rules in given.items():
        mine = {rule for rule in rules if (report_id, content_hash, rule) in own}
        for rule in sorted(mine):
            # The right to trigger is not the right to post.
            log.warning(
                "Report %s: %s was overruled by the one who triggered this run, so it counts in the next run that the schedule "
                "or somebody else starts.",
                report_id,
                rule,
            )
        found[report_id][content_hash] = rules - mine
    return dict(found)
