"""A document may add up to zero, and be accepted as it stands in Intacct."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0022_books"
down_revision = "0020_charges"


def upgrade() -> None:
    run("0022_books")


def downgrade() -> None:
    refuse_downgrade()
