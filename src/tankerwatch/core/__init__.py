"""The shared words: tables, incidents, ports, geography, identities. Imports NumPy, Arrow and the standard library only."""
