"""Templates as they were compiled before, kept between processes: compiling them takes twice as
long as filling them in."""

from __future__ import annotations

from pathlib import Path

import jinja2
from jinja2.bccache import Bucket

from core.kept import find_text, put_text

KIND = "template"
ENCODING = "latin-1"
"""Any bytes are a text in it."""


class KeptTemplates(jinja2.BytecodeCache):
    """The compiled templates of an environment that `written_in` alone makes, and as it says."""

    def __init__(self, written_in: Path) -> None:
        self._made_by = [jinja2.__version__, written_in.read_text()]

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a bucket with what was compiled of the same text, if that is kept."""
        kept = find_text(KIND, self._parts(bucket))
        if kept is not None:
            bucket.bytecode_from_string(kept.encode(ENCODING))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        text = bucket.bytecode_to_string().decode(ENCODING)
        put_text(KIND, self._parts(bucket), text)

    def _parts(self, bucket: Bucket) -> list[str]:
        """The key names the template, the checksum its text."""
        return [*self._made_by, bucket.key, bucket.checksum]
