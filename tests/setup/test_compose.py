"""docker-compose.yml: valid by the Compose specification, hardened as promised, secrets left to the operator.

The schema in compose-spec.json is the Compose specification's own (github.com/compose-spec/compose-spec, Apache-2.0,
compose-spec.LICENSE), as the PyPI package check-jsonschema 0.39.0 carries it.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

pytestmark = pytest.mark.no_database

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((Path(__file__).parent / "compose-spec.json").read_text(encoding="utf-8"))
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def complaints(document: dict[str, Any]) -> list[str]:
    """What the specification's schema has against a compose file."""
    return [error.message for error in Draft202012Validator(SCHEMA).iter_errors(document)]


def test_the_file_is_valid_by_the_specification() -> None:
    """And a misspelt key is not: the schema is really asked."""
    assert complaints(COMPOSE) == []
    assert complaints({**COMPOSE, "services": {"app": {"comand": ["parley"]}}}) != []


def test_it_brings_app_worker_database_and_mail_catcher() -> None:
    """The four services, and the migration that goes before them."""
    assert set(SERVICES) == {"app", "worker", "migrate", "database", "mail"}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_service_is_hardened(name: str) -> None:
    """Not root, nothing writable but a tmpfs and a volume of its own kind, no capabilities."""
    service = SERVICES[name]
    assert service["user"].split(":")[0] not in {"", "0", "root"}
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert bool(service.get("volumes")) == (name != "mail")


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_every_service_that_stays_has_a_health_check(name: str) -> None:
    """The migration ends; all others are asked how they are, and started again when they fall."""
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", ["app", "worker"])
def test_ours_wait_for_the_migration(name: str) -> None:
    """Nothing reads a schema that is not there yet."""
    assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_nothing_is_published_beyond_this_machine() -> None:
    """A proxy in front is the operator's choice; the database is not published at all."""
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)
    assert "ports" not in SERVICES["database"]
    assert SERVICES["database"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}


@pytest.mark.parametrize("name", ["POSTGRES_PASSWORD", "PARLEY_SECRET_KEY"])
def test_no_secret_has_a_default(name: str) -> None:
    """`${NAME:?…}` makes compose refuse to start without it; a default would be a password known to all."""
    uses = [line for line in TEXT.splitlines() if f"${{{name}" in line]
    assert uses
    assert all(f"${{{name}:?" in line for line in uses)
