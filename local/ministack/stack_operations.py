"""A stack operation answers when it is done.

The CDK looks at a stack that is still in progress only every five seconds; MiniStack is done within one.
CreateStack, ExecuteChangeSet and their like therefore hold their answer until the operation has ended.
"""

import asyncio
import contextvars

from ministack.services.cloudformation import changesets, handlers, stacks

# An operation that takes longer is answered while it runs, as AWS does: clients have time-outs of their own.
HOLD_SECONDS = 20

_operations: contextvars.ContextVar[list] = contextvars.ContextVar("local_stack_operations")


def with_operations_awaited(app):
    """The ASGI application whose answers wait for the stack operations that their requests began."""
    _record_operations()

    async def application(scope, receive, send):
        begun: list[asyncio.Task] = []

        async def send_when_done(message):
            if message["type"] == "http.response.start" and begun:
                await asyncio.wait(begun, timeout=HOLD_SECONDS)
            await send(message)

        token = _operations.set(begun)
        try:
            await app(scope, receive, send_when_done)
        finally:
            _operations.reset(token)

    return application


def _record_operations() -> None:
    def create_task(coroutine, stack, stack_id=None):
        with stacks._stack_region_context(stack, stack_id):
            task = asyncio.get_event_loop().create_task(coroutine)
        _operations.get([]).append(task)

    for module in (stacks, changesets, handlers):
        module._create_stack_task_in_region = create_task
