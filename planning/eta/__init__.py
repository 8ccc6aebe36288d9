"""What a run has left and how long that takes: the one door to its modules.

`history` knows how fast this warehouse was computed before, `estimates` and `ahead` what is left
and the time that it takes, `tally` how far the run is, `timing` what the latest runs took.
"""

from planning.eta.ahead import Ahead, look_ahead, workloads
from planning.eta.estimates import (
    Estimate,
    Workload,
    estimate,
    works,
)
from planning.eta.history import Finished, History, history
from planning.eta.tally import Counted, Outturn, Tally
from planning.eta.timing import TableTime, latest

__all__ = [
    "Ahead",
    "Counted",
    "Estimate",
    "Finished",
    "History",
    "Outturn",
    "TableTime",
    "Tally",
    "Workload",
    "estimate",
    "history",
    "latest",
    "look_ahead",
    "workloads",
    "works",
]
