"""A local server that answers the real BigQuery client as BigQuery would, on DuckDB; for tests."""
