"""Makes the first administrator of the Airflow UI: ``python -m include.local.administrator``.

What `airflow users create` does, with the password from the environment: everybody on the machine can read a command line.
"""

from __future__ import annotations

import os


def main() -> None:
    """Do it, from AIRFLOW_ADMIN_USER, AIRFLOW_ADMIN_EMAIL and AIRFLOW_ADMIN_PASSWORD.

    Does nothing when the user exists: a password that was changed in the UI stays.
    """
    from airflow.cli.cli_parser import get_parser

    user, email, password = (os.environ[f"AIRFLOW_ADMIN_{part}"] for part in ("USER", "EMAIL", "PASSWORD"))
    options = ["--username", user, "--email", email, "--role", "Admin", "--firstname", user, "--lastname", "Admin"]
    # In one word: a password may begin with a hyphen, and would be taken for an option.
    given = get_parser().parse_args(["users", "create", *options, f"--password={password}"])
    given.func(given)


if __name__ == "__main__":
    main()
