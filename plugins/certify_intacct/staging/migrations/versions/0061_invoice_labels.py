"""Labels of invoices are read as what they are: code and name apart."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0061_invoice_labels"
down_revision = "0060_read_as"


def upgrade() -> None:
    run("0061_invoice_labels")


def downgrade() -> None:
    refuse_downgrade()
