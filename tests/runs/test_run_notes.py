"""The note of a run: what its tasks say, and that a person's words are kept whatever happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from certify_intacct.model.periods import Period
from certify_intacct.runs.run_notes import appended, done, money, note, told
from certify_intacct.staging.load_tally import Counted, DocumentSum, Tally
from certify_intacct.staging.manifest import Load

DAY = date(2026, 3, 2)
LOAD = Load(
    load_id=7, dag_id="expense_sync", run_id="r", run_type="scheduled", direction="expense", period=Period(DAY, DAY), preview=False,
    entities=(), config_hash="c", state="loaded",
)  # fmt: skip
LINK = "http://127.0.0.1:8080/connector/expense_sync/loads/7"


def documents(currency: str, planned: int, posted: int, amount: str) -> DocumentSum:
    return DocumentSum(
        kind="ap_bill", entity="100", currency=currency, planned=planned, amount=Decimal(amount) * 2, posted=posted,
        posted_amount=Decimal(amount),
    )  # fmt: skip


def counted(state: str, changes: int) -> Counted:
    return Counted(subject="report", action="post", state=state, changes=changes, billed_calls=0)


TALLY = Tally(
    counted=[counted("applied", 23), counted("held", 3), counted("in_doubt", 1)],
    documents=[documents("EUR", 30, 23, "1234.5"), documents("USD", 2, 1, "50.10")],
)


def test_what_was_posted_by_currency_what_waits_and_where_to_look():
    line = note(LOAD, LINK, done(LOAD, TALLY), "5 reports waiting", "")
    assert line == (
        "Load 7, 2026-03-02: posted 24 documents (EUR 1,234.50, USD 50.10), 3 held, 1 in doubt; 5 reports waiting. "
        f"[The load]({LINK})"
    )
    assert told([line], ["books_agree"]) == f"{line} Failed: books_agree."


def test_a_preview_says_what_would_be_posted_and_people_are_no_documents():
    preview = replace(LOAD, preview=True)
    assert done(preview, TALLY).startswith("would post 32 documents (EUR 2,469.00, USD 100.20)")
    assert ", a preview: " in note(preview, LINK, "x")
    assert done(replace(LOAD, direction="organization"), TALLY) == "23 changes carried out, 3 held, 1 in doubt"


def test_money_has_the_decimals_of_its_currency():
    assert money({"JPY": Decimal("1200.00"), "KWD": Decimal("12.50")}) == " (JPY 1,200, KWD 12.500)"


def test_a_run_without_a_line_of_ours_gets_no_note():
    assert told([], ["extract"]) is None
    assert told(["something else"], []) is None


def test_the_last_line_counts():
    assert (
        told(["Load 7, x: begun. [The load](y)", "Load 7, x: posted. [The load](y)"], [])
        == "Load 7, x: posted. [The load](y)"
    )


ours = st.integers(1, 99).map(lambda n: f"Load {n}, 2026-03-02: posted {n} documents. [The load]({LINK})")
theirs = st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=1, max_size=300).filter(str.strip)


@given(st.lists(theirs | ours, max_size=6).map("\n\n".join), ours, st.integers(60, 1000))
def test_what_a_person_wrote_stays_and_the_note_is_no_longer_than_airflow_takes(there, line, longest):
    note_ = appended(there, line, max(longest, len(there)))
    assert len(note_) <= max(longest, len(there))
    for paragraph in there.split("\n\n"):
        if paragraph.strip() and not paragraph.startswith("Load "):
            assert paragraph in note_.split("\n\n")
    assert line in note_.split("\n\n") or note_ == there


def test_older_lines_of_ours_make_room_and_one_that_a_person_added_to_does_not():
    old = f"Load 1, 2026-03-02: posted 1 document. [The load]({LINK}) Failed: reconcile."
    kept = f"{old} I called them."
    new = f"Load 2, 2026-03-02: posted 2 documents. [The load]({LINK})"
    assert appended(f"Mine\n\n{old}", new, len(f"Mine\n\n{new}")) == f"Mine\n\n{new}"
    assert appended(kept, new, len(kept) + 10) == kept
    assert appended(f"Mine\n\n{new}", new, 1000) == f"Mine\n\n{new}"


def test_a_currency_is_no_markdown():
    assert money({"](http://evil) [x": Decimal(1)}) == " (httpe 1.00)"


def test_a_line_is_known_as_ours_however_it_is_made():
    whole = [
        note(LOAD, LINK, done(LOAD, TALLY), "nothing waiting", "2 dates that no run has covered"),
        note(LOAD, LINK, done(LOAD, TALLY), "2 reports, 1 other waiting", "1 in doubt"),
        note(
            replace(LOAD, preview=True, period=Period(DAY, date(2026, 3, 4))),
            LINK,
            done(replace(LOAD, preview=True), TALLY),
        ),
        note(LOAD, LINK, "begun"),
        note(LOAD, LINK, "12 reports compared", "0 findings to look at"),
        note(LOAD, LINK, done(replace(LOAD, direction="organization"), TALLY)),
    ]
    new = f"Load 8, 2026-03-02: begun. [The load]({LINK})"
    for line in whole:
        paragraph = told([line], ["reconcile", "attach_receipts"])
        assert paragraph is not None
        assert appended(paragraph, new, len(new)) == new
