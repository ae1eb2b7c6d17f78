"""Events are written by the database alone."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0009_events"
down_revision = "0008_guards"


def upgrade() -> None:
    run("0009_events")


def downgrade() -> None:
    refuse_downgrade()
