"""Documents are compared line by line."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0028_first_reads"
down_revision = "0026_lines"


def upgrade() -> None:
    run("0028_first_reads")


def downgrade() -> None:
    refuse_downgrade()
