"""Frozen documents, the ledger and its events, open items, releases."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0004_ledger"
down_revision = "0003_expenses"


def upgrade() -> None:
    run("0004_ledger")


def downgrade() -> None:
    refuse_downgrade()
