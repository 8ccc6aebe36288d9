"""Pure planning: calendar, cells, what a range needs, batches,
waves. No database, no clock, no Prefect."""
