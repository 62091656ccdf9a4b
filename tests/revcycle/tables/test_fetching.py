"""`revcycle tables fetch` and `sources`, against an authority's site on loopback."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest
from pytest_httpserver import HTTPServer

from revcycle.tables.fetches import Fetch
from shared.runtime import Settings
from shared.tables import Catalogue
from shared.tables.fetching.download import Downloader, polite_client
from shared.tables.fetching.sources import Authority, Source
from tests.revcycle.conftest import Run
from tests.shared.tables.fetching.authority import Rerouted, Served
from tests.shared.tables.order_files import CM_2022

AT = datetime(2021, 11, 24, 9, 0, tzinfo=UTC)
CDC = Authority("National Center for Health Statistics", frozenset({"ftp.cdc.gov"}))
CMS = Authority("Centers for Medicare & Medicaid Services", frozenset({"www.cms.gov"}))


def a_source(name: str = "icd10cm-codes", authority: Authority = CDC, **fields: object) -> Source:
    [host] = authority.hosts
    given: dict[str, object] = {
        "title": name,
        "licence": "public",
        "terms": "Free to use.",
        "consent": None,
        "tables": ("icd10cm.codes",),
        "by_hand": None,
        "checked": None,
        "release": "fiscal_year",
        "page": f"https://{host}/{{fy}}/",
        "link": None,
        "parts": 1,
        "files": ((f"https://{host}/{{fy}}/codes-{{fy}}.zip", f"https://{host}/{{fy}}/Code%20List-{{fy}}.zip"),),
    }
    return Source(name=name, authority=authority, **(given | fields))  # type: ignore[arg-type]  # fields by name


@pytest.fixture
def order_file() -> Served:
    """A zip file as NCHS packs it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("icd10cm-order-2022.txt", CM_2022)
    return Served(packed.getvalue())


@pytest.fixture
def client(httpserver: HTTPServer) -> Iterator[httpx.Client]:
    with polite_client("revcycle/0.1.0", Rerouted(httpserver)) as made:
        yield made


@pytest.fixture
def fetch(client: httpx.Client, tmp_path: Path) -> Fetch:
    downloader = Downloader(client, sleep=lambda seconds: None)
    return Fetch(Settings(data_dir=tmp_path / "data"), downloader, date(2021, 11, 24), AT)


def test_a_source_is_fetched_into_the_folder_of_its_release(
    fetch: Fetch, httpserver: HTTPServer, order_file: Served, tmp_path: Path
) -> None:
    httpserver.expect_request("/2022/codes-2022.zip").respond_with_handler(order_file)
    [line] = fetch.lines(["icd10cm-codes"], [a_source()])
    assert line.startswith(f"icd10cm-codes FY2022: fetched codes-2022.zip, {len(order_file.content):,} bytes, sha256 ")
    assert not fetch.failed
    kept = tmp_path / "data" / "tables" / "fetched" / "icd10cm-codes" / "FY2022" / "codes-2022.zip"
    assert kept.read_bytes() == order_file.content
    [again] = fetch.lines(["icd10cm-codes"], [a_source()])
    assert "unchanged codes-2022.zip" in again


def test_the_next_address_is_tried_where_the_first_has_nothing(
    fetch: Fetch, httpserver: HTTPServer, order_file: Served
) -> None:
    httpserver.expect_request("/2022/Code List-2022.zip").respond_with_handler(order_file)
    httpserver.expect_request("/2022/codes-2022.zip").respond_with_data(status=404)
    [line] = fetch.lines([], [a_source()])
    assert "fetched Code List-2022.zip" in line


def test_the_page_leads_to_a_file_with_more_words_in_its_name(
    fetch: Fetch, httpserver: HTTPServer, order_file: Served
) -> None:
    page = """
      <a href="/files/zip/codes-2021.zip">2021</a>
      <a href='/license/ama?file=/files/zip/codes-2022-updated-12-01-2021.zip'>2022</a>
      <a href="/license/ama?file=/files/zip/codes-2022-updated-12-01-2021.zip">the same</a>
    """
    httpserver.expect_request("/2022/").respond_with_data(page, content_type="text/html")
    httpserver.expect_request("/2022/codes-2022.zip").respond_with_data(status=404)
    httpserver.expect_request("/2022/Code List-2022.zip").respond_with_data(status=404)
    httpserver.expect_request("/files/zip/codes-2022-updated-12-01-2021.zip").respond_with_handler(order_file)
    [line] = fetch.lines([], [a_source(link=r"/codes-{fy}[^/]*\.zip")])
    assert "fetched codes-2022-updated-12-01-2021.zip" in line


