"""Many reports walk at once: into a state, through acts of clerks, and by what the product prints to an end."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from certify_intacct.operators.open_load import OpenLoadOperator
from certify_intacct.operators.reconcile import ReconcileOperator
from certify_intacct.staging.manifest import uncovered_dates
from tests.expense_company import DAY, Company
from tests.walks import acts, clerk, people, states
from tests.walks.people import SHAPES, Walk

Choice = tuple[str, str, tuple[str, ...]]
#: So many days may pass until everything has ended.
ROUNDS = 18
YESTERDAY = DAY + timedelta(days=2)
#: So often may the same way be taken in the same case before it counts as leading nowhere.
PATIENCE = 2
#: Where money may stand in the end, by the product's own books.
ENDS = ("in_gl", "in_intacct", "booked_by_hand", "not_ours", "accepted_difference")


def every_walk(state: str) -> list[Choice]:
    """Each shape in a state, with no act and with each."""
    return list(itertools.product(SHAPES, [state], [(), *((name,) for name in acts.ACTS)]))


def longer(dice: random.Random, state: str) -> Choice:
    """A random one of two to four acts, with and without a run between them."""
    return dice.choice(SHAPES), state, tuple(dice.choices([*acts.ACTS, "a run"], k=dice.choice((2, 3, 4))))


def numbered(chosen: Iterable[Choice]) -> list[Walk]:
    """Walks as one company has them: those of one state are processed on one day."""
    order = list(states.STATES)
    found = sorted(chosen, key=lambda one: order.index(one[1]))
    return [
        Walk(number=number, shape=shape, state=state, acts=deeds, day=DAY - timedelta(days=2 * order.index(state)))
        for number, (shape, state, deeds) in enumerate(found, start=1)
    ]


def walk(company: Company, walks: Sequence[Walk], *, replays: bool) -> list[str]:
    """Has them all walk; what went wrong, a text each.

    :param replays: whether it was shown that Intacct refuses a control ID that comes again
    """
    if replays:
        company.replays_are_refused()
    people.populate(company, list(walks))
    # What is known to be in Intacct, without which no look-up proves that something else is not.
    company.report(9000, ("10", "10"), ("5", "0"))
    people.sync(company, DAY)
    with ExitStack() as sleep:
        for name, members in groupby(walks, key=lambda one: one.state):
            group = list(members)
            states.build(company, name, group)
            if name in states.SLEEPING:
                sleep.enter_context(people.asleep(company, group))
    _act(company, walks)
    wrong: dict[int, str] = {}
    for day in range(ROUNDS):
        run(company, walks)
        if day == 0:
            reconcile(company, walks)
        waiting = _waiting(company, walks, wrong)
        if not waiting:
            # What nobody has looked at for long comes up at the month's end.
            reconcile(company, walks)
            waiting = _waiting(company, walks, wrong)
        if not waiting:
            break
        for one in waiting:
            if problem := _step(company, one):
                wrong[one.number] = problem
    buckets = reconcile(company, walks)
    found = undecided(company)
    for one in walks:
        if one.number not in wrong and (
            problem := judged(company, one, buckets.get(one.entity, {}), found.get(one.report))
        ):
            wrong[one.number] = problem
    return [f"{one}: {wrong[one.number]}\n    {' > '.join(one.told)}" for one in walks if one.number in wrong]


def _waiting(company: Company, walks: Sequence[Walk], wrong: Mapping[int, str]) -> list[Walk]:
    now = unfinished(company)
    return [one for one in walks if one.number not in wrong and one.report in now]


def _act(company: Company, walks: Sequence[Walk]) -> None:
    for turn in range(max(len(one.acts) for one in walks)):
        now = [one for one in walks if len(one.acts) > turn]
        if any(one.acts[turn] == "a run" for one in now):
            run(company, walks)
        for one in now:
            if one.acts[turn] != "a run":
                acts.perform(company, one, one.acts[turn])


def run(company: Company, walks: Sequence[Walk]) -> None:
    """A day: the run of expense_sync with all its steps, the dates that it says no run has covered, and the daily reconciliation."""
    load, context = people.plan(company, YESTERDAY)
    company.load(load, context)
    ReconcileOperator(task_id="reconcile", load_id=load).execute(context)
    for day in _uncovered(company, walks):
        company.sync(day)
    _reconcile(company)


def _uncovered(company: Company, walks: Sequence[Walk]) -> list[date]:
    mine = {one.day + timedelta(days=later) for one in walks for later in (0, 1)}
    with company.loader() as connection:
        return sorted(mine & set(uncovered_dates(connection, "expense", min(mine), max(mine))))


def reconcile(company: Company, walks: Sequence[Walk]) -> dict[str, dict[str, Decimal]]:
    """The month's end: the DAG ``reconciliation`` over all dates; amounts by entity and bucket."""
    first, last = min(one.day for one in walks), max(one.day for one in walks) + timedelta(days=1)
    load = _reconcile(company, period_start=str(first), period_end=str(last))
    found: dict[str, dict[str, Decimal]] = {}
    query = "SELECT entity, bucket, sum(amount) AS amount FROM ops.reconciliation WHERE load_id = %s GROUP BY 1, 2"
    for row in company.sql(query, load):
        found.setdefault(row["entity"], {})[row["bucket"]] = row["amount"]
    return found


