"""Random edits and random backfills in random sequence:
what results is what a full rebuild makes."""
