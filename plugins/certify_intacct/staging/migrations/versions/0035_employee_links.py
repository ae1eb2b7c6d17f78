"""An EmployeeID may lead to an employee of Intacct, too."""

from certify_intacct.staging.migrations.from_sql import refuse_downgrade, run

revision = "0035_employee_links"
down_revision = "0034_statistics"


def upgrade() -> None:
    run("0035_employee_links")


def downgrade() -> None:
    refuse_downgrade()
