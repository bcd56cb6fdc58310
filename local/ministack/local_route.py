"""Routes of our own on MiniStack's port, each a function from one JSON document to another."""

import json
from collections.abc import Callable
from contextvars import copy_context


def with_route(app, path: str, answer: Callable[[dict], dict]):
    """The ASGI application with ``path`` before MiniStack's own; a request that ``answer`` cannot read is answered with 400."""

    async def application(scope, receive, send):
        if scope["type"] == "http" and scope["path"] == path:
            await _send(send, *_answered(path, answer, await _read_body(receive)))
        else:
            await app(scope, receive, send)

    return application


def _answered(path: str, answer: Callable[[dict], dict], body: bytes) -> tuple[int, dict]:
    try:
        # A context of its own: account, region and signature are request-scoped variables.
        return 200, copy_context().run(answer, json.loads(body or b"{}"))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return 400, {"message": f"not a request for {path}: {error!r}"}


async def _read_body(receive) -> bytes:
    chunks, more = [], True
    while more:
        message = await receive()
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


async def _send(send, status: int, answer: dict) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": json.dumps(answer).encode()})
