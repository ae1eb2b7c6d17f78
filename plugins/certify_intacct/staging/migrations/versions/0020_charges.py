"""Each document remembers its card charges; those that were posted before get theirs from their own lines."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from alembic import op

from certify_intacct.model.charges import Charge, card_name, charge_id
from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0020_charges"
down_revision = "0019_report_amounts"


def upgrade() -> None:
    run("0020_charges")
    cursor = op.get_bind().connection.cursor()
    cursor.execute("SELECT document_id, kind, payee_id, content FROM ledger.document")
    found = []
    for document_id, kind, payee_id, content in cursor.fetchall():
        account = payee_id if kind == "credit_card_transaction" else ""
        keys = {key for charge in _charges(content, account) for key in charge.keys}
        if keys:
            found.append((sorted(keys), document_id))
    # The trigger would note the time of a change; nothing about these documents changes.
    cursor.execute("ALTER TABLE ledger.document DISABLE TRIGGER transition")
    cursor.executemany("UPDATE ledger.document SET charges = %s WHERE document_id = %s", found)
    cursor.execute("ALTER TABLE ledger.document ENABLE TRIGGER transition")


def _charges(content: Mapping[str, Any], account: str) -> Iterator[Charge]:
    for line in content.get("lines", {}).values():
        day, amount = line.get("expense_date") or line.get("posting_date"), line.get("amount")
        if day and amount:
            yield Charge(
                account=account,
                card=card_name(line.get("card_name") or "", line.get("card_last") or ""),
                transaction_id=charge_id(line.get("card_transaction_id") or ""),
                day=date.fromisoformat(day),
                merchant=line.get("vendor") or "",
                amount=Decimal(amount),
                currency=line.get("currency") or "",
            )


def downgrade() -> None:
    refuse_downgrade()
