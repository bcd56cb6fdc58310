"""Answers of MiniStack's service functions, ``(status, headers, body)``, as results or failures."""

import json


def result_of(response: tuple) -> dict:
    """The JSON body of an answer; an error answer fails the resource with the service's words."""
    status, _headers, body = response
    if status >= 400:
        raise ValueError(body.decode() if isinstance(body, bytes) else str(body))
    try:
        return json.loads(body) if body else {}
    except ValueError:
        return {}  # a query-protocol service answers XML, of which nothing is needed
