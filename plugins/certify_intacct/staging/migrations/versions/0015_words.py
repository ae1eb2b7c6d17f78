"""What a service refuses is called ``rejected`` everywhere."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0015_words"
down_revision = "0014_reference"


def upgrade() -> None:
    run("0015_words")


def downgrade() -> None:
    refuse_downgrade()
