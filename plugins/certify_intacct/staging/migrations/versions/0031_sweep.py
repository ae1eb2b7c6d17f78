"""The headers of a sweep lie in a table, and which load swept last is known."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0031_sweep"
down_revision = "0030_staging_alone"


def upgrade() -> None:
    run("0031_sweep")


def downgrade() -> None:
    refuse_downgrade()
