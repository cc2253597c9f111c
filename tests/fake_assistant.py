"""A small Assistant over three invented papers of an invented city, for the tests of the surface."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from assistant.holdings import Holdings
from assistant.model import (
    Answer,
    Candidate,
    Citation,
    Clarify,
    Holder,
    Option,
    Question,
    Related,
    Segment,
    Status,
)
from index.documents import Block, Document, Grid, Merge
from index.errors import CorpusError
from index.model import (
    Cell,
    Clause,
    ClauseKind,
    DutyItem,
    Level,
    Locator,
    PaperKind,
    Place,
    PowerKind,
    Role,
    SourceDocument,
)

CITY = Place("青禾市", "青禾市", "青禾市", Level.CITY)
WANGXI = Place("990101", "望溪县", "青禾市望溪县", Level.COUNTY, "青禾市")
SHICHUAN = Place("990102", "石川县", "青禾市石川县", Level.COUNTY, "青禾市")
WANGXI_LIUQIAO = Place("990101101", "柳桥镇", "青禾市望溪县柳桥镇", Level.TOWNSHIP, "990101")
BEIAN = Place("990101001", "北岸街道", "青禾市望溪县北岸街道", Level.TOWNSHIP, "990101")
SHICHUAN_LIUQIAO = Place("990102101", "柳桥镇", "青禾市石川县柳桥镇", Level.TOWNSHIP, "990102")
PLACES = (CITY, WANGXI, WANGXI_LIUQIAO, BEIAN, SHICHUAN, SHICHUAN_LIUQIAO)

TOWN = "望溪县柳桥镇人民政府"
AGRICULTURE = "望溪县农业农村局"
URBAN = "望溪县城市管理局"

LIST = SourceDocument(
    id="望溪县/柳桥镇权责清单#2025!",
    file="望溪县/柳桥镇权责清单.xlsx",
    sha256="0" * 64,
    title="望溪县柳桥镇权责清单（2025年版）",
    kind=PaperKind.TOWNSHIP_LIST,
    place=WANGXI_LIUQIAO.code,
    publisher="望溪县柳桥镇人民政府",
    body=TOWN,
    document_number="柳政〔2025〕3号",
    published_on=date(2025, 3, 6),
    effective_on=date(2025, 4, 1),
    url="https://qinghe.example/lists/liuqiao",
)
PROVISION = SourceDocument(
    id="柳桥镇三定规定",
    file="柳桥镇三定规定.html",
    sha256="1" * 64,
    title="柳桥镇职能配置、内设机构和人员编制规定",
    kind=PaperKind.TOWNSHIP_PROVISION,
    place=WANGXI_LIUQIAO.code,
    publisher="中共望溪县委机构编制委员会",
    body=TOWN,
    document_number="望编〔2024〕11号",
    published_on=date(2024, 6, 20),
    url="javascript:alert(1)",
)
WITHDRAWN = SourceDocument(
    id="收回清单",
    file="收回清单.xlsx",
    sha256="2" * 64,
    title="柳桥镇上级部门收回事项清单",
    kind=PaperKind.WITHDRAWN_DUTIES,
    place=WANGXI_LIUQIAO.code,
    publisher="望溪县柳桥镇人民政府",
    published_on=date(2025, 3, 6),
)

HOMESTEAD_ROW = 25
HOMESTEAD = "农村村民宅基地审批"
HEADERS = (
    "序号",
    "类别",
    "事项名称",
    "权力类型",
    "实施依据",
    "行使主体",
    "承办机构",
    "旧编号",
    "备注",
)
SECOND_HEADERS = {5: "法律、法规、规章"}
BASIS = (
    "【法律】《中华人民共和国土地管理法》第六十二条：农村村民住宅用地，由乡（镇）人民政府审核批准。\n"
    "【规范性文件】按照县农业农村局、自然资源局联合印发的农村宅基地审批工作办法办理。"
)


def _list_document() -> Document:
    texts: dict[tuple[int, int], str] = {(1, 1): LIST.title, (2, 1): "填报单位：柳桥镇人民政府"}
    for column, header in enumerate(HEADERS, 1):
        texts[3, column] = header
    for column, header in SECOND_HEADERS.items():
        texts[4, column] = header
    for row in range(5, 96):
        texts.update(_list_row(row))
    texts[5, 2], texts[31, 2] = "自然资源与村镇建设", "社会事务"
    header_merges = [Merge(3, column, 4, column) for column in range(1, 10) if column != 5]
    merges = (Merge(1, 1, 1, 9), Merge(5, 2, 30, 2), Merge(31, 2, 95, 2), *header_merges)
    sheet = Grid("权责清单", texts, merges, frozenset({24}), frozenset({8}))
    notes = Grid("说明 & 附注", {(1, 1): "本清单由柳桥镇人民政府负责解释。"})
    return Document("xlsx", (sheet, notes, Grid("旧版", {(1, 1): "已停用"}, hidden=True)))


def _list_row(row: int) -> dict[tuple[int, int], str]:
    name = HOMESTEAD if row == HOMESTEAD_ROW else f"第{row - 4}项镇级管理服务事项"
    return {
        (row, 1): str(row - 4),
        (row, 3): name,
        (row, 4): "行政许可" if row == HOMESTEAD_ROW else "其他行政权力",
        (row, 5): BASIS * (1 if row == HOMESTEAD_ROW else 1 + row % 7),
        (row, 6): "柳桥镇人民政府",
        (row, 7): "村镇建设办公室" if row == HOMESTEAD_ROW else "党政综合办公室",
        (row, 8): f"旧{row}",
    }


PARAGRAPHS = (
    PROVISION.title,
    "第一条　为规范柳桥镇机构设置，制定本规定。",
    "第二条　柳桥镇人民政府贯彻党的基层工作部署，承担本镇经济发展、公共服务、社会治理等职责。",
    "第三条　柳桥镇设下列内设机构：",
    "（一）党政综合办公室。负责文电、会务、机要、档案和综合协调工作。",
    "（二）村镇建设办公室。负责村庄规划、农村住房建设管理和农村宅基地审批的受理、审查工作。",
    "（三）社会事务办公室。负责民政、残疾人服务、老龄工作和殡葬管理的日常事务。",
    "第四条　柳桥镇机关行政编制三十二名。",
    "第五条　本规定由中共望溪县委机构编制委员会办公室负责解释。",
)

DOCUMENTS = {
    LIST.id: _list_document(),
    PROVISION.id: Document(
        "html",
        (
            *(Block(text, n, level=1 if n == 1 else 0) for n, text in enumerate(PARAGRAPHS, 1)),
            Grid("表1", {(1, 1): "机构", (1, 2): "编制", (2, 1): "机关", (2, 2): "32"}),
        ),
    ),
    WITHDRAWN.id: Document(
        "xlsx",
        (
            Grid(
                "Sheet1",
                {
                    (1, 1): "序号",
                    (1, 2): "事项名称",
                    (1, 3): "承接部门及工作方式",
                    (2, 1): "1",
                    (2, 2): "户外广告设施设置审批",
                    (2, 3): "县城市管理局：依法受理、审批。",
                },
            ),
        ),
    ),
}


def _item(source: SourceDocument, sheet: str, row: int, name: str, **more: object) -> DutyItem:
    grid = next(grid for grid in DOCUMENTS[source.id].grids if grid.name == sheet)
    column = next(column for column, text in grid.row_cells(row) if text == name)
    last = "ABCDEFGHI"[grid.n_columns - 1]
    values = {"body": TOWN, "role": Role.LEAD} | more
    return DutyItem(
        id=f"{source.id}#{sheet}!A{row}",
        source_id=source.id,
        locator=Locator(sheet=sheet, row=row, cells=f"A{row}:{last}{row}"),
        paper=source.kind,
        name=name,
        places=(source.place,),
        cells=(Cell("name", f"{'ABCDEFGHI'[column - 1]}{row}", name),),
        **values,  # type: ignore[arg-type]
    )


ROW = _item(LIST, "权责清单", HOMESTEAD_ROW, HOMESTEAD, power=PowerKind.LICENCE)
ADVERT = _item(
    WITHDRAWN, "Sheet1", 2, "户外广告设施设置审批", role=Role.WITHDRAWN, counterpart=URBAN
)
OFFICE = Clause(
    id=f"{PROVISION.id}#第三条（二）",
    source_id=PROVISION.id,
    locator=Locator(article="第三条（二）", paragraph=6),
    kind=ClauseKind.OFFICE,
    body=TOWN,
    place=WANGXI_LIUQIAO.code,
    text=PARAGRAPHS[5],
    office="村镇建设办公室",
)
QUOTED_CLAUSE = "农村宅基地审批的受理、审查工作"
CITE_ROW = Citation(1, ROW.id, LIST, ROW.locator, f"{HOMESTEAD}｜行政许可｜柳桥镇人民政府")
CITE_OFFICE = Citation(2, OFFICE.id, PROVISION, OFFICE.locator, QUOTED_CLAUSE)
CITE_ADVERT = Citation(1, ADVERT.id, WITHDRAWN, ADVERT.locator, "县城市管理局：依法受理、审批。")


class FakeAssistant:
    """Answers a handful of questions; `folder` holds the one original that can be downloaded."""

    corpus_version = "2025-04-01.1"

    def __init__(self, folder: Path) -> None:
        self.asked: list[Question] = []
        self._original = folder / "original.xlsx"
        self._original.write_bytes(b"PK\x03\x04 invented")

    def answer(self, question: Question) -> Answer:
        self.asked.append(question)
        if "损坏" in question.text:
            raise CorpusError("/secret/path is damaged")
        found = self._find(question)
        known = next((place for place in PLACES if place.code == question.place), None)
        understood = {
            "place": known.full_name if known else question.place,
            "as_of": (question.as_of or date(2025, 5, 1)).isoformat(),
            "intent": "who_handles",
            "matter": question.text,
        }
        return Answer(
            **found,  # type: ignore[arg-type]
            understood=understood,
            line=_line(known),
            conversation_id=question.conversation_id or "会话1",
            corpus_version=self.corpus_version,
            timings_ms={"total": 12.5},
            working={"steps": 3},
        )

    def stream(self, question: Question) -> Iterator[Segment | Answer]:
        answer = self.answer(question)
        yield from answer.segments
        yield answer

    def _find(self, question: Question) -> dict[str, object]:
        text = question.text
        if "出错" in text:
            return {"status": Status.ERROR, "segments": ()}
        if "天气" in text:
            return _plain(Status.OUT_OF_SCOPE, "这里只回答某件事由哪个机关、哪个办公室负责。")
        if "养老" in text:
            near = (Related(ROW.id, ROW.name),)
            return _plain(Status.NO_EVIDENCE, "柳桥镇已公布的清单里没有这一项。") | {
                "related": near
            }
        if "广告" in text:
            return _advert()
        if "秸秆" in text:
            return _straw()
        if "检查" in text:
            return _entrusted()
        if "柳桥" in text and not question.place:
            return _which_township()
        return _homestead()

    def find(self, question: Question, *, k: int) -> tuple[Candidate, ...]:
        self.asked.append(question)
        found = (Candidate(ROW, 0.9), Candidate(ADVERT, 0.4), Candidate(OFFICE, 0.3))
        return found[:k] if "天气" not in question.text else ()

    def phrase(self, question: Question, answer: Answer) -> Answer | None:
        return None

    def places(self) -> tuple[Place, ...]:
        return PLACES

    def locate(self, name: str) -> tuple[Place, ...]:
        return tuple(p for p in PLACES if name and name in (p.code, p.name, p.full_name))

    def examples(self) -> tuple[str, ...]:
        return ("我想在自家宅基地盖房，找谁批？", "柳桥镇盖房找谁？", "门口挂广告牌归谁管？")

    def holdings(self, place: str = "") -> Holdings:
        return Holdings.of((LIST, PROVISION, WITHDRAWN))

    def source(self, source_id: str) -> SourceDocument | None:
        known = {source.id: source for source in (LIST, PROVISION, WITHDRAWN)}
        return known.get(source_id)

    def document(self, source_id: str) -> Document:
        return DOCUMENTS[source_id]

    def record(self, record_id: str) -> DutyItem | Clause | None:
        return {record.id: record for record in (ROW, ADVERT, OFFICE)}.get(record_id)

    def original(self, source_id: str) -> Path | None:
        return self._original if source_id == LIST.id else None


def _line(place: Place | None) -> tuple[Place, ...]:
    above = next((p for p in PLACES if place and p.code == place.parent), None)
    return (*_line(above), place) if place else ()


def _plain(status: Status, text: str) -> dict[str, object]:
    return {"status": status, "segments": (Segment(text),)}


def _homestead() -> dict[str, object]:
    return {
        "status": Status.ANSWERED,
        "segments": (
            Segment(f"在柳桥镇，“{HOMESTEAD}”由{TOWN}负责。", (1,)),
            Segment("承办的是村镇建设办公室，它负责这件事的受理和审查。", (2,)),
        ),
        "holders": (
            Holder(
                TOWN,
                Role.LEAD,
                WANGXI_LIUQIAO.full_name,
                ROW.id,
                office="村镇建设办公室",
                office_from="provision",
            ),
        ),
        "citations": (CITE_ROW, CITE_OFFICE),
        "related": (Related(ADVERT.id, "户外广告设施设置审批"), Related("x", "农村住房建设管理")),
    }


def _advert() -> dict[str, object]:
    return {
        "status": Status.ANSWERED,
        "segments": (Segment(f"柳桥镇不再办理，由{URBAN}承接。", (1,)),),
        "holders": (
            Holder(TOWN, Role.WITHDRAWN, WANGXI_LIUQIAO.full_name, ADVERT.id, principal=URBAN),
        ),
        "citations": (CITE_ADVERT,),
    }


def _straw() -> dict[str, object]:
    return {
        "status": Status.ANSWERED,
        "segments": (Segment(f"秸秆综合利用由{AGRICULTURE}牵头，柳桥镇配合。", (1,)),),
        "holders": (
            Holder(AGRICULTURE, Role.LEAD, WANGXI_LIUQIAO.full_name, ROW.id),
            Holder(TOWN, Role.COOPERATING, WANGXI_LIUQIAO.full_name, ROW.id, principal=AGRICULTURE),
        ),
        "citations": (CITE_ROW,),
    }


def _entrusted() -> dict[str, object]:
    return {
        "status": Status.ANSWERED,
        "segments": (Segment(f"{TOWN}受{URBAN}委托办理。", (1,)),),
        "holders": (
            Holder(TOWN, Role.ENTRUSTED, WANGXI_LIUQIAO.full_name, ROW.id, principal=URBAN),
        ),
        "citations": (CITE_ROW,),
    }


def _which_township() -> dict[str, object]:
    options = tuple(
        Option(place.full_name, place.code) for place in (WANGXI_LIUQIAO, SHICHUAN_LIUQIAO)
    )
    return {
        "status": Status.CLARIFY,
        "segments": (Segment("有两个柳桥镇，您问的是哪一个？"),),
        "clarify": Clarify("place", options),
    }
