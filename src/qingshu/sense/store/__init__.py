"""SQL and Parquet in and out of the readings."""
