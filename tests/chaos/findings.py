"""What a run found: figures for the table, and every broken promise as a sentence."""

import json
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Findings:
    figures: dict[str, str] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)

    def expect(self, kept: bool, sentence: str) -> None:
        if not kept:
            self.violations.append(sentence)

    def table(self, faults: Counter[str] | None = None) -> str:
        counted = faults or Counter()
        rows = [*self.figures.items(), *((f"fault: {kind}", str(count)) for kind, count in counted.items())]
        width = max(len(name) for name, _ in rows)
        lines = [f"  {name:<{width}}  {value}" for name, value in rows]
        lines += [f"VIOLATION {sentence}" for sentence in self.violations]
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        return {"figures": self.figures, "violations": self.violations}


def keep(name: str, summary: Any) -> Path:
    """Writes a run's summary for programs into the folder for temporary files; says where."""
    path = Path(tempfile.gettempdir()) / f"spoonfeeder-{name}.json"
    path.write_text(json.dumps(summary, indent=1))
    return path
