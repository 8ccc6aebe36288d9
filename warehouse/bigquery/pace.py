"""How patient this warehouse is: per call, per job, and how often it tries again."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field

from google.api_core.retry import Retry
from google.cloud.bigquery.retry import DEFAULT_RETRY

LONGEST_WAIT = 30.0


@dataclass(frozen=True)
class Pace:
    """Seconds a call may take, seconds a job may take, and how a call and a job are tried again.

    `retry`: of single calls, which repeat the same request under the same job id; `job_tries`: how
    often a job that failed of what may pass is submitted anew, each under an id of its own.
    """

    call_seconds: float = 60.0
    job_seconds: float = 1800.0
    job_tries: int = 3
    first_wait: float = 1.0
    retry: Retry = field(default_factory=lambda: DEFAULT_RETRY.with_timeout(180))
    upload_retries: int = 6

    def wait(self, tried: int) -> None:
        """Sleep before the next try: twice as long each time, and up to as much again at random."""
        longest = min(self.first_wait * 2 ** (tried - 1), LONGEST_WAIT)
        time.sleep(longest * (1 + random.random()))
