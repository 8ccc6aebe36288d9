"""Orchestration only: backfill, phase, gate, ingest. No SQL, no arithmetic, no database client.

A run, wherever its process was started, takes BigQuery's credentials from the block where there is
one.
"""

from tasks.credentials import of_block
from warehouse.credentials import provide

provide(of_block)
