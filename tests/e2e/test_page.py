"""The page for people, in a real browser, against the deployed stack."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from llmock.pytest_plugin import LLMock
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from local.stack import LocalStack

CHROMIUM = Path("/usr/bin/chromium")
OPTIONS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE_MS = 60_000
WRONG = "Failed to load resource: the server responded with a status of"
"""What the console says of every 4xx that a test asks for."""

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no {CHROMIUM} on this machine")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """A browser that has never been anywhere."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("browser"), executable_path=CHROMIUM, args=OPTIONS
        )
        yield context
        context.close()


@pytest.fixture
def page(browser: BrowserContext, stack: LocalStack) -> Iterator[Page]:
    """The page as it was loaded; afterwards it must have kept to itself and had no complaint."""
    url = stack.page_url
    page = browser.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None,
    )
    page.goto(url)
    page.get_by_label("API key").fill(stack.api_key)
    yield page
    page.close()
    stage = url.removesuffix("/")
    assert [each for each in asked if not each.startswith(("data:", stage))] == []
    assert [each for each in complaints if not each.startswith(WRONG)] == []


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("button", name=button)).to_be_enabled(timeout=PATIENCE_MS)


def test_a_decision_is_shown_with_every_rule_and_without_an_answer(page: Page) -> None:
    page.get_by_label("Prompt").fill("What is the capital of Ghana?")
    press(page, "Decide only")
    expect(page.get_by_text("Tier simple, decided by the router's own estimate.")).to_be_visible()
    expect(page.get_by_text("uncalibrated")).to_be_visible()
    expect(page.get_by_role("cell", name="outage-demo", exact=True)).to_be_visible()
    expect(page.get_by_role("region", name="The answer's text")).to_be_hidden()


def test_an_answer_is_shown_with_its_calls_and_its_saving(page: Page, tmp_path: Path) -> None:
    page.get_by_label("Prompt").fill("What is the capital of France?")
    page.get_by_label("Feature").fill("outage-demo")
    press(page, "Answer")
    failed, answered = page.get_by_role("listitem").filter(has_text="rank").all()
    expect(failed).to_contain_text(re.compile("first.*unavailable.*not connected", re.DOTALL))
    expect(answered).to_contain_text(re.compile("fallback.*returned.*answered", re.DOTALL))
    bars = [bar.bounding_box() for bar in page.locator("#attempts-card .bar").all()]
    assert bars[0]
    assert bars[1]
    assert bars[0]["x"] + bars[0]["width"] <= bars[1]["x"] + 1
    expect(page.get_by_text(re.compile(r"saved \$0\.\d+"))).to_be_visible()
    expect(page.get_by_text("Baseline model alone")).to_be_visible()
    assert page.get_by_role("region", name="The answer's text").inner_text().strip()
    picture = tmp_path / "answer.png"
    page.screenshot(path=picture, full_page=True)
    assert picture.stat().st_size > 10_000


def test_an_escalation_is_told_apart_from_a_fallback(page: Page, mock: LLMock) -> None:
    mock.reply("I'm sorry, but I can't answer that.", times=None)
    page.get_by_label("Prompt").fill("Explain this: why do dogs bark?")
    page.get_by_label("Tier").select_option("moderate")
    press(page, "Answer")
    calls = page.get_by_role("listitem").filter(has_text="rank")
    expect(calls.nth(0)).to_contain_text(re.compile("next: below threshold.*below the threshold"))
    expect(calls.nth(1)).to_contain_text("the answer before was not trusted")
    expect(page.get_by_text("degraded", exact=True)).to_be_visible()


def test_an_error_names_the_field_and_marks_it(page: Page) -> None:
    page.get_by_label("Prompt").fill("hi")
    page.get_by_label("Max. cost (USD)").fill("0.000000001")
    press(page, "Answer")
    expect(page.get_by_role("alert")).to_contain_text("402: max cost usd exceeded")
    expect(page.get_by_label("Max. cost (USD)")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("API key").fill("lr-wrong")
    press(page, "Answer")
    expect(page.get_by_role("alert")).to_contain_text("no valid API key")
    expect(page.get_by_label("API key")).to_have_attribute("aria-invalid", "true")


def test_it_works_from_the_keyboard_alone_and_on_a_narrow_screen_in_the_dark(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_label("API key").focus()
    page.keyboard.press("Tab")
    page.keyboard.type("What is the capital of Togo?")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Timeline: one call")).to_be_visible(timeout=PATIENCE_MS)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_stages_url_may_come_without_its_slash(page: Page, stack: LocalStack) -> None:
    page.goto(stack.page_url.removesuffix("/"))
    page.get_by_label("API key").fill(stack.api_key)
    page.get_by_label("Prompt").fill("What is the capital of Benin?")
    press(page, "Decide only")
    expect(page.get_by_role("heading", name="Decision")).to_be_visible()


def test_without_a_key_nothing_is_sent(page: Page) -> None:
    page.get_by_label("API key").fill("")
    page.get_by_label("Prompt").fill("hi")
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_label("API key")).to_be_focused()
    assert page.evaluate("document.querySelector('#key').validity.valueMissing")
