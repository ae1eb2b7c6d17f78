"""The filters of /expensereports and /expenses agree with their documentation, spelt out over every combination."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from include.sandbox.certify.reader import search
from include.sandbox.core import Sandbox

FIRST = date(2026, 3, 1)
DAYS = st.integers(0, 5).map(lambda day: (FIRST + timedelta(days=day)).isoformat())
REPORT = st.fixed_dictionaries(
    {"processed": st.none() | DAYS, "reimbursed": st.none() | DAYS, "batch": st.sampled_from(["", "B-1", "B-2"])}
)
QUERY = st.fixed_dictionaries(
    {},
    optional={
        "startdate": DAYS,
        "enddate": DAYS,
        "processed": st.sampled_from("012"),
        "reimbursed": st.sampled_from("012"),
        "reimbursedstartdate": DAYS,
        "reimbursedenddate": DAYS,
        "batchid": st.sampled_from(["B-1", "B-2"]),
    },
)


def kept(report, query, inclusive):
    """The documentation, read aloud."""
    day, paid = report["processed"], report["reimbursed"]
    last = (lambda value, end: value <= end) if inclusive else (lambda value, end: value < end)
    if "startdate" in query or "enddate" in query:
        if day is None:
            return False
    elif query.get("processed", "1") != "2" and (day is not None) != (query.get("processed", "1") == "1"):
        return False
    if query.get("reimbursed", "2") != "2" and (paid is not None) != (query["reimbursed"] == "1"):
        return False
    if ("reimbursedstartdate" in query or "reimbursedenddate" in query) and paid is None:
        return False
    return (
        ("startdate" not in query or day >= query["startdate"])
        and ("enddate" not in query or last(day, query["enddate"]))
        and ("reimbursedstartdate" not in query or paid >= query["reimbursedstartdate"])
        and ("reimbursedenddate" not in query or last(paid, query["reimbursedenddate"]))
        and ("batchid" not in query or report["batch"] == query["batchid"])
    )


@settings(max_examples=60, deadline=None)
@given(reports=st.lists(REPORT, max_size=12), queries=st.lists(QUERY, min_size=1, max_size=6), inclusive=st.booleans())
def test_reports(reports, queries, inclusive):
    sandbox = Sandbox()
    chosen = sandbox.change_settings({"certify_end_date_inclusive": inclusive, "certify_page_size": 5})
    sandbox.store.insert_many(
        "certify",
        "expensereports",
        (
            {
                "ID": f"r{number}",
                "_BatchID": report["batch"],
                "Processed": report["processed"] is not None,
                "ProcessedDate": report["processed"] or "",
                "Reimbursed": report["reimbursed"] is not None,
                "ReimbursedDate": report["reimbursed"] or "",
            }
            for number, report in enumerate(reports)
        ),
    )
    for query in queries:
        wanted = [f"r{number}" for number, report in enumerate(reports) if kept(report, query, inclusive)]
        found = search(sandbox.store, chosen, "expensereports").filtered(query)
        first = found.page(1)
        assert first.total == len(wanted)
        pages = [found.page(number).records for number in range(1, first.pages + 1)]
        assert [record["ID"] for records in pages for record in records] == wanted
        assert all(len(records) == 5 for records in pages[:-1])
    sandbox.store.close()
