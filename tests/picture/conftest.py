"""What the tests of pictures share."""

from __future__ import annotations

import sys
from pathlib import Path

for room in ("report", "cli"):
    sys.path.append(str(Path(__file__).parents[1] / room))
