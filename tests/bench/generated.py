"""Lists laid out at random: the records are made first, then drawn in one of many layouts.

`random_book(rng)` is a book of one to three lists, in sheets, stacked or side by side; each list
has its own columns under names drawn from all known ones, titles, a header of one to three rows,
merged or repeated categories, items cut over several rows, sub-items, repeated headers, category
rows, empty rows, hidden columns with stale text, notes. Reading it must give the records back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from random import Random

import yaml
from bench.layouts import Layout

from index.documents import Document, Grid, Merge
from index.extract import columns
from index.extract.captions import tables_of
from index.extract.powers import power_in_title
from index.extract.rows import Row, read_rows

Record = dict[str, str]
_NAMES: dict[str, list[str]] = {
    field: known["names"].split()
    for field, known in yaml.safe_load(columns._HEADERS.read_text("utf-8"))["fields"].items()
    if "names" in known
}
# Header names whose meaning hangs on the columns beside them.
_NOT_ALONE = {"配合事项名称", "实施机构", "执行机构", "行使机构", "办理机构", "责任机构"}
_THINGS = [
    "取水",
    "采砂",
    "殡葬",
    "校车",
    "燃气",
    "户外广告",
    "林木采伐",
    "宅基地",
    "危房",
    "养犬",
    "施工",
    "排污",
    "种子",
    "渔船",
    "医疗器械",
]
_ACTS = ["许可", "审批", "的处罚", "检查", "确认", "备案", "登记", "的奖励", "审核", "监管"]
_PLACES = ["新建", "改建", "扩建", "临时", "跨区域", "农村", "城区", "小型", "大型", "重点"]
_BODIES = ["县水利局", "县民政局", "县教育局", "县自然资源局", "县卫生健康委员会", "县城市管理局"]
_OFFICES = ["水政股", "社会事务股", "行政审批股", "执法大队", "办公室", "综合科"]
_POWERS = ["行政许可", "行政处罚", "行政检查", "行政确认", "其他行政权力"]
_LAWS = ["《水法》", "《土地管理法》", "《行政许可法》", "《城乡规划法》", "《食品安全法》"]
_SUBS = ["新办", "延续", "变更", "注销", "补证"]
_DUTIES = [
    "受理责任：一次告知。",
    "审查责任：按规定审查。",
    "决定责任：依法作出决定。",
    "送达责任：及时送达。",
]
_REMARKS = ["试行", "按权限实施", "常住人口适用", "每年更新一次"]


@dataclass
class Canvas:
    """A sheet being drawn."""

    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    row: int = 1

    def put(self, row: int, column: int, text: str, *, down: int = 1, across: int = 1) -> None:
        if text:
            self.texts[row, column] = text
        if down > 1 or across > 1:
            self.merges.append(Merge(row, column, row + down - 1, column + across - 1))

    def grid(self, name: str) -> Grid:
        hidden = frozenset(self.hidden_columns)
        return Grid(name, self.texts, tuple(self.merges), hidden_columns=hidden)


@dataclass(frozen=True)
class Plan:
    """The columns of one list, left to right, and how it looks."""

    fields: tuple[str, ...]
    names: dict[str, str]
    left: int
    depth: int
    power_by: str
    repeats_every: int
    has_blank_rows: bool
    title: str

    def column(self, name: str) -> int:
        return self.left + self.fields.index(name)

    @property
    def width(self) -> int:
        return len(self.fields)


def random_book(rng: Random) -> tuple[list[Grid], list[Record]]:
    """Sheets as grids, and the records in reading order."""
    n_lists = rng.choice([1, 1, 2, 3])
    plans = [_plan(rng, n) for n in range(n_lists)]
    records = [_records(rng, plan) for plan in plans]
    arrangement = rng.choice(["stacked", "sheets", "side by side"]) if n_lists > 1 else "sheets"
    canvases = _arranged(rng, plans, records, arrangement)
    grids = [canvas.grid(f"表{n}") for n, canvas in enumerate(canvases, 1)]
    return grids, [record for part in records for record in part]


def _arranged(
    rng: Random, plans: list[Plan], records: list[list[Record]], arrangement: str
) -> list[Canvas]:
    if arrangement == "side by side":
        canvas, left = Canvas(), 1
        n_titles = rng.choice([0, 1])
        for plan, rows in zip(plans, records, strict=True):
            canvas.row = 1
            # Side by side, headers share their rows.
            placed = replace(plan, left=left, depth=1, repeats_every=0)
            Drawn(canvas, placed, rng, n_titles).draw(rows)
            left += plan.width + 1
        return [canvas]
    canvases = [Canvas()]
    for plan, rows in zip(plans, records, strict=True):
        if arrangement == "sheets" and canvases[-1].texts:
            canvases.append(Canvas())
        is_below = bool(canvases[-1].texts)
        n_titles = rng.choice([1, 2]) if is_below else rng.choice([0, 1, 2, 3])
        Drawn(canvases[-1], plan, rng, n_titles).draw(rows)
        canvases[-1].row += rng.choice([0, 1, 2])
    return canvases


def _plan(rng: Random, n: int) -> Plan:
    chance: Callable[[float], bool] = lambda share: rng.random() < share  # noqa: E731
    # A list has at least three known columns, or two and no other.
    fields = ["number"] * chance(0.85) + ["name"] + ["sub_item"] * chance(0.3)
    fields += ["basis"] * chance(0.7) + ["body"] * chance(0.7) + ["office"] * chance(0.5)
    fields += ["remark"] * chance(0.3)
    if len(fields) < 3:
        fields = ["number", "name", "basis"]
    power_by = rng.choice(["", "column", "merged", "category"])
    if power_by in {"column", "merged"}:
        fields.insert(rng.choice([0, 1]), "power")
    depth = rng.choice([1, 1, 2, 3])
    if depth > 1:
        fields += ["duty", "duty_basis"]
    names = {name: _header(rng, name) for name in fields}
    return Plan(
        fields=tuple(fields),
        names=names,
        left=rng.choice([1, 1, 2, 3]),
        depth=depth,
        power_by=power_by,
        repeats_every=rng.choice([0, 0, 2, 3]),
        has_blank_rows=chance(0.2),
        title=f"清源县{'甲乙丙'[n]}局权责清单",
    )


def _header(rng: Random, name: str) -> str:
    return rng.choice([text for text in _NAMES[name] if text not in _NOT_ALONE])


def _broken(rng: Random, text: str) -> str:
    """A header as cells show it: now and then with a line break or a blank inside a word."""
    if len(text) < 3 or rng.random() < 0.6:
        return text
    at = rng.randrange(1, len(text))
    return text[:at] + rng.choice(["\n", " ", "　"]) + text[at:]


def _records(rng: Random, plan: Plan) -> list[Record]:
    made = list(_made(rng, plan, rng.randint(1, 7)))
    if plan.power_by == "merged" or plan.power_by == "category":
        made.sort(key=lambda record: _POWERS.index(record["power"]))
    for number, record in enumerate(made, 1):
        record["number"] = str(number)
    split = [part for record in made for part in _with_sub_items(rng, plan, record)]
    if plan.power_by == "category":
        split = [{**record, "category": record["power"]} for record in split]
    kept = {*plan.fields, *(["category"] if plan.power_by == "category" else [])}
    return [{n: t for n, t in record.items() if n in kept and t} for record in split]


def _made(rng: Random, plan: Plan, n: int) -> Iterator[Record]:
    for i in range(n):
        yield {
            "name": rng.choice(_PLACES)
            + rng.choice(_THINGS)
            + rng.choice(_ACTS)
            + "甲乙丙丁戊己庚"[i],
            "power": rng.choice(_POWERS),
            "basis": "".join(_article(rng) for _ in range(rng.randint(1, 3))),
            "body": rng.choice(_BODIES),
            "office": rng.choice([*_OFFICES, ""])
            if "body" in plan.fields
            else rng.choice(_OFFICES),
            "duty": "".join(rng.sample(_DUTIES, rng.randint(1, 3))),
            "duty_basis": _article(rng),
            "remark": rng.choice(["", "", *_REMARKS]),
        }


def _article(rng: Random) -> str:
    return f"【法律】{rng.choice(_LAWS)}第{rng.randint(1, 90)}条规定应当依法办理，不得擅自实施。"


def _with_sub_items(rng: Random, plan: Plan, record: Record) -> Iterator[Record]:
    if "sub_item" not in plan.fields or rng.random() < 0.5:
        yield record
        return
    for sub_item in rng.sample(_SUBS, rng.randint(2, 3)):
        yield {**record, "sub_item": sub_item}


@dataclass
class Drawn:
    """Draws one list on a canvas, from its current row on."""

    canvas: Canvas
    plan: Plan
    rng: Random
    n_titles: int

    def draw(self, records: list[Record]) -> None:
        self._titles()
        self._header()
        above = ""
        spans: list[tuple[str, int, int]] = []
        for n, record in enumerate(records):
            is_sub_item = n > 0 and self._shares_name(records[n - 1], record)
            if not is_sub_item:
                self._before(n, record, above)
            above = record.get("category") or record.get("power", "")
            top = self.canvas.row
            self._item(record, is_sub_item=is_sub_item)
            spans.append((above, top, self.canvas.row - 1))
        self._merge_powers(spans)
        self._after()

    def _shares_name(self, one: Record, other: Record) -> bool:
        return "sub_item" in other and one.get("name") == other["name"]

    def _titles(self) -> None:
        plan, canvas = self.plan, self.canvas
        lines = [plan.title, "（2024年版）", "单位：清源县"][: self.n_titles]
        for line in lines:
            across = plan.width if self.rng.random() < 0.8 else 1
            canvas.put(canvas.row, plan.left, line, across=across)
            canvas.row += 1

    def _header(self) -> None:
        plan, canvas, top = self.plan, self.canvas, self.canvas.row
        if plan.depth == 3:
            n_own = plan.width - 2
            canvas.put(top, plan.left, "职权信息", across=n_own)
            canvas.put(top, plan.left + n_own, "责任信息", across=2)
            top += 1
        is_deep = plan.depth > 1
        for name in plan.fields:
            if is_deep and name in {"duty", "duty_basis"}:
                continue
            text = _broken(self.rng, plan.names[name])
            canvas.put(top, plan.column(name), text, down=2 if is_deep else 1)
        if is_deep:
            canvas.put(top, plan.column("duty"), "责任事项", across=2)
            canvas.put(top + 1, plan.column("duty"), "责任内容")
            canvas.put(top + 1, plan.column("duty_basis"), "依据")
        canvas.row = top + (2 if is_deep else 1)

    def _before(self, n: int, record: Record, above: str) -> None:
        """Whatever may stand between two items."""
        plan, canvas = self.plan, self.canvas
        if plan.has_blank_rows and n and plan.power_by != "merged":
            canvas.row += self.rng.choice([0, 1])
        if plan.repeats_every and n and n % plan.repeats_every == 0 and plan.power_by != "merged":
            if self.n_titles and self.rng.random() < 0.5:
                canvas.put(canvas.row, plan.left, plan.title, across=plan.width)
                canvas.row += 1
            self._header()
        if plan.power_by == "category" and record["category"] != above:
            mark = self.rng.choice(["", "一、", "二、"])
            canvas.put(canvas.row, plan.left, mark + record["category"], across=plan.width)
            canvas.row += 1

    def _item(self, record: Record, *, is_sub_item: bool) -> None:
        plan, canvas, rng = self.plan, self.canvas, self.rng
        n_rows = rng.choice([1, 1, 1, 2, 3]) if "basis" in plan.fields else 1
        is_merged = rng.random() < 0.5
        shared = {"number", "name"} if is_sub_item else set()
        for name in plan.fields:
            if name in shared or (name == "power" and plan.power_by == "merged"):
                continue
            text, column = record.get(name, ""), plan.column(name)
            if name == "basis" and n_rows > 1:
                for k, piece in enumerate(_cut(rng, text, n_rows)):
                    canvas.put(canvas.row + k, column, piece)
            else:
                canvas.put(canvas.row, column, text, down=n_rows if is_merged and text else 1)
        canvas.row += n_rows

    def _merge_powers(self, spans: list[tuple[str, int, int]]) -> None:
        """One merged cell for each run of items of a kind."""
        if self.plan.power_by != "merged":
            return
        column = self.plan.column("power")
        while spans:
            power, top, bottom = spans.pop(0)
            while spans and spans[0][0] == power:
                bottom = spans.pop(0)[2]
            self.canvas.put(top, column, power, down=bottom - top + 1)

    def _after(self) -> None:
        if self.rng.random() < 0.4:
            note = self.rng.choice(["注：本清单自印发之日起施行。", "备注：包括市、县两级。"])
            self.canvas.put(self.canvas.row, self.plan.left, note, across=self.plan.width)
            self.canvas.row += 1


def _cut(rng: Random, text: str, n: int) -> list[str]:
    """A text in n pieces, cut anywhere."""
    cuts = sorted(rng.sample(range(1, len(text)), n - 1))
    return [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def as_layout(seed: int) -> Layout:
    """The random book of a seed, to be saved as a workbook."""
    grids, records = random_book(Random(seed))
    return Layout(f"随机{seed}", (), tuple(records), grids=tuple(grids))


def read_back(grids: Iterable[Grid]) -> list[Record]:
    """What the product reads of a book, in the form in which its records were made."""
    tables = tables_of(Document("xlsx", tuple(grids)))
    return [_as_made(row) for table in tables for row in read_rows(table) if not row.is_note]


def _as_made(row: Row) -> Record:
    record = {str(cell.field): row.text(cell.field) for cell in row.cells}
    category = next(filter(None, map(power_in_title, row.headings)), None)
    return record | ({"category": category.value} if category else {})
