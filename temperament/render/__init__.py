"""Results → what people and programs read: rich renderables for the terminal, JSON lines."""
