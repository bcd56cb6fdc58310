"""The ARN on which a call is authorised, where MiniStack names another than AWS does.

* Calls on a log group's events are authorised on a stream of it, ``…:log-group:NAME:log-stream:STREAM``, with an empty
  name where the call names none. Policies name groups as ``…:log-group:NAME:*``, which is what CloudFormation's ``Arn``
  of a log group says. MiniStack authorises on the bare group, which such a policy does not cover.
* GetParametersByPath is authorised on the path, as if it were a parameter; MiniStack names none.
"""

import json

from ministack.core import iam_actions

_ON_STREAMS = {"CreateLogStream", "PutLogEvents", "GetLogEvents", "FilterLogEvents", "DescribeLogStreams", "DeleteLogStream"}


def name_as_aws_does() -> None:
    resource_arn = iam_actions.extract_resource_arn

    def extract(service, method, path, headers, body, query_params, region, account_id):
        arn = resource_arn(service, method, path, headers, body, query_params, region, account_id)
        action = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
        if service == "ssm" and action == "GetParametersByPath":
            return f"arn:aws:ssm:{region}:{account_id}:parameter/{json.loads(body).get('Path', '').strip('/')}"
        if service != "logs" or action not in _ON_STREAMS or arn == "*":
            return arn
        return f"{arn}:log-stream:{json.loads(body).get('logStreamName', '')}"

    iam_actions.extract_resource_arn = extract
