"""include/deployment/helm-values.yaml says to Airflow's chart what docker-compose.yaml says to an engine; checked without a cluster.

The file was held against values.schema.json of the chart 1.22.0, and the templates were read. What of them is needed here is retold.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from include.deployment import compose
from include.local import prepare

ROOT = compose.ROOT
TEXT = (ROOT / "include" / "deployment" / "helm-values.yaml").read_text(encoding="utf-8")
VALUES: dict[str, Any] = yaml.safe_load(TEXT)
GUIDE = (ROOT / "docs" / "deployment-scale.md").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
SERVICES = compose.load()["services"]
#: The chart's name of each service of compose. A task is a pod, and has what a worker has.
COMPONENTS = {
    "api-server": "apiServer",
    "scheduler": "scheduler",
    "dag-processor": "dagProcessor",
    "triggerer": "triggerer",
    "init": "migrateDatabaseJob",
    "worker": "workers.kubernetes",
}
#: values.schema.json of the chart 1.22.0: what it knows of what is used here. A star stands for what is not the chart's own.
KNOWN = [
    "executor", "airflowVersion", "uid", "gid", "images.airflow.repository", "images.airflow.tag", "dags.persistence.enabled",
    "dags.gitSync.enabled", "securityContexts.pod.*", "securityContexts.containers.*", "volumes", "volumeMounts", "env",
    "extraEnvFrom", "postgresql.enabled", "redis.enabled", "statsd.enabled", "data.metadataSecretName", "fernetKeySecretName",
    "apiSecretKeySecretName", "jwtSecretName", "enableBuiltInSecretEnvVars.*", "config.*", "migrateDatabaseJob.args",
    "migrateDatabaseJob.env", "migrateDatabaseJob.resources.*", "createUserJob.enabled", "logs.persistence.enabled",
    "logs.persistence.size", "logs.persistence.storageClassName", "workers.kubernetes.resources.*",
    "workers.kubernetes.terminationGracePeriodSeconds", "workers.kubernetes.safeToEvict",
    "workers.kubernetes.serviceAccount.create", "workers.kubernetes.serviceAccount.automountServiceAccountToken",
    "apiServer.args", "apiServer.env", "apiServer.waitForMigrations.enabled", "apiServer.extraInitContainers",
    "apiServer.resources.*", "scheduler.args", "scheduler.env", "scheduler.waitForMigrations.enabled",
    "scheduler.extraInitContainers", "scheduler.resources.*", "scheduler.logGroomerSidecar.command",
    "scheduler.logGroomerSidecar.args", "scheduler.logGroomerSidecar.resources.*", "dagProcessor.args", "dagProcessor.env",
    "dagProcessor.waitForMigrations.enabled", "dagProcessor.extraInitContainers", "dagProcessor.resources.*",
    "dagProcessor.logGroomerSidecar.enabled", "triggerer.args", "triggerer.env", "triggerer.waitForMigrations.enabled",
    "triggerer.extraInitContainers", "triggerer.persistence.enabled", "triggerer.resources.*",
    "triggerer.logGroomerSidecar.enabled",
]  # fmt: skip
#: `standard_airflow_environment` of the chart's templates/_helpers.yaml: what every pod gets, unless switched off, and from where.
BUILT_IN = {
    "AIRFLOW__CORE__FERNET_KEY": ("fernetKeySecretName", "fernet-key"),
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": ("data.metadataSecretName", "connection"),
    "AIRFLOW_CONN_AIRFLOW_DB": ("data.metadataSecretName", "connection"),
    "AIRFLOW__API__SECRET_KEY": ("apiSecretKeySecretName", "api-secret-key"),
    "AIRFLOW__API_AUTH__JWT_SECRET": ("jwtSecretName", "jwt-secret"),
}
#: Those of them that go to scheduler and api-server alone (`IncludeJwtSecret`).
FOR_TWO = {"AIRFLOW__API_AUTH__JWT_SECRET"}
#: `config` of the chart's values.yaml and its templates/configmaps/configmap.yaml say these, or Airflow's default is that of compose.
OF_THE_CHART = {
    "AIRFLOW__CORE__EXECUTOR",
    "AIRFLOW__CORE__AUTH_MANAGER",
    "AIRFLOW__CORE__LOAD_EXAMPLES",
    "AIRFLOW__CORE__DAGS_FOLDER",
    "AIRFLOW__CORE__PLUGINS_FOLDER",
    "AIRFLOW__CORE__EXECUTION_API_SERVER_URL",
    "AIRFLOW__LOGGING__BASE_LOG_FOLDER",
}
#: There is no Celery, and Kubernetes looks after the scheduler by a command of the chart.
NOT_HERE = re.compile(r"AIRFLOW__CELERY__|AIRFLOW__SCHEDULER__.*HEALTH_CHECK")
SECRET = re.compile(r"PASSWORD|KEY|SECRET|_CONN|_URL$")


def at(path: str) -> Any:
    value: Any = VALUES
    for part in path.split("."):
        value = value[part]
    return value


def leaves(value: Any, path: str = "") -> Iterator[str]:
    """The dotted paths of everything that is no mapping."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}" if path else name)
    else:
        yield path


