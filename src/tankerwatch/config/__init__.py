"""What can be set, in one TOML file: every key declared once (`keys.py`), read and checked (`load.py`), explained (`page.py`).

Ships are named in lists (`ships.py`): which to guard, which are one's own, which a rule leaves alone.
"""

from tankerwatch.config.load import Config, DetectorConfig, Station, check, load
from tankerwatch.config.ships import Chosen, ShipList, ships_from

__all__ = ["Chosen", "Config", "DetectorConfig", "ShipList", "Station", "check", "load", "ships_from"]
