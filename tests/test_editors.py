"""The editors' corner without a browser: who may enter, what a publication keeps, what it loses not."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import ROOT, TODAY, Silent
from fastapi.testclient import TestClient

from assistant.corpus import Corpus
from assistant.editing.accepted import accept
from assistant.editing.publish import publish
from assistant.editing.publisher import Publisher
from assistant.editing.shelf import MAX_UPLOAD_BYTES, Shelf, ShelfError
from assistant.http.app import create_app
from assistant.pipeline import Assistant
from assistant.service.access import Role, Tokens
from assistant.service.operations import build_operations
from assistant.settings import Settings
from index.build import build
from index.catalog import Catalog
from index.errors import LexiconError
from index.inputs import restore_inputs
from index.lexicon import entries_with
from index.versions import CorpusFolder

LIST = ROOT / "index" / "sample" / "临溪县" / "临溪县民政局"
PAPER = next(LIST.glob("*2024年版*.xlsx"))


@dataclass
class Corner:
    client: TestClient
    settings: Settings
    publisher: Publisher
    folder: CorpusFolder

    @property
    def csrf(self) -> str:
        return re.search(r'name="csrf" value="(\w+)"', self.client.get("/editors").text)[1]

    def post(self, path: str, **data):
        files = data.pop("files", None)
        return self.client.post(
            path, data={"csrf": self.csrf, **data}, files=files, follow_redirects=False
        )


@pytest.fixture
def corner(tmp_path: Path) -> Iterator[Corner]:
    """A small corpus of one department, with its manifest, and an editor who has signed in."""
    papers = tmp_path / "papers"
    for file in (ROOT / "index" / "sample").rglob("*"):
        inner = file.relative_to(ROOT / "index" / "sample")
        if file.is_file() and ("临溪县民政局" in inner.parts or file.name == "manifest.yaml"):
            (papers / inner).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, papers / inner)
    settings = Settings(home=tmp_path / "home", corpus="town", encoder="none")
    folder = CorpusFolder(settings.home, "town")
    build([papers], folder, None, settings.home / "cache", Silent())
    token = Tokens(settings.home / "tokens.json").add("编办", Role.EDITOR)
    operations = build_operations(settings)
    assistant = Assistant(Corpus(folder.current(), None), today=lambda: TODAY)
    client = TestClient(create_app(assistant, operations))
    form = client.get("/signin?next=/editors").text
    csrf = re.search(r'name="csrf" value="(\w+)"', form)[1]
    client.post("/signin", data={"csrf": csrf, "token": token, "next": "/editors"})
    assert operations.publisher is not None
    yield Corner(client, settings, operations.publisher, folder)
    operations.journal.close()


def _titles(folder: CorpusFolder) -> set[str]:
    return {source.title for source in Catalog.of_version(folder.current()).sources()}


def test_nobody_enters_without_an_editors_token(corner: Corner):
    stranger = TestClient(corner.client.app)
    for path in ("/editors", "/editors/audit", "/editors/questions", "/editors/job"):
        assert stranger.get(path, follow_redirects=False).status_code in {303, 401}, path
    for path in ("/editors/files", "/editors/publish", "/editors/rollback", "/editors/lexicon"):
        assert stranger.post(path, data={"csrf": "x"}).status_code == 401, path
    staff = Tokens(corner.settings.home / "tokens.json").add("窗口", Role.STAFF)
    header = {"authorization": f"Bearer {staff}"}
    assert stranger.get("/editors", headers=header).status_code == 403


def test_an_act_without_the_pages_token_is_refused(corner: Corner):
    answer = corner.client.post("/editors/publish", data={"csrf": "forged"})
    assert answer.status_code == 403
    assert corner.publisher.job() is None


def test_every_page_of_the_corner_opens(corner: Corner):
    for path in ("", "/findings", "/audit", "/coverage", "/questions", "/job"):
        response = corner.client.get(f"/editors{path}")
        assert response.status_code == 200, path
        if path != "/job":
            assert response.headers["cache-control"] == "private, no-store"
    for path in ("/audit", "/coverage"):
        for _ in range(200):
            page = corner.client.get(f"/editors{path}").text
            if "正在" not in page:
                break
            time.sleep(0.1)
        assert "共" in page or "有缺" in page


def test_a_version_is_laid_out_again_as_it_was_built_from(corner: Corner, tmp_path: Path):
    version = corner.folder.current()
    roots = restore_inputs(version, tmp_path / "again")
    again = CorpusFolder(tmp_path / "other", "again")
    build(roots, again, None, tmp_path / "cache", Silent())
    records = [list(Catalog.of_version(v).all_records()) for v in (version, again.current())]
    assert records[0] == records[1]


def test_an_uploaded_file_is_previewed_published_and_rolled_back(corner: Corner):
    before, titles = corner.folder.current().name, _titles(corner.folder)
    content = "序号,事项名称,权力类型,行使主体\n1,养老机构备案新事项,其他行政权力,临溪县民政局\n"
    answer = corner.post(
        "/editors/files",
        files=[("files", ("新增清单.csv", content.encode(), "text/csv"))],
        title="临溪县民政局新增事项清单",
        place="临溪县",
        kind="部门权责清单",
    )
    assert answer.status_code == 303
    seen = corner.client.get("/editors/preview", params={"name": "新增清单.csv"}).text
    assert seen.count("养老机构备案新事项") == 2  # as it stands, and as it was read
    assert "临溪县" in seen
    assert corner.folder.current().name == before
    assert corner.post("/editors/publish").status_code == 303
    for _ in range(600):
        if (job := corner.publisher.job()) and job.state != "running":
            break
        time.sleep(0.2)
    assert job.state == "done", job.message
    assert corner.folder.current().name != before
    assert _titles(corner.folder) == titles | {"临溪县民政局新增事项清单"}
    assert corner.publisher.shelf.files() == ()
    assert corner.post("/editors/rollback", version=before).status_code == 303
    assert corner.folder.current().name == before
    assert corner.post("/editors/rollback", version="../../x").status_code == 422


def test_a_failed_build_leaves_what_is_in_service_and_what_waits(corner: Corner):
    before = corner.folder.current()
    corner.publisher.shelf.add("新.csv", b"x,y\n1,2\n", {})
    (before / "originals").rename(before / "gone")
    assert publish(corner.settings) is False
    job = corner.publisher.job()
    assert job is not None
    assert (job.state, corner.folder.current()) == ("failed", before)
    assert [file.name for file in corner.publisher.shelf.files()] == ["新.csv"]


def test_a_second_build_does_not_begin_beside_the_first(corner: Corner):
    with corner.publisher.alone() as is_free:
        assert is_free
        assert Publisher(corner.settings).start() is False
        assert publish(corner.settings) is False


def test_a_published_file_is_left_out_when_marked(corner: Corner):
    source = Catalog.of_version(corner.folder.current()).sources()[0]
    assert corner.post("/editors/leave", source=source.id).status_code == 303
    assert publish(corner.settings) is True
    assert source.title not in _titles(corner.folder)
    assert corner.publisher.shelf.leaving() == frozenset()


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.exe", b"x"), ("a.csv", b""), ("", b"x"), ("." * 9, b"x"), ("a" * 200 + ".csv", b"x")],
)
def test_what_cannot_be_published_is_not_taken(tmp_path: Path, name: str, content: bytes):
    shelf = Shelf(tmp_path)
    with pytest.raises(ShelfError):
        shelf.add(name, content, {})
    assert shelf.files() == ()


def test_a_name_never_leads_out_of_the_shelf(tmp_path: Path):
    shelf = Shelf(tmp_path / "shelf")
    assert shelf.add("../../etc/名单.csv", b"x", {}) == "名单.csv"
    assert shelf.add("C:\\x\\名单.csv", b"y", {}) == "名单.csv"
    assert [p.name for p in tmp_path.iterdir()] == ["shelf"]
    with pytest.raises(ShelfError):
        shelf.path("manifest.yaml")
    with pytest.raises(ShelfError):
        shelf.add("名单.csv", b"x" * (MAX_UPLOAD_BYTES + 1), {})


def test_what_changed_while_it_was_built_goes_on_waiting(tmp_path: Path):
    shelf = Shelf(tmp_path)
    shelf.add("甲.csv", b"1", {})
    shelf.add("乙.csv", b"1", {"title": "乙"})
    shelf.add("甲.csv", b"2", {})
    shelf.published({"甲.csv": b"1", "乙.csv": b"1"}, frozenset())
    assert [(file.name, file.n_bytes) for file in shelf.files()] == [("甲.csv", 1)]


def test_a_file_that_was_not_read_goes_on_waiting_with_the_reason(tmp_path: Path):
    shelf = Shelf(tmp_path)
    shelf.add("坏.pdf", b"1", {"title": "坏"})
    shelf.add("好.csv", b"1", {})
    shelf.published({"坏.pdf": b"1", "好.csv": b"1"}, frozenset(), {"坏.pdf": "不是 PDF"})
    assert [(f.name, f.unread, f.stated.title) for f in shelf.files()] == [
        ("坏.pdf", "不是 PDF", "坏")
    ]
    shelf.add("坏.pdf", b"2", {})
    assert [(f.name, f.unread) for f in shelf.files()] == [("坏.pdf", "")]


def test_the_page_says_which_uploaded_file_a_publication_could_not_read(corner: Corner):
    corner.post("/editors/files", files=[("files", ("坏了.xlsx", b"PK\x03\x04 no book"))])
    assert publish(corner.settings)
    page = corner.client.get("/editors").text
    assert "坏了.xlsx" in page
    assert "上次发布没有读出" in page


def test_the_preview_shows_the_printed_pages_of_a_pdf(corner: Corner):
    paper = next((ROOT / "index" / "sample").rglob("*.pdf"))
    corner.post("/editors/files", files=[("files", ("原件.pdf", paper.read_bytes()))])
    page = corner.client.get("/editors/preview", params={"name": "原件.pdf"}).text
    image = re.search(r'<img src="(/editors/preview/page[^"]*)"', page)[1].replace("&amp;", "&")
    drawn = corner.client.get(image)
    assert drawn.headers["content-type"] == "image/webp"
    assert drawn.content[8:12] == b"WEBP"
    wrong = corner.client.get("/editors/preview/page", params={"name": "../x.pdf"})
    assert wrong.status_code >= 400


def test_an_accepted_entry_is_read_with_the_shipped_ones(tmp_path: Path):
    own = tmp_path / "lexicon.yaml"
    accept(own, {"say": ["领老漂补贴"], "terms": ["随迁老人补贴发放"], "body": ["民政"]})
    accept(own, {"say": ["办鹤发卡"], "terms": ["老年人优待证办理"]})
    assert [e.say for e in entries_with(own)[-2:]] == [("领老漂补贴",), ("办鹤发卡",)]
    before = own.read_text("utf-8")
    for bad in ({"say": ["领老漂补贴"], "terms": ["别的"]}, {"say": [], "terms": ["别的"]}):
        with pytest.raises(LexiconError):
            accept(own, bad)
    assert own.read_text("utf-8") == before


def test_an_unanswered_question_is_shown_and_its_wording_accepted(corner: Corner):
    corner.client.post("/api/ask", json={"question": "咕噜卡在哪里领", "place": "临溪县"})
    page = corner.client.get("/editors/questions").text
    assert "咕噜卡在哪里领" in page
    saved = corner.post("/editors/lexicon", say="咕噜卡", terms="最低生活保障审核确认", body="民政")
    assert saved.status_code == 303
    own = entries_with(corner.folder.current().parent.parent / "lexicon.yaml")
    assert own[-1].say == ("咕噜卡",)
    again = corner.post("/editors/lexicon", say="咕噜卡", terms="别的")
    assert again.status_code == 422
    assert "咕噜卡" in again.text