def _reconcile(company: Company, **period: str) -> int:
    """A run of the DAG ``reconciliation``: by itself over the open books, or over a period; its load."""
    company.runs += 1
    context = company.context(run_id=f"reconciliation-{company.runs}", **period)
    context["dag_run"].dag_id = "reconciliation"
    load: int = OpenLoadOperator(task_id="open_load", direction="reconciliation").execute(context)
    ReconcileOperator(task_id="reconcile", load_id=load).execute(context)
    return load


def unfinished(company: Company) -> set[str]:
    """The reports of which something waits, or of which nobody knows how they stand."""
    rows = company.sql(
        "SELECT report_id FROM ledger.open_item WHERE rule <> 'unprocessed' UNION SELECT report_id FROM ledger.document "
        "WHERE state IN ('sending', 'in_doubt', 'declined') UNION SELECT d.report_id FROM ledger.document d WHERE state = 'altered' "
        "AND NOT EXISTS (SELECT FROM ledger.decision k WHERE k.number = d.number AND k.decision = 'accept_as_posted')"
    )
    return {row["report_id"] for row in rows}


def _step(company: Company, one: Walk) -> str:
    """One thing that is printed is done; why there is none, a sentence."""
    printed = clerk.told(company, one)
    ways = clerk.ways(company, one, printed)
    usable = {name: deed for name, deed in ways.items() if one.done.get((printed.case, name), 0) < PATIENCE}
    if not usable:
        again = "; it came back to the same case after each way" if ways else ""
        return f"no way out of {printed.case}{again}: {' | '.join(printed.sentences)}"
    least = min(one.done.get((printed.case, name), 0) for name in usable)
    name = one.dice.choice(sorted(name for name in usable if one.done.get((printed.case, name), 0) == least))
    one.done[printed.case, name] = one.done.get((printed.case, name), 0) + 1
    one.told.append(f"[{printed.case}] {name}")
    try:
        usable[name]()
    except (acts.Impossible, RuntimeError) as refused:
        one.told.append(f"which could not be done ({refused})")
    return ""


def undecided(company: Company) -> dict[str, str]:
    """What the last reconciliation found of reports and nobody has decided about; that the clerk's own bill is none as was said is its
    own fault."""
    rows = company.sql(
        "SELECT report_id, finding, text FROM ops.reconciliation_finding WHERE load_id = (SELECT max(load_id) FROM ops.load) "
        "AND NOT decided AND finding <> 'booked_by_hand'"
    )
    return {row["report_id"]: f"{row['finding']}: {row['text']}" for row in rows}


def judged(company: Company, one: Walk, buckets: dict[str, Decimal], finding: str | None) -> str:
    """What is wrong in the end, by both services and the product's books; empty when nothing is."""
    if one.report in unfinished(company):
        printed = clerk.told(company, one)
        return f"it does not end: {printed.case}: {' | '.join(printed.sentences)}"
    if left := sorted(bucket for bucket in buckets if bucket not in ENDS and not bucket.startswith("skipped: ")):
        return f"by the reconciliation it ends {', '.join(left)}"
    if finding:
        return f"a finding is left: {finding}"
    live = [record for _, record in people.documents_of(company, one)]
    numbers = [record["RECORDID"] for record in live]
    if len(set(numbers)) < len(numbers):
        return f"posted twice: {numbers}"
    decided = {
        row["decision"] for row in company.sql("SELECT decision FROM ledger.decision WHERE report_id = %s", one.report)
    }
    head = people.header_of(company, one)
    owed = Decimal(head["TotalAmount"]) if head["Processed"] else Decimal(0)
    stands = sum(
        (Decimal(record.get("TRX_TOTALENTERED") or record.get("TOTALENTERED") or 0) for record in live), Decimal(0)
    )
    if stands != owed and not decided & {"accept_as_posted", "booked_by_hand", "not_ours"}:
        return f"{stands} stand in Intacct, {owed} are processed in Certify"
    if stands > owed and "accept_as_posted" not in decided:
        return f"{stands} stand in Intacct beside what was decided, {owed} are processed in Certify"
    return ""
