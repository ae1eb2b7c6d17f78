"""A part of a report belongs to whoever paid it, whatever kind of document it becomes."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from certify_intacct.model.documents import DocumentKind
from certify_intacct.model.ledger import LedgerState
from certify_intacct.model.payers import Payer
from certify_intacct.staging import ledger, ledger_reads


def test_the_ledger_says_who_paid_what(company):
    company.report(1, ("50.00", "20.00"))
    assert company.sync() == {"applied": 1}
    assert company.sql("SELECT kind, payer FROM ledger.document ORDER BY ordinal") == [
        {"kind": "ap_bill", "payer": "employee"},
        {"kind": "credit_card_transaction", "payer": "company"},
    ]
    rows = company.sql("SELECT payer FROM ledger.document_expense ORDER BY document_id")
    assert [row["payer"] for row in rows] == ["employee", "company"]


@pytest.mark.parametrize("payer", Payer)
def test_one_part_of_an_expense_cannot_stand_in_two_documents_of_whatever_kinds(company, payer):
    """The line has both parts, and both are posted: each part is taken, by its payer and not by what it was made as."""
    company.report(1, ("50.00", "20.00"))
    company.sync()
    with company.loader() as connection:
        entries = ledger_reads.find_documents(connection, "true", {})
    taken = next(entry.document for entry in entries if entry.payer is payer)
    other = next(kind for kind in DocumentKind if kind is not taken.kind)
    second = replace(taken, key=replace(taken.key, ordinal=9), kind=other, number=f"{taken.token}-1-009{other.letter}")
    # A document of the ledger comes of a plan.
    company.sql(
        """
        INSERT INTO plan.document (load_id, report_id, number, sequence, ordinal, kind, entity, session_entity, currency, total,
            line_count, payee_id, posting_date, revision, canonical, sha256, config_hash)
        SELECT load_id, report_id, %s, sequence, 9, kind, entity, session_entity, currency, total,
            line_count, payee_id, posting_date, revision, canonical, sha256, config_hash
        FROM plan.document WHERE load_id = 1 LIMIT 1
        """,
        second.number,
    )
    entry = ledger.Entry(document=second, revision=1, control_id="c", request=b"", config_hash="")
    with (
        pytest.raises(psycopg.errors.UniqueViolation, match="expense_in_one_live_document"),
        company.loader() as connection,
    ):
        ledger.enter(connection, [entry], state=LedgerState.SENDING, load_id=1, run_id="r", actor="")
