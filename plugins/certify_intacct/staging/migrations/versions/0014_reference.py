"""Lists share one table, and one view of verdicts."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0014_reference"
down_revision = "0013_kinds"


def upgrade() -> None:
    run("0014_reference")


def downgrade() -> None:
    refuse_downgrade()
