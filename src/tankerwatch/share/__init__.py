"""What leaves the desk in forms that others read: STIX bundles, GeoParquet, and a report as one page. Knows `core` and nothing else."""

from __future__ import annotations

from typing import Final

TLP: Final = {
    "clear": "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    "green": "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "amber": "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
}
"""TLP 2.0 → the marking that OASIS has defined for it (cti-stix-common-objects). What is red is not for machines to pass on."""
USUAL_TLP: Final = "amber"
"""An alert is no fact, and names a ship that may be in danger: who passes it beyond the receiver's own house decides so by a word."""
