"""Lines that persons decided about are found by their IDs, in whatever report they are by now."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0064_decided_lines"
down_revision = "0063_ledger_lists"


def upgrade() -> None:
    run("0064_decided_lines")


def downgrade() -> None:
    refuse_downgrade()
