"""What the hash of something that waits stands for: a decision is about its lines, however they are divided later."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0062_decided"
down_revision = "0061_invoice_labels"


def upgrade() -> None:
    run("0062_decided")


def downgrade() -> None:
    refuse_downgrade()
