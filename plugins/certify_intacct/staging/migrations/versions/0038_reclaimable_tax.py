"""What is claimed of tax is a view over the ledger."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0038_reclaimable_tax"
down_revision = "0036_credits"


def upgrade() -> None:
    run("0038_reclaimable_tax")


def downgrade() -> None:
    refuse_downgrade()
