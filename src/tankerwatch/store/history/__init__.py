"""The derived history: day files of Parquet, what is in them, and the questions that they answer."""
