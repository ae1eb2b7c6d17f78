"""Data quality: Great Expectations judges, in memory; rows in, verdicts out. It knows no database."""

from __future__ import annotations

import logging

# Whatever of this package comes first imports the library after this. In a task's process all that is logged is the task's log, and
# the library logs hundreds of lines while it is imported. What it judged stands in our table, what it raises is said in our words.
logging.getLogger("great_expectations").setLevel(logging.ERROR)
