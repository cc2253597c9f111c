"""Duty admission (职责准入): rules → clause an article; form → clause a field and one for all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.documents import Document, Grid, block_address
from index.extract.columns import squeeze
from index.extract.outline import (
    CLOSING,
    FRONT_NOTE,
    Statement,
    document_text,
    is_heading,
    locator_of,
    read_outline,
    with_ids,
)
from index.extract.parties import PaperNames
from index.model import Clause, ClauseKind, Finding, Locator, SourceDocument

_LONGEST_LABEL = 16
# What an admission is in short: the matter, who asks, who is to do it and how, from when to when.
_SUMMARY = (
    re.compile(r"事项(?:名称)?$|^准入(?:事项|职责)|^(?:任务|工作)名称"),
    re.compile(r"^(?:申请|申报|提出|准入申请|主责|牵头)(?:部门|单位|机关)|^部门(?:名称)?$"),
    re.compile(r"(?:乡镇|街道|镇街)(?!.*(?:意见|职责))|^(?:承接|承担|配合)(?:单位|主体|对象|范围)"),
    re.compile(r"^(?:承担|履职|准入|承接)方式|^(?:配合|准入)类型"),
    re.compile(r"期限|有效期|时限|起止"),
)
_APPLICANT, _MATTER = _SUMMARY[1], _SUMMARY[0]
_HEADER_PAIR = {
    ("项目", "内容"),
    ("栏目", "内容"),
    ("事项", "内容"),
    ("名称", "内容"),
    ("项目", "填写内容"),
}
_LABEL_ONLY = re.compile(r"^[\u4e00-\u9fff（）()、/“”《》]+$")


@dataclass(frozen=True, slots=True)
class FormField:
    """A label of the form and what is filled in, with the cells' row and columns."""

    label: str
    value: str
    row: int
    columns: tuple[int, int]


def read_clauses(
    document: Document, source: SourceDocument
) -> tuple[tuple[Clause, ...], tuple[Finding, ...]]:
    """The clauses of admission rules or of an admission form, and what was left out.

    A form's clause holds label and value, a line each; its first clause holds the fields that say
    what was admitted, for whom and until when.
    """
    statements, findings = read_outline(document, source)
    names = PaperNames.from_paper(source, document_text(document))
    clauses: list[Clause] = []
    for statement in statements:
        if statement.grid:
            clauses += _form_clauses(statement.grid, statement, source, names)
        else:
            clauses.append(_rule_clause(statement, source, names))
    return with_ids(clauses, source.id), findings


def _rule_clause(statement: Statement, source: SourceDocument, names: PaperNames) -> Clause:
    interpreter = names.interpreter(statement.rest)
    kind = ClauseKind.ADMISSION
    if statement.path in {FRONT_NOTE, CLOSING} or is_heading(statement):
        kind = ClauseKind.OTHER
    elif interpreter:
        kind = ClauseKind.INTERPRETATION
    elif re.search(r"自.{4,14}(?:起|日)(?:施行|实施|执行)。?$", statement.rest):
        kind = ClauseKind.OTHER
    return Clause(
        id=statement.path,
        source_id=source.id,
        locator=locator_of(statement),
        kind=kind,
        body=source.body,
        place=source.place,
        text=statement.text,
        bodies=(interpreter,) if interpreter else (),
    )


def _form_clauses(
    grid: Grid, statement: Statement, source: SourceDocument, names: PaperNames
) -> Iterator[Clause]:
    """For each admission in a table: its summary, then its fields."""
    for number, fields in enumerate(read_forms(grid), start=1):
        applicant = next((f.value for f in fields if _APPLICANT.search(f.label)), "")
        bodies = names.listed(applicant) if applicant else ()
        summary = [f for wanted in _SUMMARY if (f := _first(fields, wanted))]
        whole = [(f"登记{number if number > 1 else ''}", list(dict.fromkeys(summary)) or fields)]
        each = [(f"{whole[0][0]}·{squeeze(field.label)}", [field]) for field in fields]
        for name, part in (*whole, *each):
            yield Clause(
                id=name,
                source_id=source.id,
                locator=form_locator(grid, part),
                kind=ClauseKind.ADMISSION,
                body="、".join(bodies) or source.body,
                place=source.place,
                text="\n".join(line for field in part for line in (field.label, field.value)),
                bodies=tuple(dict.fromkeys((*bodies, *names.mentions(part[0].value))))
                if len(part) == 1
                else bodies,
            )


def _first(fields: list[FormField], wanted: re.Pattern[str]) -> FormField | None:
    return next((field for field in fields if wanted.search(squeeze(field.label))), None)


def read_forms(grid: Grid) -> Iterator[list[FormField]]:
    """The fields of each admission: a form is one, a register has one a row."""
    header = _register_header(grid)
    if not header:
        if fields := list(_pairs(grid)):
            yield fields
        return
    for row in range(header + 1, grid.n_rows + 1):
        fields = [
            FormField(grid.text(header, column), grid.text(row, column), row, (column, column))
            for column in range(1, grid.n_columns + 1)
            if squeeze(grid.text(header, column)) not in {"", "序号"} and grid.text(row, column)
        ]
        if fields:
            yield fields


def _register_header(grid: Grid) -> int:
    """The row of column titles of a register of admissions; 0 for a form.

    Such a row names matter and applicant side by side; in a form a value stands between them.
    """
    for row in range(1, min(grid.n_rows, 4) + 1):
        texts = [squeeze(text) for _, text in grid.row_cells(row)]
        is_titles = len(texts) > 2 and all(len(t) <= _LONGEST_LABEL for t in texts)
        if is_titles and any(map(_MATTER.search, texts)) and any(map(_APPLICANT.search, texts)):
            return (
                row
                if all(
                    any(p.search(t) for p in _SUMMARY) or t in {"序号", "备注"} for t in texts[:3]
                )
                else 0
            )
    return 0


def _pairs(grid: Grid) -> Iterator[FormField]:
    """Label and value cells side by side, once or twice a row; a lone text is labelled above."""
    label = ""
    for row in range(1, grid.n_rows + 1):
        cells = list(grid.row_cells(row))
        texts = tuple(squeeze(text) for _, text in cells)
        if texts in _HEADER_PAIR or (len(cells) == 1 and row == 1):
            continue
        if len(cells) == 1:
            column, text = cells[0]
            if column == 1 and _is_label(text):
                label = text
            elif above := (grid.text(row, 1) if column > 1 else "") or label:
                yield FormField(above, text, row, (column, column))
            continue
        if len(cells) % 2:
            # 审核意见 │ 财政部门 │ 同意: the first label spans those beside it.
            (left, group), (_, name), *rest = cells
            cells = [(left, f"{group}\n{name}"), *rest] if len(cells) == 3 else cells[1:]
        for (left, name), (right, value) in zip(cells[::2], cells[1::2], strict=True):
            label = name
            yield FormField(name, value, row, (left, right))


def _is_label(text: str) -> bool:
    return len(squeeze(text)) <= _LONGEST_LABEL and bool(_LABEL_ONLY.match(squeeze(text)))


def form_locator(grid: Grid, fields: list[FormField]) -> Locator:
    """The cells of a form from the first field to the last."""
    rows = [field.row for field in fields]
    columns = [column for field in fields for column in field.columns]
    return Locator(
        sheet=grid.name,
        row=min(rows),
        cells=block_address(rows, columns),
        page=grid.pages.get(min(rows)),
    )
