"""Deactivations in a list of Certify are released by list."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0051_lists"
down_revision = "0048_told"


def upgrade() -> None:
    run("0051_lists")


def downgrade() -> None:
    refuse_downgrade()
