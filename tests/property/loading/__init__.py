"""Random loads of files and backfills: nothing is lost, and nothing is left undone under exit 0."""
