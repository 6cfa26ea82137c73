"""Write docs/reference/: `python -m scripts.reference`, or `make docs`."""

from __future__ import annotations

from pathlib import Path

from scripts.reference.pages import PAGES

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"


def main() -> None:
    """Write every page anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, made in PAGES.items():
        (FOLDER / name).write_text(made(), encoding="utf-8")
        print(f"docs/reference/{name}")


if __name__ == "__main__":
    main()
