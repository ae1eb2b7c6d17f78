"""Of what people were told by mail."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0048_told"
down_revision = "0047_payments"


def upgrade() -> None:
    run("0048_told")


def downgrade() -> None:
    refuse_downgrade()
