"""Plan and ledger are analyzed where a load is a good part of them."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0034_statistics"
down_revision = "0033_receipts"


def upgrade() -> None:
    run("0034_statistics")


def downgrade() -> None:
    refuse_downgrade()
