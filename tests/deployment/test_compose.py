"""docker-compose.yaml, Dockerfile and .env.example say what they should, checked without an engine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import airflow
import pytest
import yaml

from include.deployment import compose
from include.local import env_file

ROOT = compose.ROOT
COMPOSE = compose.load()
SERVICES = COMPOSE["services"]
AIRFLOW_OPTION = re.compile(r"^AIRFLOW__([A-Z0-9_]+?)__([A-Z0-9_]+)$")


def known_options() -> set[tuple[str, str]]:
    """Section and option of every setting of Airflow and of the installed providers."""
    from airflow.providers_manager import ProvidersManager

    template = Path(airflow.__file__).parent / "config_templates" / "config.yml"
    descriptions = [yaml.safe_load(template.read_text(encoding="utf-8"))]
    manager = ProvidersManager()
    manager.initialize_providers_configuration()
    descriptions += [config for _, config in manager.provider_configs]
    return {
        (section, option)
        for description in descriptions
        for section, content in description.items()
        for option in content["options"]
    }


def test_the_compose_specification_accepts_it() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    result = subprocess.run([*command, str(ROOT / "docker-compose.yaml")], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_specification_refuses_a_misspelt_key(tmp_path: Path) -> None:
    wrong = tmp_path / "docker-compose.yaml"
    wrong.write_text("services:\n  a:\n    image: b\n    comand: c\n")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(wrong)]
    assert subprocess.run(command, capture_output=True).returncode != 0


def test_every_airflow_option_exists() -> None:
    options = known_options()
    used = {name for service in SERVICES.values() for name in service.get("environment", {})}
    wrong = [
        name
        for name in used
        if (found := AIRFLOW_OPTION.match(name)) and (found[1].lower(), found[2].lower()) not in options
    ]
    assert [name for name in used if AIRFLOW_OPTION.match(name)]
    assert not wrong


def test_every_variable_is_explained_in_the_example_and_no_other() -> None:
    used = {match[1] for text in compose.texts(COMPOSE) for match in compose.VARIABLE.finditer(text)}
    explained = env_file.assignments((ROOT / ".env.example").read_text(encoding="utf-8"))
    assert used == set(explained)


def test_no_variable_has_a_default() -> None:
    """A secret that nobody set must stop compose, not become a known word."""
    loose = [
        match[0] for text in compose.texts(COMPOSE) for match in compose.VARIABLE.finditer(text) if match[2] != ":?"
    ]
    assert not loose


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_no_secret_is_in_a_command_line(name: str) -> None:
    """Compose fills in ${NAME}; what $$NAME becomes, a shell of the container reads from its environment."""
    service = SERVICES[name]
    parts = [service.get("command", []), service.get("entrypoint", []), service.get("healthcheck", {})]
    assert not [match[0] for part in parts for text in compose.texts(part) for match in compose.VARIABLE.finditer(text)]


def test_the_example_holds_no_secret() -> None:
    explained = env_file.assignments((ROOT / ".env.example").read_text(encoding="utf-8"))
    told = {name: value for name, value in explained.items() if re.search(r"PASSWORD|SECRET|KEY|CONN", name)}
    assert told
    assert set(told.values()) == {""}


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"init"}))
def test_every_lasting_service_has_a_health_check(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


def test_every_service_waits_for_the_init_step_to_succeed() -> None:
    airflow_services = set(SERVICES) - {"postgres", "redis", "init"}
    assert airflow_services
    for name in airflow_services:
        assert SERVICES[name]["depends_on"]["init"] == {"condition": "service_completed_successfully"}, name


def test_ports_are_published_on_loopback_only() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published
    assert all(str(port).startswith("127.0.0.1:") for port in published)
    assert not [name for name, service in SERVICES.items() if "network_mode" in service]


def test_workers_may_be_many_and_know_no_database_password_but_their_own() -> None:
    worker = SERVICES["worker"]
    assert "container_name" not in worker
    assert "ports" not in worker
    secrets = " ".join(compose.texts(worker["environment"]))
    for name in ("POSTGRES_PASSWORD", "AIRFLOW_DB_PASSWORD", "CONNECTOR_OWNER_PASSWORD", "CONNECTOR_DECIDER_PASSWORD"):
        assert name not in secrets
    # Nor can they sign anybody in.
    for name in ("AIRFLOW_JWT_SECRET", "AIRFLOW_SECRET_KEY"):
        assert name not in secrets


def test_the_image_runs_as_an_ordinary_user_from_the_lock() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users
    assert users[-1] not in ("root", "0")
    installs = [line for line in lines if "pip install" in line]
    assert all("--require-hashes" in line or "--no-deps" in line for line in installs)
    assert any("--require-hashes" in line and "${REQUIREMENTS}" in line for line in installs)


def test_what_a_company_edits_is_that_of_the_checkout() -> None:
    for name, service in SERVICES.items():
        if "build" in service:
            mounted = {volume for volume in service["volumes"] if volume.endswith(":ro")}
            assert mounted == {
                f"./include/{file}:/opt/airflow/include/{file}:ro"
                for file in ("connector.yaml", "pools.json", "expectations")
            }, name


def test_the_image_for_pods_has_the_same_packages_and_more() -> None:
    """Tasks run as pods with the packages that are tested here, and those of the executor."""

    def locked(name: str) -> set[str]:
        return set(re.findall(r"^\S+==\S+", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))

    more = locked("requirements-kubernetes.txt") - locked("requirements.txt")
    assert locked("requirements.txt") <= locked("requirements-kubernetes.txt")
    assert any(one.startswith("apache-airflow-providers-cncf-kubernetes==") for one in more)
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "ARG REQUIREMENTS=requirements.txt" in dockerfile
    kept = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {"!requirements.txt", "!requirements-kubernetes.txt"} <= set(kept)


def test_what_the_image_copies_exists() -> None:
    for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines():
        if line.startswith("COPY "):
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), source


def test_env_fills_in_every_secret_and_keeps_what_is_there() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    first = env_file.assignments(env_file.filled(example, {"REDIS_PASSWORD": "mine"}))
    again = env_file.assignments(env_file.filled(example, first))
    assert first["REDIS_PASSWORD"] == "mine"
    assert again == first
    assert [name for name, value in first.items() if not value] == [
        "AIRFLOW_CONN_SAGE_INTACCT_DEFAULT",
        "AIRFLOW_CONN_EMBURSE_CERTIFY_DEFAULT",
    ]
    generated = [value for name, value in first.items() if re.search(r"PASSWORD|SECRET|KEY", name) and value != "mine"]
    assert len(set(generated)) == len(generated)
    assert all(len(value) >= 32 for value in generated)


def in_container(config: Path, home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A command as the image's entry point runs it, for a container with that connector.yaml."""
    environment = {**os.environ, "CONNECTOR_CONFIG": str(config), "AIRFLOW_HOME": str(home)}
    environment.pop("AIRFLOW__CORE__DEFAULT_TIMEZONE", None)
    line = [sys.executable, *compose.entry_point()[1:], *command]
    return subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True)


