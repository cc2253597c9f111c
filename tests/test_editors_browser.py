"""The editors' corner in a real browser: signed in, a file uploaded, looked at and published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from browser import axe_findings, fits, needs_browser, page_of, picture
from conftest import ROOT, Silent
from loopback import serving
from playwright.sync_api import Browser, Locator, Page, expect

from assistant.http.app import create_app
from assistant.pipeline import Assistant
from assistant.service.access import Role, Tokens
from assistant.service.operations import build_operations
from assistant.service.reloading import Reloading, as_assistant
from assistant.settings import Settings
from index.build import build
from index.versions import CorpusFolder

pytestmark = needs_browser
ADDED = "序号,事项名称,权力类型,行使主体\n1,养老机构备案新事项,其他行政权力,临溪县民政局\n"


@dataclass
class Site:
    address: str
    token: str
    admin: str


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample city with questions that went wrong, reloading as in service."""
    from assistant.corpus import Corpus

    home = tmp_path_factory.mktemp("editors")
    settings = Settings(home=home, corpus="sample", encoder="none", rate=0)
    folder = CorpusFolder(home, "sample")
    build([ROOT / "index" / "sample"], folder, None, home / "cache", Silent())
    tokens = Tokens(home / "tokens.json")
    token, admin = tokens.add("编办", Role.EDITOR), tokens.add("管理员", Role.ADMIN)
    operations = build_operations(settings)
    reloading = Reloading(
        folder.current,
        lambda version: Assistant(Corpus(version, None)),
        lambda version, is_ok: None,
    )
    reloading.watch()
    with serving(create_app(as_assistant(reloading), operations)) as address:
        yield Site(address, token, admin)
    reloading.close()
    operations.journal.close()


@pytest.fixture
def page(browser: Browser, size: str, site: Site) -> Iterator[Page]:
    with page_of(browser, size) as opened:
        opened.goto(f"{site.address}/editors")
        opened.fill("#token", site.token)
        opened.get_by_role("button", name="登录").click()
        expect(opened.get_by_role("heading", name="文件和发布")).to_be_visible()
        yield opened


