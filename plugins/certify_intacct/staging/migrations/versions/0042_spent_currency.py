"""What was spent of an expense."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0042_spent_currency"
down_revision = "0040_waiting"


def upgrade() -> None:
    run("0042_spent_currency")


def downgrade() -> None:
    refuse_downgrade()
