"""Expense reports: staging and verdicts."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0003_expenses"
down_revision = "0001_core"


def upgrade() -> None:
    run("0003_expenses")


def downgrade() -> None:
    refuse_downgrade()
