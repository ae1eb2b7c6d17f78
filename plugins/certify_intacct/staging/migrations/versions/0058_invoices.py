"""Invoices of Certify's AP automation."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0058_invoices"
down_revision = "0057_pages"


def upgrade() -> None:
    run("0058_invoices")


def downgrade() -> None:
    refuse_downgrade()
