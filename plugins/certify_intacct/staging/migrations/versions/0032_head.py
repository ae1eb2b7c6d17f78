"""The head of all events is found in one reading."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0032_head"
down_revision = "0031_sweep"


def upgrade() -> None:
    run("0032_head")


def downgrade() -> None:
    refuse_downgrade()
