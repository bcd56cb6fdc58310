"""Calls AWS by boto3 as standard input asks, one JSON object a line, and answers each with one line.

In:  {"service", "operation", "parameters"}, the operation as boto3 names its method.
Out: {"output" or "error", "oddities"}. Oddities are what boto3 would pass over in silence: elements of the answer that
     the service's model does not know, values that are not of their type, texts that are none of an enumeration.
"""
import datetime
import json
import sys
from xml.etree import ElementTree

import boto3
import botocore.exceptions
from botocore.config import Config

PRIMITIVES = {
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
    "boolean": {"true": True, "false": False}.__getitem__,
    "timestamp": lambda text: datetime.datetime.fromisoformat(text.replace("Z", "+00:00")),
}
JSON_TYPES = {"integer": int, "long": int, "float": (int, float), "double": (int, float), "boolean": bool, "timestamp": (int, float, str), "string": str}


def local_name(element):
    return element.tag.rpartition("}")[2]


def enum_oddity(shape, value, path):
    return [f"{path}: {value} is none of the model's values"] if shape.enum and value not in shape.enum else []


def xml_oddities(element, shape, path):
    if shape.type_name == "structure":
        known = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        found = []
        for child in element:
            name = local_name(child)
            if name in known:
                found += xml_oddities(child, known[name], f"{path}.{name}")
            elif name not in ("requestId", "return"):
                found.append(f"{path}: {name} is not in the model")
        return found
    if shape.type_name == "list":
        found = [] if not (element.text or "").strip() else [f"{path}: text in a list"]
        item = shape.member.serialization.get("name", "item")
        for child in element:
            name = local_name(child)
            found += xml_oddities(child, shape.member, f"{path}.{name}") if name == item else [f"{path}: {name} where {item} belongs"]
        return found
    text = element.text or ""
    if len(element) > 0:
        return [f"{path}: elements where a {shape.type_name} belongs"]
    try:
        PRIMITIVES.get(shape.type_name, str)(text)
    except (KeyError, ValueError):
        return [f"{path}: {text} is no {shape.type_name}"]
    return enum_oddity(shape, text, path) if shape.type_name == "string" else []


def json_oddities(value, shape, path):
    if value is None:
        return []
    if shape.type_name == "structure":
        known = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        return [
            oddity
            for name, member in value.items()
            for oddity in (json_oddities(member, known[name], f"{path}.{name}") if name in known else [f"{path}: {name} is not in the model"])
        ]
    if shape.type_name == "list":
        return [oddity for index, item in enumerate(value) for oddity in json_oddities(item, shape.member, f"{path}[{index}]")]
    if shape.type_name == "map":
        return [oddity for key, item in value.items() for oddity in json_oddities(item, shape.value, f"{path}.{key}")]
    if not isinstance(value, JSON_TYPES.get(shape.type_name, object)):
        return [f"{path}: {value} is no {shape.type_name}"]
    return enum_oddity(shape, value, path) if shape.type_name == "string" else []


class Caller:
    def __init__(self, endpoint):
        self.clients = {}
        self.oddities = []
        self.options = {"endpoint_url": endpoint, "config": Config(retries={"max_attempts": 0})}

    def client(self, service):
        if service not in self.clients:
            self.clients[service] = boto3.client(service, **self.options)
            self.clients[service].meta.events.register(f"after-call.{service}.*", self.look)
        return self.clients[service]

    def look(self, http_response, model, **_rest):
        if http_response.status_code < 300 and model.output_shape is not None:
            body = http_response.content
            if model.service_model.protocol == "ec2":
                self.oddities = xml_oddities(ElementTree.fromstring(body), model.output_shape, model.name)
            else:
                self.oddities = json_oddities(json.loads(body), model.output_shape, model.name)

    def call(self, service, operation, parameters):
        self.oddities = []
        try:
            output = getattr(self.client(service), operation)(**parameters)
            output.pop("ResponseMetadata")
            return {"output": output, "oddities": self.oddities}
        except botocore.exceptions.ClientError as error:
            return {"error": error.response["Error"], "oddities": self.oddities}
        except botocore.exceptions.BotoCoreError as error:
            return {"error": {"Code": type(error).__name__, "Message": str(error)}, "oddities": self.oddities}


def plain(value):
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    raise TypeError(f"{type(value)} cannot be written")


caller = Caller(sys.argv[1])
for line in sys.stdin:
    print(json.dumps(caller.call(**json.loads(line)), default=plain), flush=True)
