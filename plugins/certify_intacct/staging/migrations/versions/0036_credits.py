"""A planned document may be below zero."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0036_credits"
down_revision = "0035_employee_links"


def upgrade() -> None:
    run("0036_credits")


def downgrade() -> None:
    refuse_downgrade()
