"""Task tokens as Step Functions has them, where MiniStack is laxer or stricter than AWS.

* A function that a ``.waitForTaskToken`` task invokes and that fails, fails the task. MiniStack waits on for an answer
  that nobody will give.
* ``states:SendTaskSuccess``, ``SendTaskFailure`` and ``SendTaskHeartbeat`` are authorised on the state machine that
  issued the token. MiniStack authorises them on ``*``, which a policy that names its state machine does not cover.
"""

import json
import sys
import threading

from ministack.core import iam_actions
from ministack.services import stepfunctions

_machines = {}  # token -> ARN of the state machine that issued it, also once its task is over
_invocation = threading.local()  # .token: of the callback task that this thread invokes a function for


def behave_as_on_aws() -> None:
    _fail_tasks_whose_function_fails()
    _authorise_answers_on_the_state_machine()


def _fail_tasks_whose_function_fails() -> None:
    invoke_with_callback = stepfunctions._invoke_with_callback
    call_lambda = stepfunctions._call_lambda

    def invoke(resource, input_data, token, state_def):
        execution = sys._getframe(1).f_locals["execution"]
        _machines[token] = execution["stateMachineArn"]
        _invocation.token = token
        try:
            return invoke_with_callback(resource, input_data, token, state_def)
        finally:
            _invocation.token = None

    def call(func_ref, event):
        token = getattr(_invocation, "token", None)
        try:
            return call_lambda(func_ref, event)
        except stepfunctions._ExecutionError as error:
            waiting = stepfunctions._task_tokens.get(token) if token else None
            if waiting is not None and not waiting["event"].is_set():
                waiting["error"] = {"Error": error.error, "Cause": error.cause}
                waiting["event"].set()
            raise

    stepfunctions._invoke_with_callback = invoke
    stepfunctions._call_lambda = call


def _authorise_answers_on_the_state_machine() -> None:
    resource_arn = iam_actions.extract_resource_arn

    def extract(service, method, path, headers, body, *rest, **named):
        if service == "states" and ".SendTask" in headers.get("x-amz-target", ""):
            return _machines.get(json.loads(body).get("taskToken"), "*")
        return resource_arn(service, method, path, headers, body, *rest, **named)

    iam_actions.extract_resource_arn = extract
