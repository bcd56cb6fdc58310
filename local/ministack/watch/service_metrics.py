"""What services of AWS write about themselves to CloudWatch and MiniStack does not, as far as alarms and dashboards look.

API Gateway by API, and by API and stage; Step Functions by state machine; Lambda by function, whoever invokes it, with
the age of what readers of streams get; and queues, whose messages are counted whenever alarms are evaluated.
"""

import time
from datetime import datetime

import ministack.app
from ministack.services import apigateway_v1, cloudwatch, lambda_svc, sqs, stepfunctions

_ENDS = {"SUCCEEDED": "ExecutionsSucceeded", "FAILED": "ExecutionsFailed", "TIMED_OUT": "ExecutionsTimedOut",
         "ABORTED": "ExecutionsAborted"}


def publish_as_services_do() -> None:
    _count_executions()
    _count_requests()
    _measure_iterators()
    _count_invocations()


def sample() -> None:
    """Count the messages of all queues."""
    for queue in list(sqs._queues.values()):
        sqs._refresh_counts(queue)
        dimensions = {"QueueName": queue["name"]}
        attributes = queue["attributes"]
        for metric, attribute in (("ApproximateNumberOfMessagesVisible", "ApproximateNumberOfMessages"),
                                  ("ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesNotVisible")):
            cloudwatch.record_metric("AWS/SQS", metric, int(attributes[attribute]), "Count", dimensions)
        oldest = min((message["sent_at"] for message in list(queue["messages"])), default=None)
        age = 0 if oldest is None else int(time.time() - oldest)
        cloudwatch.record_metric("AWS/SQS", "ApproximateAgeOfOldestMessage", age, "Seconds", dimensions)


def _count_executions() -> None:
    emit = stepfunctions._emit_execution_status_event

    def emit_and_count(execution) -> None:
        emit(execution)
        dimensions = {"StateMachineArn": execution["stateMachineArn"]}
        status = execution["status"]
        if status == "RUNNING":
            cloudwatch.record_metric("AWS/States", "ExecutionsStarted", 1, "Count", dimensions)
        elif status in _ENDS:
            cloudwatch.record_metric("AWS/States", _ENDS[status], 1, "Count", dimensions)
            took = _moment(execution["stopDate"]) - _moment(execution["startDate"])
            cloudwatch.record_metric("AWS/States", "ExecutionTime", took * 1000, "Milliseconds", dimensions)

    stepfunctions._emit_execution_status_event = emit_and_count


def _moment(date) -> float:
    return float(date) if isinstance(date, (int, float)) else datetime.fromisoformat(date).timestamp()


def _count_requests() -> None:
    execute = apigateway_v1._handle_execute_in_scope
    enforce = ministack.app._enforce_execute_api

    async def execute_and_count(api_id, stage, *arguments):
        began = time.monotonic()
        response = await execute(api_id, stage, *arguments)
        _count_request(api_id, stage, response[0], (time.monotonic() - began) * 1000)
        return response

    def enforce_and_count(api_id, stage, *arguments, **named):
        refusal = enforce(api_id, stage, *arguments, **named)
        if refusal is not None:
            _count_request(api_id, stage, refusal[0], 0)
        return refusal

    apigateway_v1._handle_execute_in_scope = execute_and_count
    ministack.app._enforce_execute_api = enforce_and_count


def _count_request(api_id: str, stage: str, status: int, milliseconds: float) -> None:
    api = apigateway_v1._rest_apis.get(api_id)
    if api is None:
        return
    for dimensions in ({"ApiName": api["name"]}, {"ApiName": api["name"], "Stage": stage}):
        for metric, value, unit in (("Count", 1, "Count"), ("4XXError", int(400 <= status < 500), "Count"),
                                    ("5XXError", int(status >= 500), "Count"), ("Latency", milliseconds, "Milliseconds")):
            cloudwatch.record_metric("AWS/ApiGateway", metric, value, unit, dimensions)


def _measure_iterators() -> None:
    """The age of the last record of each batch when the function gets it."""
    execute = lambda_svc._execute_function

    def measure_and_execute(func, event):
        records = event.get("Records") if isinstance(event, dict) else None
        last = records[-1] if isinstance(records, list) and records else {}
        if isinstance(last, dict) and last.get("eventSource") == "aws:dynamodb":
            age = max(0.0, time.time() - float(last["dynamodb"]["ApproximateCreationDateTime"])) * 1000
            name = (func.get("config") or func)["FunctionName"]
            cloudwatch.record_metric("AWS/Lambda", "IteratorAge", age, "Milliseconds", {"FunctionName": name})
        return execute(func, event)

    lambda_svc._execute_function = measure_and_execute


def _count_invocations() -> None:
    """Of whatever source: MiniStack counts those by the API alone, and throttled ones as invocations, too."""

    def count(name, duration_ms, error, throttle):
        for metric, value in (("Throttles", 1),) if throttle else (("Invocations", 1), ("Errors", int(error)), ("Throttles", 0)):
            cloudwatch.record_metric("AWS/Lambda", metric, value, "Count", {"FunctionName": name})
        if not throttle:
            cloudwatch.record_metric("AWS/Lambda", "Duration", duration_ms, "Milliseconds", {"FunctionName": name})

    dispatch = lambda_svc._execute_function_dispatch

    def dispatch_and_count(func, config, *arguments):
        began = time.monotonic()
        result = dispatch(func, config, *arguments)
        count(config.get("FunctionName", ""), (time.monotonic() - began) * 1000, bool(result.get("error")), False)
        return result

    lambda_svc._execute_function_dispatch = dispatch_and_count
    lambda_svc._emit_lambda_metrics = lambda name, duration_ms, error, throttle: (
        count(name, duration_ms, error, throttle) if throttle else None)
