"""Prefect tasks and the effects that they wrap: survey, materialize, measure, tell. No SQL."""
