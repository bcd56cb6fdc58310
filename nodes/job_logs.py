"""Ships the lines of a step to CloudWatch Logs, in the background. What cannot be shipped never holds up the step."""

import collections
import http.client
import json
import random
import threading
import time

from instance import ServiceError

# Limits of PutLogEvents: bytes and events of a batch, what each event costs beside its text, and bytes of an event.
MAX_BATCH_BYTES = 1_048_576
MAX_BATCH_EVENTS = 10_000
EVENT_OVERHEAD_BYTES = 26
MAX_EVENT_BYTES = 256 * 1024 - EVENT_OVERHEAD_BYTES

MAX_PENDING_BYTES = 4 * MAX_BATCH_BYTES
FLUSH_SECONDS = 1.0
MAX_BACKOFF_SECONDS = 30.0
# How long the end of a step waits for its last lines; and for a service that has not answered once.
PATIENCE_SECONDS = 20.0
FIRST_ANSWER_PATIENCE_SECONDS = 5.0
# Answers after which the same batch would only be refused again.
UNSENDABLE = ("InvalidParameterException", "DataAlreadyAcceptedException")

Event = collections.namedtuple("Event", "time_ms text size")


class JobLogs:
    """A stream of the job's log group; each event is JSON, `{"step", "message"}`, with the time of its line."""

    def __init__(self, service, group, stream, step):
        self._service = service
        self._names = {"logGroupName": group, "logStreamName": stream}
        self._step = step
        self._pending = collections.deque()
        self._pending_bytes = 0
        self._dropped = 0
        self._last_ms = 0
        self._failing = False
        self._refused = False
        self._answered = False
        self._closing = False
        self._changed = threading.Condition()
        self._thread = None

    def add(self, line):
        """Takes a line. Drops the oldest ones when the service has been failing for too many."""
        with self._changed:
            self._last_ms = max(self._last_ms, int(time.time() * 1000))
            was_idle = not self._pending
            for text in self._texts(line):
                size = len(text.encode("utf-8", "replace")) + EVENT_OVERHEAD_BYTES
                self._pending.append(Event(self._last_ms, text, size))
                self._pending_bytes += size
            while self._pending_bytes > MAX_PENDING_BYTES and self._failing:
                self._pending_bytes -= self._pending.popleft().size
                self._dropped += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._ship, daemon=True)
                self._thread.start()
            elif was_idle:
                self._changed.notify()

    def is_full(self):
        """Whether the writer should wait: the service is well, but slower than the step."""
        return self._pending_bytes > MAX_PENDING_BYTES and not self._failing

    def close(self):
        """Ships what is left, for a bounded time."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(FIRST_ANSWER_PATIENCE_SECONDS)
            if self._answered:
                self._thread.join(PATIENCE_SECONDS - FIRST_ANSWER_PATIENCE_SECONDS)

    def _texts(self, line):
        """The line as one event, or as several where it is too long for one."""
        text = json.dumps({"step": self._step, "message": line}, ensure_ascii=False)
        if len(text) * 4 <= MAX_EVENT_BYTES or len(text.encode("utf-8", "replace")) <= MAX_EVENT_BYTES:
            return [text]
        middle = len(line) // 2
        return self._texts(line[:middle]) + self._texts(line[middle:])

    def _ship(self):
        failures = 0
        while True:
            batch = self._next_batch()
            if not batch:
                return
            while not self._put(batch):
                if self._refused and self._closing:
                    return
                self._failing = True
                failures += 1
                self._pause(min(MAX_BACKOFF_SECONDS, 0.5 * 2**failures) * random.uniform(0.5, 1))
            self._failing = False
            failures = 0

    def _pause(self, seconds):
        """Waits before another try; the end of the step cuts it short."""
        with self._changed:
            self._changed.wait(seconds)

    def _next_batch(self):
        """Events in order, as many as a call may take; waits a moment for more. Empty when closed and done."""
        with self._changed:
            while not self._pending and not self._closing:
                self._changed.wait()
            if self._pending_bytes < MAX_BATCH_BYTES and not self._closing:
                self._changed.wait(FLUSH_SECONDS)
            batch, size = self._loss_note()
            while self._pending and len(batch) < MAX_BATCH_EVENTS and size + self._pending[0].size <= MAX_BATCH_BYTES:
                event = self._pending.popleft()
                self._pending_bytes -= event.size
                size += event.size
                batch.append(event)
            return batch

    def _loss_note(self):
        """An event that says how many lines are missing before the next, if any are; and its size."""
        if not self._dropped:
            return [], 0
        text = self._texts("[%d lines were lost: the log service did not take them]" % self._dropped)[0]
        self._dropped = 0
        note = Event(self._pending[0].time_ms if self._pending else self._last_ms, text, len(text) * 4 + EVENT_OVERHEAD_BYTES)
        return [note], note.size

    def _put(self, batch):
        """Whether the batch is dealt with: stored, or of no use to send again."""
        events = [{"timestamp": event.time_ms, "message": event.text} for event in batch]
        try:
            try:
                self._service.call("PutLogEvents", dict(self._names, logEvents=events))
            except ServiceError as problem:
                if problem.code != "ResourceNotFoundException":
                    raise
                self._create_stream()
                self._service.call("PutLogEvents", dict(self._names, logEvents=events))
            self._answered = True
            self._refused = False
            return True
        except ServiceError as problem:
            self._answered = True
            print("log lines were not shipped: %s" % problem, flush=True)
            self._refused = problem.status < 500 and "Throttl" not in problem.code
            return problem.code in UNSENDABLE
        except (OSError, http.client.HTTPException, ValueError, LookupError) as problem:
            print("log lines were not shipped: %r" % problem, flush=True)
            return False

    def _create_stream(self):
        try:
            self._service.call("CreateLogStream", self._names)
        except ServiceError as problem:
            if problem.code != "ResourceAlreadyExistsException":
                raise
