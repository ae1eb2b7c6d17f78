"""Payer and kind of a document are two facts."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0013_kinds"
down_revision = "0012_decisions"

# The one column of the ledger that this migration writes anew, and what must come of each of its values.
rewrites = {
    ("document_expense", "payer"): (
        "CASE payer WHEN 'ap_bill' THEN 'employee' WHEN 'credit_card_transaction' THEN 'company' ELSE payer END"
    )
}


def upgrade() -> None:
    run("0013_kinds")


def downgrade() -> None:
    refuse_downgrade()
