"""Lines of posted reports are compared with Certify in rotation."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0026_lines"
down_revision = "0025_record"


def upgrade() -> None:
    run("0026_lines")


def downgrade() -> None:
    refuse_downgrade()
