"""What every migration does: run its SQL file as it stands.

The schema is written in SQL because the views, triggers and grants are the point of it; Alembic keeps the order.
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

SQL = Path(__file__).parent.parent / "sql"


def run(name: str) -> None:
    """Executes ``sql/<name>.sql`` in the migration's transaction, without any interpretation of ``%`` or ``:``."""
    cursor = op.get_bind().connection.cursor()
    cursor.execute((SQL / f"{name}.sql").read_text(encoding="utf-8"))


def refuse_downgrade() -> None:
    """Migrations only go up: going down would drop what was posted."""
    raise RuntimeError(
        "This schema is not downgraded: it holds the record of what was posted. Restore a backup instead."
    )
