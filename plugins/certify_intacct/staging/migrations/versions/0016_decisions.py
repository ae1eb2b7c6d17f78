"""Decisions of persons, written by a role of their own, about the parts of a report that wait."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0016_decisions"
down_revision = "0015_words"


def upgrade() -> None:
    run("0016_decisions")


def downgrade() -> None:
    refuse_downgrade()
