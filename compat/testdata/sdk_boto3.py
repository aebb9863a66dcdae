"""Makes the calls of the life cycle with boto3.

The plan comes on standard input, the report goes to standard output.
"""
import base64
import datetime
import json
import sys
import urllib.request

import boto3
import botocore.config
import botocore.exceptions

plan = json.load(sys.stdin)
client = boto3.client(
    "pinpoint-sms-voice-v2",
    endpoint_url=plan["endpoint"],
    region_name="us-east-1",
    aws_access_key_id=plan["key"],
    aws_secret_access_key=plan["secret"],
    config=botocore.config.Config(retries={"max_attempts": 0}),
)
methods = {operation: method for method, operation in client.meta.method_to_api_mapping.items()}
shapes = {shape["name"]: shape for shape in plan["model"]["shapes"]}
operations = {operation["name"]: operation for operation in plan["model"]["operations"]}


def to_native(name, value):
    """Gives JSON the types that boto3 takes: octets and times."""
    shape = shapes[name]
    if shape["type"] == "structure":
        members = {m["name"]: m["shape"] for m in shape["members"]}
        return {key: to_native(members[key], v) for key, v in value.items()}
    if shape["type"] == "list":
        return [to_native(shape["element"], v) for v in value]
    if shape["type"] == "blob":
        return base64.b64decode(value)
    if shape["type"] == "timestamp":
        return datetime.datetime.fromtimestamp(value, datetime.timezone.utc)
    return value


TYPES = {"string": str, "integer": int, "long": int, "double": float, "boolean": bool, "map": dict, "blob": bytes}


def misshapen(at, shape, value):
    """Lists members that are missing or of another type than boto3's model has."""
    if shape.type_name == "list":
        if not isinstance(value, list):
            return [f"{at} is no list"]
        return [w for i, v in enumerate(value) for w in misshapen(f"{at}[{i}]", shape.member, v)]
    if shape.type_name == "timestamp":
        now = datetime.datetime.now(datetime.timezone.utc)
        fits = isinstance(value, datetime.datetime) and abs(now - value) < datetime.timedelta(hours=1)
        return [] if fits else [f"{at} is {value!r}, no time of now"]
    if shape.type_name != "structure":
        return [] if isinstance(value, TYPES[shape.type_name]) else [f"{at} is {value!r}, no {shape.type_name}"]
    wrong = []
    for name, member in shape.members.items():
        if name in value:
            wrong += misshapen(f"{at}.{name}", member, value[name])
        elif name in shape.required_members or member.type_name == "list" or member.name == "PrimitiveBoolean":
            wrong.append(f"{at}.{name} is missing")
    return wrong


def exception(error):
    """Gives the members of a typed exception."""
    code = error.response["Error"]["Code"]
    if not isinstance(error, getattr(client.exceptions, code)):
        return {"name": f"no typed exception: {error!r}"}
    members = {k: v for k, v in error.response.items() if k not in ("Error", "ResponseMetadata")}
    return {**members, "name": code, "Message": error.response["Error"]["Message"]}


def call(operation, given):
    try:
        answer = getattr(client, methods[operation])(**to_native(operations[operation]["input"], given))
    except botocore.exceptions.ClientError as error:
        return {"error": exception(error)}
    answer.pop("ResponseMetadata")
    shape = client.meta.service_model.operation_model(operation).output_shape
    return {"answer": answer, "wrong": misshapen(operation, shape, answer)}


def read_pages(operation, given):
    pages = client.get_paginator(methods[operation]).paginate(**given, PaginationConfig={"PageSize": 1})
    return {"pages": list(pages)}


def inject(operation, fault):
    faults("PUT", [{"operation": operation, "exception": fault["exception"], "reason": fault.get("reason", ""), "count": 1}])


def faults(method, given=None):
    """Sets the faults of the account, or reads those that are left."""
    body = json.dumps({"faults": given}).encode() if given else None
    key = base64.b64encode(f"{plan['key']}:{plan['secret']}".encode()).decode()
    request = urllib.request.Request(plan["console"] + "/simulator/v1/faults", body, {"Authorization": "Basic " + key}, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["faults"]


def substitute(value, variables):
    if isinstance(value, str) and value.startswith("$"):
        return variables.get(value[1:])
    if isinstance(value, list):
        return [substitute(v, variables) for v in value]
    if isinstance(value, dict):
        return {k: substitute(v, variables) for k, v in value.items()}
    return value


def lacks(value):
    if isinstance(value, (list, dict)):
        return any(lacks(v) for v in (value.values() if isinstance(value, dict) else value))
    return value is None


report = {"known": sorted(methods), "steps": [], "vars": {}, "unbuilt": {}, "exercised": [], "declared": []}
for step in plan["steps"]:
    given = substitute(step.get("in", {}), report["vars"])
    if step["op"] not in methods or step["op"] not in plan["built"] or lacks(given):
        report["steps"].append({"skipped": "needs what is not built or not known"})
        continue
    if "fault" in step:
        inject(step["op"], step["fault"])
    result = (read_pages if "pages" in step else call)(step["op"], given)
    if "error" not in result:
        report["exercised"].append(step["op"])
    for name, member in step.get("save", {}).items():
        report["vars"][name] = result.get("answer", {}).get(member)
        if "error" not in result and report["vars"][name] is None:
            result["wrong"].append(f"no {member}, which later steps need")
    report["steps"].append(result)
for name in sorted(set(methods) - set(plan["built"])):
    report["unbuilt"][name] = call(name, plan["inputs"][name])
# Every exception that an operation declares, built or not; an old model
# requires members that valid calls lack today.
if len(methods) == len(operations):
    faults("PUT", [{"operation": name, "exception": e, "count": 1} for name, o in operations.items() for e in o["errors"]])
for told in faults("GET"):
    met = call(told["operation"], plan["inputs"][told["operation"]]).get("error")
    report["declared"].append({"told": told, "met": met})
json.dump(report, sys.stdout, default=str)
