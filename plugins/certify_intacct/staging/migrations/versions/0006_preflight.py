"""Preflight: what was checked before runs."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0006_preflight"
down_revision = "0005_people"


def upgrade() -> None:
    run("0006_preflight")


def downgrade() -> None:
    refuse_downgrade()
