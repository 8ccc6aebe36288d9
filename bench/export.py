"""Every table of a warehouse taken out twice: rows, bytes, time, memory, and whether they agree.

    python -m bench export [ADDRESS]

ADDRESS is a warehouse that holds computed tables; without it, the one that `make demo` leaves. The
exports run in processes of their own. Then what `import fullcourt` costs. Exits 1 when the two
exports differ, when one takes more than 1 GiB, or when the import takes 0.3 s of CPU.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import click

from core.settings import load_settings
from processors.discovery import load
from runs.export_folder import MANIFEST, files_of

MOST_MIB = 1024
MOST_IMPORT_SECONDS = 0.3
ONE = "from fullcourt.cli import main; main()"
IMPORT = "import time; t = time.process_time(); import fullcourt; print(time.process_time() - t)"


@dataclass(frozen=True)
class Measured:
    """One export: what its manifest says, and what it took."""

    manifest: str
    seconds: float
    peak_mib: float

    @property
    def files(self) -> list[dict[str, object]]:
        """The files, as the manifest names them."""
        return files_of(json.loads(self.manifest))

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(
            table["rows"] for table in json.loads(self.manifest)["tables"].values()
        )


def measure(address: str, folder: Path) -> Measured:
    """Export every computed table in a process of its own."""
    tables = load().ordered()
    command = [sys.executable, "-c", ONE, "--warehouse", address, "export", *tables]
    begin = time.perf_counter()
    subprocess.run(
        [*command, "--to", str(folder)], check=True, stdout=subprocess.DEVNULL
    )
    seconds = time.perf_counter() - begin
    # In KiB, of the largest child so far: the exports are alike.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Measured((folder / MANIFEST).read_text(), seconds, peak)


def import_seconds() -> float:
    """CPU seconds of `import fullcourt` in a new process."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORT], check=True, capture_output=True, text=True
    )
    return float(done.stdout)


@click.command(short_help="Take every table out twice: time, memory, equal bytes.")
@click.argument("address", required=False)
def export(address: str | None) -> None:
    """Take every table of a warehouse out twice, and say whether the bytes are the same.

    ADDRESS is a warehouse that holds computed tables; without it, the one that `make demo` leaves.

    \b
    python -m bench export
    python -m bench export duckdb:seasons.duckdb
    """
    place = str(load_settings(warehouse=address).warehouse)
    with tempfile.TemporaryDirectory(prefix="fullcourt-bench-") as folder:
        found = [measure(place, Path(folder) / name) for name in ("one", "two")]
    first, second = found
    size = sum(int(str(file["bytes"])) for file in first.files) / 2**20
    click.echo(
        f"{first.rows:,} rows of {len(load().ordered())} tables, {size:,.0f} MiB of parquet"
    )
    for measured in found:
        click.echo(f"  {measured.seconds:.1f} s, peak RSS {measured.peak_mib:,.0f} MiB")
    is_same = first.manifest == second.manifest
    click.echo("the same bytes twice" if is_same else "THE TWO EXPORTS DIFFER")
    seconds = import_seconds()
    click.echo(f"import fullcourt: {seconds:.3f} s of CPU")
    is_small = max(measured.peak_mib for measured in found) < MOST_MIB
    sys.exit(0 if is_same and is_small and seconds < MOST_IMPORT_SECONDS else 1)
