"""Writes google.json: the schema of the Google provider's resources that terraform/ uses, so that tests need
no registry.

    npm pack @cdktf/provider-google@16.12.1 && tar xzf cdktf-provider-google-16.12.1.tgz
    python tests/deploy/offline/schema.py package/.jsii

The package documents every argument of hashicorp/google 6.50 with its Terraform name, type and whether it is
optional. What 7.x added and terraform/ uses is in OVERLAY, each taken from the provider's own documentation.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TERRAFORM = HERE.parents[2] / "terraform"
NAMESPACE = "@cdktf/provider-google."
DOC = re.compile(r"/docs/(resources|data-sources)/([a-z0-9_]+)#([a-z0-9_]+) ")
FQNS = {
    "cdktf.IResolvable": "bool",
    "cdktf.StringMap": ["map", "string"],
    "cdktf.NumberMap": ["map", "number"],
    "cdktf.BooleanMap": ["map", "bool"],
    "cdktf.StringMapList": ["list", ["map", "string"]],
}
INHERITED = frozenset(
    {
        "fqn",
        "internalValue",
        "friendlyUniqueId",
        "cdktfStack",
        "rawOverrides",
        "terraformMetaArguments",
        "terraformResourceType",
        "terraformGeneratorMetadata",
        "terraformProviderConfig",
        "node",
        "constructNodeMetadata",
        "dependsOn",
        "count",
        "connection",
        "forEach",
        "lifecycle",
        "provider",
        "provisioners",
    }
)

OPTIONAL_STRING = {"type": "string", "optional": True}
OVERLAY: dict[str, Any] = {
    # 7.21: direct VPC egress
    "resources/google_cloudfunctions2_function/service_config": {
        "attributes": {"direct_vpc_egress": OPTIONAL_STRING},
        "blocks": {
            "direct_vpc_network_interface": {
                "mode": "list",
                "min": 0,
                "max": 1,
                "block": {
                    "attributes": {
                        "network": OPTIONAL_STRING,
                        "subnetwork": OPTIONAL_STRING,
                        "tags": {"type": ["list", "string"], "optional": True},
                    },
                    "blocks": {},
                },
            }
        },
    },
    # 7.x: roles of the database that a user is created with
    "resources/google_sql_user": {
        "attributes": {"database_roles": {"type": ["list", "string"], "optional": True}},
        "blocks": {},
    },
}


def main(jsii: str) -> None:
    """Extract what terraform/ names from the package's `.jsii` file."""
    types = json.loads(Path(jsii).read_text("utf-8"))["types"]
    used = {"resources": _named("resource"), "data": _named("data")}
    schema = {
        "provider": {"": _provider(types, f"{NAMESPACE}provider.GoogleProviderConfig")},
        **_documented(types, used),
    }
    missing = [name for kind in used for name in used[kind] - schema[kind].keys()]
    if missing:
        sys.exit(f"the package does not know {', '.join(sorted(missing))}")
    for path, added in OVERLAY.items():
        kind, name, *inner = path.split("/")
        block = schema[kind][name]
        for step in inner:
            block = block["blocks"][step]["block"]
        block["attributes"] |= added["attributes"]
        block["blocks"] |= added["blocks"]
    lines = [f'"provider":{_dump(schema["provider"][""])}']
    for kind in ("resources", "data"):
        inside = ",\n".join(f'"{name}":{_dump(schema[kind][name])}' for name in sorted(schema[kind]))
        lines.append(f'"{kind}":{{\n{inside}\n}}')
    (HERE / "google.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


def _documented(types: dict[str, Any], used: dict[str, set[str]]) -> dict[str, dict[str, Any]]:
    """The used resources and data sources: a `…Config` interface documents each."""
    found: dict[str, dict[str, Any]] = {"resources": {}, "data": {}}
    for fqn, declared in types.items():
        if declared.get("kind") != "interface" or "cdktf.TerraformMetaArguments" not in declared.get(
            "interfaces", []
        ):
            continue
        doc = next((m for p in declared.get("properties", []) if (m := DOC.search(_doc(p)))), None)
        if doc:
            kind, name = ("data" if doc[1] == "data-sources" else "resources"), f"google_{doc[2]}"
            if name in used[kind]:
                found[kind][name] = _block(types, fqn, fqn.removesuffix("Config"))
    return found


def _named(kind: str) -> set[str]:
    text = "\n".join(path.read_text("utf-8") for path in TERRAFORM.glob("*.tf"))
    return set(re.findall(rf'^{kind} "(google_[a-z0-9_]+)"', text, re.MULTILINE))


def _dump(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def _doc(prop: dict[str, Any]) -> str:
    docs = prop.get("docs", {})
    return f"{docs.get('summary', '')} {docs.get('remarks', '')} "


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def _type(declared: dict[str, Any]) -> Any:
    if "primitive" in declared:
        return {"string": "string", "number": "number", "boolean": "bool"}.get(
            declared["primitive"], "dynamic"
        )
    if "fqn" in declared:
        fqn = declared["fqn"]
        return FQNS.get(fqn, fqn if fqn.startswith(NAMESPACE) else "dynamic")
    if "collection" in declared:
        of = declared["collection"]
        return ["map" if of["kind"] == "map" else "list", _type(of["elementtype"])]
    choices = [_type(t) for t in declared["union"]["types"] if t.get("fqn") != "cdktf.IResolvable"]
    return choices[0] if choices else "dynamic"


def _nested(kind: Any) -> str | None:
    if isinstance(kind, list):
        return _nested(kind[1])
    return kind if kind.startswith(NAMESPACE) else None


def _block(types: dict[str, Any], fqn: str, cls: str, seen: tuple[str, ...] = ()) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    blocks: dict[str, Any] = {}
    for prop in types[fqn].get("properties", []):
        found = DOC.search(_doc(prop))
        if not found:
            continue
        name, required, kind = found[3], not prop.get("optional", False), _type(prop["type"])
        inner = _nested(kind)
        if inner and inner not in seen and re.search(rf"\b{name} block\.", _doc(prop)):
            blocks[name] = {
                "block": _block(types, inner, f"{inner}OutputReference", (*seen, fqn)),
                "mode": "single" if name == "timeouts" else "list",
                "max": 1 if isinstance(kind, str) else 0,
                "min": 1 if required else 0,
            }
        else:
            attributes[name] = {
                "type": "dynamic" if inner else kind,
                "required" if required else "optional": True,
            }
    for prop in types.get(cls, {}).get("properties", []):
        name = _snake(prop["name"])
        if (
            prop["name"] in INHERITED
            or prop["name"].endswith("Input")
            or prop.get("static")
            or prop.get("const")
            or name in attributes | blocks
        ):
            continue
        kind = prop["type"]
        computed = (
            kind["primitive"]
            if kind.get("primitive") in ("string", "number")
            else FQNS.get(kind.get("fqn", ""), "dynamic")
        )
        if "collection" in kind and "primitive" in kind["collection"]["elementtype"]:
            computed = ["list", kind["collection"]["elementtype"]["primitive"]]
        attributes[name] = {"type": computed, "computed": True}
    if "id" in attributes:
        attributes["id"] = {"type": "string", "optional": True, "computed": True}
    return {"attributes": attributes, "blocks": blocks}


def _provider(types: dict[str, Any], fqn: str) -> dict[str, Any]:
    attributes = {}
    for prop in types[fqn]["properties"]:
        found = re.search(r"docs#([a-z0-9_]+) ", _doc(prop))
        if found and not _nested(_type(prop["type"])):
            attributes[found[1]] = {"type": _type(prop["type"]), "optional": True}
    return {"attributes": attributes, "blocks": {}}


if __name__ == "__main__":
    main(sys.argv[1])
