"""Fills a sandbox with a company: both services, coherently, the same for the same seed, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from include.sandbox.core import Sandbox
from include.sandbox.intacct.closed_books import CLOSED_BOOKS, close
from include.sandbox.seed import certify_setup, coding, intacct_people, intacct_setup
from include.sandbox.seed import company as company_module
from include.sandbox.seed import people as people_module
from include.sandbox.seed.cases import CASES, MEANING, OF_PEOPLE, OUTCOME, dealt
from include.sandbox.seed.company import SeededCompany
from include.sandbox.seed.people import TROUBLES, Person
from include.sandbox.seed.pools import dice, pools
from include.sandbox.seed.reports import Maker, Report, invoices
from include.sandbox.seed.scale import Scale, scale_of
from include.sandbox.store import Record, Store

BATCH = 2_000


def fill(sandbox: Sandbox, *, seed: int = 7, scale: Any = "demo", today: date | None = None) -> dict[str, Any]:
    """Forget all records and fill the company anew; returns a summary (also GET /_sandbox/state/seed/summary).

    Processed dates lie on the `days` days before `today` (default: the sandbox's date). Settings and faults stay.
    """
    size = scale_of(scale)
    store, day = sandbox.store, today or sandbox.now().date()
    with store.transaction():
        sandbox.forget()
        store.delete_meta("seed/")
        store.delete_meta(CLOSED_BOOKS)
        store.insert_many("intacct", "USERINFO", intacct_people.service_users(sandbox.settings.user_id))
        cases: list[dict[str, Any]] = []
        if not size.empty:
            _insert(store, "intacct", intacct_setup.roles(sandbox.settings.user_id))
            brands = coding.BRAND in sandbox.settings.user_defined_dimensions
            company = company_module.found(seed, size, pools(seed), brands=brands)
            _fill(store, company, size, day, cases)
        summary = {"scale": size.asdict(), "today": day.isoformat(), "cases": len(cases)}
        store.set_meta("seed/summary", summary | {"seed": seed, "outcomes": OUTCOME, "meanings": MEANING | TROUBLES})
        store.set_meta("seed/cases", cases)
    return summary


def _fill(store: Store, company: SeededCompany, size: Scale, today: date, cases: list[dict[str, Any]]) -> None:
    everybody = people_module.people(company, size.people)
    _insert(store, "intacct", intacct_setup.intacct_records(company, today))
    locations = {record["LOCATIONID"]: record["RECORDNO"] for record in store.select("intacct", "LOCATION")}
    departments = {record["DEPARTMENTID"]: record["RECORDNO"] for record in store.select("intacct", "DEPARTMENT")}
    store.insert_many("intacct", "CONTACT", intacct_people.contacts(everybody))
    store.insert_many(
        "intacct", "EMPLOYEE", intacct_people.employees(company, everybody, locations, departments, today)
    )
    store.insert_many("intacct", "VENDOR", intacct_people.vendors(everybody))
    _insert(store, "intacct", intacct_people.suppliers(company, size.people + 1))
    store.insert_many("intacct", "USERINFO", intacct_people.users(everybody))
    closed = company.entity("closed")
    if closed:
        for book in ("AP", "CM", "EE"):
            close(store, today + timedelta(days=60), closed.id, book, datetime.combine(today, time.min))
    _insert(store, "certify", certify_setup.certify_records(company))
    store.insert_many("certify", "users", certify_setup.certify_users(company, everybody))
    cases += [
        {"person": person.id, "name": f"{person.first} {person.last}", "case": person.trouble}
        for person in everybody
        if person.trouble
    ]
    maker = Maker(company, everybody, size.lines)
    maker.today = today
    _insert(store, "certify", _reports(company.seed, size, maker, cases))
    _insert(store, "certify", invoices(company, everybody, today))


def _reports(seed: int, size: Scale, maker: Maker, cases: list[dict[str, Any]]) -> Iterator[tuple[str, Record]]:
    plan = dealt(size.days, size.reports_per_day, maker, dice(seed, "cases"))
    for back in range(size.days, 0, -1):
        day = maker.today - timedelta(days=back)
        rng = dice(seed, "day", back)
        # The dealt cases are spread over the day; every tenth report more is still waiting to be processed.
        wanted: list[str] = plan[back] + [""] * (size.reports_per_day - len(plan[back]))
        rng.shuffle(wanted)
        wanted += ["unprocessed"] * (size.reports_per_day // 10)
        for name in wanted:
            report = _report(name, day, maker, rng)
            if report.case:
                cases.append(
                    {
                        "report": report.id,
                        "approval_code": report.approval_code,
                        "case": report.case,
                        "outcome": OUTCOME[report.case],
                        "date": day.isoformat(),
                        "person": report.person.id,
                        "processed_date": report.processed.isoformat() if report.processed else "",
                    }
                )
            yield from _written(report, rng)


def _report(name: str, day: date, maker: Maker, rng: Any) -> Report:
    person: Person | None = None
    if name in OF_PEOPLE:
        person = rng.choice(maker.of_trouble(name))
    report = maker.plain(rng, day, person)
    if name:
        report.case = name
        CASES[name](report, rng, maker)
    return report


def _written(report: Report, rng: Any) -> Iterator[tuple[str, Record]]:
    yield "expensereports", report.header()
    receipts = []
    for line, receipt in report.expenses(rng):
        yield "expenses", line
        if receipt:
            receipts.append(receipt)
    for receipt in receipts:
        yield "receipts", receipt


def _insert(store: Store, side: str, records: Iterable[tuple[str, Record]]) -> None:
    """Into the store in batches by object; the order within an object is kept."""
    batch: list[tuple[str, Record]] = []
    for item in records:
        batch.append(item)
        if len(batch) >= BATCH:
            _flush(store, side, batch)
            batch = []
    _flush(store, side, batch)


def _flush(store: Store, side: str, batch: list[tuple[str, Record]]) -> None:
    for name, group in groupby(sorted(batch, key=lambda item: item[0]), key=lambda item: item[0]):
        store.insert_many(side, name, [record for _, record in group])
