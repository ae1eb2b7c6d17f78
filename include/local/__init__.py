"""The stack on one machine: PostgreSQL, the sandbox and Airflow as child processes, and the demo that drives them."""
