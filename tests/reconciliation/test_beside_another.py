"""Which document of another connector stands for which of ours: each is told once, whatever there is."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.documents import READERS, kind_of, reader_of
from certify_intacct.documents.found import Found
from certify_intacct.documents.states import Meaning
from certify_intacct.reconciliation.beside_another import OurDocument, ShadowOutcome, TheirDocument, paired
from certify_intacct.rules.expenses.report_names import ReportNames
from tests.rules.expenses.company import REFERENCES, TODAY, configuration, line, plan_report, report

DAY = date(2026, 3, 7)


def ours(number: int, amount: str) -> OurDocument:
    whole = report(line("a", amount), id=f"report-{number}", approval_code=f"10400{number}")
    (document,) = plan_report(whole, [line("a", amount)], REFERENCES, configuration(), today=TODAY).documents
    return OurDocument(report_id=whole.id, document=document)


def theirs(
    record: int, total: str, *, payee: str = "E-1007", day: date = DAY, reader: int = 0, reports: tuple[str, ...] = ()
) -> TheirDocument:
    kind = READERS[reader]
    found = Found(
        kind=kind.kind, record_no=str(record), number="", token="", payee_id=payee, currency="USD", date=day, total=Decimal(total),
        entries=[{"account": "6220", "amount": str(total), "location": "100", "department": "30"}], state="Posted",
        meaning=Meaning.IN_GL, url="",
    )  # fmt: skip
    return TheirDocument(reader=kind, found=found, reports=frozenset(reports))


def outcomes(mine, his, days=62) -> list[tuple[str, str, str]]:
    return sorted(
        (pair.report_id, pair.theirs.found.record_no if pair.theirs else "", pair.outcome.value)
        for pair in paired(mine, his, days)
    )


few = st.sampled_from(["10.00", "20.00"])
of_theirs = st.builds(
    theirs,
    record=st.integers(1, 99),
    total=few,
    payee=st.sampled_from(["E-1007", "E-1008"]),
    day=st.sampled_from([DAY, DAY - timedelta(days=3), DAY - timedelta(days=200)]),
    reader=st.integers(0, 3),
    reports=st.sampled_from([(), ("report-1",), ("report-2",), ("report-1", "report-2"), ("report-9",)]),
)


@given(st.lists(few, max_size=5), st.lists(of_theirs, max_size=7))
def test_every_document_of_either_side_is_told_once(amounts, his):
    mine = [ours(number, amount) for number, amount in enumerate(amounts)]
    pairs = [*paired(mine, his, 62)]
    assert Counter(id(pair.ours) for pair in pairs if pair.ours) == Counter(map(id, mine))
    assert Counter(id(pair.theirs) for pair in pairs if pair.theirs) == Counter(map(id, his))
    for pair in pairs:
        if pair.ours and pair.theirs:
            assert not pair.theirs.reports or pair.ours.report_id in pair.theirs.reports
            assert (pair.outcome is ShadowOutcome.SAME) is (not pair.differences)
        else:
            assert pair.outcome is (ShadowOutcome.ONLY_OURS if pair.ours else ShadowOutcome.ONLY_THEIRS)


def test_the_same_party_and_date_over_quite_another_total_are_two_things():
    assert [found[2] for found in outcomes([ours(1, "10.00")], [theirs(7, "9.00")])] == ["differs"]
    assert [found[2] for found in outcomes([ours(1, "10.00")], [theirs(7, "8.99")])] == ["only_theirs", "only_ours"]


def test_the_nearest_of_several_that_look_alike_is_taken():
    mine = [ours(1, "10.00"), ours(2, "10.00")]
    his = [
        theirs(7, "10.00", day=DAY - timedelta(days=9)),
        theirs(8, "10.00"),
        theirs(9, "10.00", day=DAY - timedelta(days=30)),
    ]
    assert [found for found in outcomes(mine, his) if found[1] == "9"] == [("", "9", "only_theirs")]


@pytest.mark.parametrize("other", [{"total": "10.01"}, {"payee": "E-9"}, {"reader": 2}])
def test_where_there_is_a_choice_nothing_is_guessed(other):
    one = {"total": "10.00"} | other
    assert outcomes([ours(1, "10.00")], [theirs(7, **one)])[0][2] == "differs"
    assert [found[2] for found in outcomes([ours(1, "10.00")], [theirs(7, **one), theirs(8, **one)])] == [
        "only_theirs", "only_theirs", "only_ours",
    ]  # fmt: skip


def test_what_lies_too_far_apart_is_another_one():
    his = [theirs(7, "10.00", day=DAY - timedelta(days=63))]
    assert [found[2] for found in outcomes([ours(1, "10.00")], his)] == ["only_theirs", "only_ours"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Certify: 104001", {"r-1"}), ("CERT104001-A", {"r-1"}), ("104001/104002", {"r-1", "r-2"}), ("1040011", set()),
        ("0104001", set()), ("trip R-LONG-ID of", {"r-long-id"}), ("r-long-idx", set()), ("2026", set()), ("", set()),
    ],
)  # fmt: skip
def test_a_report_is_named_by_a_whole_word(text, found):
    names = ReportNames({"r-1": "104001", "r-2": "104002", "r-long-id": "7", "r-4": "2026"})
    assert names.named([text]) == found


def test_a_document_is_read_by_the_reader_of_its_kind():
    one = ours(1, "10.00")
    assert reader_of(one.document.kind) is READERS[0] is kind_of(one.document.kind)
