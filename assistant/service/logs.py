"""Logs on stderr: one line of text for a person, or one of JSON for a collector."""

from __future__ import annotations

import json
import logging
import logging.config
from datetime import UTC, datetime

from assistant.caller import current_caller

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "request_id"}


class RequestNumber(logging.Filter):
    """Gives each line the number of the request that it is about."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Never drops a line."""
        record.request_id = current_caller().request_id or "-"
        return True


class JsonLines(logging.Formatter):
    """One object a line: time, level, logger, message, request, and whatever came in `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter`."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {
            "at": at,
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": getattr(record, "request_id", "-"),
        }
        line |= {k: v for k, v in vars(record).items() if k not in _STANDARD}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def configure_logs(style: str, level: str) -> None:
    """Send every logger's lines to stderr in one style ("json" or "text")."""
    text = "%(asctime)s %(levelname)s [%(request_id)s] %(name)s: %(message)s"
    formatter = {"()": JsonLines} if style == "json" else {"format": text}
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"number": {"()": RequestNumber}},
            "formatters": {"line": formatter},
            "handlers": {
                "stderr": {
                    "class": "logging.StreamHandler",
                    "filters": ["number"],
                    "formatter": "line",
                }
            },
            "root": {"level": "WARNING", "handlers": ["stderr"]},
            "loggers": {"assistant": {"level": level}, "index": {"level": level}},
        }
    )
