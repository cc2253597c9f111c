"""A running text → its statements in order, each with its place in the numbering.

Shared by the extractors of provisions, reform notices and admission papers. Nothing is rewritten:
a statement's text is made of lines that stand so in the paper.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from index.documents import Block, Document, Grid
from index.extract.columns import squeeze
from index.extract.furniture import (
    begins_with_date,
    is_closing,
    is_front_note,
    is_page_furniture,
    is_signature,
    repeated_on_pages,
)
from index.extract.numbering import Mark, Rank, leading_mark, split_inline
from index.model import Clause, Finding, Locator, SourceDocument

PREAMBLE, FRONT_NOTE, CLOSING = "导语", "题注", "落款"
LONGEST_HEADING = 24
_LONGEST_TITLE_BLOCKS = 5
_SHORTEST_TITLE = 8
_TITLE_MARKS = re.compile(r"[、《》“”]")


@dataclass(frozen=True, slots=True)
class Statement:
    """A numbered paragraph with the unnumbered ones that go on with it.

    `lead` is the first line after its number. `path` is the number with those above it
    ("第四条（三）"); `heads` are the paragraphs it stands under, outermost first. `number`
    and `page` are of its first paragraph. `grid` is set for a table, which
    stands under `path` and `heads`.
    """

    text: str
    lead: str
    path: str
    mark: Mark | None = None
    heads: tuple[Mark, ...] = ()
    number: int | None = None
    page: int | None = None
    grid: Grid | None = None
    has_children: bool = False

    @property
    def article(self) -> str | None:
        """The path as a reader would look it up; None where the paper has no number."""
        return None if self.path in {PREAMBLE, FRONT_NOTE, CLOSING} else self.path

    @property
    def rest(self) -> str:
        """The text without its number."""
        return self.lead + self.text.partition(self.lead)[2] if self.lead else self.text

    @property
    def lineage(self) -> tuple[Mark, ...]:
        """The paragraphs above it and itself."""
        return (*self.heads, self.mark) if self.mark else self.heads


Opens = Callable[[str, tuple[Mark, ...]], Mark | None]


def no_heading(text: str, heads: tuple[Mark, ...]) -> Mark | None:
    """For papers in which only numbers open a statement."""
    return None


def read_outline(
    document: Document, source: SourceDocument, opens: Opens = no_heading
) -> tuple[tuple[Statement, ...], tuple[Finding, ...]]:
    """The statements of a paper after its title, and what was left out or looks wrong.

    `opens` recognises an unnumbered line that starts a statement of its own ("机关党委。负责…").
    """
    parts, dropped = _body(document, source)
    builder = _Builder(opens)
    closing = _closing_start(parts)
    for at, part in enumerate(parts):
        if isinstance(part, Grid):
            builder.add_grid(part)
        elif at >= closing:
            builder.add_note(part, CLOSING)
        else:
            builder.add_block(part)
    findings = [_dropped(dropped, source)] if dropped else []
    findings += [Finding("warning", "numbering-gap", source.file, m, at) for m, at in builder.gaps]
    return builder.statements(), tuple(findings)


def _body(document: Document, source: SourceDocument) -> tuple[list[Block | Grid], list[Block]]:
    """The parts after the title without page furniture, and the furniture."""
    parts = list(document.parts)[_after_title(document, source.title) :]
    repeated = repeated_on_pages(document.blocks, source.title)
    kept: list[Block | Grid] = []
    dropped: list[Block] = []
    for part in parts:
        if isinstance(part, Grid):
            kept.append(part)
        elif is_page_furniture(part.text) or part.number in repeated:
            dropped.append(part)
        elif part.text.strip():
            kept.append(part)
    return kept, dropped


def _after_title(document: Document, title: str) -> int:
    """Index of the part after the last title line above the first number; 0 if there is none."""
    wanted = squeeze(title)
    parts = document.parts
    n_above = next(
        (i for i, p in enumerate(parts) if isinstance(p, Grid) or leading_mark(p.text)), len(parts)
    )
    for end in range(n_above, 0, -1):
        last = parts[end - 1]
        if not isinstance(last, Block) or not squeeze(last.text):
            continue
        for start in range(end - 1, max(-1, end - 1 - _LONGEST_TITLE_BLOCKS), -1):
            lines = (p.text for p in parts[start:end] if isinstance(p, Block))
            line = squeeze("".join(lines))
            if len(line) >= _SHORTEST_TITLE and (line == wanted or _is_inner_title(line, wanted)):
                return end
    return 0


def _is_inner_title(line: str, title: str) -> bool:
    """关于印发《某局…规定》的通知 carries the provision under its own title: 某局…规定."""
    bare, within = (_TITLE_MARKS.sub("", text) for text in (line, title))
    return bare in within and line.endswith(("规定", "方案", "制度", "登记表"))


def _closing_start(parts: list[Block | Grid]) -> int:
    """Index of the first line of the signature, date and circulation notes at the end.

    They begin at the first such line after the last number, together with the bodies that sign
    right above it; whatever follows belongs to them.
    """
    tail = len(parts)
    while tail and isinstance(part := parts[tail - 1], Block) and not leading_mark(part.text):
        tail -= 1
    lines = [part.text for part in parts[tail:] if isinstance(part, Block)]
    dated = [i for i, line in enumerate(lines) if is_closing(line)]
    # A reader may have run the date and the line below it together.
    dated += [
        i for i in range(1, len(lines)) if is_signature(lines[i - 1]) and begins_with_date(lines[i])
    ]
    start = min(dated, default=len(lines))
    while 0 < start < len(lines) and is_signature(lines[start - 1]):
        start -= 1
    return tail + start


def _dropped(blocks: list[Block], source: SourceDocument) -> Finding:
    numbers = "、".join(str(block.number) for block in blocks[:5])
    more = f"等{len(blocks)}段" if len(blocks) > 5 else "段"
    message = f"第{numbers}{more}是页眉、页码或网页文字，不作为条款"
    locator = Locator(page=blocks[0].page, paragraph=blocks[0].number)
    return Finding("info", "page-furniture", source.file, message, locator)


class _Builder:
    """Adds paragraphs one by one, keeping the stack of numbers they stand under."""

    def __init__(self, opens: Opens) -> None:
        self._opens = opens
        self._stack: tuple[Mark, ...] = ()
        self._done: list[Statement] = []
        self._last_values: dict[tuple[str, Rank], int] = {}
        self.gaps: list[tuple[str, Locator]] = []

    def statements(self) -> tuple[Statement, ...]:
        """All statements, each knowing whether others stand under it."""
        following = [*self._done[1:], None]
        return tuple(
            replace(s, has_children=n is not None and s.mark in n.heads)
            for s, n in zip(self._done, following, strict=False)
        )

    def add_grid(self, grid: Grid) -> None:
        """A table stands under the numbers of the paragraph above it."""
        path = path_of(self._stack) or PREAMBLE
        self._done.append(Statement("", "", path, heads=self._stack, grid=grid))

    def add_block(self, block: Block) -> None:
        """A paragraph: its own statements, or more of the one before."""
        for text in split_inline(block.text.strip()):
            mark = leading_mark(text) or self._opens(text, self._stack)
            if mark:
                self._open(mark, text, block)
            elif not self._stack and is_front_note(text):
                self.add_note(block, FRONT_NOTE)
            else:
                self._continue(text, block)

    def add_note(self, block: Block, path: str) -> None:
        """A line beside the text proper; neighbouring ones make one statement."""
        text = block.text.strip()
        if self._done and self._done[-1].path == path:
            self._done[-1] = replace(self._done[-1], text=f"{self._done[-1].text}\n{text}")
            return
        self._done.append(Statement(text, text, path, number=block.number, page=block.page))

    def _open(self, mark: Mark, text: str, block: Block) -> None:
        self._stack = tuple(m for m in self._stack if m.rank < mark.rank)
        self._check(mark, block)
        path = path_of((*self._stack, mark))
        lead = mark.rest.split("\n")[0]
        self._done.append(Statement(text, lead, path, mark, self._stack, block.number, block.page))
        self._stack = (*self._stack, mark)

    def _continue(self, text: str, block: Block) -> None:
        last = self._done[-1] if self._done else None
        if last is None or last.grid or last.path == FRONT_NOTE:
            path = path_of(self._stack) or PREAMBLE
            self._done.append(
                Statement(text, text, path, None, self._stack, block.number, block.page)
            )
            return
        mark = last.mark and replace(last.mark, rest=f"{last.mark.rest}\n{text}")
        if mark and self._stack and self._stack[-1] == last.mark:
            self._stack = (*self._stack[:-1], mark)
        self._done[-1] = replace(last, text=f"{last.text}\n{text}", mark=mark)

    def _check(self, mark: Mark, block: Block) -> None:
        """Note a number that does not follow the one before it under the same heading."""
        if not mark.value or mark.rank <= Rank.SECTION:
            return
        above = "" if mark.rank is Rank.ARTICLE else path_of(self._stack, full=True)
        last = self._last_values.get((above, mark.rank), 0)
        self._last_values[above, mark.rank] = mark.value
        if mark.value != last + 1:
            where = Locator(
                page=block.page, article=path_of((*self._stack, mark)), paragraph=block.number
            )
            before = f"前一个编号数到{last}" if last else "前面没有第一项"
            self.gaps.append((f"编号“{mark.printed}”接不上：{before}，可能有缺漏或重号", where))


def path_of(marks: tuple[Mark, ...], *, full: bool = False) -> str:
    """Printed numbers in a row: "第四条（三）". Articles count through chapters, so those go."""
    has_article = any(mark.rank is Rank.ARTICLE for mark in marks)
    hidden = Rank.SECTION if has_article and not full else 0
    return "".join(mark.printed for mark in marks if mark.rank > hidden)


def locator_of(statement: Statement) -> Locator:
    """Where a statement begins."""
    return Locator(page=statement.page, article=statement.article, paragraph=statement.number)


def is_heading(statement: Statement) -> bool:
    """True for a heading or an announcement that only leads to the paragraphs under it."""
    text = statement.text.strip()
    if statement.mark is None or "\n" in text:
        return False
    label = statement.lead.rstrip("。：:")
    is_short = len(label) <= LONGEST_HEADING and not re.search(r"[。；，;,]", label)
    return is_short and (statement.has_children or not text.endswith(("。", "；", ";", ".")))


def document_text(document: Document) -> str:
    """All paragraphs, a line each."""
    return "\n".join(block.text for block in document.blocks)


def with_ids(clauses: Iterable[Clause], source_id: str) -> tuple[Clause, ...]:
    """Clauses whose id is their path, made `<source>#<path>`; a repeated path gets ·2, ·3."""
    seen: dict[str, int] = {}
    done: list[Clause] = []
    for clause in clauses:
        n = seen[clause.id] = seen.get(clause.id, 0) + 1
        done.append(replace(clause, id=f"{source_id}#{clause.id}{f'·{n}' if n > 1 else ''}"))
    return tuple(done)
