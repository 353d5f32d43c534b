"""Logs: one line an event, by type and place; never what people wrote and never a secret."""

import logging
import sys

import structlog


def set_up_logs(level: str) -> None:
    """Log to standard error at `level`; libraries that would write down bodies stay at WARNING."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    for name in ("slack", "slack_bolt", "slack_sdk", "apscheduler", "sqlalchemy", "httpx", "alembic", "uvicorn"):
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
