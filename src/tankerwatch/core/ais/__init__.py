"""The messages of AIS and of radar: their layouts, and the encoder that scenes and tests speak with."""
