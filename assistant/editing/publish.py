"""The process that builds for editors: `python -m assistant.editing.publish`, settings from the environment."""

from __future__ import annotations

import logging
import sys
from pathlib import PurePosixPath

from assistant.app import build_encoder
from assistant.editing.publisher import Job, NotedProgress, Publisher
from assistant.settings import Settings
from index.build import build
from index.engines import Engines
from index.errors import DutyDeskError

log = logging.getLogger(__name__)


def publish(settings: Settings) -> bool:
    """Build from what is in service and what waits; False if that failed or another build runs."""
    publisher = Publisher(settings)
    with publisher.alone() as is_free:
        if not is_free:
            return False
        try:
            job = _build(settings, publisher)
        except DutyDeskError as exc:
            job = Job("failed", message=f"{exc}\n没有发布，正在用的版本没有变。")
        except Exception:
            log.exception("a build for the editors failed")
            job = Job(
                "failed", message="构建出了差错，没有发布，正在用的版本没有变。请管理员看日志。"
            )
        publisher.note(job)
        return job.state == "done"


def _build(settings: Settings, publisher: Publisher) -> Job:
    engines = Engines.for_new_version(settings.catalog, settings.vectors)
    with publisher.inputs() as (roots, published):
        report = build(
            roots,
            publisher.folder,
            build_encoder(settings),
            settings.home / "cache",
            NotedProgress(publisher),
            engines=engines,
        )
        # A file inside an archive keeps the whole archive: what was read of it is read once.
        published({PurePosixPath(f.file).parts[0]: f.message for f in report.unread})
    unread = "".join(f"\n没有读出：{f.file}，{f.message}" for f in report.unread[:20])
    n_items, n_clauses = len(report.contents.items), len(report.contents.clauses)
    message = (
        f"已发布：事项 {n_items} 条，条款 {n_clauses} 条，用时 {report.seconds:.0f} 秒。{unread}"
    )
    return Job("done", message=message, version=report.version)


if __name__ == "__main__":
    sys.exit(0 if publish(Settings()) else 1)
