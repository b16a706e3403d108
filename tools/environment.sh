#!/bin/sh
# Makes or refreshes the checkout's own Python environment: sh tools/environment.sh run|push|otel|test
#
# It needs nothing but a Python >= 3.11 with venv. Packages come from whatever index pip is
# configured for on this machine, and only files whose hash is in requirements/$1.txt are taken.
# A key over the lock file, pyproject.toml and this folder's place is kept in .venv/key-$1: when
# it has not changed there is nothing to do, and the second `make run` starts at once.
set -eu
cd "$(dirname "$0")/.."
lock=requirements/$1.txt
key=$(cat "$lock" pyproject.toml tools/environment.sh | cksum)" $(pwd)"

installed() { [ "$(cat ".venv/key-$1" 2>/dev/null)" = "$key" ]; }

if installed "$1" && .venv/bin/python -c '' 2>/dev/null; then exit 0; fi

usable() {
    "$1" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    python=
    for candidate in ${PYTHON:-} python3.14 python3.13 python3.12 python3.11 python3 python; do
        if usable "$candidate"; then python=$candidate; break; fi
    done
    if [ -z "$python" ]; then
        echo "Parley needs Python 3.11 or newer with venv on the PATH (Debian: apt install python3-venv)." >&2
        exit 1
    fi
    echo "Making .venv with $("$python" --version) ..."
    "$python" -m venv --clear .venv
fi

echo "Installing the packages of $lock ..."
pip=".venv/bin/python -m pip --quiet --quiet --disable-pip-version-check --no-input"
$pip install --require-hashes --requirement "$lock"
$pip install --no-build-isolation --no-deps --no-index --editable .
printf '%s\n' "$key" >".venv/key-$1"
# The test environment holds everything the site needs, at the same versions.
