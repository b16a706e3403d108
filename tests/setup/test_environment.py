"""tools/environment.sh, the first thing `make run` does on a stranger's machine."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.no_database

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("sh", "cat", "cksum", "dirname", "env")
OLD_PYTHON = "#!/bin/sh\nexit 1\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The files that environment.sh reads, in a folder of their own."""
    for name in ("tools/environment.sh", "pyproject.toml", "requirements/run.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def only(folder: Path, *programs: str) -> Path:
    """A folder for PATH in which these programs are and nothing else."""
    folder.mkdir()
    for name in programs:
        found = shutil.which(name)
        assert found, name
        (folder / name).symlink_to(found)
    return folder


def ask(checkout: Path, path: Path) -> subprocess.CompletedProcess[str]:
    """Runs environment.sh as `make run` does, in a nearly empty environment."""
    command = [shutil.which("sh") or "/bin/sh", str(checkout / "tools" / "environment.sh"), "run"]
    return subprocess.run(command, env={"PATH": str(path)}, capture_output=True, text=True, check=False)


def test_without_any_python_it_says_what_to_install_in_one_line(checkout: Path, tmp_path: Path) -> None:
    """A stranger sees what is missing, not a trace."""
    done = ask(checkout, only(tmp_path / "bin", *TOOLS))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "Python 3.11 or newer" in done.stderr


def test_a_python_that_is_too_old_is_passed_over(checkout: Path, tmp_path: Path) -> None:
    """`python3` that answers the version question with no is the same as none."""
    path = only(tmp_path / "bin", *TOOLS)
    (path / "python3").write_text(OLD_PYTHON)
    (path / "python3").chmod(0o755)
    done = ask(checkout, path)
    assert done.returncode == 1
    assert "Python 3.11 or newer" in done.stderr


def test_an_environment_with_the_right_key_is_left_alone(checkout: Path, tmp_path: Path) -> None:
    """The second `make run` runs no pip: here there is none, so that any attempt would fail."""
    path = only(tmp_path / "bin", *TOOLS)
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    (checkout / ".venv" / "key-run").write_text(key_of(checkout, path))
    done = ask(checkout, path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    (checkout / "requirements" / "run.txt").write_text("changed==1\n")
    assert ask(checkout, path).stdout != "" or ask(checkout, path).returncode != 0


def key_of(checkout: Path, path: Path) -> str:
    """The key environment.sh computes: a checksum over what decides the environment, and the folder's place."""
    script = "cat requirements/run.txt pyproject.toml tools/environment.sh | cksum"
    told = subprocess.run(
        ["sh", "-c", script], cwd=checkout, env={"PATH": str(path)}, capture_output=True, text=True, check=True
    )
    return f"{told.stdout.strip()} {os.path.realpath(checkout)}\n"
