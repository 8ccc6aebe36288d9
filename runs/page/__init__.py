"""What the page shows, read from a warehouse: one module per section, and all of them together."""
