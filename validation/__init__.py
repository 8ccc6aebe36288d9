"""Pure: threshold models, and measurements -> breaches -> verdict. No database, no Prefect."""
