"""The platform's package manager, used only as root on Debian and its kin."""

import os
import shutil
import subprocess
import sys

WAIT = 600  # seconds for one apt-get call; a mirror can be slow, a hung one must not hold the build for ever
updated: set[bool] = set()


def installs() -> bool:
    """Whether packages can be installed here: root, with apt-get."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(name: str) -> bool:
    """Installs one Debian package, after one `apt-get update` a run. False when it can't be had."""
    if not installs():
        return False
    print(f"Installing {name} with apt-get ...", flush=True)
    if not updated:
        updated.add(apt("update"))
    return apt("install", "--yes", "--no-install-recommends", name)


def apt(*arguments: str) -> bool:
    """Runs apt-get quietly; its own words are shown only when it fails."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120", *arguments]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=WAIT, check=False)
    except subprocess.TimeoutExpired:
        print(f"apt-get {arguments[0]} did not end within {WAIT} s", file=sys.stderr)
        return False
    if done.returncode:
        print(done.stderr.strip(), file=sys.stderr)
    return done.returncode == 0
