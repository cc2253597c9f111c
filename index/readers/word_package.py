"""The parts of a `.docx` package as XML trees, opened within limits."""

from __future__ import annotations

import posixpath
import zipfile
from pathlib import Path

from lxml import etree

from index.errors import ReadingError
from index.readers.office_package import inspect

_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
# "Strict" files name the same elements by other namespaces.
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_USUAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"


class WordPackage:
    """The XML parts of one document: `main` always, the others if there; `remarks` for the report.

    Raises:
        ReadingError: no zip, no Word document inside, damaged XML, or too large.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.remarks = inspect(path)
        try:
            with zipfile.ZipFile(path) as archive:
                self._read_parts(archive)
        except (zipfile.BadZipFile, KeyError, EOFError, NotImplementedError) as exc:
            raise ReadingError(
                f"{path.name}：不是完整的 Word 文件（.docx），请用 Word 或 WPS 打开后另存为 .docx。"
            ) from exc
        except RuntimeError as exc:
            raise ReadingError(f"{path.name}：文件设有密码，请去掉密码另存后再放入。") from exc

    def _read_parts(self, archive: zipfile.ZipFile) -> None:
        names = {name.replace("\\", "/").lstrip("/"): name for name in archive.namelist()}
        targets = self._targets(archive, names, "_rels/.rels", "")
        main = targets.get("officeDocument", "word/document.xml")
        if main not in names:
            raise KeyError(main)
        folder, file = posixpath.split(main)
        parts = self._targets(archive, names, f"{folder}/_rels/{file}.rels", folder)
        self.main = self._parse(archive, names[main])
        self.styles = self._optional(archive, names, parts.get("styles", f"{folder}/styles.xml"))
        self.numbering = self._optional(
            archive, names, parts.get("numbering", f"{folder}/numbering.xml")
        )
        self.footnotes = self._optional(
            archive, names, parts.get("footnotes", f"{folder}/footnotes.xml")
        )

    def _optional(
        self, archive: zipfile.ZipFile, names: dict[str, str], part: str
    ) -> etree._Element | None:
        return self._parse(archive, names[part]) if part in names else None

    def _targets(
        self, archive: zipfile.ZipFile, names: dict[str, str], rels: str, folder: str
    ) -> dict[str, str]:
        """Kind of relationship → the part it leads to."""
        if rels not in names:
            return {}
        targets: dict[str, str] = {}
        for node in self._parse(archive, names[rels]).iter(_RELATIONSHIP):
            kind = node.get("Type", "").rsplit("/", 1)[-1]
            part = posixpath.normpath(posixpath.join("/" + folder, node.get("Target", "")))
            targets.setdefault(kind, part.lstrip("/"))
        return targets

    def _parse(self, archive: zipfile.ZipFile, name: str) -> etree._Element:
        data = archive.read(name)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        try:
            root = etree.fromstring(data.replace(_STRICT, _USUAL), parser)
        except etree.XMLSyntaxError as exc:
            raise ReadingError(
                f"{self._path.name}：内部的 {name} 已损坏，请用 Word 或 WPS 打开后另存。（{exc}）"
            ) from exc
        return root
