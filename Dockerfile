# Airflow with the connector, from the lock file. One image runs every part: api-server, scheduler, dag-processor, triggerer,
# workers and the init step. Nothing is downloaded when a container starts.
# `make pin` writes here which image that name means; --build-arg PYTHON_DIGEST=sha256:… names another one for one build.
ARG PYTHON_DIGEST=
FROM python:3.12-slim-bookworm${PYTHON_DIGEST:+@${PYTHON_DIGEST}}

ENV AIRFLOW_HOME=/opt/airflow \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

# 50000 is the user id of Airflow's own images, so that volumes made with those stay readable.
RUN useradd --uid 50000 --user-group --home-dir /opt/airflow --create-home --shell /usr/sbin/nologin airflow
WORKDIR /opt/airflow

# requirements-kubernetes.txt where tasks run as pods: the same packages and Airflow's Kubernetes executor.
ARG REQUIREMENTS=requirements.txt
COPY requirements.txt requirements-kubernetes.txt ./
RUN pip install --require-hashes --no-deps -r ${REQUIREMENTS}

COPY pyproject.toml LICENSE ./
COPY plugins ./plugins
COPY include/__init__.py include/connector.yaml include/pools.json ./include/
COPY include/expectations ./include/expectations
COPY include/local ./include/local
COPY dags ./dags
# Editable: a second copy in site-packages could go stale behind the plugins folder.
RUN pip install --no-deps --no-build-isolation -e . && mkdir logs && chown airflow:airflow logs

USER airflow
# Airflow's default time zone is the company's, from connector.yaml.
ENTRYPOINT ["python", "-m", "include.local.container"]
CMD ["airflow", "version"]
