"""Starts MiniStack as the local cloud: IAM enforced, loopback only, with the CloudFormation types it lacks.

    python launch.py --port 4566 --fleet http://127.0.0.1:4600

The environment that functions and deployments see is fixed here; whatever else the caller's
environment holds (AWS_ENDPOINT_URL_EC2 and the like) is passed on to the functions as it is.
"""

import argparse
import os
import sys


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True, help="port of the gateway on 127.0.0.1")
    parser.add_argument("--fleet", required=True, help="URL of the fleet simulator, which keeps SSM documents")
    return parser.parse_args()


def configure_environment(port: int) -> None:
    """What MiniStack reads from its environment, some of it already while it is imported."""
    os.environ.update({
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "AUTH": "true",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
    })
    os.environ.pop("AWS_SESSION_TOKEN", None)
    os.environ.pop("AWS_PROFILE", None)


def main() -> None:
    arguments = parse_arguments()
    configure_environment(arguments.port)

    import ministack.app

    import authorize
    import authorised_resources
    import emf
    import functions
    import public_images
    import gateway_refusals
    import launch_templates
    import log_targets
    import nested_stacks
    import resource_types
    import stack_operations
    import task_tokens
    import transport
    from local_route import with_route
    from watch import alarms, metric_data, route, saved_queries, service_metrics

    resource_types.register(arguments.fleet)
    functions.let_invocations_finish()
    public_images.publish()
    launch_templates.keep_interfaces_and_placement()
    nested_stacks.keep_attributes()
    transport.trust_loopback()
    emf.publish_metrics_from_logs()
    task_tokens.behave_as_on_aws()
    authorised_resources.name_as_aws_does()
    gateway_refusals.answer_as_api_gateway()
    log_targets.deliver_events()
    service_metrics.publish_as_services_do()
    alarms.evaluate_as_on_aws()
    metric_data.answer_as_on_aws()
    saved_queries.keep()
    application = stack_operations.with_operations_awaited(ministack.app.app)
    for path, answer in ((authorize.ROUTE, authorize.authorize), (route.ROUTE, route.evaluate)):
        application = with_route(application, path, answer)
    ministack.app.app = alarms.with_alarms_evaluated(application)

    sys.argv = sys.argv[:1]
    ministack.app.main()


if __name__ == "__main__":
    main()
