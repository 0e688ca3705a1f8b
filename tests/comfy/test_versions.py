"""From a version text to what the server can do (PROTOCOL.md 9)."""

import pytest

from spoonfeeder.comfy.versions import capabilities_of, parse_version, system_info


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("0.3.64", (0, 3, 64)),
        ("v0.33.0", (0, 33, 0)),
        ("0.25", (0, 25, 0)),
        ("0.3.56-4-gabcdef", (0, 3, 56)),
        (" 1.0.0rc1 ", (1, 0, 0)),
        ("", (0, 0, 0)),
        ("unknown", (0, 0, 0)),
        ("9" * 5000, (0, 0, 0)),
    ],
)
def test_versions_are_read_or_count_as_the_oldest(text: str, version: tuple[int, int, int]) -> None:
    assert parse_version(text) == version


@pytest.mark.parametrize(
    ("version", "has_jobs", "by_id", "cancels"),
    [
        ("0.3.56", False, False, False),
        ("0.3.57", False, True, False),
        ("0.24.0", True, True, False),
        ("0.25.0", True, True, False),
        ("0.26.0", True, True, True),
        ("0.26.0", False, True, False),
        ("", False, False, False),
    ],
)
def test_how_a_version_is_interrupted(version: str, has_jobs: bool, by_id: bool, cancels: bool) -> None:
    able = capabilities_of(version, None, has_jobs=has_jobs)
    assert (able.interrupts_by_id, able.cancels_jobs) == (by_id, cancels)


@pytest.mark.parametrize(
    "stats", [None, [], {"system": 5}, {"system": {"ram_total": -1}, "devices": [None, {"name": 5}]}]
)
def test_odd_stats_are_survived(stats: object) -> None:
    info = system_info(stats, "no", has_jobs=False)
    assert (info.version, info.ram_total) == ("", 0)
