"""What Intacct says of payments and Certify of reimbursements, and a view of where the two differ."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0047_payments"
down_revision = "0044_own_expectations"


def upgrade() -> None:
    run("0047_payments")


def downgrade() -> None:
    refuse_downgrade()
