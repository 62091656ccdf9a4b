"""The documentation says only what is true."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from revcycle.services import SERVICES
from revcycle.settings_reference import PAGE, page_with, reference
from shared.claims.examples import PROFESSIONAL_CLAIM

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")]
PAGES += sorted((ROOT / "docs").rglob("*.md"))
METRICS = [*ROOT.glob("shared/*/metrics.py"), *ROOT.glob("services/*/metrics.py"), ROOT / "shared/http/observation.py"]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def links(page: Path) -> Iterator[str]:
    """Targets of the page's links that lead into the repository."""
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http:", "https:", "mailto:", "#")):
            yield target.partition("#")[0]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path):
    broken = [target for target in links(page) if not (page.parent / target).exists()]
    assert not broken


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_make_target_that_is_named_exists(page: Path):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"`?\bmake ([a-z-]+)(?=`|\s+#|\n)", page.read_text(encoding="utf-8")))
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert {target for target in named if target not in targets} == set()


def test_every_setting_is_documented_as_it_is():
    page = PAGE.read_text(encoding="utf-8")
    assert page_with(reference(), page) == page, "run `make generate`"


def test_every_setting_says_what_it_is_for():
    silent = [row for row in reference().splitlines()[2:] if row.endswith("|  |")]
    assert not silent


def test_every_metric_that_is_named_exists():
    code = "".join(path.read_text(encoding="utf-8") for path in METRICS)
    named = set(re.findall(r"`(revcycle_[a-z_]+)`", PAGE.read_text(encoding="utf-8")))
    assert named
    assert {metric for metric in named if f'"{metric}"' not in code} == set()


def test_the_claim_of_the_walk_is_the_example_of_the_api():
    assert json.loads((ROOT / "docs" / "examples" / "claim.json").read_text(encoding="utf-8")) == PROFESSIONAL_CLAIM


def test_every_path_of_the_walk_is_in_the_openapi_of_its_service():
    """Paths in docs/api.md against the routes, by their literal text in the routers."""
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    for service, path in re.findall(r"`[A-Z]+ /([a-z]+)(/v1/[^`\s]*)`", page):
        assert service in SERVICES
        routers = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "services" / service / "api").glob("*.py"))
        last = path.rstrip("/").rpartition("/")[2]
        assert last.startswith("{") or last in routers, f"{service}{path}"
