"""The tables that no contract describes, with columns as on DuckDB:
ledger, rejects, quarantine and so on.

The quarantine only grows: what was kept of a cell is told apart by when, so that keeping it needs
no DELETE.
"""

from __future__ import annotations

from collections.abc import Mapping

LEDGER = {
    "table_name": "STRING",
    "cell_date": "DATE",
    "outcome": "STRING",
    "row_count": "INT64",
    "expected": "INT64",
    "input_fingerprint": "STRING",
    "code_fingerprint": "STRING",
    "output_fingerprint": "STRING",
    "digest": "STRING",
    "changed_at": "TIMESTAMP",
    "run_id": "STRING",
    "attempt": "INT64",
    "started_at": "TIMESTAMP",
    "finished_at": "TIMESTAMP",
    "bytes": "INT64",
    "code_version": "STRING",
    "error_class": "STRING",
    "error_message": "STRING",
}
QUARANTINE = {
    "table_name": "STRING",
    "cell_date": "DATE",
    "check_name": "STRING",
    "breaking": "INT64",
    "keys": "STRING",
    "run_id": "STRING",
    "kept_at": "TIMESTAMP",
}
REJECTS = {
    "file": "STRING",
    "row": "INT64",
    "raw_table": "STRING",
    "game_id": "STRING",
    "column_name": "STRING",
    "reason": "STRING",
    "value": "STRING",
}
WAIVERS = {
    "game_id": "STRING",
    "raw_table": "STRING",
    "reason": "STRING",
    "declared": "BOOL",
    "waived_at": "TIMESTAMP",
}
VERDICTS = {
    "verdict_id": "STRING",
    "phase": "STRING",
    "decided_at": "TIMESTAMP",
    "decision": "STRING",
    "body": "STRING",
    "run_id": "STRING",
    "stage": "STRING",
}
OVERRIDES = {
    "verdict_id": "STRING",
    "phase": "STRING",
    "decided_at": "TIMESTAMP",
    "reason": "STRING",
    "decided_by": "STRING",
}
TABLES: Mapping[str, Mapping[str, str]] = {
    "ledger": LEDGER,
    "rejects": REJECTS,
    "quarantine": QUARANTINE,
    "waivers": WAIVERS,
    "verdicts": VERDICTS,
    "overrides": OVERRIDES,
}
CLUSTERED = {
    "ledger": ("table_name", "cell_date"),
    "quarantine": ("table_name", "cell_date"),
    "rejects": ("file",),
    "waivers": ("game_id",),
    "verdicts": ("phase", "decided_at"),
    "overrides": ("phase",),
}
