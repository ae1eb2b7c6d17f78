"""When a decision was made is what the database saw."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0012_decisions"
down_revision = "0011_retention"


def upgrade() -> None:
    run("0012_decisions")


def downgrade() -> None:
    refuse_downgrade()
