"""Task 2.2: a client whose key and address come from the environment, at the moment it is made."""

from intark_lab.tasks.task import Bench, Part, Verdict, no, verdict, yes

PATH = "/fs/emner/v1/emner"


def orders(_bench: Bench) -> dict:
    return {"call": "make_client()", "arguments": 0, "path": f"{PATH}?limit=1"}


def judge(bench: Bench, evidence: dict) -> Verdict:
    if evidence["type"] == "NoneType":
        part = no("unit02.client.nothing", "unit02.read.client")
        return verdict(part, part)
    if not evidence["is_client"]:
        part = no("unit02.client.other-type", "unit02.read.client", type=evidence["type"])
        return verdict(part, part)
    if evidence["closed"]:
        part = no("unit02.client.closed", "unit02.read.client")
        return verdict(part, part)
    return verdict(_key(bench, evidence), _address(evidence))


def _key(bench: Bench, evidence: dict) -> Part:
    read = "unit02.read.key"
    others = bench.by_others()
    if evidence["key_in_url"]:
        return no("unit02.client.key-in-url", read)
    if evidence["is_bare"] and bench.calls:
        return yes("unit02.client.key-right", path=PATH)
    if any(call.subscription and call.key_from == "header" for call in others):
        return no("unit02.client.key-frozen", read)
    if not bench.calls:
        failed = evidence.get("failed") or f"HTTP {evidence['status']}"
        name = "no-call" if evidence["elsewhere"] or not evidence["has_address"] else "call-failed"
        return no(f"unit02.client.{name}", "unit02.read.client", failed=failed)
    if "x-gravitee-api-key" in evidence["name_in"]:
        return no("unit02.client.key-name", read)
    if "x-gravitee-api-key" in evidence["key_in"]:
        return no("unit02.client.key-wrapped", read, status=evidence["status"])
    if evidence["key_in"]:
        return no("unit02.client.other-header", read, header=evidence["key_in"][0].title())
    if evidence["authorized"]:
        return no("unit02.client.other-header", read, header="Authorization")
    name = "unit02.client.key-wrong" if others[-1].key_from else "unit02.client.key-missing"
    return no(name, read, status=evidence["status"], path=PATH)


def _address(evidence: dict) -> Part:
    read = "unit02.read.client"
    if not evidence["has_address"]:
        return no("unit02.client.no-address", read, path=PATH)
    if evidence["elsewhere"]:
        return no("unit02.client.address-other", read, address=evidence["elsewhere"])
    if not evidence["follows"]:
        return no("unit02.client.address-frozen", read)
    if evidence["beyond"]:
        return no("unit02.client.address-beyond", read, beyond=evidence["beyond"], path=PATH)
    if not evidence["has_timeout"]:
        return no("unit02.client.no-timeout", read)
    return yes("unit02.client.address-right")
