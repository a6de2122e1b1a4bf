"""A web process may import the statistics at start: that loads numpy and nothing heavier."""

import subprocess
import sys
from pathlib import Path

import analysis.stats

HEAVY = ("scipy", "pandas", "statsmodels", "matplotlib", "torch", "django", "celery")


def test_importing_every_module_loads_numpy_only():
    names = [path.stem for path in Path(analysis.stats.__file__).parent.glob("*.py") if path.stem != "__init__"]
    imports = [f"import analysis.stats.{name}" for name in names]
    code = "; ".join(["import sys", *imports, f"print([m for m in {HEAVY} if m in sys.modules])"])
    root = Path(analysis.stats.__file__).parents[2]
    shown = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)

    assert len(names) > 15
    assert shown.stdout.strip() == "[]"
