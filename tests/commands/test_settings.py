"""Settings: what each accepts, and that a wrong one is refused at start with its name and the rule."""

from datetime import timedelta
from pathlib import Path

import pytest

from service.settings import WrongSettings, is_vapid_key, keep_secret, keep_vapid_key, load_settings, make_secret
from tests.commands.running import parley

pytestmark = pytest.mark.no_database

WRONG = {
    "DATABASE_URL": ("mysql://localhost/parley", "sqlite+"),
    "REPLICA_URL": ("postgresql+asyncpg://replica/parley", "not of SQLite"),
    "BIND": ("8000", "host:port"),
    "BASE_URL": ("forum.example.org", "http"),
    "SECRET_KEY": ("short", "32 characters"),
    "SMTP_URL": ("https://mail.example.org", "smtp://"),
    "RATE_LIMITS": ("maybe", "'on' or 'off'"),
    "MAIL_DELAY": ("ten minutes", "ISO 8601"),
    "RETRY_BASE": ("0", "greater than 0"),
    "OUTBOUND_ALLOW": ("10.0.0.0/99", "CIDR"),
    "TRUSTED_PROXIES": ("the proxy", "CIDR"),
    "DATA_DIR": (__file__, "folder"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_setting_is_refused_with_its_name_and_the_rule(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    value, rule = WRONG[name]
    monkeypatch.setenv(f"PARLEY_{name}", value)
    with pytest.raises(WrongSettings) as refusal:
        load_settings()
    assert f"PARLEY_{name}" in str(refusal.value)
    assert rule in str(refusal.value)


@pytest.mark.parametrize("url", ["sqlite+pysqlite://", "sqlite+pysqlite:///:memory:", "postgresql+asyncpg://h:port/p"])
def test_an_address_of_no_database_is_refused_too(url: str) -> None:
    with pytest.raises(WrongSettings, match="PARLEY_DATABASE_URL: must"):
        load_settings(database_url=url, secret_key="x" * 32)


def test_the_command_ends_with_1_and_says_which_setting(tmp_path: Path) -> None:
    for command in ("serve", "work", "migrate"):
        ended = parley(command, data_dir=str(tmp_path), bind="nowhere", retry_base="-1")
        assert ended.returncode == 1
        assert "PARLEY_BIND: must be host:port" in ended.stderr
        assert "PARLEY_RETRY_BASE" in ended.stderr
        assert "Traceback" not in ended.stderr


def test_without_settings_there_is_one_file_and_one_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings()
    assert settings.embedded
    assert settings.database_url.endswith("var/parley.db")
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.address == ("127.0.0.1", 8000)
    assert not settings.secure
    assert settings.rate_limits == "on"
    assert settings.mail_delay == timedelta(minutes=10)


def test_durations_networks_and_addresses_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARLEY_MAIL_DELAY", "PT1H")
    monkeypatch.setenv("PARLEY_OUTBOUND_ALLOW", "10.0.0.0/8, fd00::/8")
    monkeypatch.setenv("PARLEY_BASE_URL", "https://forum.example.org/")
    monkeypatch.setenv("PARLEY_BIND", "[::1]:9000")
    settings = load_settings()
    assert settings.mail_delay == timedelta(hours=1)
    assert [str(network) for network in settings.outbound_allow] == ["10.0.0.0/8", "fd00::/8"]
    assert settings.base_url == "https://forum.example.org"
    assert settings.secure
    assert settings.address == ("::1", 9000)


def test_postgresql_needs_a_secret_that_all_processes_share() -> None:
    with pytest.raises(WrongSettings, match="PARLEY_SECRET_KEY"):
        load_settings(database_url="postgresql+asyncpg://parley@localhost/parley")


def test_the_secret_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path / "var")
    first = keep_secret(settings)
    assert len(first) >= 32
    assert keep_secret(load_settings(data_dir=tmp_path / "var")) == first
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_the_key_for_push_is_made_once_too_unless_it_is_given(tmp_path: Path) -> None:
    first = keep_vapid_key(load_settings(data_dir=tmp_path))
    assert is_vapid_key(first)
    assert keep_vapid_key(load_settings(data_dir=tmp_path)) == first
    assert (tmp_path / "vapid_key").stat().st_mode & 0o777 == 0o600
    given = "A" * 42 + "E"
    assert keep_vapid_key(load_settings(data_dir=tmp_path, vapid_key=given)) == given
    shared = load_settings(database_url="postgresql+asyncpg://parley@localhost/parley", secret_key="x" * 32)
    assert keep_vapid_key(shared) == ""


@pytest.mark.parametrize("key", ["A" * 43, "A" * 42, "A" * 44, "_" * 43, "+" * 43, "ä" * 43])
def test_a_key_for_push_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(WrongSettings, match="PARLEY_VAPID_KEY"):
        load_settings(vapid_key=key)


def test_of_two_processes_that_start_at_once_one_makes_the_secret(tmp_path: Path) -> None:
    make_secret(tmp_path / "secret_key", "one")
    kept = (tmp_path / "secret_key").read_text()
    make_secret(tmp_path / "secret_key", "another")
    assert (tmp_path / "secret_key").read_text() == kept
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]
