"""Documents are held, released and compared one by one."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0018_parts"
down_revision = "0017_people"


def upgrade() -> None:
    run("0018_parts")


def downgrade() -> None:
    refuse_downgrade()
