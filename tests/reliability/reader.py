"""A visitor in a hurry: ``python -m tests.reliability.reader PORT SECONDS`` with paths on stdin.

Reads the paths in turn as fast as one connection answers and prints what it saw as JSON: how long
each answer took, what was wrong, and each number of the edited sentence with its moment.
"""

import http.client
import json
import random
import re
import sys
import time

# What the editor of the load test writes; see test_load.py.
NUMBER = re.compile(r"Resumen número (\d+)\.")


def read(port: int, seconds: float, paths: list[str]) -> dict:
    """Return what reading for ``seconds`` brought; nothing stops it but the clock."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    random.shuffle(paths)
    times, wrong, seen, end = [], [], [], time.monotonic() + seconds
    while time.monotonic() < end:
        path = paths[len(times) % len(paths)]
        began = time.time()
        start = time.perf_counter()
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            text = response.read().decode()
        except (OSError, http.client.HTTPException) as error:
            wrong.append(f"{path}: {error!r}")
            connection.close()
            continue
        times.append(time.perf_counter() - start)
        if response.status != 200 or not is_whole(path, text):
            wrong.append(f"{path}: {response.status}, {len(text)} characters")
        if numbers := {int(number) for number in NUMBER.findall(text)}:
            seen.append([began, time.time(), sorted(numbers), path])
    return {"times": times, "wrong": wrong, "seen": seen}


def is_whole(path: str, text: str) -> bool:
    return bool(text) and (not path.endswith("/") or text.rstrip().endswith("</html>"))


def main(port: str, seconds: str) -> None:
    json.dump(read(int(port), float(seconds), sys.stdin.read().split()), sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
