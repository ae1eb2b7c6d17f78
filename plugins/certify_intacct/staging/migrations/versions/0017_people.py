"""Whose record is judged by its content is decided once, by the rules of people."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0017_people"
down_revision = "0016_decisions"


def upgrade() -> None:
    run("0017_people")


def downgrade() -> None:
    refuse_downgrade()
