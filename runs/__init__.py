"""What the command line and the flows share:
look, decide, judge, tell. Nothing here knows Prefect."""
