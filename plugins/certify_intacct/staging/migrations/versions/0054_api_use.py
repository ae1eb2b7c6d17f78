"""What is asked of both services is counted, and compared with Intacct's own meter."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0054_api_use"
down_revision = "0053_shadow"


def upgrade() -> None:
    run("0054_api_use")


def downgrade() -> None:
    refuse_downgrade()
