"""Receipts become files of attachments in a task of their own."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0033_receipts"
down_revision = "0032_head"


def upgrade() -> None:
    run("0033_receipts")


def downgrade() -> None:
    refuse_downgrade()
