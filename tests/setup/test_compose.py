"""docker-compose.yml: valid by the Compose specification, hardened as promised, secrets left to the operator.

The schema in compose-spec.json is the Compose specification's own (github.com/compose-spec/compose-spec, Apache-2.0,
compose-spec.LICENSE), as the PyPI package check-jsonschema 0.39.0 carries it.
"""

import json
import re
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from jsonschema import Draft202012Validator

pytestmark = pytest.mark.no_database

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((Path(__file__).parent / "compose-spec.json").read_text(encoding="utf-8"))
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def filled(text: str) -> str:
    """`${NAME:?why}` and `${NAME:-default}` as compose fills them where .env says nothing but the two secrets."""
    return re.sub(r"\$\{\w+:([-?])([^}]*)\}", lambda match: match[2] if match[1] == "-" else "a-secret", text)


def complaints(document: dict[str, Any]) -> list[str]:
    """What the specification's schema has against a compose file."""
    return [error.message for error in Draft202012Validator(SCHEMA).iter_errors(document)]


def test_the_file_is_valid_by_the_specification() -> None:
    """And a misspelt key is not: the schema is really asked."""
    assert complaints(COMPOSE) == []
    assert complaints({**COMPOSE, "services": {"app": {"comand": ["parley"]}}}) != []


def test_it_brings_two_of_each_a_database_a_proxy_and_a_mail_catcher() -> None:
    """And the migration that goes before them, and a replica for whoever asks for one."""
    twice = {f"{name}-{number}" for name in ("app", "worker") for number in (1, 2)}
    assert set(SERVICES) == twice | {"proxy", "migrate", "database", "replica", "mail"}
    assert {name for name, service in SERVICES.items() if "profiles" in service} == {"replica"}
    for name in ("app", "worker"):
        assert SERVICES[f"{name}-1"] == SERVICES[f"{name}-2"]


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


@pytest.mark.parametrize("name", ["app-1", "app-2", "worker-1", "worker-2"])
def test_ours_wait_for_the_migration(name: str) -> None:
    """Nothing reads a schema that is not there yet; and what they log is for programs to read."""
    assert filled(SERVICES[name]["environment"]["PARLEY_LOG_FORMAT"]) == "json"
    assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_nothing_is_published_beyond_this_machine() -> None:
    """A proxy in front is the operator's choice; the database is not published at all."""
    ports = {name: [filled(port) for port in service.get("ports", [])] for name, service in SERVICES.items()}
    assert {name for name, published in ports.items() if published} == {"proxy", "mail"}
    assert all(port.startswith("127.0.0.1:") for published in ports.values() for port in published)
    for name in ("database", "replica"):
        assert SERVICES[name]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}


def test_the_apps_believe_the_proxy_alone_about_who_asks() -> None:
    """Its address is its own: outside of the range that others are given theirs from."""
    (network,) = COMPOSE["networks"]["edge"]["ipam"]["config"]
    subnet, given = ip_network(filled(network["subnet"])), ip_network(filled(network["ip_range"]))
    address = ip_address(filled(SERVICES["proxy"]["networks"]["edge"]["ipv4_address"]))
    assert address in subnet
    assert address not in given
    assert given.subnet_of(subnet)  # type: ignore[arg-type]
    believed = filled(SERVICES["app-1"]["environment"]["PARLEY_TRUSTED_PROXIES"])
    assert ip_network(believed) == ip_network(address)
    on_edge = {name for name, service in SERVICES.items() if "edge" in service["networks"]}
    assert on_edge == {"proxy", "app-1", "app-2"}


def test_either_database_may_be_the_primary() -> None:
    """The same script and the same settings for both; only their names and their volumes differ."""
    one, two = SERVICES["database"], SERVICES["replica"]
    for key in set(one) | set(two) - {"profiles"}:
        if key not in ("command", "volumes"):
            assert one[key] == two[key]
    assert (one["command"][0], two["command"][0]) == ("database", "replica")
    assert one["command"][1:] == two["command"][1:]
    hosts = parse_qs(urlsplit(filled(SERVICES["app-1"]["environment"]["PARLEY_DATABASE_URL"])).query)["host"]
    assert hosts == ["database:5432", "replica:5432"]


def test_whoever_is_told_to_stop_has_the_time_to() -> None:
    """A process drains, ends what it has begun (ten seconds at most), and only then may it be killed."""
    drain = int(filled(SERVICES["app-1"]["environment"]["PARLEY_DRAIN"]).removeprefix("PT").removesuffix("S"))
    for name in ("app-1", "app-2", "worker-1", "worker-2"):
        assert int(SERVICES[name]["stop_grace_period"].removesuffix("s")) > drain + 10


@pytest.mark.parametrize("name", ["POSTGRES_PASSWORD", "PARLEY_SECRET_KEY"])
def test_no_secret_has_a_default(name: str) -> None:
    """`${NAME:?…}` makes compose refuse to start without it; a default would be a password known to all."""
    uses = [line for line in TEXT.splitlines() if f"${{{name}" in line]
    assert uses
    assert all(f"${{{name}:?" in line for line in uses)
