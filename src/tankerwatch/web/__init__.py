"""The page, its API and its WebSocket: shows what the desk knows, and carries in what people decide."""
