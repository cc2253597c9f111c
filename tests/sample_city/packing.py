"""Office files with fixed timestamps, so that rendering twice gives the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

STAMP = (2024, 12, 31, 9, 0, 0)
_ISO_STAMP = b"2024-12-31T09:00:00Z"
_WHEN = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


def repack(data: bytes, edit: Callable[[str, bytes], bytes] | None = None) -> bytes:
    """The same zip with fixed times; `edit` may change a member by (name, content)."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _WHEN.sub(rb"\g<1>" + _ISO_STAMP + rb"\g<2>", content)
            if edit:
                content = edit(name, content)
            info = zipfile.ZipInfo(name, STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            target.writestr(info, content, compresslevel=6)
    return out.getvalue()
