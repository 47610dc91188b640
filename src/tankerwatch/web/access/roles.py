"""Route → least role. What stands in no line is for an admin: whoever adds a route says here who may use it (a test asks for it)."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from starlette.routing import compile_path


class Role(IntEnum):
    """What someone may do; each may also do what those before may."""

    NOBODY = 0
    """not logged in"""
    VIEWER = 1
    """sees everything and decides nothing"""
    WATCHKEEPER = 2
    """decides what a watch decides"""
    ADMIN = 3

    @property
    def word(self) -> str:
        """As it is written in files, settings and on the page."""
        return self.name.lower()


WORDS: Final = tuple(role.word for role in Role if role is not Role.NOBODY)

TABLE: Final[dict[str, Role]] = {
    # Before the log-in: what it is made of, and nothing of the sea.
    "GET /login": Role.NOBODY,
    "GET /login/oidc": Role.NOBODY,
    "GET /login/oidc/back": Role.NOBODY,
    "GET /assets": Role.NOBODY,
    "GET /api/session": Role.NOBODY,
    "GET /api/ready": Role.NOBODY,
    "POST /api/login": Role.NOBODY,
    "POST /api/logout": Role.NOBODY,
    # Looking.
    "GET /": Role.VIEWER,
    "GET /tiles/{z}/{x}/{y}.mvt": Role.VIEWER,
    "WS /ws": Role.VIEWER,
    "GET /api/health": Role.VIEWER,
    "GET /api/alerts": Role.VIEWER,
    "GET /api/alerts/{id}": Role.VIEWER,
    "GET /api/incidents": Role.VIEWER,
    "GET /api/ships": Role.VIEWER,
    "GET /api/ships/{id}": Role.VIEWER,
    "GET /api/ships/{id}/track": Role.VIEWER,
    "GET /api/reports": Role.VIEWER,
    "GET /api/exclusions": Role.VIEWER,
    "GET /api/replay": Role.VIEWER,
    "GET /api/replay/alert": Role.VIEWER,
    "GET /api/ships.geojson": Role.VIEWER,
    "GET /api/ships/{id}/page": Role.VIEWER,
    "GET /api/ships/{id}/history": Role.VIEWER,
    "GET /api/ships/{id}/track.csv": Role.VIEWER,
    "GET /api/ships/{id}/track.geojson": Role.VIEWER,
    "GET /api/ships/{id}/track.kml": Role.VIEWER,
    "GET /api/alerts.geojson": Role.VIEWER,
    "GET /api/blocks/{from}": Role.VIEWER,
    "GET /api/charts": Role.VIEWER,
    "GET /charts/{name}/{z}/{x}/{y}": Role.VIEWER,
    "GET /api/coverage": Role.VIEWER,
    "GET /api/events": Role.VIEWER,
    "GET /api/guards": Role.VIEWER,
    "GET /api/handover": Role.VIEWER,
    "GET /api/handover.html": Role.VIEWER,
    "GET /api/incidents/{id}": Role.VIEWER,
    "GET /api/incidents/{id}/chart.svg": Role.VIEWER,
    "GET /api/incidents/{id}/report.html": Role.VIEWER,
    "GET /api/incidents/{id}/timeline.svg": Role.VIEWER,
    "GET /api/incidents/{id}/warning": Role.VIEWER,
    "GET /api/openapi.json": Role.VIEWER,
    "GET /api/outlines": Role.VIEWER,
    "GET /api/watched": Role.VIEWER,
    "GET /api/zones": Role.VIEWER,
    "GET /api/zones.geojson": Role.VIEWER,
    "GET /metrics": Role.VIEWER,
    # Deciding.
    "POST /api/alerts/{id}/acknowledge": Role.WATCHKEEPER,
    "POST /api/alerts/{id}/confirm": Role.WATCHKEEPER,
    "POST /api/alerts/{id}/dismiss": Role.WATCHKEEPER,
    "POST /api/alerts/{id}/assign": Role.WATCHKEEPER,
    "POST /api/alerts/{id}/snooze": Role.WATCHKEEPER,
    "POST /api/alerts/{id}/note": Role.WATCHKEEPER,
    "POST /api/alerts/{id}/close": Role.WATCHKEEPER,
    "POST /api/alerts/{id}/reopen": Role.WATCHKEEPER,
    "POST /api/alerts/{id}/exclude": Role.WATCHKEEPER,
    "POST /api/exclusions/{id}/undo": Role.WATCHKEEPER,
    "POST /api/incidents/{id}/note": Role.WATCHKEEPER,
    "POST /api/zones": Role.WATCHKEEPER,
    "POST /api/zones.geojson": Role.WATCHKEEPER,
    "POST /api/zones/{id}": Role.WATCHKEEPER,
    "POST /api/zones/{id}/remove": Role.WATCHKEEPER,
    "POST /api/zones/{id}/undo": Role.WATCHKEEPER,
    "POST /api/reports": Role.WATCHKEEPER,
    "POST /api/guard": Role.WATCHKEEPER,
    "POST /api/replay": Role.WATCHKEEPER,  # it turns back everyone's clock
    # The past beside the present, by the same door.
    "GET /past/{key}/": Role.VIEWER,
    "GET /past/{key}/api/{call:path}": Role.VIEWER,
    "WS /past/{key}/ws": Role.VIEWER,
    "POST /api/past": Role.WATCHKEEPER,  # it costs as much as another desk
    "POST /past/{key}/api/{call:path}": Role.WATCHKEEPER,
}

# A mounted folder holds what is below it.
_LINES: Final = tuple(
    (line.partition(" ")[0], compile_path(line.partition(" ")[2].replace("/assets", "/assets/{rest:path}"))[0], role)
    for line, role in TABLE.items()
)


def least_role(method: str, path: str) -> Role:
    """The least role that a request needs; `method` is WS for a WebSocket."""
    method = "GET" if method == "HEAD" else method
    return next((role for known, pattern, role in _LINES if known == method and pattern.match(path)), Role.ADMIN)


def role_of(word: str) -> Role:
    """The role of a word. Raises ValueError."""
    if word not in WORDS:
        raise ValueError(word)
    return Role[word.upper()]
