"""This package's side: a program that is kept running, so that it has its turns between those of the peers."""
import json
import subprocess


class Ours:
    """`peer-work`, which answers a request a line; Benchmarks/Compare lists the requests."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, *words):
        """The answer to a request. What goes wrong on the other side has been printed there."""
        try:
            self.process.stdin.write(" ".join(map(str, words)) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended; so does its output
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(self.process.wait() or 1)
        return json.loads(answer)

    def seconds(self, work, count):
        """A turn: the seconds that `count` steps, rounds or calls of a work take."""
        return self.ask(work, count)["seconds"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()
