"""The leaf: errors, settings, addresses, version. Imports nothing of the project."""
