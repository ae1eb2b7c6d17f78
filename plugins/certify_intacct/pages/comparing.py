"""The page on which the plan of a load stands beside that of another: what a change of connector.yaml, or a cure, would do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Annotated, Any

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import HTMLResponse, Response

from certify_intacct.model.configuration import config_path, load
from certify_intacct.model.rules import desk_of
from certify_intacct.pages import databases, listing
from certify_intacct.pages.access import ReadableDag, reads
from certify_intacct.pages.listing import Paging
from certify_intacct.pages.loads import load_of
from certify_intacct.pages.posting import stop_of
from certify_intacct.pages.rendering import rendered
from certify_intacct.pages.work import beside, filed
from certify_intacct.posting.plan_differences import every_difference, in_csv, plan_differences
from certify_intacct.staging.account_sums import account_sums
from certify_intacct.staging.listings import dags
from certify_intacct.staging.load_tally import Tally, plan_tally
from certify_intacct.staging.plan_comparison import TURNS, comparable, compare

_MOST_CHOICES = 30
#: A file holds what differs of so many reports; what comes after, one turn alone gives.
MOST_OF_A_FILE = 20_000

router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class RuleBeside:
    """How many changes a rule holds in either plan."""

    rule: str
    desk: str
    here: int
    there: int


@dataclass(frozen=True, kw_only=True)
class SumBeside:
    """The planned documents of a kind, an entity and a currency in either plan."""

    kind: str
    entity: str
    currency: str
    here: int
    amount_here: Decimal
    there: int
    amount_there: Decimal


@router.get("/{dag_id}/loads/{load_id}/against", response_class=HTMLResponse)
@beside
def show_comparison(
    dag_id: ReadableDag, load_id: int, user: GetUserDep, other: Annotated[str, Query(alias="load")] = "", turn: str = "",
    page: str = "",
) -> HTMLResponse:  # fmt: skip
    """What a load planned, against the load ``other``: without one, against the newest other of the same dates."""
    filters = listing.asked(load=str(listing.number(other) or ""), turn=turn)
    paging = Paging(number=listing.page_number(page), address="against", filters=filters)
    with databases.reading().connection() as connection:
        here = load_of(connection, dag_id, load_id)
        choices = comparable(
            connection, [one for one in dags(connection) if reads(one, user)], here, most=_MOST_CHOICES
        )
        there = _chosen(connection, choices, here, filters.get("load", ""), user)
        found = None
        if there is not None:
            beside_it = there["load_id"]
            paging = replace(paging, filters={**filters, "load": str(beside_it)})
            found = compare(
                connection, load_id, beside_it, turn=filters.get("turn", ""), most=paging.most, after=paging.after
            )
            differing = plan_differences(connection, _certify_company(), load_id, beside_it, found.rows)
            tallies = plan_tally(connection, load_id), plan_tally(connection, beside_it)
            accounts = [row for row in account_sums(connection, load_id, beside_it) if row.here != row.there]
            paging = replace(paging, whole=found.turns.get(turn, 0) if turn else sum(found.turns.values()))
        stop = stop_of(connection)
    if found is None:
        return rendered("comparison.html", here=here, there=None, choices=choices, filters=filters, stop=stop)
    return rendered(
        "comparison.html", here=here, there=there, choices=choices, filters=filters, paging=paging, found=found, stop=stop,
        turns=[(name, name) for name in TURNS if name in found.turns], rules=list(_rules(*tallies)), sums=list(_sums(*tallies)),
        differing=differing, accounts=accounts, csv=listing.linked("against.csv", paging.filters),
        of=lambda name: listing.linked("against", {"load": str(paging.filters["load"]), "turn": name}),
    )  # fmt: skip


@router.get("/{dag_id}/loads/{load_id}/against.csv")
@filed
def comparison_csv(
    dag_id: ReadableDag, load_id: int, user: GetUserDep, other: Annotated[str, Query(alias="load")] = "", turn: str = ""
) -> Response:  # fmt: skip
    """What differs of reports, field by field, as a file."""
    filters = listing.asked(load=str(listing.number(other) or ""), turn=turn)
    with databases.reading_for_a_file().connection() as connection:
        # As it stands at one moment, however many queries that takes.
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        here = load_of(connection, dag_id, load_id)
        there = _chosen(connection, [], here, filters.get("load", ""), user)
        if there is None:
            raise HTTPException(status_code=404, detail="Say with ?load= which load it is compared with.")
        text = in_csv(
            every_difference(
                connection,
                _certify_company(),
                load_id,
                there["load_id"],
                turn=filters.get("turn", ""),
                most=MOST_OF_A_FILE,
            )
        )
    return listing.filed_as(f"{dag_id}-load-{load_id}-against-{there['load_id']}.csv", text)


def _certify_company() -> str:
    return load(config_path()).company.certify_company


def _chosen(
    connection: Any, choices: list[dict[str, Any]], here: dict[str, Any], asked: str, user: Any
) -> dict[str, Any] | None:
    """The load to compare with, as far as its reader may read it; None where there is none."""
    if not asked:
        return choices[0] if choices else None
    row: dict[str, Any] | None = connection.execute(
        "SELECT * FROM ops.load WHERE load_id = %s", [int(asked)]
    ).fetchone()
    if row is None or row["direction"] != here["direction"] or not reads(row["dag_id"], user):
        raise HTTPException(
            status_code=404,
            detail=f"There is no load {asked} that load {here['load_id']} of {here['dag_id']} can be compared with. Choose one "
            "of the same direction and of a DAG that you may read.",
        )
    return row


def _rules(here: Tally, there: Tally) -> Iterator[RuleBeside]:
    """Rules by how much more or less they hold, the largest difference first."""
    counts = [{row.rule: row.changes for row in tally.held} for tally in (here, there)]
    names = sorted(
        set(counts[0]) | set(counts[1]), key=lambda name: (-abs(counts[0].get(name, 0) - counts[1].get(name, 0)), name)
    )
    for name in names:
        yield RuleBeside(rule=name, desk=desk_of(name), here=counts[0].get(name, 0), there=counts[1].get(name, 0))


def _sums(here: Tally, there: Tally) -> Iterator[SumBeside]:
    sides = [
        {(row.kind, row.entity, row.currency): (row.planned, row.amount) for row in tally.documents}
        for tally in (here, there)
    ]
    nothing = (0, Decimal(0))
    for kind, entity, currency in sorted(set(sides[0]) | set(sides[1])):
        mine, others = (side.get((kind, entity, currency), nothing) for side in sides)
        yield SumBeside(
            kind=kind, entity=entity, currency=currency, here=mine[0], amount_here=mine[1], there=others[0], amount_there=others[1]
        )  # fmt: skip
