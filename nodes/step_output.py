"""What a step writes, as lines for its log. Reading it never waits for the log, and needs bounded memory."""

import collections
import time

# A line without an end is cut here, so that a stream of bytes needs bounded memory.
MAX_LINE_BYTES = 131072
# After each so many bytes it is looked whether the log still has room: short lines are many events.
SLICE_BYTES = 4096
# The end of what is left out is kept: so many bytes, and of these so many lines.
KEPT_BYTES = 256 * 1024
KEPT_LINES = 200
# Where the log has room again, the memory is the limit.
KEPT_LINES_BETWEEN = 5000
# What the answer of a command has of it.
TAIL_LINES = 20
TAIL_BYTES = 2000
# A progress bar overwrites its line many times a second: it is a line of the log so often.
PROGRESS_SECONDS = 5.0

LIMIT_REACHED = "[orchestrator: the output from here on is left out, but for its end: the log of this step has reached its limit]"
LEFT_OUT = "[orchestrator: %d lines, %d bytes, are left out here: %s]"


class Tail:
    """The last lines, as few bytes as a command's answer may carry."""

    def __init__(self):
        self._lines = collections.deque(maxlen=TAIL_LINES)

    def add(self, line):
        self._lines.append(line[-TAIL_BYTES:])

    def text(self):
        return "\n".join(self._lines).encode("utf-8", "replace")[-TAIL_BYTES:].decode("utf-8", "ignore")


class Lines:
    """Cuts bytes into lines of text; what is no UTF-8 becomes replacement characters."""

    def __init__(self, take):
        self._take = take
        self._rest = b""
        self._overwritten = 0
        self._progress_at = 0.0

    def feed(self, data):
        *lines, rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._end_line(line)
        if b"\r" in rest:
            rest = self._overwrite(rest)
        while len(rest) >= MAX_LINE_BYTES:
            cut = MAX_LINE_BYTES
            while cut > MAX_LINE_BYTES - 4 and rest[cut : cut + 1] and rest[cut] & 0xC0 == 0x80:
                cut -= 1
            self._emit(rest[:cut])
            rest = rest[cut:]
        self._rest = rest

    def end(self):
        if self._rest or self._overwritten:
            self._end_line(self._rest)
        self._rest = b""

    def _end_line(self, line):
        line = line.rstrip(b"\r")
        self._emit(self._overwrite(line) if b"\r" in line else line)

    def _overwrite(self, text):
        """What is after the last carriage return. Of what is before it, a terminal would show each for a moment."""
        *before, last = text.split(b"\r")
        if not last:  # the carriage return may be the first half of a line's end
            last = before.pop() + b"\r"
        for shown in before:
            now = time.monotonic()
            if shown and now - self._progress_at >= PROGRESS_SECONDS:
                self._progress_at = now
                self._emit(shown)
            else:
                self._overwritten += len(shown)
        return last

    def _emit(self, line):
        text = line.decode("utf-8", "replace")
        if self._overwritten:
            self._take(text, overwrittenBytes=self._overwritten)
            self._overwritten = 0
        else:
            self._take(text)


class LeftOut:
    """Counts bytes and lines, and keeps the last ones."""

    def __init__(self):
        self._chunks = collections.deque()
        self._size = 0
        self.bytes = 0
        self.lines = 0

    def is_empty(self):
        return not self._chunks

    def add(self, data):
        self._chunks.append(data)
        self._size += len(data)
        while self._size - len(self._chunks[0]) >= KEPT_BYTES:
            self._drop(self._chunks.popleft())

    def end(self, most_lines):
        """The last whole lines, at most so many; what is before them is left out."""
        kept = b"".join(self._chunks)
        self._chunks.clear()
        self._size = len(kept)
        begin = kept.find(b"\n") + 1 if self.bytes else 0
        if kept.count(b"\n") > most_lines:
            at = len(kept) - 1
            for _ in range(most_lines):
                at = kept.rfind(b"\n", 0, at)
            begin = max(begin, at + 1)
        self._drop(kept[:begin])
        return kept[begin:]

    def _drop(self, data):
        self._size -= len(data)
        self.bytes += len(data)
        self.lines += data.count(b"\n")


class Output:
    """Passes lines on while the log has room for them; else they are left out, with a notice, but for the last ones."""

    def __init__(self, log, tail):
        self._log = log
        self._tail = tail
        self._lines = Lines(self.take)
        self._left_out = LeftOut()
        self._told_of_limit = False

    def take(self, line, **facts):
        """Takes a whole line."""
        self._tail.add(line)
        self._log.add(line, **facts)

    def feed(self, data):
        """Takes bytes as they are read."""
        if not self._left_out.is_empty():
            self._leave_out(data)
            return
        for at in range(0, len(data), SLICE_BYTES):
            if not self._log.has_room():
                line_end = data.find(b"\n", at) + 1 or at  # a line that has begun is not cut
                self._lines.feed(data[at:line_end])
                self._leave_out(data[line_end:])
                return
            self._lines.feed(data[at : at + SLICE_BYTES])

    def waits_for_room(self):
        """Whether there are lines for the log as soon as it has room."""
        return not self._left_out.is_empty() and not self._log.is_spent()

    def look_again(self):
        """Goes on where the log has room again."""
        if not self._left_out.is_empty() and self._log.has_room():
            self._go_on()

    def end(self):
        """Ends the last line, and tells of what is left out."""
        if not self._left_out.is_empty():
            self._go_on()
        self._lines.end()

    def _leave_out(self, data):
        if not data:
            return
        self._left_out.add(data)
        if self._log.is_spent() and not self._told_of_limit:
            self._told_of_limit = True
            self._lines.end()
            self._log.add(LIMIT_REACHED)
        self.look_again()

    def _go_on(self):
        left_out, self._left_out = self._left_out, LeftOut()
        is_spent = self._log.is_spent()
        end = left_out.end(KEPT_LINES if is_spent else KEPT_LINES_BETWEEN)
        if left_out.bytes:
            self._lines.end()
            why = "the log of this step has reached its limit" if is_spent else "the log service was slower than the step"
            self._log.add(LEFT_OUT % (left_out.lines, left_out.bytes, why), leftOutLines=left_out.lines, leftOutBytes=left_out.bytes)
        self._lines.feed(end)
