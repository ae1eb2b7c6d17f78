"""Bind the images of Dockerfile and docker-compose.yaml to what their names mean in the registry now: ``make pin``.

A name such as postgres:18 leads to another image whenever its maker builds one. With a digest beside it, every build and every
start takes the same bytes; repeat it to take newer ones, and look at what changed with ``git diff``. Needs Docker with buildx alone,
so that it runs on a host that has no virtual environment.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from include.local.errors import StackError  # noqa: E402 - found through the line above

FILES = ("Dockerfile", "docker-compose.yaml")
_BASE = re.compile(r"^(ARG PYTHON_DIGEST=)\S*$", re.MULTILINE)
_FROM = re.compile(r"^FROM (python:[\w.-]+)", re.MULTILINE)
# Of compose, what comes from a registry: the image that is built here has the tag `latest`.
_IMAGE = re.compile(r"^( +image: )((?!\S+:latest)[\w./-]+:[\w.-]+)(?:@\S+)?$", re.MULTILINE)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def pin(folder: Path) -> dict[str, str]:
    """Write the digests into both files of ``folder``, or change nothing.

    :return: image to digest.
    :raises StackError: Docker or its buildx is missing, or the registry does not know an image.
    """
    dockerfile, compose = ((folder / name).read_text(encoding="utf-8") for name in FILES)
    base = _FROM.findall(dockerfile)[0]
    digests = {image: digest_of(image) for image in (base, *(found[1] for found in _IMAGE.findall(compose)))}
    (folder / FILES[0]).write_text(_BASE.sub(rf"\g<1>{digests[base]}", dockerfile), encoding="utf-8")
    pinned = _IMAGE.sub(lambda match: f"{match[1]}{match[2]}@{digests[match[2]]}", compose)
    (folder / FILES[1]).write_text(pinned, encoding="utf-8")
    return digests


def digest_of(image: str) -> str:
    """Ask the registry for the digest of an image, of all its platforms.

    :raises StackError: it does not answer, or Docker cannot ask.
    """
    command = ["docker", "buildx", "imagetools", "inspect", image, "--format", "{{.Manifest.Digest}}"]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    except OSError as error:
        raise StackError(f"Docker with buildx is needed to ask a registry, and docker cannot be run: {error}") from None
    said = " ".join((asked.stderr if asked.returncode else asked.stdout).split())
    if asked.returncode or not _DIGEST.fullmatch(said):
        raise StackError(f"`{' '.join(command[:4])} {image}` gave no digest, nothing was changed: {said}")
    return said


if __name__ == "__main__":
    try:
        for name, digest in pin(ROOT).items():
            print(f"{name}@{digest}")
        print(f"Written into {' and '.join(FILES)}; `docker compose build --pull` builds on it.")
    except StackError as error:
        sys.exit(f"error: {error}")
