"""What the CloudWatch agent of a node is told: its own configuration for what the node uses, and one of OpenTelemetry's
collector for what hooks and jobs send."""

import glob
import os
import urllib.parse

# Behind each name: the agent has components of its own.
OURS = "/orchestrator"
SECONDS = 60
# What it may hold while nobody takes it; what is beyond is refused or dropped, and counted by the agent.
MEMORY_MIB = 128
MOST_BATCHES = 64
# Below what CloudWatch's endpoints take in a request.
BATCH_ITEMS = 512
RETRY_SECONDS = "60s"
# Signals by the service of CloudWatch that takes them; the service is also what a request is signed for.
# Logs are what a step prints: these are bounded. Metrics are taken where the deployment says so: nothing bounds them.
SERVICES = {"traces": "xray", "metrics": "monitoring"}
# The agent sends OTLP nowhere else.
DOMAINS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")


def sends_to(endpoint):
    """Whether the agent sends there. By a configuration that names another host it ends at once."""
    return (urllib.parse.urlsplit(endpoint).hostname or "").endswith(DOMAINS)


def agent(settings):
    """The agent's own configuration, which it cannot be without: metrics of the node, or a receiver that nobody sends to."""
    namespace = settings.get("metricsNamespace")
    collected = _node_metrics(settings) if namespace else {"statsd": {"service_address": "127.0.0.1:0"}}
    return {
        "agent": {"metrics_collection_interval": SECONDS, "region": settings["region"], "omit_hostname": True},
        "metrics": {"namespace": namespace or "unused", "metrics_collected": collected}}


def _node_metrics(settings):
    """Five metrics a node, and two for each GPU: each is billed for the hours that it is sent in."""
    def of_node(**plugin):
        return dict(plugin, append_dimensions={"JobId": settings["jobId"], "Node": settings["node"]})

    metrics = {
        "mem": of_node(measurement=["used_percent"]),
        "disk": of_node(measurement=["used_percent"], resources=["/", "/data"], drop_device=True)}
    interface = _default_interface()
    if interface:
        metrics["net"] = of_node(measurement=["bytes_sent", "bytes_recv"], resources=[interface])
    if _has_gpus():
        metrics["nvidia_gpu"] = of_node(measurement=["utilization_gpu", "memory_used"])
    return metrics


def _has_gpus(devices="/dev/nvidia[0-9]*", program="/usr/bin/nvidia-smi"):
    """Whether there are GPUs, and the agent can ask them: without the program in this place it takes no configuration at all."""
    return bool(glob.glob(devices)) and os.access(program, os.X_OK)


def _default_interface(routes="/proc/net/route"):
    """The interface of the default route: a machine may have dozens."""
    try:
        with open(routes, encoding="ascii") as lines:
            fields = [line.split() for line in lines]
    except OSError:
        return None
    return next((field[0] for field in fields if len(field) > 1 and field[1] == "00000000"), None)


def opentelemetry(settings, port):
    """Configuration of OpenTelemetry's collector: OTLP on the loopback, whose it is, and where it goes."""
    endpoint = settings.get("endpoint")
    signals = ["traces", "metrics"] if settings.get("programMetrics") else ["traces"]
    exporters = {"otlphttp%s" % OURS: _exporter(endpoint=endpoint)} if endpoint else {
        "otlphttp%s-%s" % (OURS, signal): _to_cloudwatch(settings, signal) for signal in signals}
    extensions = {} if endpoint else {
        "sigv4auth%s-%s" % (OURS, signal): {"region": settings["region"], "service": SERVICES[signal]} for signal in signals}
    processors = {
        "memory_limiter" + OURS: {"check_interval": "1s", "limit_mib": MEMORY_MIB, "spike_limit_mib": MEMORY_MIB // 4},
        "resource" + OURS: {"attributes": [
            {"key": key, "value": value, "action": "insert" if key == "service.namespace" else "upsert"}
            for key, value in settings["attributes"].items()]},
        "batch" + OURS: {"timeout": "1s", "send_batch_size": BATCH_ITEMS, "send_batch_max_size": BATCH_ITEMS}}
    pipelines = {signal + OURS: {
        "receivers": ["otlp" + OURS], "processors": list(processors),
        "exporters": ["otlphttp%s" % OURS if endpoint else "otlphttp%s-%s" % (OURS, signal)]} for signal in signals}
    return {
        "receivers": {"otlp" + OURS: {"protocols": {"http": {"endpoint": "127.0.0.1:%s" % port}}}},
        "processors": processors, "exporters": exporters, "extensions": extensions,
        "service": {"extensions": list(extensions), "pipelines": pipelines}}


def _exporter(**more):
    """Whoever sends never waits for whoever takes: a queue of a fixed length is between them."""
    return dict(more, compression="gzip", timeout="10s", sending_queue={"queue_size": MOST_BATCHES},
                retry_on_failure={"enabled": True, "initial_interval": "1s", "max_interval": "10s", "max_elapsed_time": RETRY_SECONDS})


def _to_cloudwatch(settings, signal):
    service, region = SERVICES[signal], settings["region"]
    domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return _exporter(auth={"authenticator": "sigv4auth%s-%s" % (OURS, signal)},
                     **{"%s_endpoint" % signal: "https://%s.%s.%s/v1/%s" % (service, region, domain, signal)})