def test_a_container_takes_airflows_time_zone_from_connector_yaml_and_so_does_a_command_in_it(tmp_path: Path) -> None:
    config, home = tmp_path / "connector.yaml", tmp_path / "airflow"
    ask = [sys.executable, "-m", "airflow", "config", "get-value", "core", "default_timezone"]
    for zone in ("America/Havana", "Atlantic/Azores"):
        config.write_text(f"company:\n  time_zone: {zone}\n", encoding="utf-8")
        begun = in_container(config, home, *ask)
        assert begun.stdout.splitlines()[-1:] == [zone], begun.stderr
        # As `docker compose exec` does: in the container, without its entry point.
        environment = {**os.environ, "AIRFLOW_HOME": str(home)}
        environment.pop("AIRFLOW__CORE__DEFAULT_TIMEZONE", None)
        beside = subprocess.run(ask, cwd=ROOT, env=environment, capture_output=True, text=True)
        assert beside.stdout.splitlines()[-1:] == [zone], beside.stderr


@pytest.mark.parametrize(
    "text",
    [
        "company: {}\n",
        "company:\n  time_zone: Europe/Nowhere\n",
        "company:\n  time_zone: Europe\n",
        "company: [\n",
        None,
    ],
)
def test_a_container_whose_connector_yaml_says_no_zone_does_not_begin(tmp_path: Path, text: str | None) -> None:
    config = tmp_path / "connector.yaml"
    if text is not None:
        config.write_text(text, encoding="utf-8")
    begun = in_container(config, tmp_path / "airflow", "true")
    assert begun.returncode == 1
    assert begun.stderr.startswith(f"error: {config}")
    assert len(begun.stderr.splitlines()) == 1


def test_nothing_in_the_environment_says_the_time_zone_once_more() -> None:
    given = " ".join(compose.texts(COMPOSE)) + (ROOT / ".env.example").read_text(encoding="utf-8")
    assert "TIME_ZONE" not in given.upper()
    assert "DEFAULT_TIMEZONE" not in given
