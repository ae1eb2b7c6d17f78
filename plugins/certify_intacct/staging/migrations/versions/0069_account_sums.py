"""What a plan books on each account is kept beside it, and not read out of its documents by each page that compares two."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0069_account_sums"
down_revision = "0064_decided_lines"


def upgrade() -> None:
    run("0069_account_sums")


def downgrade() -> None:
    refuse_downgrade()
