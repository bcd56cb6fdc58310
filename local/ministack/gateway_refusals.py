"""A caller whom IAM refuses is answered through the API's gateway responses (``ACCESS_DENIED``), as API Gateway does.

MiniStack does so for signatures that do not hold, and answers a policy's refusal in the form of other services.
"""

import json

import ministack.app
from ministack.core.iam_evaluator import AuthError
from ministack.services import apigateway_v1

_DENIED = "AccessDeniedException"


def answer_as_api_gateway() -> None:
    enforce = ministack.app._enforce_execute_api
    apigateway_v1._AUTHENTICATION_GATEWAY_ERRORS[_DENIED] = ("ACCESS_DENIED", _DENIED)

    def enforce_and_answer(api_id, stage, method, path, headers, query_params, *rest, **named):
        denied = enforce(api_id, stage, method, path, headers, query_params, *rest, **named)
        if denied is None or "application/x-amz-json" not in denied[1].get("Content-Type", ""):
            return denied
        refusal = json.loads(denied[2])
        if not refusal.get("__type", "").endswith(_DENIED):
            return denied
        error = AuthError(_DENIED, refusal.get("message", ""))
        return apigateway_v1.authentication_error_response(api_id, stage, error, headers, query_params) or denied

    ministack.app._enforce_execute_api = enforce_and_answer
