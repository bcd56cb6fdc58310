"""Saved queries of CloudWatch Logs Insights, which MiniStack has not: kept, listed and removed, as by its API and by stacks.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html
"""

import json
import time
import uuid

from ministack.core.responses import AccountRegionScopedDict, error_response_json, json_response
from ministack.services import cloudwatch_logs

_definitions = AccountRegionScopedDict()


def keep() -> None:
    """Answer the calls about saved queries before MiniStack refuses them."""
    handle = cloudwatch_logs.handle_request
    operations = {"PutQueryDefinition": _put, "DescribeQueryDefinitions": _describe, "DeleteQueryDefinition": _delete}

    async def handle_or_keep(method, path, headers, body, query_params):
        operation = operations.get(headers.get("x-amz-target", "").rpartition(".")[2])
        if operation is None:
            return await handle(method, path, headers, body, query_params)
        return operation(json.loads(body or b"{}"))

    cloudwatch_logs.handle_request = handle_or_keep


def _store(identity: str, request: dict) -> None:
    _definitions[identity] = {
        "queryDefinitionId": identity,
        "name": request["name"],
        "queryString": request["queryString"],
        "logGroupNames": request.get("logGroupNames", []),
        "lastModified": int(time.time() * 1000),
    }


def _put(request: dict) -> tuple:
    identity = request.get("queryDefinitionId") or str(uuid.uuid4())
    if "queryDefinitionId" in request and identity not in _definitions:
        return error_response_json("ResourceNotFoundException", "The specified query definition does not exist.", 400)
    _store(identity, request)
    return json_response({"queryDefinitionId": identity})


def _describe(request: dict) -> tuple:
    prefix = request.get("queryDefinitionNamePrefix", "")
    found = sorted((each for each in _definitions.values() if each["name"].startswith(prefix)), key=lambda each: each["name"])
    begin, most = int(request.get("nextToken") or 0), int(request.get("maxResults") or 1000)
    answer = {"queryDefinitions": found[begin:begin + most]}
    return json_response(answer if len(found) <= begin + most else {**answer, "nextToken": str(begin + most)})


def _delete(request: dict) -> tuple:
    if _definitions.pop(request["queryDefinitionId"], None) is None:
        return error_response_json("ResourceNotFoundException", "The specified query definition does not exist.", 400)
    return json_response({"success": True})


def _provision(identity: str, props: dict) -> tuple:
    _store(identity, {"name": props["Name"], "queryString": props["QueryString"], "logGroupNames": props.get("LogGroupNames", [])})
    return identity, {"QueryDefinitionId": identity}


TYPES = {
    "AWS::Logs::QueryDefinition": {
        "create": lambda logical_id, props, stack_name: _provision(str(uuid.uuid4()), props),
        "update": lambda physical_id, old_props, new_props, stack_name, logical_id: _provision(physical_id, new_props),
        "delete": lambda physical_id, props: _definitions.pop(physical_id, None),
    },
}
