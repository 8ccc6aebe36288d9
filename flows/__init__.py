"""Orchestration only: backfill, phase, gate, ingest. No SQL, no arithmetic, no database client."""
