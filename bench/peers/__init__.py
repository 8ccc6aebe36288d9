"""Other tools on the same SQL, the same DuckDB and the same data: `python -m bench peers`."""
