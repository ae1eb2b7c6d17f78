"""The deployment of `docker-compose.yaml` as processes of this machine, and values for Airflow's Helm chart."""
