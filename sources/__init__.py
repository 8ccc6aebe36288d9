"""Raw data into canonical rows with typed rejects. Nothing here writes to a warehouse."""
