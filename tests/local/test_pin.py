"""``make pin`` binds the images that are built on and run to what the registry has under their names now."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from include.local import pin
from include.local.errors import StackError

ROOT = Path(__file__).parents[2]
DIGEST = "sha256:" + "5f" * 32
#: The part of docker that is asked: a registry answers it, and none is here.
DOCKER = f"""#!/bin/sh
[ "$1 $2 $3" = "buildx imagetools inspect" ] || {{ echo "docker: unknown command: docker $1" >&2; exit 1; }}
case "$4" in
    *@*) echo "asked with a digest: $4" >&2; exit 1;;
    nowhere:*) echo "ERROR: nowhere: not found" >&2; exit 1;;
    odd:*) echo "no digest";;
    *) echo "{DIGEST}";;
esac
"""


@pytest.fixture
def docker(tmp_path, monkeypatch) -> Path:
    program = tmp_path / "bin" / "docker"
    program.parent.mkdir()
    program.write_text(DOCKER)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    return program


@pytest.fixture
def checkout(tmp_path) -> Path:
    folder = tmp_path / "checkout"
    folder.mkdir()
    for name in pin.FILES:
        (folder / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    return folder


def images(folder: Path) -> list[str]:
    text = (folder / "docker-compose.yaml").read_text(encoding="utf-8")
    return [image for image in re.findall(r"^ +image: (\S+)$", text, re.MULTILINE) if "certify-intacct" not in image]


def test_it_writes_the_digests_of_all_images_into_both_files(docker, checkout):
    pinned = pin.pin(checkout)
    assert set(pinned) == {"python:3.12-slim-bookworm", "postgres:18", "redis:7.2-bookworm"}
    assert set(pinned.values()) == {DIGEST}
    dockerfile = (checkout / "Dockerfile").read_text(encoding="utf-8")
    assert f"\nARG PYTHON_DIGEST={DIGEST}\n" in dockerfile
    assert images(checkout) == [f"postgres:18@{DIGEST}", f"redis:7.2-bookworm@{DIGEST}"]
    docker.write_text(DOCKER.replace("5f" * 32, "60" * 32))
    again = pin.pin(checkout)
    assert set(again.values()) == {"sha256:" + "60" * 32}
    assert all(image.count("@") == 1 and image.endswith("60" * 32) for image in images(checkout))


def test_the_dockerfile_takes_a_digest_and_builds_without_one():
    """As Docker fills in the arguments of before the first FROM."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    (argument,) = re.findall(r"^ARG PYTHON_DIGEST=(\S*)$", text, re.MULTILINE)
    assert argument == "" or re.fullmatch(r"sha256:[0-9a-f]{64}", argument)
    (base,) = re.findall(r"^FROM (\S+)$", text, re.MULTILINE)
    assert text.index("ARG PYTHON_DIGEST=") < text.index("FROM ")
    for digest, image in (("", "python:3.12-slim-bookworm"), (DIGEST, f"python:3.12-slim-bookworm@{DIGEST}")):
        filled = subprocess.run(
            ["sh", "-c", f'echo "{base}"'], env={"PYTHON_DIGEST": digest}, capture_output=True, text=True, check=True
        )
        assert filled.stdout.strip() == image


@pytest.mark.parametrize(("image", "said"), [("nowhere:1", "not found"), ("odd:1", "no digest")])
def test_what_the_registry_does_not_know_changes_nothing(image, said, docker, checkout):
    compose = checkout / "docker-compose.yaml"
    compose.write_text(compose.read_text(encoding="utf-8").replace("postgres:18", image), encoding="utf-8")
    before = [(checkout / name).read_text(encoding="utf-8") for name in pin.FILES]
    with pytest.raises(StackError, match=said) as told:
        pin.pin(checkout)
    assert image in str(told.value)
    assert [(checkout / name).read_text(encoding="utf-8") for name in pin.FILES] == before


def test_without_docker_or_its_buildx_it_says_what_is_missing(docker, checkout):
    docker.write_text('#!/bin/sh\necho "docker: unknown command: docker buildx" >&2; exit 1\n')
    with pytest.raises(StackError, match="buildx"):
        pin.pin(checkout)
    docker.unlink()
    with pytest.raises(StackError, match="Docker with buildx"):
        pin.pin(checkout)


def test_the_command_ends_with_one_line_of_error(tmp_path):
    done = subprocess.run(
        [sys.executable, "-I", "-X", "utf8", str(ROOT / "include" / "local" / "pin.py")],
        env={"PATH": str(tmp_path)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("error: Docker with buildx")
    assert len(done.stderr.splitlines()) == 1