def _looks_right(page: Page, name: str, size: str) -> None:
    """No finding of axe's and nothing over the side: usual, large and dark, and at 200 %."""
    page.wait_for_load_state()  # a link may just have been followed
    usual = page.viewport_size
    assert usual is not None
    for look in ("large dark", ""):
        page.evaluate("look => { document.documentElement.className = look; }", look)
        for width in (usual["width"] // 2, usual["width"]):
            page.set_viewport_size({"width": width, "height": usual["height"]})
            assert fits(page), width
        assert axe_findings(page) == []
        picture(page, f"editors-{name}-{size}{'-large-dark' if look else ''}")


def _to(page: Page, wanted: Locator) -> None:
    """Tab on until something has the focus, as one who has only a keyboard."""
    for _ in range(200):
        if wanted.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not come to {wanted}")


def _press(page: Page, wanted: Locator) -> None:
    _to(page, wanted)
    page.keyboard.press("Enter")


def test_a_file_is_uploaded_looked_at_published_and_taken_back_with_the_keyboard_alone(
    page: Page, site: Site, size: str, tmp_path: Path
):
    file = tmp_path / f"{size}.csv"
    file.write_text(ADDED.replace("新事项", size), "utf-8")
    with page.expect_file_chooser() as chooser:
        _press(page, page.locator("#files"))
    chooser.value.set_files(file)
    _press(page, page.locator("details.more-filters summary"))
    for field, words in (("#title", f"临溪县民政局新增事项清单{size}"), ("#place", "临溪县")):
        _to(page, page.locator(field))
        page.keyboard.type(words)
    _press(page, page.get_by_role("button", name="上传", exact=True))
    _press(page, page.locator("details.more-filters summary"))
    _looks_right(page, "home", size)
    _press(page, page.get_by_role("link", name=file.name))
    expect(page.locator("main")).to_contain_text("读成的条目")
    _looks_right(page, "preview", size)
    _press(page, page.get_by_role("link", name="回到文件和发布"))
    _press(page, page.get_by_role("button", name="发布新版本"))
    expect(page.locator("#job")).to_contain_text("已发布", timeout=120_000)
    _looks_right(page, "published", size)
    for _ in range(50):
        page.goto(f"{site.address}/desk?q=养老机构备案{size}")
        if page.locator(".hit-link").count():
            break
        page.wait_for_timeout(200)
    expect(page.locator(".hit-link").first).to_contain_text(size)
    page.goto(f"{site.address}/editors")
    now = page.locator(".line", has_text="使用中").inner_text()
    _press(page, page.get_by_role("button", name="改用").first)
    expect(page.locator(".line", has_text="使用中")).not_to_have_text(now)


def test_a_pdf_is_seen_as_it_was_printed_beside_what_was_read(page: Page, site: Site, size: str):
    paper = sorted((ROOT / "index" / "sample").rglob("*.pdf"))[0]
    page.set_input_files("#files", paper)
    _press(page, page.get_by_role("button", name="上传", exact=True))
    _press(page, page.get_by_role("link", name=paper.name))
    drawn = page.locator(".printed img").first
    expect(drawn).to_be_visible()
    drawn.evaluate("image => image.decode()")
    assert page.locator(".records tbody tr").count() > 3
    _looks_right(page, "preview-pdf", size)
    _press(page, page.get_by_role("link", name="回到文件和发布"))
    _press(page, page.get_by_role("button", name=f"移走 {paper.name}"))
    expect(page.get_by_text("没有等待发布的文件。")).to_be_visible()


def test_how_people_say_it_is_taken_into_the_lexicon(page: Page, site: Site, size: str):
    asked = {"phone": "石狮倒伏找谁", "desktop": "坝坝舞太吵"}[size]
    told = page.request.post(
        f"{site.address}/api/ask", data={"question": asked, "place": "临溪县城关镇"}
    ).json()
    said = {"answer_id": told["answer_id"], "verdict": "wrong", "reason": "该有人管的"}
    page.request.post(f"{site.address}/api/feedback", data=said)
    _press(page, page.get_by_role("link", name="没答上的问题"))
    expect(page.get_by_text("该有人管的").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("人们说回答：")
    offered = page.locator("form.proposal", has_text=asked).first
    words = offered.get_by_label("人们怎么说").input_value()
    assert set(words.split("、")) <= {"石狮", "倒伏", "坝坝", "舞太吵"}
    _looks_right(page, "proposals", size)
    offered.get_by_label("清单怎么说").fill("最低生活保障审核确认")
    _press(page, offered.get_by_role("button", name="收下"))
    page.get_by_text("已收下的").click()
    expect(page.locator("pre")).to_contain_text(words.split("、")[0])


@pytest.mark.parametrize("name", ["findings", "audit", "coverage", "questions"])
def test_axe_finds_nothing_in_the_reports(page: Page, site: Site, name: str, size: str):
    asked = {"question": "咕噜卡在哪里领", "place": "临溪县城关镇"}
    page.request.post(f"{site.address}/api/ask", data=asked)
    page.goto(f"{site.address}/editors/{name}")
    while page.get_by_role("link", name="再看一次").count():
        page.get_by_role("link", name="再看一次").click()
    if name == "audit":
        page.locator("main .lines a").first.click()
    page.locator("details:not([open]) summary").first.click() if name == "questions" else None
    _looks_right(page, name, size)


def test_axe_finds_nothing_where_people_sign_in_nor_where_tokens_are_given(
    page: Page, site: Site, size: str
):
    page.get_by_role("button", name="退出登录").click()
    page.goto(f"{site.address}/admin")
    _looks_right(page, "signin", size)
    page.fill("#token", site.admin)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="令牌")).to_be_visible()
    _looks_right(page, "admin", size)
