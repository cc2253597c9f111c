"""Uvicorn, one process or several; its supervisor is made to notice at once when a worker dies."""

from __future__ import annotations

from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import multiprocess


class Worker(multiprocess.Process):
    """A worker process whose death ends the pipe that it is asked through.

    Uvicorn keeps the worker's end open in the supervisor as well. A worker killed while it starts
    then looks busy until the health check times out, and no other is looked after meanwhile: two
    workers killed together were away for half a minute.
    """

    def start(self) -> None:
        """Start it; its end of the pipe is its own from now on."""
        super().start()
        self.child_conn.close()


def run_alone(app: FastAPI, **options: Any) -> None:  # noqa: ANN401 - uvicorn's own
    """Run a site in this process until told to stop."""
    uvicorn.run(app, **options)


def run_workers(app: str, **options: Any) -> None:  # noqa: ANN401 - uvicorn's own
    """Run a factory in several processes until told to stop."""
    multiprocess.Process = Worker  # type: ignore[misc]  # the supervisor has no other way in
    uvicorn.run(app, factory=True, **options)
