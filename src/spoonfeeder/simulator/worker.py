"""The one thread that runs prompts, one after the other."""

import threading

from spoonfeeder.simulator.execution import Executor
from spoonfeeder.simulator.faults import Faults
from spoonfeeder.simulator.node_run import Stopped, Surroundings
from spoonfeeder.simulator.queue import Item, Outcome, PromptQueue
from spoonfeeder.simulator.run_log import RunLog
from spoonfeeder.simulator.sockets import Sockets

IDLE_SECONDS = 1.0


class Worker(threading.Thread):
    """Dies of what ComfyUI's worker dies of: extra_data that is no object."""

    def __init__(self, around: Surroundings, queue: PromptQueue, sockets: Sockets, log: RunLog, faults: Faults) -> None:
        super().__init__(name="simulator-worker", daemon=True)
        self._around = around
        self._queue = queue
        self._sockets = sockets
        self._log = log
        self._faults = faults
        self._executor = Executor(around, sockets, log.sampling)
        self.idle = threading.Event()
        self.idle.set()

    def run(self) -> None:
        try:
            while not self._around.stopping.is_set():
                taken = self._queue.get(IDLE_SECONDS)
                self._obey_flags()
                if taken is None:
                    continue
                if self._faults.worker_dead:
                    return
                self.idle.clear()
                self._work(*taken)
                self.idle.set()
        except (Stopped, AttributeError, TypeError):
            return

    def _obey_flags(self) -> None:
        if self._queue.take_flags().free_memory:
            self._executor.forget()

    def _work(self, task: int, item: Item) -> None:
        run = self._log.start(item.prompt_id, item.extra_data.get("client_id"))
        outcome = self._executor.run(item)
        if self._around.stopping.is_set():
            raise Stopped
        self._log.end(run, _word(outcome), outcome.executed)
        self._queue.done(task, outcome)
        if self._sockets.client_id is not None:
            told = {"node": None, "prompt_id": item.prompt_id}
            self._sockets.send("executing", told, self._sockets.client_id)


def _word(outcome: Outcome) -> str:
    if outcome.completed:
        return "success"
    return "interrupted" if outcome.messages[-1][0] == "execution_interrupted" else "error"
