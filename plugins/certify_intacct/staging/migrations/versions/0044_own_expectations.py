"""What a rule of data quality says stands with its verdict, and what only a company's own expectations took out is told apart."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0044_own_expectations"
down_revision = "0042_spent_currency"


def upgrade() -> None:
    run("0044_own_expectations")


def downgrade() -> None:
    refuse_downgrade()
