"""Where the service's log lines go: to the standard error, one JSON object each."""

import logging
import sys
from typing import TextIO

import structlog


class Lines:
    """A stream that loses a line rather than the answer it is about: a pipe that nobody reads any more refuses nobody."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, if anybody reads."""
        try:
            return self._stream.write(text)
        except (OSError, ValueError):
            return 0

    def flush(self) -> None:
        """Flush, if anybody reads."""
        try:
            self._stream.flush()
        except (OSError, ValueError):
            return


def configure() -> None:
    """From now on, what we name is logged, and of libraries only what is wrong: a debug line can hold a whole token."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s", stream=sys.stderr)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=logger_factory(),
    )


def logger_factory() -> structlog.PrintLoggerFactory:
    """Loggers that print to the standard error."""
    return structlog.PrintLoggerFactory(Lines(sys.stderr))  # type: ignore[arg-type]  # it writes and flushes, no more


__all__ = ["Lines", "configure", "logger_factory"]
