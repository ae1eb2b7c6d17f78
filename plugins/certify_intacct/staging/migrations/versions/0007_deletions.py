"""Deletions: what the audit trail of Intacct says about people who are gone."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0007_deletions"
down_revision = "0006_preflight"


def upgrade() -> None:
    run("0007_deletions")


def downgrade() -> None:
    refuse_downgrade()
