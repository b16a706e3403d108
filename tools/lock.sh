#!/bin/sh
# Writes requirements/run.txt, push.txt and otel.txt (each with its extra) and test.txt anew from pyproject.toml: exact
# versions and hashes of every file for Linux and macOS, Python 3.11 and later, and no address of any index.
# sh tools/lock.sh [--upgrade]
set -eu
cd "$(dirname "$0")/.."
[ -x .venv-lock/bin/uv ] || { python3 -m venv .venv-lock && .venv-lock/bin/python -m pip --quiet install uv; }

compile() {
    .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-emit-index-url --no-emit-find-links "$@" pyproject.toml requirements/build.in
}

compile ${1:-} --output-file requirements/run.txt
compile ${1:-} --extra push --constraint requirements/run.txt --output-file requirements/push.txt
compile ${1:-} --extra otel --constraint requirements/run.txt --output-file requirements/otel.txt
compile ${1:-} --extra test --constraint requirements/run.txt --output-file requirements/test.txt
