"""Log groups as targets of EventBridge rules: each event becomes a log event, where a resource policy admits it.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-cloudwatchlogs-permissions
MiniStack takes such targets and drops what is sent to them.
"""

import fnmatch
import json
import logging
import time
import uuid

from ministack.core.arn import ArnParseError, parse_arn
from ministack.services import cloudwatch, cloudwatch_logs, eventbridge

_SENDERS = {"events.amazonaws.com", "delivery.logs.amazonaws.com"}
_logger = logging.getLogger("events")


def deliver_events() -> None:
    """Have EventBridge write to the log groups that rules name; other targets are MiniStack's own."""
    invoke_target = eventbridge._invoke_target

    def invoke(target, event, rule, view=None):
        group = _log_group(target.get("Arn", ""))
        if group is None:
            return invoke_target(target, event, rule, view)
        view = view or eventbridge._pattern_event_view(event)
        _deliver(target, group, rule, view)

    eventbridge._invoke_target = invoke


def _log_group(arn: str) -> str | None:
    try:
        spec = parse_arn(arn)
    except ArnParseError:
        return None
    kind, _, name = spec.resource.partition(":")
    return name.removesuffix(":*") if spec.service == "logs" and kind == "log-group" else None


def _deliver(target: dict, name: str, rule: dict, view) -> None:
    group = cloudwatch_logs._log_groups.get(name)
    refusal = "no such log group" if group is None else None if _admitted(group, rule) else "no resource policy admits EventBridge"
    if refusal is not None:
        _logger.warning("EventBridge: rule %s cannot write to %s: %s", rule.get("Name"), name, refusal)
        cloudwatch.record_metric("AWS/Events", "FailedInvocations", 1, "Count", _dimensions(rule))
        return
    stream = str(uuid.uuid4())
    cloudwatch_logs._create_log_stream({"logGroupName": name, "logStreamName": stream})
    cloudwatch_logs._put_log_events({
        "logGroupName": name, "logStreamName": stream, "logEvents": [_log_event(target, rule, view)]})


def _log_event(target: dict, rule: dict, view) -> dict:
    """The event as it is; an input transformer says ``{"timestamp": …, "message": …}``, as AWS wants it."""
    now = int(time.time() * 1000)
    if "InputTransformer" not in target:
        return {"timestamp": now, "message": json.dumps(view.event_with_detail())}
    shaped = json.loads(eventbridge._apply_input_transformer(target["InputTransformer"], rule, view))
    message = shaped["message"]
    return {"timestamp": now, "message": message if isinstance(message, str) else json.dumps(message)}


def _dimensions(rule: dict) -> dict:
    """Of a rule of the default bus its name alone: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html"""
    bus = rule.get("EventBusName", "default")
    return {"RuleName": rule.get("Name", "")} | ({} if bus == "default" else {"EventBusName": bus})


def _admitted(group: dict, rule: dict) -> bool:
    arn = group["arn"].removesuffix(":*")
    statements = [
        statement
        for policy in cloudwatch_logs._resource_policies.values()
        for statement in _list(json.loads(policy["policyDocument"]).get("Statement", []))
        if statement.get("Effect") == "Allow" and _is_for_events(statement) and _is_for_rule(statement, rule)
        and any(_matches(f"{arn}:log-stream:x", resource) or _matches(f"{arn}:*", resource) for resource in _list(statement.get("Resource", [])))
    ]
    # For whom a stream is made is not said: a statement with conditions lets nobody make one.
    may = {"logs:PutLogEvents": statements, "logs:CreateLogStream": [each for each in statements if "Condition" not in each]}
    return all(
        any(_matches(needed, action) for statement in admitting for action in _list(statement.get("Action", [])))
        for needed, admitting in may.items()
    )


def _is_for_events(statement: dict) -> bool:
    principal = statement.get("Principal", {})
    return principal == "*" or bool(_SENDERS & set(_list(principal.get("Service", []))))


def _is_for_rule(statement: dict, rule: dict) -> bool:
    """Of conditions only those on whom EventBridge writes for are known; no other is met."""
    known = {"aws:sourcearn": rule.get("Arn", ""), "aws:sourceaccount": parse_arn(rule.get("Arn", "")).account_id}
    return all(
        operator in ("ArnEquals", "ArnLike", "StringEquals", "StringLike")
        and any(_matches(known.get(key.lower(), ""), value) if operator != "StringEquals" else known.get(key.lower()) == value for value in _list(values))
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    )


def _matches(text: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(text, pattern)


def _list(value) -> list:
    return value if isinstance(value, list) else [value]
