"""What a run found: figures for the table, and every broken promise as a sentence."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Findings:
    figures: dict[str, str] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)

    def expect(self, kept: bool, sentence: str) -> None:
        if not kept:
            self.violations.append(sentence)

    def table(self, faults: Counter[str]) -> str:
        rows = [*self.figures.items(), *((f"fault: {kind}", str(count)) for kind, count in faults.items())]
        width = max(len(name) for name, _ in rows)
        lines = [f"  {name:<{width}}  {value}" for name, value in rows]
        lines += [f"VIOLATION {sentence}" for sentence in self.violations]
        return "\n".join(lines)
