"""Who may ask the desk what, where other machines can reach it (docs/decisions/0009-access.md).

roles.py  route → least role     users.py  the users file     tokens.py, bearers.py  those of programs
sessions.py  who is logged in     limits.py  how often
door.py   the routes of the log-in      gate.py  the middleware before all others      oidc.py  log-in by a provider (extra)
"""
