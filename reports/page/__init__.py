"""The page: one HTML file that shows a warehouse, with nothing to fetch beside it.

One module per section: its frozen facts, and the function that makes of them what its template and
its script need.
"""
