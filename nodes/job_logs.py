"""Ships the lines of a step to CloudWatch Logs, in the background. The step never waits for it but for a moment at its end."""

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
MAX_BATCH_MS = 23 * 3600 * 1000

# Lines that wait for the service. Beyond, there is no room for more until half of them are gone.
MAX_PENDING_BYTES = 16 * MAX_BATCH_BYTES
# After each so many bytes it is noted how many there were.
NOTED_BYTES = 4 * 1024 * 1024
FLUSH_SECONDS = 1.0
MAX_BACKOFF_SECONDS = 30.0
CLOSING_BACKOFF_SECONDS = 1.0
# How long the end of a step waits for its last lines; and for a service that has not answered once.
PATIENCE_SECONDS = 20.0
FIRST_ANSWER_PATIENCE_SECONDS = 10.0
# Answers after which the same batch would only be refused again.
UNSENDABLE = ("InvalidParameterException", "DataAlreadyAcceptedException")

Event = collections.namedtuple("Event", "time_ms text size")


class JobLogs:
    """A stream of the job's log group. Each event is JSON: what the line belongs to, and `message`."""

    def __init__(self, service, group, stream, identity, allowance, note):
        self._service = service
        self._names = {"logGroupName": group, "logStreamName": stream}
        # All of a line but the line itself, which is the last key, so that this is made once.
        self._begin = json.dumps(identity, ensure_ascii=False, separators=(",", ":"))[:-1]
        self._allowance = allowance
        self._note = note
        self._noted_bytes = 0
        self.bytes = 0
        self._pending = collections.deque()
        self._pending_bytes = 0
        self._has_room = True
        self._in_flight = 0
        self._lost = 0
        self._told = 0
        self._is_notice_refused = False
        self._last_ms = 0
        self._refused = False
        self._answered = False
        self._closing = False
        self._changed = threading.Condition()
        self._thread = None

    def add(self, line, **facts):
        """Takes a line, with what else is known of it. Takes it also where there is no room: that is the caller's question."""
        events = [(text, _size(text)) for text in self._texts(line, facts)]
        with self._changed:
            self._last_ms = max(self._last_ms, int(time.time() * 1000))
            was_idle = not self._pending
            for text, size in events:
                self._pending.append(Event(self._last_ms, text, size))
                self._pending_bytes += size
                self.bytes += size
            if self._thread is None:
                self._thread = threading.Thread(target=self._ship, daemon=True)
                self._thread.start()
            elif was_idle:
                self._changed.notify()
        if self.bytes - self._noted_bytes >= NOTED_BYTES:
            self._noted_bytes = self.bytes
            self._note(self.bytes)

    def is_spent(self):
        """Whether the step has logged all that it may."""
        return self.bytes >= self._allowance

    def has_room(self):
        """Whether a line is welcome: the step has not logged all that it may, and the service keeps up with it."""
        limit = MAX_PENDING_BYTES if self._has_room else MAX_PENDING_BYTES // 2
        self._has_room = self._pending_bytes < limit
        return self._has_room and not self.is_spent()

    def close(self):
        """Ships what is left, for a bounded time; answers how many lines were lost in the end."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(FIRST_ANSWER_PATIENCE_SECONDS)
            if self._answered:
                self._thread.join(PATIENCE_SECONDS - FIRST_ANSWER_PATIENCE_SECONDS)
        with self._changed:
            return self._lost + self._in_flight + len(self._pending)

    def _texts(self, line, facts):
        """The line as one event, or as several where it is too long for one."""
        more = "".join(",%s:%s" % (json.dumps(name), json.dumps(facts[name])) for name in facts)
        text = '%s%s,"message":%s}' % (self._begin, more, json.dumps(line, ensure_ascii=False))
        if len(text) * 4 <= MAX_EVENT_BYTES or _size(text) <= MAX_EVENT_BYTES:
            return [text]
        middle = len(line) // 2
        return self._texts(line[:middle], facts) + self._texts(line[middle:], {})

    def _ship(self):
        failures = 0
        while True:
            batch = self._next_batch()
            if not batch:
                return
            while not self._put(batch):
                if self._refused and self._closing:
                    return  # it has nothing against this moment, but against us
                failures += 1
                self._pause(min(MAX_BACKOFF_SECONDS, 0.5 * 2 ** min(failures, 10)) * random.uniform(0.5, 1))
            if self._refused and self._closing:
                return
            self._in_flight = 0
            failures = 0

    def _pause(self, seconds):
        """Waits before another try; the end of the step cuts it short."""
        with self._changed:
            self._changed.wait(min(seconds, CLOSING_BACKOFF_SECONDS) if self._closing else seconds)

    def _next_batch(self):
        """Events in order, as many as a call may take; waits a moment for more. Empty when closed and done."""
        with self._changed:
            while not self._pending and not self._closing:
                self._changed.wait()
            if self._pending_bytes < MAX_BATCH_BYTES and not self._closing:
                self._changed.wait(FLUSH_SECONDS)
            batch, size = self._loss_notice()
            notices = len(batch)
            while self._pending and self._fits(batch, size, self._pending[0]):
                event = self._pending.popleft()
                self._pending_bytes -= event.size
                size += event.size
                batch.append(event)
            self._in_flight = len(batch) - notices + self._told
            return batch

    def _fits(self, batch, size, event):
        return (len(batch) < MAX_BATCH_EVENTS and size + event.size <= MAX_BATCH_BYTES
                and (not batch or event.time_ms - batch[0].time_ms <= MAX_BATCH_MS))

    def _loss_notice(self):
        """An event that says how many lines are missing before the next, if any are; and its size. One that was refused is
        not sent again before something was taken."""
        self._told = 0
        if not self._lost or self._is_notice_refused:
            return [], 0
        self._told, self._lost = self._lost, 0
        notice = "[orchestrator: %d lines were lost: the log service did not take them]" % self._told
        text = self._texts(notice, {"lostLines": self._told})[0]
        event = Event(self._pending[0].time_ms if self._pending else self._last_ms, text, _size(text))
        return [event], event.size

    def _count_lost(self, count, first, end):
        """Of so many events of a batch those from `first` to `end` were stored."""
        lost = count - max(0, end - first)
        is_notice_lost = self._told > 0 and not first < 1 <= end
        self._lost += lost + (self._told - 1 if is_notice_lost else 0)
        self._is_notice_refused = is_notice_lost or (self._is_notice_refused and lost == count)

    def _put(self, batch):
        """Whether the batch is dealt with: stored, or of no use to send again."""
        request = dict(self._names, logEvents=[{"timestamp": event.time_ms, "message": event.text} for event in batch])
        try:
            self._count_lost(len(batch), *_stored(self._send(request), len(batch)))
            self._answered = True
            self._refused = False
            return True
        except ServiceError as problem:
            self._answered = True
            print("log lines were not shipped: %s" % problem, flush=True)
            self._refused = problem.status < 500 and "Throttl" not in problem.code
            if problem.code == "InvalidParameterException":
                self._count_lost(len(batch), 0, 0)
            return problem.code in UNSENDABLE
        except (OSError, http.client.HTTPException, ValueError, LookupError) as problem:
            print("log lines were not shipped: %r" % problem, flush=True)
            return False

    def _send(self, request):
        try:
            return self._service.call("PutLogEvents", request)
        except ServiceError as problem:
            if problem.code != "ResourceNotFoundException":
                raise
            self._create_stream()
            return self._service.call("PutLogEvents", request)

    def _create_stream(self):
        try:
            self._service.call("CreateLogStream", self._names)
        except ServiceError as problem:
            if problem.code != "ResourceAlreadyExistsException":
                raise


def _size(text):
    """Bytes of an event as the service counts them."""
    return (len(text) if text.isascii() else len(text.encode("utf-8", "replace"))) + EVENT_OVERHEAD_BYTES


def _stored(answer, count):
    """Which events of an accepted batch were stored, from and to: others were too old, expired, or too new."""
    info = answer.get("rejectedLogEventsInfo") or {}
    old = max(info.get("tooOldLogEventEndIndex", 0), info.get("expiredLogEventEndIndex", 0))
    return old, info.get("tooNewLogEventStartIndex", count)
