"""Write constraints.txt: the version of every package that pyproject.toml leads to, as pip resolves it now.

Run it as `make lock`. The file holds names and versions only: no index address and no hash, so that it fits
the CPU and the CUDA builds of torch alike, from whichever index a person uses.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADER = "# Made from pyproject.toml by `make lock`; do not edit.\n"


def main() -> None:
    """Resolve from nothing, as on a new machine, and write what was found."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
    command += ["--report", "-", "--editable", f"{ROOT}[test]"]
    report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    pins = sorted(
        f"{item['metadata']['name'].lower()}=={item['metadata']['version'].partition('+')[0]}\n"
        for item in report["install"]
        if not item["is_direct"]
    )
    (ROOT / "constraints.txt").write_text(HEADER + "".join(pins), encoding="utf-8")
    print(f"constraints.txt: {len(pins)} packages")


if __name__ == "__main__":
    main()
