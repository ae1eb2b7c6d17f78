"""Make the virtual environment of this checkout from the lock file, with progress, and only when something changed.

Run by ``make`` with the machine's own Python, so it needs nothing but the standard library. The environment is ready
when ``.venv/installed`` holds the digest of everything it was made from.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - this is the file that an older Python must be able to read
    sys.exit(
        "error: this project needs Python 3.11 or newer, and {} is {}.{}.{}: install a newer one, "
        "or name it with PYTHON=/path/to/python3.12.".format(sys.executable, *sys.version_info[:3])
    )

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from include.local import accounts, environment, reachable  # noqa: E402 - found through the line above
from include.local.errors import StackError  # noqa: E402

VENV = ROOT / ".venv"
LOCK = ROOT / "requirements-dev.txt"
STAMP = VENV / "installed"
LOG = VENV / "install.log"
DISK_BYTES = 1_500_000_000
HEARTBEAT_SECONDS = 5
# Where packages come from and how they are reached. Options that change what pip does (target, user, constraint) stay out.
PIP_SOURCES = (
    "INDEX_URL", "EXTRA_INDEX_URL", "FIND_LINKS", "NO_INDEX", "TRUSTED_HOST", "CERT", "CLIENT_CERT", "PROXY", "DEFAULT_TIMEOUT",
    "TIMEOUT", "RETRIES", "CACHE_DIR", "NO_CACHE_DIR", "CONFIG_FILE", "KEYRING_PROVIDER",
)  # fmt: skip


def main() -> None:
    """Bring ``.venv`` up to date; end with one line for the user when that fails."""
    digest = wanted_digest()
    if STAMP.exists() and STAMP.read_text() == digest and (VENV / "bin" / "python").exists():
        return
    # What cannot work in the end is said before anything is downloaded.
    try:
        reachable.require_place(ROOT, accounts.account_for(ROOT))
    except StackError as error:
        sys.exit(f"error: {error}")
    begun = time.monotonic()
    say(f"Python {sys.version.split()[0]}, environment in {VENV} (once, about two minutes)")
    make_environment()
    # Without looking at dependencies: the lock is complete, and pip before 24 does not find the hash of a package that
    # another one asks for with an extra (`celery[redis]`).
    variables = install(
        ["--require-hashes", "--no-deps", "-r", str(LOCK)],
        total=len(re.findall(r"^\S+==", LOCK.read_text(), re.MULTILINE)),
        variables=pip_environment(),
    )
    # Editable, so that no second copy of plugins/ can go stale; without isolation, so that the lock stays the truth.
    install(["--no-deps", "--no-build-isolation", "-e", str(ROOT)], total=1, variables=variables)
    STAMP.write_text(digest)
    say(f"environment ready after {time.monotonic() - begun:.0f} s")


def wanted_digest() -> str:
    """Return a digest over what the environment is made from: lock, project file, Python version, place."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {VENV}\n".encode())
    for source in (LOCK, ROOT / "pyproject.toml", Path(__file__)):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def make_environment() -> None:
    """Make an empty environment unless one of this Python is there."""
    python = VENV / "bin" / "python"
    ours = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if python.exists():
        asked = "import sys; print('%d.%d' % sys.version_info[:2])"
        found = subprocess.run([python, "-E", "-c", asked], capture_output=True, text=True)
        if found.stdout.strip() == ours:
            return
    if shutil.disk_usage(ROOT).free < DISK_BYTES:
        sys.exit(
            f"error: the disk that holds {ROOT} has less than {DISK_BYTES / 1e9:.1f} GB free: the environment needs that."
        )
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)],
        capture_output=True,
        text=True,
        env=environment.allowed(os.environ),
    )
    if made.returncode != 0:
        sys.exit(
            f"error: {sys.executable} cannot make a virtual environment (on Debian and Ubuntu: apt install python3-venv): "
            + last_line(made.stdout + made.stderr)
        )


def install(arguments: list[str], total: int, variables: dict[str, str]) -> dict[str, str]:
    """Run ``pip install`` with the machine's own settings, and once more without those that are in the way.

    :return: the variables with which it succeeded.
    """
    if run_pip(arguments, total, variables):
        return variables
    first = failure()
    proxies = [name for name in variables if name.upper().endswith("_PROXY")]
    if proxies and re.search("proxy|socks", LOG.read_text(errors="replace"), re.IGNORECASE):
        say(f"pip failed through this machine's proxy ({first}), trying once without it")
        variables = {name: text for name, text in variables.items() if name not in proxies}
    else:
        say(f"pip failed with this machine's settings ({first}), trying once without them")
        kept = ("PIP_INDEX_URL", "PIP_CERT", "PIP_PROXY", "PIP_DEFAULT_TIMEOUT", "PIP_RETRIES")
        variables = {name: text for name, text in variables.items() if not name.startswith("PIP_") or name in kept}
        variables["PIP_CONFIG_FILE"] = os.devnull
    if not run_pip(arguments, total, variables):
        sys.exit(
            f"error: pip could not install the packages: {failure()} (all of it in {LOG}; with this machine's settings: {first})."
        )
    return variables


def pip_environment() -> dict[str, str]:
    """Return the variables for pip: mirrors, proxies and certificates of the machine, and no option that changes what it does.

    What nothing here can use is left out, and said.
    """
    own = {name: os.environ[name] for name in (f"PIP_{option}" for option in PIP_SOURCES) if name in os.environ}
    fixed = {"PIP_USER": "0", "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    # An index that answers slowly is waited for.
    patience = {"PIP_DEFAULT_TIMEOUT": "60", "PIP_RETRIES": "3"}
    variables = environment.allowed(os.environ, own_services=True) | patience | own | fixed
    for name, reason in sorted(environment.unusable(variables).items()):
        say(f"{name} is left out: {reason}")
        del variables[name]
    return variables


def failure() -> str:
    """Say in one line why pip failed."""
    text = LOG.read_text(errors="replace")
    return "the disk is full" if "No space left on device" in text else last_line(text)


def run_pip(arguments: list[str], total: int, variables: dict[str, str]) -> bool:
    """Run pip, saying every few seconds how far it is; return whether it succeeded."""
    command = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--no-color", "--progress-bar", "off", *arguments]
    with LOG.open("w") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=variables
        )
        begun = said = time.monotonic()
        while process.poll() is None:
            time.sleep(0.2)
            if time.monotonic() - said >= HEARTBEAT_SECONDS:
                said = time.monotonic()
                say(f"{progress(total)} ({said - begun:.0f} s)")
    return process.returncode == 0


def progress(total: int) -> str:
    """Say how far pip is, from what it has printed and what it has unpacked."""
    printed = LOG.read_text(errors="replace")
    if "Installing collected packages" in printed:
        unpacked = len(list(VENV.glob("lib/python*/site-packages/*.dist-info")))
        return f"unpacked {unpacked} of about {total} packages"
    collected = len(re.findall(r"^(?:Collecting|Requirement already satisfied:) ", printed, re.MULTILINE))
    return f"fetched {collected} of about {total} packages"


def last_line(text: str) -> str:
    """Return the last line of ``text`` that says something, the errors first."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return (errors or lines or ["it said nothing"])[-1]


def say(text: str) -> None:
    """Print one line at once."""
    print(f"  {text}", flush=True)


if __name__ == "__main__":
    main()
