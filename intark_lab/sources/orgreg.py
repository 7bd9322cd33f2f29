"""Orgreg, the register of the institution's organisational units."""

from intark_lab.sources.collection import Spec
from intark_lab.sources.records import dfo_id
from intark_lab.world import World

ROOT_PARENT = 0
"""What the register gives as the parent of the institution itself."""
FOUNDED = "2018-01-01"


def units(world: World) -> list[dict]:
    """The units, each after the one it belongs to."""
    children: dict[int, list[int]] = {}
    for unit in world.units:
        children.setdefault(unit.parent or ROOT_PARENT, []).append(unit.ou_id)
    domain = f"{world.institution.slug}.intark.example"
    return [
        {
            "ou_id": unit.ou_id,
            "parent": unit.parent or ROOT_PARENT,
            "children": children.get(unit.ou_id, []),
            "name": {"nob": unit.name.nb, "eng": unit.name.en},
            "acronym": unit.acronym,
            "tags": [unit.kind],
            "external_keys": [
                {"source_system": "dfo_sap", "type": "dfo_org_id", "value": dfo_id(unit)}
            ],
            "email": f"{unit.acronym.lower()}@{domain}",
            "homepage": f"https://www.{domain}/{unit.acronym.lower()}",
            "valid_from": FOUNDED,
            "valid_to": None,
        }
        for unit in world.units
    ]


COLLECTIONS = {
    "units": Spec(
        units,
        "ou_id",
        {
            "parent": lambda unit, value: unit["parent"] == value,
            "tag": lambda unit, value: value in unit["tags"],
        },
    )
}
