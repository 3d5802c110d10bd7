"""Debian's Chromium, driven as a person would."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from support import EMAIL, PASSWORD

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
UI = Path(__file__).parents[2] / "src" / "vedette" / "web_dist" / "index.html"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

expect.set_options(timeout=60_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Not for the whole session: Playwright's event loop would stand in the way of asynchronous tests."""
    if CHROMIUM is None:
        pytest.skip("needs Chromium (Debian: apt-get install chromium)")
    if not UI.is_file():
        pytest.skip("needs the built UI (make web)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, server) -> Iterator[Page]:
    """A page of a new visitor that must not log an error by itself."""
    context = browser.new_context(base_url=server.url, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    outside: list[str] = []
    page.on("request", lambda request: outside.append(request.url) if server.url not in request.url else None)
    yield page
    context.close()
    assert faults == []
    assert [url for url in outside if not url.startswith(("data:", "blob:", "ws:"))] == [], (
        "nothing is fetched elsewhere"
    )


@pytest.fixture(scope="session")
def cookies(server) -> list[dict[str, str]]:
    """Alice's session, opened once."""
    answer = httpx.post(f"{server.url}/api/session", json={"email": EMAIL, "password": PASSWORD}, timeout=60)
    answer.raise_for_status()
    return [{"name": name, "value": value, "url": server.url} for name, value in answer.cookies.items()]


@pytest.fixture
def alice(page: Page, cookies) -> Page:
    """The page with Alice signed in."""
    page.context.add_cookies(cookies)
    page.goto("/")
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    return page
