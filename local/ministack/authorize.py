"""``POST /_local/authorize``: MiniStack's signature check and IAM evaluator for the fleet simulator.

The simulator answers EC2 and SSM calls itself, so it must refuse what IAM refuses. It sends the
request as it received it, with the checks that AWS makes for it:

    { "headers": {...}, "method": "POST", "path": "/", "query": "", "body": "<base64>",
      "checks": [{ "action": "ec2:CreateFleet", "resource": "arn:...", "context": { "aws:RequestTag/x": "y" } }] }

and gets

    { "allowed": false, "principal": "arn:...", "code": "AccessDenied", "message": "User: ... is not authorized ...",
      "checks": [{ "allowed": false, "message": "..." }] }

``code`` is absent when all is allowed, "AccessDenied" when a policy refuses, and the name of the
authentication failure (such as "SignatureDoesNotMatch") when the signature does.
"""

import base64
import hashlib
from urllib.parse import parse_qs

from ministack.app import _request_account_scope
from ministack.core import iam_evaluator
from ministack.core.iam_actions import identity_denial_message
from ministack.core.responses import get_account_id, get_region, set_request_account_id, set_request_region
from ministack.core.router import extract_access_key_id, extract_region

ROUTE = "/_local/authorize"


def authorize(request: dict) -> dict:
    """Verify the signature, then evaluate every check; see the module's contract."""
    headers = {name.lower(): value for name, value in request["headers"].items()}
    query = parse_qs(request.get("query", ""), keep_blank_values=True)
    access_key = extract_access_key_id(headers, query)
    set_request_account_id(_request_account_scope(access_key))
    set_request_region(extract_region(headers, query))

    principal = _authenticate(access_key, headers, query, request)
    if isinstance(principal, iam_evaluator.AuthError):
        return {"allowed": False, "principal": "", "code": principal.code, "message": principal.message, "checks": []}

    checks = [_evaluate(access_key, principal.arn, check) for check in request["checks"]]
    refused = next((check for check in checks if not check["allowed"]), None)
    answer = {"allowed": refused is None, "principal": principal.arn, "checks": checks}
    return answer if refused is None else {**answer, "code": "AccessDenied", "message": refused["message"]}


def _authenticate(access_key, headers, query, request):
    """The caller's principal, or the reason why the request proves none."""
    if not access_key:
        return iam_evaluator.AuthError("MissingAuthenticationToken", "Request is missing Authentication Token")
    body = base64.b64decode(request.get("body", ""))
    declared = headers.get("x-amz-content-sha256", "")
    if len(declared) == 64 and declared != hashlib.sha256(body).hexdigest():
        return iam_evaluator.AuthError(
            "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.")
    raw_headers = [(name.encode("latin-1"), value.encode("utf-8")) for name, value in headers.items()]
    iam_evaluator.pin_signed_request(request["method"], request["path"], query, raw_headers)
    iam_evaluator.pin_signed_body(body)
    account = get_account_id()
    credential = iam_evaluator.authenticate(access_key, account)
    if isinstance(credential, iam_evaluator.AuthError):
        return credential
    return iam_evaluator.resolve_principal(access_key, account, credential)


def _evaluate(access_key: str, principal_arn: str, check: dict) -> dict:
    action, resource = check["action"], check.get("resource", "*")
    refusal = iam_evaluator.enforce(
        access_key, action, action.partition(":")[0], get_region(), resource, check.get("context") or {})
    if refusal is None:
        return {"allowed": True}
    explicit = getattr(refusal, "decision", "") == "Deny"
    return {"allowed": False, "message": identity_denial_message(action, principal_arn, resource, explicit)}
