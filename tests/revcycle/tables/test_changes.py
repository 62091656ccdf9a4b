"""`revcycle tables diff`, alone and with what it does to charts and claims."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from revcycle.tables import impact
from tests.revcycle.conftest import Done, Run

DIFF = ("tables", "diff", "icd10cm.codes", "FY2021", "FY2022")
CHARTS, CLAIMS = "/encoder/v1/table-changes/charts", "/scrubber/v1/table-changes/claims"


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda seconds: None)


class Services:
    """An encoder and a scrubber that know of some charts and claims."""

    def __init__(self, server: HTTPServer) -> None:
        self.asked: list[Request] = []
        self.pages: dict[str, list[list[dict[str, object]]]] = {CHARTS: [[]], CLAIMS: [[]]}
        for path in (CHARTS, CLAIMS):
            server.expect_request(path, method="POST").respond_with_handler(self._answer)
        self.environment = {"REVCYCLE_PORT": str(server.port), "REVCYCLE_HOST": server.host}

    def _answer(self, request: Request) -> Response:
        self.asked.append(request)
        pages, number = self.pages[request.path], int(request.args.get("cursor", 0))
        following = str(number + 1) if number + 1 < len(pages) else None
        return Response(json.dumps({"items": pages[number], "next_cursor": following}), content_type="application/json")


@pytest.fixture
def services(httpserver: HTTPServer) -> Services:
    return Services(httpserver)


def test_the_difference_names_new_deleted_and_revised_codes(run: Run, loaded: Done) -> None:
    new, vertebrogenic, revised, counts = sorted(run(*DIFF).stdout.splitlines(), key=lambda line: line[:8])
    assert new.startswith("+ M5450  billable: yes, short description: Low back pain, unspecified")
    assert vertebrogenic.startswith("+ M5451  ")
    assert counts.startswith("~ M545  billable: yes → no")
    assert revised == "icd10cm.codes FY2021 to FY2022: 2 new, 0 deleted, 1 revised"


def test_backwards_new_codes_are_deleted(run: Run, loaded: Done) -> None:
    done = run("tables", "diff", "icd10cm.codes", "FY2022", "FY2021")
    assert "icd10cm.codes FY2022 to FY2021: 0 new, 2 deleted, 1 revised" in done.stdout


def test_a_long_difference_is_cut_and_says_so(run: Run, loaded: Done) -> None:
    lines = run(*DIFF, "--limit", "1").stdout.splitlines()
    assert lines[1] == "… and 2 more; --limit 0 shows all"
    assert len(run(*DIFF, "--limit", "0").stdout.splitlines()) == 4


def test_the_difference_for_programs_is_an_object_a_line(run: Run, loaded: Done) -> None:
    changes = {change["key"]: change for change in map(json.loads, run(*DIFF, "--json").stdout.splitlines())}
    assert [changes[key]["change"] for key in ("M545", "M5450", "M5451")] == ["revised", "new", "new"]
    assert (changes["M545"]["before"][0]["billable"], changes["M545"]["after"][0]["billable"]) == (True, False)


def test_the_impact_names_charts_and_claims_of_every_page(run: Run, loaded: Done, services: Services) -> None:
    services.pages[CHARTS] = [[{"id": "chart-1", "codes": ["M545"]}], [], [{"id": "chart-2", "codes": ["M5450"]}]]
    services.pages[CLAIMS] = [[{"id": "claim-1", "codes": ["M545", "M5451"]}]]
    done = run(*DIFF, "--impact", **services.environment)
    assert done.stdout.splitlines()[-4:] == [
        "chart chart-1  M545",
        "chart chart-2  M5450",
        "claim claim-1  M545, M5451",
        "touched: 2 open charts, 1 held claims",
    ]
    assert services.asked[0].get_json() == {
        "table": "icd10cm.codes",
        "effective": "2021-10-01",
        "through": "2022-09-30",
        "codes": ["M545", "M5450", "M5451"],
    }


def test_a_large_change_is_asked_in_parts_and_told_once(
    run: Run, loaded: Done, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(impact, "MOST_CODES", 2)
    services.pages[CHARTS] = [[{"id": "chart-1", "codes": ["M545"]}]]
    done = run(*DIFF, "--impact", "--json", **services.environment)
    assert json.loads(done.stdout.splitlines()[-1]) == {"chart": "chart-1", "codes": ["M545"]}
    assert [len(request.get_json()["codes"]) for request in services.asked] == [2, 1, 2, 1]


def test_the_token_of_the_environment_is_shown_to_the_services(run: Run, loaded: Done, services: Services) -> None:
    run(*DIFF, "--impact", **services.environment, REVCYCLE_TOKEN="a.b.c")
    assert {request.headers["Authorization"] for request in services.asked} == {"Bearer a.b.c"}


def test_without_a_token_of_the_provider_nothing_is_asked(run: Run, loaded: Done, services: Services) -> None:
    done = run(*DIFF, "--impact", **services.environment, REVCYCLE_ISSUER_URL="https://id.example.org")
    assert done.returncode == 2
    assert "REVCYCLE_TOKEN" in done.stderr
    assert services.asked == []


def test_a_busy_service_is_asked_again(run: Run, loaded: Done, httpserver: HTTPServer) -> None:
    httpserver.expect_ordered_request(CHARTS).respond_with_data(status=429)
    services = Services(httpserver)
    assert run(*DIFF, "--impact", **services.environment).returncode == 0


def test_a_service_that_refuses_is_told_in_one_line(run: Run, loaded: Done, httpserver: HTTPServer) -> None:
    httpserver.expect_request(CHARTS).respond_with_json({"detail": "the token has expired"}, status=401)
    done = run(*DIFF, "--impact", "--encoder", httpserver.url_for("/encoder"), REVCYCLE_TOKEN="a.b.c")
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert line.endswith("answered 401: the token has expired")


def test_a_service_that_is_not_there_is_told_in_one_line(run: Run, loaded: Done) -> None:
    done = run(*DIFF, "--impact", "--encoder", "http://127.0.0.1:9/encoder", REVCYCLE_TOKEN="a.b.c")
    assert done.returncode == 2
    assert "cannot be reached" in done.stderr


def test_a_release_that_is_not_loaded_is_refused(run: Run, loaded: Done, published: Path) -> None:
    done = run("tables", "diff", "icd10cm.codes", "FY2021", "FY2030")
    assert done.returncode == 2
    assert "has no release FY2030; it has FY2021, FY2022" in done.stderr
