"""The compose file and the Dockerfile name only what exists. No container engine is needed to see that."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from revcycle.services import SERVICES
from revcycle.settings_reference import ALL

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
SETTINGS = {
    f"{settings.model_config.get('env_prefix', '')}{name.upper()}" for settings in ALL for name in settings.model_fields
}


def test_every_service_has_its_container_from_the_one_dockerfile():
    built = {name: service["build"] for name, service in COMPOSE["services"].items() if "build" in service}
    assert set(built) == set(SERVICES)
    for name, build in built.items():
        assert build["args"] == {"SERVICE": name}
        assert (ROOT / "deploy" / build["context"] / build["dockerfile"]).exists()


def test_every_variable_that_is_set_is_a_setting():
    named = {
        variable
        for service in COMPOSE["services"].values()
        for variable in service.get("environment", {})
        if variable.startswith("REVCYCLE_")
    }
    assert named
    assert named <= SETTINGS


def test_every_mounted_file_exists():
    mounts = [mount for service in COMPOSE["services"].values() for mount in service.get("volumes", [])]
    files = [mount.partition(":")[0] for mount in mounts if mount.startswith("./")]
    assert files
    made_by_hand = {"./gateway/tls"}
    assert {file for file in files if not (ROOT / "deploy" / file).exists()} <= made_by_hand


def test_each_service_gets_its_own_database():
    created = set(re.findall(r"CREATE DATABASE (\w+)", (ROOT / "deploy/postgres/databases.sql").read_text()))
    assert created == set(SERVICES)
    assert "{service}" in COMPOSE["x-service"]["environment"]["REVCYCLE_DATABASE_URL"]


def test_everything_that_the_dockerfile_copies_exists():
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    sources = [source for line in copied for source in line.split()]
    for source in sources:
        for service in SERVICES:
            assert (ROOT / source.replace("${SERVICE}", service)).exists(), source


def test_secrets_are_asked_for_and_never_given():
    text = (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
    for secret in ("POSTGRES_PASSWORD", "REVCYCLE_AUDIT_KEY", "REVCYCLE_SUBMISSION_CLIENT_SECRET"):
        assert re.search(rf"\$\{{{secret}:\?", text)
