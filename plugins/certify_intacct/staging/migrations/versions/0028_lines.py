"""Documents are compared line by line."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0028_lines"
down_revision = "0025_record"


def upgrade() -> None:
    run("0028_lines")


def downgrade() -> None:
    refuse_downgrade()
