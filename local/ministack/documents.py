"""``AWS::SSM::Document``: kept by the fleet simulator, which runs them on its instances."""

import json

import botocore.session
from botocore.exceptions import ClientError
from ministack.services.cloudformation import provisioners, stacks


def provision_on_worker_threads() -> None:
    """Keep the event loop free: the simulator asks MiniStack for authorization while it answers."""
    blocks = stacks._runs_on_worker_thread
    stacks._runs_on_worker_thread = lambda resource_type: resource_type == "AWS::SSM::Document" or blocks(resource_type)


def types(fleet_url: str) -> dict:
    """The handlers, over the SSM protocol and with the account's own credentials."""
    ssm = botocore.session.get_session().create_client(
        "ssm", endpoint_url=fleet_url, region_name="us-east-1",
        aws_access_key_id="test", aws_secret_access_key="test")

    def create(logical_id, props, stack_name):
        name = props.get("Name") or provisioners._physical_name(stack_name, logical_id)
        ssm.create_document(
            Name=name,
            Content=_content(props),
            DocumentType=props.get("DocumentType", "Command"),
            DocumentFormat=props.get("DocumentFormat", "JSON"),
            **({"TargetType": props["TargetType"]} if "TargetType" in props else {}),
        )
        return name, {"Name": name}

    def update(physical_id, old_props, new_props, stack_name, logical_id):
        if new_props.get("Name") != old_props.get("Name"):
            return create(logical_id, new_props, stack_name)
        if _content(new_props) != _content(old_props):
            updated = ssm.update_document(
                Name=physical_id, Content=_content(new_props), DocumentVersion="$LATEST",
                DocumentFormat=new_props.get("DocumentFormat", "JSON"))["DocumentDescription"]
            ssm.update_document_default_version(Name=physical_id, DocumentVersion=updated["DocumentVersion"])
        return physical_id, {"Name": physical_id}

    def delete(physical_id, props):
        try:
            ssm.delete_document(Name=physical_id)
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidDocument":  # already gone
                raise

    return {"AWS::SSM::Document": {"create": create, "update": update, "delete": delete}}


def _content(props: dict) -> str:
    content = props["Content"]
    return content if isinstance(content, str) else json.dumps(content)
