"""Bundled scenes: way-points with their certainty (`*.toml`), turned into the sentences that receivers would have handed on."""