def variables(entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {entry["name"]: entry for entry in entries}


def own(component: str) -> dict[str, Any]:
    """The variables that a component alone has."""
    return variables(at(component).get("env", []))


def connections() -> set[str]:
    """What the guide has people put into the Secret that all pods read."""
    (row,) = re.findall(r"\| `certify-intacct-connections` \| (.*) \|", GUIDE)
    return set(re.findall(r"`(\w+)`", row))


def given(component: str) -> set[str]:
    """The variables and options that a component has."""
    switched = VALUES["enableBuiltInSecretEnvVars"]
    built_in = {name for name in BUILT_IN if switched.get(name, True)}
    if component not in ("apiServer", "scheduler"):
        built_in -= FOR_TWO
    options = {
        f"AIRFLOW__{section.upper()}__{option.upper()}"
        for section, content in VALUES["config"].items()
        for option in content
    }
    return {*own(component), *variables(VALUES["env"]), *built_in, *options, *connections()}


def test_the_chart_knows_every_value() -> None:
    unknown = [
        path
        for path in leaves(VALUES)
        if path not in KNOWN and not any(path.startswith(known[:-1]) for known in KNOWN if known.endswith("*"))
    ]
    assert unknown == []


@pytest.mark.parametrize(("service", "component"), COMPONENTS.items())
def test_a_component_is_told_what_compose_tells_its_service(service: str, component: str) -> None:
    told = {name for name in SERVICES[service]["environment"] if not NOT_HERE.match(name)} - OF_THE_CHART
    if component not in ("apiServer", "scheduler"):
        # Tokens of tasks are made and read by those two.
        told -= FOR_TWO
    assert told <= given(component)


def test_tasks_know_neither_airflows_database_nor_how_users_are_signed_in() -> None:
    known = given("workers.kubernetes")
    assert "AIRFLOW_CONN_CONNECTOR_DB" in known
    assert not known & (BUILT_IN.keys() - {"AIRFLOW__CORE__FERNET_KEY"})
    deciders = [component for component in COMPONENTS.values() if "CONNECTOR_DECIDER_URL" in given(component)]
    assert deciders == ["apiServer"]
    assert at("workers.kubernetes.serviceAccount.automountServiceAccountToken") is False


def test_the_job_prepares_what_init_prepares() -> None:
    """`include.local.prepare` imports the pools of the image, over which the ConfigMap lies."""
    assert at("migrateDatabaseJob.args") == SERVICES["init"]["command"]
    needed = {
        "POSTGRES_URL",
        *prepare.PASSWORDS.values(),
        *(f"AIRFLOW_ADMIN_{part}" for part in ("USER", "EMAIL", "PASSWORD")),
    }
    assert needed <= own("migrateDatabaseJob").keys()
    assert at("createUserJob.enabled") is False, "the chart's has the password admin"


@pytest.mark.parametrize("service", ["api-server", "scheduler", "dag-processor", "triggerer"])
def test_a_component_runs_the_command_of_its_service_after_the_job(service: str) -> None:
    component = at(COMPONENTS[service])
    assert component["args"] == SERVICES[service]["command"]
    assert component["waitForMigrations"] == {"enabled": False}
    (wait,) = component["extraInitContainers"]
    assert wait["command"][:3] == ["airflow", "db", "check-migrations"]
    assert variables(wait["env"]).keys() == {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"}


def test_no_secret_is_in_the_file() -> None:
    """Each comes from a Secret that the guide has people make, with that key."""
    entries = [entry for path in ("migrateDatabaseJob", *COMPONENTS.values()) for entry in own(path).values()]
    named = {at(path) for path, _ in BUILT_IN.values()}
    for entry in entries:
        assert ("value" in entry) != ("valueFrom" in entry)
        if "valueFrom" in entry:
            secret = entry["valueFrom"]["secretKeyRef"]
            named.add(secret["name"])
            assert re.search(rf"\| `{secret['name']}` \|.*`{secret['key']}`", GUIDE), entry
        else:
            assert not SECRET.search(entry["name"].replace("COOKIE_SECURE", "")), entry
    for name, (path, key) in BUILT_IN.items():
        if VALUES["enableBuiltInSecretEnvVars"].get(name, True):
            assert re.search(rf"\| `{at(path)}` \|.*`{key}`", GUIDE), name
    named |= {one["secretRef"]["name"] for one in yaml.safe_load(VALUES["extraEnvFrom"])}
    assert named == set(re.findall(r"create secret generic (\S+)", GUIDE))
    assert not re.search(r"://[^/\s]*:[^/\s]*@", TEXT)


def test_what_is_mounted_lies_in_the_image_and_is_what_the_guide_puts_there() -> None:
    files = []
    for volume in VALUES["volumes"]:
        (made,) = re.findall(rf"create configmap {volume['configMap']['name']} (.*)", GUIDE)
        files += re.findall(r"--from-file=(\S+)", made)
    assert {mount["mountPath"] for mount in VALUES["volumeMounts"]} == {f"/opt/airflow/{file}" for file in files}
    for file in files:
        assert (ROOT / file).exists()
        assert file in DOCKERFILE
    assert variables(VALUES["env"])["CONNECTOR_CONFIG"]["value"] == "/opt/airflow/include/connector.yaml"


def test_the_image_is_built_from_the_dockerfile_with_the_executors_packages() -> None:
    (argument, lock) = re.findall(r"--build-arg (\w+)=(\S+)", GUIDE)[0]
    assert f"ARG {argument}=" in DOCKERFILE
    assert "apache-airflow-providers-cncf-kubernetes==" in (ROOT / lock).read_text(encoding="utf-8")
    assert VALUES["executor"] == "KubernetesExecutor"
    (version,) = re.findall(r"^apache-airflow==(\S+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE)
    assert VALUES["airflowVersion"] == version
    assert VALUES["dags"] == {"persistence": {"enabled": False}, "gitSync": {"enabled": False}}


def test_every_pod_runs_as_the_images_user() -> None:
    (uid,) = re.findall(r"useradd --uid (\d+)", DOCKERFILE)
    pod = at("securityContexts.pod")
    assert (VALUES["uid"], pod["runAsUser"], pod["runAsNonRoot"]) == (int(uid), int(uid), True)
    assert at("securityContexts.containers.allowPrivilegeEscalation") is False


def test_the_zone_is_that_of_the_shipped_connector_yaml() -> None:
    zone = yaml.safe_load((ROOT / "include" / "connector.yaml").read_text(encoding="utf-8"))["company"]["time_zone"]
    assert variables(VALUES["env"])["AIRFLOW__CORE__DEFAULT_TIMEZONE"]["value"] == zone


def test_a_task_may_take_what_was_measured() -> None:
    figures = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    (peak,) = re.findall(r"^\| all \|.*\| \d+ · (\d+) \|(?: [\d,]+ · [\d,]+ \|){3}$", figures, re.MULTILINE)
    limits = {component: at(component)["resources"] for component in COMPONENTS.values()}
    for component, resources in limits.items():
        assert resources["requests"].keys() == {"cpu", "memory"}, component
        assert "memory" in resources["limits"], component
    # The task, and the process that watches over it.
    assert _mebibytes(limits["workers.kubernetes"]["requests"]["memory"]) >= int(peak) + 200
    assert _mebibytes(limits["workers.kubernetes"]["limits"]["memory"]) >= 1.5 * (int(peak) + 200)


def test_logs_outlive_the_pods() -> None:
    assert at("logs.persistence.enabled") is True
    # Who deletes logs is one, and not the chart's script, which is not in this image.
    assert "sh" in at("scheduler.logGroomerSidecar.command")[0]
    assert [at(f"{name}.logGroomerSidecar.enabled") for name in ("dagProcessor", "triggerer")] == [False, False]


def test_the_guide_counts_with_the_shipped_pools() -> None:
    pools = json.loads((ROOT / "include" / "pools.json").read_text(encoding="utf-8"))
    sending = yaml.safe_load((ROOT / "include" / "connector.yaml").read_text(encoding="utf-8"))["posting"]["sending"]
    assert all(f"| `{pool}` |" in GUIDE for pool in pools)
    rows = re.findall(r"^\| ([^|]+)" + r" \| (\d)" * 6 + r", posting (\d) \|$", GUIDE, re.MULTILINE)
    assert len(rows) == 4
    for what, *figures in rows:
        reading, slots, at_once, receipts, loads, most, posting = map(int, figures)
        assert (loads, posting, most) == (slots, slots * at_once, reading + slots * at_once + receipts), what
    shipped = [
        pools["sage_intacct"]["slots"],
        pools["posting"]["slots"],
        sending["requests_at_once"],
        pools["receipts"]["slots"],
    ]
    assert [int(figure) for figure in rows[0][1:5]] == shipped


def _mebibytes(text: str) -> int:
    number, unit = re.fullmatch(r"(\d+)(Mi|Gi)", text).groups()  # type: ignore[union-attr]
    return int(number) * (1024 if unit == "Gi" else 1)
