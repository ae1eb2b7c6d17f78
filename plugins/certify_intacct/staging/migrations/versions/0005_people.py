"""People: staging, verdicts, links and releases."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0005_people"
down_revision = "0004_ledger"


def upgrade() -> None:
    run("0005_people")


def downgrade() -> None:
    refuse_downgrade()
