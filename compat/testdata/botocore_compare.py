"""Compares a service-2.json and a paginators-1.json with what botocore ships.

Arguments: the two files. Prints JSON: what botocore knows and what differs.
"""
import json
import sys

import botocore
import botocore.loaders

ours = json.load(open(sys.argv[1], encoding="utf-8"))
our_pages = json.load(open(sys.argv[2], encoding="utf-8"))["pagination"]
loader = botocore.loaders.Loader()
theirs = loader.load_service_model("pinpoint-sms-voice-v2", "service-2")
pages = loader.load_service_model("pinpoint-sms-voice-v2", "paginators-1")["pagination"]
differences = []


def differ(kind, at, what, own, shipped):
    if own != shipped:
        differences.append({"kind": kind, "at": at, "what": what, "ours": own, "theirs": shipped})


def bare(value):
    """Drops texts of documentation."""
    if isinstance(value, list):
        return [bare(v) for v in value]
    return {k: v for k, v in value.items() if k != "documentation"} if isinstance(value, dict) else value


def reference(r):
    return r and {"shape": r["shape"], "idempotencyToken": r.get("idempotencyToken", False)}


for name, value in theirs["metadata"].items():
    differ("metadata", "metadata", name, ours["metadata"].get(name), value)
for name, shipped in theirs["operations"].items():
    own = ours["operations"].get(name, {})
    for what in ("http", "input", "output", "errors"):
        differ("operation", name, what, bare(own.get(what)), bare(shipped.get(what)))
for name, shipped in theirs["shapes"].items():
    own = ours["shapes"].get(name)
    if own is None:
        differ("shape", name, "missing", None, shipped["type"])
        continue
    for what in ("type", "required", "enum", "min", "max", "pattern", "box", "exception", "fault", "retryable", "union", "sensitive"):
        differ(what, name, what, own.get(what), shipped.get(what))
    for what in ("member", "key", "value"):
        differ("reference", name, what, reference(own.get(what)), reference(shipped.get(what)))
    own_members, shipped_members = own.get("members", {}), shipped.get("members", {})
    for member in shipped_members:
        differ("reference", name, member, reference(own_members.get(member)), reference(shipped_members[member]))
    for member in own_members:
        if member not in shipped_members:
            differ("added", name, member, reference(own_members[member]), None)
for name in pages:
    differ("pages", name, "pagination", our_pages.get(name), {k: v for k, v in pages[name].items() if k != "non_aggregate_keys"})
json.dump(
    {
        "version": botocore.__version__,
        "operations": len(theirs["operations"]),
        "shapes": len(theirs["shapes"]),
        "differences": differences,
    },
    sys.stdout,
)
