"""A browser, JupyterLab for a learner and for an instructor, and where the screenshots are."""

import jupyterlab_server
import needs
import pytest
from notebook_page import NotebookPage

_CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
]

_EXPECTED = (
    "net::ERR_UNKNOWN_URL_SCHEME",  # JupyterLab shows `attachment:` before it puts the data there
)
"""Console errors that are not ours, by a part of their text."""


@pytest.fixture(scope="module")
def chromium():
    """Ended with the module: while Playwright runs, no other test may run an event loop."""
    program = needs.program("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    return jupyterlab_server.copy_checkout(tmp_path_factory.mktemp("browser") / "course")


@pytest.fixture
def page(chromium):
    """A page of its own; the test fails on what the page or its console calls an error."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page, errors = context.new_page(), []
    page.set_default_timeout(120_000)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert [error for error in errors if not any(part in error for part in _EXPECTED)] == []


@pytest.fixture
def notebook(page, server):
    """The page of the test module's `server`, with no notebook open yet."""
    return NotebookPage(page, server)


def pytest_terminal_summary(terminalreporter):
    shots = sorted(jupyterlab_server.SHOTS.glob("*.png"))
    if shots:
        terminalreporter.write_line(f"screenshots: {jupyterlab_server.SHOTS} ({len(shots)})")
