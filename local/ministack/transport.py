"""Requests over the loopback interface count as secure transport.

Policies refuse requests that are not over TLS (``aws:SecureTransport``), as they should on AWS, where every client
uses it. Clients of the local cloud speak plain HTTP to 127.0.0.1, and nothing else can reach it.
"""

import contextvars

import ministack.app
from ministack.core import iam_evaluator


def trust_loopback() -> None:
    """Let policies see every request, and MiniStack's own calls, as sent over TLS."""
    origin = contextvars.ContextVar("local_request_origin", default=("127.0.0.1", True))
    iam_evaluator._request_origin = origin
    ministack.app.pin_request_origin = lambda source_ip, _secure: origin.set((source_ip, True))
