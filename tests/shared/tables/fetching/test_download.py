from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from shared.tables.fetching.download import Downloader, Fetched, polite_client
from shared.tables.fetching.errors import NotAllowed, NotPublished, TooLarge, Unavailable
from tests.shared.tables.fetching.authority import ADDRESS, CONTENT, HOSTS, PATH, Rerouted, Served, failing

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class Site:
    """The downloader against loopback, with a clock that only waiting moves."""

    def __init__(self, server: HTTPServer, target: Path) -> None:
        self.server, self.target, self.transport = server, target, Rerouted(server)
        self.waited: list[float] = []
        self.now = 0.0
        self.client = polite_client("revcycle/0.1.0", self.transport)

    def downloader(self, most_bytes: int = 10_000_000) -> Downloader:
        return Downloader(self.client, sleep=self._sleep, monotonic=lambda: self.now, most_bytes=most_bytes)

    def fetch(self, address: str = ADDRESS, **limits: int) -> Fetched:
        return self.downloader(**limits).fetch(address, HOSTS, self.target, AT)

    def _sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds


@pytest.fixture
def site(httpserver: HTTPServer, tmp_path: Path) -> Iterator[Site]:
    made = Site(httpserver, tmp_path / "october-2026-alpha-numeric-hcpcs-file.zip")
    yield made
    made.client.close()


def serve(site: Site, served: object, path: str = PATH) -> None:
    site.server.expect_request(path).respond_with_handler(served)  # type: ignore[arg-type]  # a callable


def test_a_file_is_fetched_with_its_checksum(site: Site) -> None:
    serve(site, Served())
    fetched = site.fetch()
    assert fetched.outcome == "fetched"
    assert site.target.read_bytes() == CONTENT
    assert (fetched.kept.sha256, fetched.kept.bytes) == (sha256(CONTENT).hexdigest(), len(CONTENT))
    assert fetched.kept.fetched_at == AT


def test_the_product_says_who_asks_and_wants_the_bytes_as_they_are(site: Site) -> None:
    served = Served()
    serve(site, served)
    site.fetch()
    [request] = served.seen
    assert request.headers["User-Agent"] == "revcycle/0.1.0"
    assert request.headers["Accept-Encoding"] == "identity"


def test_an_unchanged_file_is_not_sent_again(site: Site) -> None:
    served = Served()
    serve(site, served)
    site.fetch()
    again = site.fetch()
    assert again.outcome == "unchanged"
    assert served.seen[1].headers["If-None-Match"] == '"one"'
    assert site.target.read_bytes() == CONTENT


def test_a_new_edition_of_a_file_takes_its_place(site: Site) -> None:
    served = Served()
    serve(site, served)
    site.fetch()
    served.content, served.etag = b"PK" + b"new" * 100, '"two"'
    assert site.fetch().outcome == "fetched"
    assert site.target.read_bytes() == served.content


def test_a_file_that_was_damaged_here_is_fetched_anew(site: Site) -> None:
    served = Served()
    serve(site, served)
    site.fetch()
    site.target.write_bytes(CONTENT[:-1] + b"?")
    assert site.fetch().outcome == "fetched"
    assert "If-None-Match" not in served.seen[1].headers
    assert site.target.read_bytes() == CONTENT


def test_a_connection_that_breaks_off_goes_on_where_it_did(site: Site) -> None:
    served = Served(cut=70_000)
    serve(site, served)
    fetched = site.fetch()
    assert fetched.outcome == "resumed"
    assert served.seen[1].headers["Range"] == "bytes=70000-"
    assert served.seen[1].headers["If-Range"] == '"one"'
    assert site.target.read_bytes() == CONTENT
    assert fetched.kept.sha256 == sha256(CONTENT).hexdigest()


def test_another_run_goes_on_too(site: Site) -> None:
    served = Served(cut=70_000)
    serve(site, failing_after_first(served))
    with pytest.raises(Unavailable):
        site.fetch()
    assert not site.target.exists()
    site.server.clear()
    serve(site, served)
    assert site.fetch().outcome == "resumed"
    assert site.target.read_bytes() == CONTENT


def failing_after_first(served: Served) -> object:
    def answer(request: Request) -> Response:
        return Response(status=503) if served.seen else served(request)

    return answer


def test_a_file_that_changed_in_between_begins_anew(site: Site) -> None:
    served = Served(cut=70_000)

    def answer(request: Request) -> Response:
        if served.seen:
            served.content, served.etag = b"PK" + b"new" * 50_000, '"two"'
        return served(request)

    serve(site, answer)
    assert site.fetch().outcome == "fetched"
    assert site.target.read_bytes() == served.content


@pytest.mark.parametrize("etag", [None, 'W/"weak"'])
def test_without_a_strong_validator_nothing_is_joined(site: Site, etag: str | None) -> None:
    served = Served(cut=70_000, etag=etag)
    serve(site, served)
    assert site.fetch().outcome == "fetched"
    assert "Range" not in served.seen[1].headers
    assert site.target.read_bytes() == CONTENT


