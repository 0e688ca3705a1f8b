"""What a benchmark has found: lines of the table in docs/performance.md."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Any, Self

TIMES = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True)
class Spread:
    """The median of ratios of neighbours, and their quartiles."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, pairs: Sequence[tuple[float, float]]) -> Self:
        """Of (floor, ours)."""
        ratios = [ours / floor for floor, ours in pairs]
        if len(ratios) == 1:
            return cls(ratios[0], ratios[0], ratios[0])
        cuts = quantiles(ratios, n=4, method="inclusive")
        return cls(cuts[0], median(ratios), cuts[2])


@dataclass(frozen=True)
class Target:
    """`of` says which number it is for: the ratio, or ours."""

    sign: str
    value: float
    of: str = "ratio"
    unit: str = TIMES

    def met_by(self, number: float) -> bool:
        return number >= self.value if self.sign == "≥" else number <= self.value

    def __str__(self) -> str:
        return f"{self.sign} {self.value:g} {self.unit}"


@dataclass(frozen=True)
class Line:
    """`floor` and `ours` are medians over all rounds, in `unit`; without a target the line only informs."""

    name: str
    unit: str
    ours: float
    floor: float | None = None
    ratio: Spread | None = None
    target: Target | None = None

    @classmethod
    def of_pairs(cls, name: str, unit: str, pairs: Sequence[tuple[float, float]], target: Target | None = None) -> Self:
        floor, ours = (median(column) for column in zip(*pairs, strict=True))
        return cls(name, unit, ours, floor, Spread.of(pairs), target)

    @property
    def met(self) -> bool | None:
        if self.target is None:
            return None
        if self.target.of == "ours":
            return self.target.met_by(self.ours)
        assert self.ratio is not None
        return self.target.met_by(self.ratio.middle)

    def __str__(self) -> str:
        floor = f"floor {self.floor:.4g}, " if self.floor is not None else ""
        ratio = f", {self.ratio.middle:.2f} {TIMES} ({self.ratio.low:.2f}-{self.ratio.high:.2f})" if self.ratio else ""
        met = {None: "", True: "met", False: "MISSED"}[self.met]
        return f"{self.name}: {floor}ours {self.ours:.4g} {self.unit}{ratio} {self.target or ''} {met}".rstrip()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Self:
        ratio, target = told.pop("ratio"), told.pop("target")
        return cls(**told, ratio=Spread(**ratio) if ratio else None, target=Target(**target) if target else None)


def at_most(value: float, unit: str = TIMES) -> Target:
    """Of the ratio; with another unit of ours alone."""
    return Target("≤", value, "ratio" if unit == TIMES else "ours", unit)


def at_least(value: float, unit: str = TIMES) -> Target:
    return Target("≥", value, "ratio" if unit == TIMES else "ours", unit)
