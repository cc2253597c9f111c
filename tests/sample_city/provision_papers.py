"""The 三定 provisions, reform notices and admission papers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from tests.sample_city.papers import Cell, Paper, Record, Table, load_all

_KINDS = {
    "部门三定": "部门“三定”规定",
    "乡镇三定": "乡镇（街道）“三定”规定",
    "改革文件": "机构改革文件",
    "职责准入制度": "职责准入",
}
_TABLE_WIDTHS = (18, 82)


def provision_papers(places: dict[str, str], folders: dict[str, str]) -> Iterator[Paper]:
    """One paper a text; `folders` maps a township's body to its folder, `places` names to codes."""
    for _, spec in load_all("provisions"):
        body = spec["body"] if isinstance(spec["body"], str) else spec["publisher"]
        place, folder = _where(spec, body, places, folders)
        yield Paper(
            file=f"{folder}/{_file_name(spec)}",
            format=spec["format"],
            kind=_KINDS[spec["kind"]],
            title=spec["title"],
            publisher=spec["publisher"],
            place=place,
            published_on=str(spec["published_on"]),
            effective_on=str(spec["effective_on"]),
            expires_on=_last_day(spec),
            document_number=spec.get("document_number", ""),
            paragraphs=tuple(spec["paragraphs"]),
            tables=_tables(spec),
        )


def _where(
    spec: Record, body: str, places: dict[str, str], folders: dict[str, str]
) -> tuple[str, str]:
    if body in folders:
        return places[body], folders[body]
    texts = (body, spec["publisher"], spec["title"])
    name = next(name for text in texts for name in places if name in text and "/" not in name)
    own = body if spec["kind"] == "部门三定" else spec["publisher"].split("、")[0]
    return places[name], f"{name}/{own}"


def _file_name(spec: Record) -> str:
    number, title, kind = spec["document_number"], spec["title"], spec["format"]
    # Notices go by their number, texts by their title, as they do on sites.
    stem = f"{number} {title}" if spec["kind"] == "改革文件" else title
    return f"{stem}.{kind}"


def _last_day(spec: Record) -> str:
    if "repealed_on" in spec:
        return str(spec["repealed_on"] - timedelta(days=1))
    return str(spec.get("expires_on", ""))


def _tables(spec: Record) -> tuple[Table, ...]:
    if "table" not in spec:
        return ()
    first, *rest = (tuple(Cell(str(text)) for text in row) for row in spec["table"])
    return (Table(spec["title"], spec["title"], (first,), tuple(rest), _TABLE_WIDTHS),)