def test_the_day_of_the_last_change_serves_as_a_validator(site: Site) -> None:
    served = Served(cut=70_000, etag=None, last_modified="Thu, 24 Sep 2026 14:00:00 GMT")
    serve(site, served)
    assert site.fetch().outcome == "resumed"
    assert site.target.read_bytes() == CONTENT


def test_a_part_that_is_not_the_one_asked_for_is_not_joined(site: Site) -> None:
    served = Served(cut=70_000)

    def answer(request: Request) -> Response:
        response = served(request)
        if response.status_code == 206:
            response.headers["Content-Range"] = f"bytes 5-{len(CONTENT) - 1}/{len(CONTENT)}"
        return response

    serve(site, answer)
    with pytest.raises(Unavailable, match="another part"):
        site.fetch()
    assert not site.target.exists()


def test_a_part_that_is_longer_than_the_file_begins_anew(site: Site) -> None:
    served = Served(cut=70_000)

    def answer(request: Request) -> Response:
        served.content = CONTENT[:60_000] if served.seen else CONTENT
        return served(request)

    serve(site, answer)
    assert site.fetch().outcome == "fetched"
    assert site.target.read_bytes() == CONTENT[:60_000]


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_what_is_not_there_is_not_asked_for_again(site: Site, status: int) -> None:
    served = failing(status, Served())
    serve(site, served)
    with pytest.raises(NotPublished, match=str(status)):
        site.fetch()
    assert len(site.transport.asked) == 1
    assert list(site.target.parent.glob("*.zip")) == []


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_authority_is_asked_again_later(site: Site, status: int) -> None:
    serve(site, failing(status, Served()))
    assert site.fetch().outcome == "fetched"
    assert site.waited


def test_it_waits_as_long_as_it_is_asked_to(site: Site) -> None:
    serve(site, failing(429, Served(), Retry_After="37"))
    site.fetch()
    assert 37.0 in site.waited


def test_an_authority_that_asks_for_more_than_minutes_is_left_alone(site: Site) -> None:
    serve(site, failing(503, Served(), Retry_After="86400"))
    with pytest.raises(Unavailable, match="503"):
        site.fetch()
    assert len(site.transport.asked) == 1


def test_it_gives_up_at_last(site: Site) -> None:
    serve(site, lambda request: Response(status=503))
    with pytest.raises(Unavailable, match="503"):
        site.fetch()
    assert len(site.transport.asked) == 6


def test_requests_to_a_host_stand_apart(site: Site) -> None:
    serve(site, Served())
    downloader = site.downloader()
    for _ in range(3):
        downloader.fetch(ADDRESS, HOSTS, site.target, AT)
    assert site.waited == [1.0, 1.0]


def test_a_redirect_within_the_authority_is_followed(site: Site) -> None:
    serve(site, Served(), "/moved.zip")
    site.server.expect_request(PATH).respond_with_data(
        status=302, headers={"Location": "https://downloads.cms.gov/moved.zip"}
    )
    assert site.fetch().outcome == "fetched"
    assert [request.url.host for request in site.transport.asked] == ["www.cms.gov", "downloads.cms.gov"]


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://example.org/f.zip",
        "http://www.cms.gov/f.zip",
        "https://www.cms.gov:8443/f.zip",
        "https://a@www.cms.gov/f.zip",
    ],
)
def test_a_redirect_away_from_the_authority_is_refused(site: Site, elsewhere: str) -> None:
    site.server.expect_request(PATH).respond_with_data(status=302, headers={"Location": elsewhere})
    with pytest.raises(NotAllowed):
        site.fetch()
    assert len(site.transport.asked) == 1


def test_a_circle_of_redirects_ends(site: Site) -> None:
    site.server.expect_request(PATH).respond_with_data(status=302, headers={"Location": ADDRESS})
    with pytest.raises(NotAllowed, match="redirected"):
        site.fetch()


def test_nothing_is_fetched_without_tls(site: Site) -> None:
    with pytest.raises(NotAllowed):
        site.fetch(ADDRESS.replace("https:", "http:"))
    assert site.transport.asked == []


def test_a_licence_page_is_not_taken_for_the_file(site: Site) -> None:
    site.server.expect_request(PATH).respond_with_data(
        "<!DOCTYPE html><title>License</title>", content_type="text/html"
    )
    with pytest.raises(NotPublished, match="licence"):
        site.fetch()
    assert list(site.target.parent.iterdir()) == []


@pytest.mark.parametrize("announced", [True, False])
def test_a_file_larger_than_a_table_is_refused(site: Site, announced: bool) -> None:
    def answer(request: Request) -> Response:
        if announced:
            return Response(CONTENT)
        return Response(CONTENT[at : at + 1000] for at in range(0, len(CONTENT), 1000))

    serve(site, answer)
    with pytest.raises(TooLarge):
        site.fetch(most_bytes=10_000)
    assert list(site.target.parent.iterdir()) == []


def test_a_machine_without_a_connection_is_told_so(site: Site) -> None:
    def refused(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route", request=request)

    client = polite_client("revcycle/0.1.0", httpx.MockTransport(refused))
    with pytest.raises(Unavailable, match="ConnectError"):
        Downloader(client, sleep=lambda seconds: None).fetch(ADDRESS, HOSTS, site.target, AT)
