"""Of which object a list was read, and by which of its fields."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0060_read_as"
down_revision = "0058_invoices"


def upgrade() -> None:
    run("0060_read_as")


def downgrade() -> None:
    refuse_downgrade()
