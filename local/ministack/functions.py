"""A deployment does not break into running invocations.

MiniStack ends the processes of a function when its code changes, even one that is in the middle
of an invocation. AWS lets it finish and gives the next invocation a new environment; a job that
runs while a new release is deployed depends on that.
"""

import threading

from ministack.core import lambda_runtime


def let_invocations_finish() -> None:
    """Make MiniStack wait for a worker's invocation before it ends the worker's process."""
    end_at_once = lambda_runtime.kill_workers

    def end_when_idle(worker) -> None:
        with worker._lock:  # held by Worker.invoke for the length of an invocation
            end_at_once([worker])

    def kill_workers(workers) -> None:
        workers = [worker for worker in workers if worker is not None]
        end_at_once([worker for worker in workers if not worker._lock.locked()])
        for worker in workers:
            if worker._lock.locked():
                threading.Thread(target=end_when_idle, args=(worker,), daemon=True).start()

    lambda_runtime.kill_workers = kill_workers
