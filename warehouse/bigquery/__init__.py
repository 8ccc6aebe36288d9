"""The BigQuery warehouse: the same tables and the same SQL, in datasets of one project."""
