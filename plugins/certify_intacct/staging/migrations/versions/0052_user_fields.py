"""Currency, language and culture of Certify's users, and days of people who are vendors or users of Intacct."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0052_user_fields"
down_revision = "0051_lists"


def upgrade() -> None:
    run("0052_user_fields")


def downgrade() -> None:
    refuse_downgrade()
