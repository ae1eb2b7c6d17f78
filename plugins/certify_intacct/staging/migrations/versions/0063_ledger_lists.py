"""The ledger is looked through by entity and by kind without going through all of it."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0063_ledger_lists"
down_revision = "0062_decided"


def upgrade() -> None:
    run("0063_ledger_lists")


def downgrade() -> None:
    refuse_downgrade()
