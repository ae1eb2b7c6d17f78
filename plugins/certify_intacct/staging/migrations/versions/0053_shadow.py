"""What another connector posted beside what this one would have posted."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0053_shadow"
down_revision = "0052_user_fields"


def upgrade() -> None:
    run("0053_shadow")


def downgrade() -> None:
    refuse_downgrade()
