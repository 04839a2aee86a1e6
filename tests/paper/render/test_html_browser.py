"""HTML in a browser under the policy it asks for: nothing is refused, and columns stand where the printer put them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kvit.paper.render import html
from kvit.paper.sheet import Box, Picture, Run, Sheet, Style, Symbol

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.browser

POLICY = "default-src 'none'; style-src 'self'; font-src 'self'; img-src data:"
HOST = "http://receipt.test"
EM = 24
"""Dots of one em of the page."""


def sheet() -> Sheet:
    def run(x: int, y: int, text: str, advance: int = 12, **style: int) -> Run:
        worn = Style(**style)  # type: ignore[arg-type]
        return Run(x, y, advance * len(text), worn.cell_height * worn.height, text, advance, worn)

    boxes: list[Box] = [
        run(120, 0, "마트", 48, width=2, height=2),
        run(0, 60, "합계", 24), run(500, 60, "12,300"),
        run(0, 90, "收据谢谢", 24), run(250, 90, "¥25.00"),
        run(0, 120, "ИТОГО Қазақ"), run(401, 120, "1 250,00"),
        run(0, 150, "small", 9, cell_width=9, cell_height=17), run(300, 150, "tall", 12, height=2),
        run(0, 200, "wide", 24, width=2), run(200, 200, "after", 12),
        Picture(96, 240, 64, 32, 64, 32, b"\xaa" * 256),
        Symbol(60, 300, 99, 99, "qr", b"https://kvit.example/r/1"),
    ]  # fmt: skip
    return Sheet(width_dots=576, boxes=boxes, language="ko")


@pytest.fixture
def page() -> Iterator[Page]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed")
    files = {
        "/": ("text/html", html.render(sheet(), stylesheet="/receipt.css").encode()),
        "/receipt.css": ("text/css", html.STYLESHEET.read_bytes()),
        "/kvit-mono.woff2": ("font/woff2", html.FONT.read_bytes()),
    }

    def answer(route: Route) -> None:
        kind, body = files.get(route.request.url.removeprefix(HOST), ("text/plain", b""))
        route.fulfill(body=body, headers={"content-type": kind, "content-security-policy": POLICY})

    with playwright.sync_playwright() as runner:
        browser = runner.chromium.launch(executable_path=path, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 900, "height": 900})
        opened.route("**/*", answer)
        yield opened
        browser.close()


def test_under_its_policy(page: Page, tmp_path: Path) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(HOST + "/")
    page.evaluate("document.fonts.ready")
    assert [text for text in complaints if "favicon" not in text] == []
    assert page.evaluate("document.fonts.check('16px \"Kvit Mono\"', '한Қ')")
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")


def test_columns_stand_where_they_were_printed(page: Page) -> None:
    page.goto(HOST + "/")
    page.evaluate("document.fonts.ready")
    boxes = page.evaluate(
        "() => { const root = document.querySelector('.receipt'), style = getComputedStyle(root);"
        " const left = root.getBoundingClientRect().left + parseFloat(style.paddingLeft), em = parseFloat(style.fontSize);"
        " return [...root.querySelectorAll('.line bdi')].map(run => {"
        "   const box = run.getBoundingClientRect(); return [run.textContent, (box.left - left) / em, box.width / em] }) }"
    )
    seen = {text: (left * EM, width * EM) for text, left, width in boxes}
    for run in sheet().boxes:
        if isinstance(run, Run):
            left, width = seen[run.text]
            assert left == pytest.approx(run.x, abs=1.5), run.text
            assert width == pytest.approx(run.width, abs=12), run.text


def test_a_phone_shows_the_whole_width(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(HOST + "/")
    assert page.evaluate("document.documentElement.scrollWidth <= 360")
