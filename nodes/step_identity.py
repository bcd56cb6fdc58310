"""What a step is told of itself and its place, and what each line of its log says of it."""

import os

# A step's environment beside its own: where programs are, a home, text, and what points AWS clients to their services.
PASSED_ON = ("PATH", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_CA_BUNDLE", "AWS_EC2_METADATA_SERVICE_ENDPOINT")


def step_environment(payload, node, node_list, data):
    """What the step sees: the user's own variables never hide the orchestrator's."""
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    environment.update({name: value for name, value in os.environ.items() if name.startswith("AWS_ENDPOINT_URL")})
    environment.setdefault("AWS_REGION", payload["region"])
    environment.setdefault("AWS_DEFAULT_REGION", payload["region"])
    environment.update(HOME="/root", LANG="C.UTF-8")
    environment.update(payload["env"])
    environment.update(
        ORCH_JOB_ID=payload["jobId"], ORCH_ATTEMPT=str(payload["attempt"]), ORCH_NAMESPACE=payload["namespace"],
        ORCH_NODE=node["name"], ORCH_POOL=node["pool"], ORCH_RANK=str(node["rank"]), ORCH_NODE_LIST=node_list,
        ORCH_RESULTS_DIR=os.path.join(data, "results"), TRACEPARENT=payload["traceparent"])
    return environment


def line_identity(payload, node):
    """What each line says it is of, so that queries find it without its stream."""
    _, trace_id, span_id, _ = payload["traceparent"].split("-")
    return {"jobId": payload["jobId"], "attempt": payload["attempt"], "namespace": payload["namespace"], "node": node["name"],
            "step": payload["name"], "traceId": trace_id, "spanId": span_id}
