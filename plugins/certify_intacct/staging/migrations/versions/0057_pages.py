"""Pages find the documents about whose payment the services differ without reading the others, and know to whom mails do not come."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0057_pages"
down_revision = "0054_api_use"


def upgrade() -> None:
    run("0057_pages")


def downgrade() -> None:
    refuse_downgrade()
