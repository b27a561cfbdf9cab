"""Where logs go: to standard error, one JSON line each, without anything a person typed."""

from __future__ import annotations

import logging
import sys

import structlog


def configure(level: str = "info") -> None:
    """Called once by each process, before it does anything."""
    number = getattr(logging, level.upper())
    logging.basicConfig(level=number, stream=sys.stderr, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        # Asked for with each line: whoever put something else in place of standard error may have closed it since.
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
    )
