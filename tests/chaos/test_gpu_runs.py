"""The judge of the chaos run must be strict: only a kill in the middle of an execution excuses another one."""

from pathlib import Path

from tests.chaos.gpu_runs import Executed, Repeats, judge, read_runs


def test_one_execution_each_is_what_is_promised() -> None:
    runs = [Executed("a", 1, ended=True), Executed("b", 2, ended=True)]
    assert judge(runs, kills=[1.5]) == Repeats(excused=0, twice=[])


def test_a_second_execution_without_a_kill_is_a_broken_promise() -> None:
    runs = [Executed("a", 1, ended=False), Executed("a", 3, ended=True)]
    assert judge(runs, kills=[0.5, 3.5]).twice == ["a"]


def test_an_execution_that_had_ended_is_never_excused() -> None:
    runs = [Executed("a", 1, ended=True), Executed("a", 3, ended=True)]
    assert judge(runs, kills=[2]).twice == ["a"]


def test_one_kill_excuses_one_execution() -> None:
    cut_off = [Executed("a", 1, ended=False), Executed("a", 3, ended=True)]
    assert judge(cut_off, kills=[2]) == Repeats(excused=1, twice=[])
    both = [*cut_off, Executed("b", 1, ended=False), Executed("b", 3, ended=True)]
    assert judge(both, kills=[2]) == Repeats(excused=1, twice=["b"])


def test_the_log_of_a_killed_process_is_read_to_its_last_whole_line(tmp_path: Path) -> None:
    log = tmp_path / "runs.jsonl"
    log.write_text(
        '{"event": "start", "prompt_id": "a", "at": 1.0}\n'
        '{"event": "sampling", "prompt_id": "a", "at": 1.1}\n'
        '{"event": "end", "prompt_id": "a", "started_at": 1.0, "at": 2.0}\n'
        '{"event": "start", "prompt_id": "b", "at": 3.0}\n'
        '{"event": "sta'
    )
    assert read_runs(log) == [Executed("a", 1.0, ended=True), Executed("b", 3.0, ended=False)]
