"""Settings come from the environment, and a wrong one is said in one line."""

from __future__ import annotations

import ast
import inspect
import textwrap
from itertools import pairwise
from pathlib import Path

import pytest

from shared.runtime import InvalidSettings, Settings


def test_with_nothing_set_everything_lives_below_the_data_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVCYCLE_DATA_DIR", "/srv/revcycle")
    settings = Settings.load()
    assert settings.database_url_for("encoder") == "sqlite+aiosqlite:////srv/revcycle/encoder.sqlite"
    assert settings.bus_url == "sqlite+aiosqlite:////srv/revcycle/bus.sqlite"
    assert settings.local_issuer


def test_one_address_serves_every_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVCYCLE_DATABASE_URL", "postgresql+asyncpg://db/{service}")
    assert Settings.load().database_url_for("grouper") == "postgresql+asyncpg://db/grouper"


def test_faults_are_one_line_that_names_each_variable_and_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVCYCLE_PORT", "eighty-secret")
    monkeypatch.setenv("REVCYCLE_RATE_LIMIT", "often-secret")
    monkeypatch.setenv("REVCYCLE_DATABASE_URL", "db-secret")
    with pytest.raises(InvalidSettings) as raised:
        Settings.load()
    message = str(raised.value)
    assert "\n" not in message
    for name in ("REVCYCLE_PORT", "REVCYCLE_RATE_LIMIT", "REVCYCLE_DATABASE_URL"):
        assert name in message
    assert "secret" not in message


def test_the_audit_key_does_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVCYCLE_AUDIT_KEY", "very-secret")
    assert "very-secret" not in repr(Settings.load())


def test_another_programs_provider_is_not_the_local_issuer(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, issuer_url="https://id.example")
    assert not settings.local_issuer
    assert settings.issuer == "https://id.example"


def test_every_setting_says_what_it_means() -> None:
    body = ast.parse(textwrap.dedent(inspect.getsource(Settings))).body[0].body  # type: ignore[attr-defined]
    documented = {
        first.target.id
        for first, second in pairwise(body)
        if isinstance(first, ast.AnnAssign) and isinstance(second, ast.Expr)
    }
    assert documented == set(Settings.model_fields)