def test_what_is_not_published_is_told_with_the_page(fetch: Fetch, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/2022/codes-2022.zip").respond_with_data(status=404)
    httpserver.expect_request("/2022/Code List-2022.zip").respond_with_data(status=404)
    assert list(fetch.lines([], [a_source()])) == [
        "icd10cm-codes FY2022: not where it is expected; see https://ftp.cdc.gov/2022/"
    ]
    assert fetch.failed


def test_a_licence_must_be_accepted_by_the_one_who_asks(
    fetch: Fetch, httpserver: HTTPServer, order_file: Served
) -> None:
    httpserver.expect_request("/2022/codes-2022.zip", query_string="agree=yes").respond_with_handler(order_file)
    source = a_source(licence="ama", terms="CMS shows the AMA's licence.", consent="agree=yes")
    [line] = fetch.lines(["icd10cm-codes"], [source])
    assert "say --accept-ama-licence" in line
    assert fetch.failed
    assert order_file.seen == []
    fetch.accept_licence = True
    [line] = fetch.lines(["icd10cm-codes"], [source])
    assert "fetched codes-2022.zip" in line


def test_what_needs_a_licence_or_a_hand_is_left_out_where_nothing_is_named(fetch: Fetch) -> None:
    sources = [a_source("a", consent="agree=yes"), a_source("b", by_hand="X12 gives it to licensees.")]
    assert list(fetch.lines([], sources)) == []
    assert not fetch.failed
    [line] = fetch.lines(["b"], sources)
    assert line.startswith("b: to be fetched by hand: X12 gives it to licensees. See https://ftp.cdc.gov/")


def test_an_authority_that_does_not_answer_is_not_asked_for_everything(fetch: Fetch, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/2022/codes-2022.zip").respond_with_data(status=503)
    lines = list(fetch.lines([], [a_source("a"), a_source("b")]))
    assert lines[0].endswith("answered 503")
    assert lines[1] == "b: not asked for, as National Center for Health Statistics does not answer"
    assert len(httpserver.log) == 6


def test_what_was_fetched_is_loaded(fetch: Fetch, httpserver: HTTPServer, order_file: Served, tmp_path: Path) -> None:
    httpserver.expect_request("/2022/codes-2022.zip").respond_with_handler(order_file)
    fetch.load = True
    lines = list(fetch.lines([], [a_source()]))
    assert lines[1].startswith("icd10cm.codes FY2022: 16 rows, answers from 2021-10-01")
    assert len(lines) == 2, "what is known of the download is not taken for a table"
    [release] = Catalogue(tmp_path / "data" / "tables").releases()
    assert release.sources[0].name == "codes-2022.zip/icd10cm-order-2022.txt"


def test_what_is_loaded_is_not_loaded_again_until_it_changes(
    fetch: Fetch, httpserver: HTTPServer, order_file: Served, tmp_path: Path
) -> None:
    httpserver.expect_request("/2022/codes-2022.zip").respond_with_handler(order_file)
    fetch.load = True
    assert len(list(fetch.lines([], [a_source()]))) == 2
    assert len(list(fetch.lines([], [a_source()]))) == 1
    (tmp_path / "data" / "tables" / "catalogue.json").unlink()
    assert len(list(fetch.lines([], [a_source()]))) == 2


def test_a_file_that_cannot_be_loaded_does_not_keep_the_next_from_it(
    fetch: Fetch, httpserver: HTTPServer, order_file: Served
) -> None:
    httpserver.expect_request("/files/2022.zip").respond_with_data(b"PK but no zip file")
    httpserver.expect_request("/2022/codes-2022.zip").respond_with_handler(order_file)
    fetch.load = True
    broken = a_source("broken", CMS, files=(("https://www.cms.gov/files/{fy}.zip",),))
    lines = list(fetch.lines([], [broken, a_source()]))
    assert lines[1].startswith("broken FY2022: 2022.zip: the zip file is broken")
    assert lines[-1].startswith("icd10cm.codes FY2022: 16 rows")
    assert fetch.failed


def test_the_sources_are_listed_with_licence_release_and_page(run: Run) -> None:
    lines = run("tables", "sources", "--on", "2026-11-24").stdout.splitlines()
    [edits] = [line for line in lines if line.startswith("ncci-ptp-practitioner ")]
    assert edits.split()[-4:-1] == ["2026Q4", "ama", "ncci.ptp.practitioner"]
    assert run("tables", "fetch", "cpt", "--list").stdout.splitlines()[1].startswith("cpt ")


def test_the_command_names_the_product_and_ends_with_1_where_something_is_missing(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[httpx.Request] = []

    def nothing(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(404)

    def client(user_agent: str) -> httpx.Client:
        return polite_client(user_agent, httpx.MockTransport(nothing))

    monkeypatch.setattr("shared.tables.fetching.download.polite_client", client)
    done = run("tables", "fetch", "coverage-ncd", "--accept-ama-licence")
    assert done.returncode == 1
    assert done.stdout.startswith("coverage-ncd current: not where it is expected; see https://www.cms.gov/")
    assert asked[0].headers["User-Agent"].startswith("revcycle/0.1.0")
    assert run("tables", "fetch", "nonsense").returncode == 2
