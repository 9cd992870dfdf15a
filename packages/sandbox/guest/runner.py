"""Runs one Python program in a sandbox and speaks the protocol of src/protocol on descriptor 3, or on stdin and stdout
where the first argument is `stdio`. The program finds `args` and `world` in its scope; its result is what its function
`main(args)` gives, or the value of its variable `result`. Nothing here is a wall: the host believes none of it.

What is imported here every sandbox pays for when it starts, and half of that time was `json` with the `re` that it brings
along: until nobody waits, the parts of `json` that are written in C do. `datetime` waits until there is a date."""

import binascii
import builtins
import io
import math
import os
import sys

MAX_DEPTH = 128
SAFE = 2**53 - 1

if len(sys.argv) > 1 and sys.argv[1] == "stdio":
    FROM, TO = os.dup(0), os.dup(1)
    os.dup2(2, 1)
else:
    FROM = TO = 3
os.set_inheritable(FROM, False)
os.set_inheritable(TO, False)
os.set_blocking(FROM, True)
os.set_blocking(TO, True)


def encode(value, depth=0):
    if depth > MAX_DEPTH:
        raise ValueError(f"deeper than {MAX_DEPTH} levels")
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if -SAFE <= value <= SAFE else {"$bigint": str(value)}
    if isinstance(value, float):
        if math.isnan(value):
            return {"$number": "NaN"}
        if math.isinf(value):
            return {"$number": "Infinity" if value > 0 else "-Infinity"}
        if value == 0 and math.copysign(1, value) < 0:
            return {"$number": "-0"}
        return value
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"$bytes": binascii.b2a_base64(bytes(value), newline=False).decode("ascii")}
    # Where nobody imported it there is no date.
    datetime = sys.modules.get("datetime")
    if datetime is not None and isinstance(value, datetime.datetime):
        at = value if value.tzinfo is not None else value.replace(tzinfo=datetime.timezone.utc)
        return {"$date": round(at.timestamp() * 1000)}
    if isinstance(value, BaseException):
        return {"$error": {"name": type(value).__name__, "message": str(value)}}
    if isinstance(value, (list, tuple)):
        return [encode(item, depth + 1) for item in value]
    if isinstance(value, dict):
        written = {}
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError("the keys of a result are strings")
            written[key] = encode(item, depth + 1)
        only = next(iter(written)) if len(written) == 1 else ""
        return {"$object": written} if only.startswith("$") else written
    raise TypeError(f"a {type(value).__name__} cannot be handed over")


def decode(written):
    if isinstance(written, list):
        return [decode(item) for item in written]
    if not isinstance(written, dict):
        return written
    if len(written) == 1:
        tag, content = next(iter(written.items()))
        if tag == "$bytes":
            return binascii.a2b_base64(content)
        if tag == "$date":
            import datetime

            return None if content is None else datetime.datetime.fromtimestamp(content / 1000, datetime.timezone.utc)
        if tag == "$bigint":
            return int(content)
        if tag == "$undefined":
            return None
        if tag == "$number":
            return float(content)
        if tag == "$error":
            return RuntimeError(content["message"])
        if tag == "$object":
            return {key: decode(item) for key, item in content.items()}
    return {key: decode(item) for key, item in written.items()}


class Reading:
    """What a scanner of JSON is made with."""

    strict = True
    object_hook = object_pairs_hook = None
    parse_float = parse_constant = float

    @staticmethod
    def parse_int(text):
        """JavaScript writes large numbers as digits: they are no integers that were meant to be exact, which have a tag."""
        value = int(text)
        return value if -SAFE <= value <= SAFE else float(text)


def with_json():
    """To and from JSON by the module of that name."""
    import json

    return (
        lambda value: json.dumps(value, allow_nan=False),
        lambda text: json.loads(text, parse_int=Reading.parse_int),
    )


def without_json():
    """The same by what `json` itself uses, which is not promised to stay: it is tried, and where it does otherwise `json` is taken."""
    try:
        from _json import encode_basestring_ascii, make_encoder, make_scanner

        encoder = make_encoder(None, None, encode_basestring_ascii, None, ": ", ", ", False, False, False)
        scanner = make_scanner(Reading)

        def to_json(value):
            return "".join(encoder(value, 0))

        def from_json(text):
            value, end = scanner(text, 0)
            if end != len(text):
                raise ValueError("more than one value")
            return value

        tried = {"a\u20ac\n": [None, True, 1, 1.5, {"b": "\ud800"}], "c": -SAFE}
        text = '{"a\\u20ac\\n": [null, true, 1, 1.5, {"b": "\\ud800"}], "c": -9007199254740991}'
        if to_json(tried) == text and from_json(text) == tried and type(from_json("9007199254740993")) is float:
            return to_json, from_json
    except (ImportError, AttributeError, TypeError, ValueError, StopIteration):
        pass
    return with_json()


to_json, from_json = without_json()


def say(message):
    text = to_json(message).encode("ascii")
    frame = memoryview(len(text).to_bytes(4, "big") + text)
    while frame:
        frame = frame[os.write(TO, frame) :]


def read(length):
    held = bytearray()
    while len(held) < length:
        some = os.read(FROM, min(length - len(held), 1 << 20))
        if not some:
            os._exit(0)
        held += some
    return bytes(held)


def hear():
    return from_json(read(int.from_bytes(read(4), "big")).decode("utf-8"))


asked = 0


def ask(effect, args):
    global asked
    asked += 1
    say({"t": "ask", "id": asked, "effect": effect, "args": encode(args)})
    answer = hear()
    if not answer["ok"]:
        raise PermissionError(answer["message"])
    return decode(answer["value"])


class Response:
    """What a fetch gave."""

    def __init__(self, answer):
        self.status = answer["status"]
        self.ok = 200 <= self.status < 300
        self.url = answer["url"]
        self.headers = answer["headers"]
        self.body = answer["body"]

    def text(self):
        return self.body.decode("utf-8", "replace")

    def json(self):
        import json

        return json.loads(self.text())


class Files:
    """Files of the host, as far as the host grants each."""

    def read(self, path):
        return ask("fs.read", {"path": str(path)})

    def read_text(self, path):
        return self.read(path).decode("utf-8", "replace")

    def write(self, path, data):
        return ask("fs.write", {"path": str(path), "data": data.encode("utf-8") if isinstance(data, str) else data})

    def list(self, path):
        return ask("fs.list", {"path": str(path)})

    def remove(self, path):
        return ask("fs.remove", {"path": str(path)})


class World:
    """The only way out of the sandbox."""

    files = Files()

    def fetch(self, url, method="GET", headers=None, body=None):
        return Response(
            ask(
                "net.fetch",
                {
                    "url": str(url),
                    "method": str(method).upper(),
                    "headers": {str(name).lower(): str(value) for name, value in (headers or {}).items()},
                    "body": body.encode("utf-8") if isinstance(body, str) else body,
                },
            )
        )


class Log(io.TextIOBase):
    """What the program prints goes to the log of its call."""

    def writable(self):
        return True

    def write(self, text):
        for at in range(0, len(text), 65536):
            say({"t": "log", "text": text[at : at + 65536]})
        return len(text)


def run(program, args):
    if program["kind"] != "python":
        raise TypeError(f"a program of kind {program['kind']} cannot run here")
    world = World()
    scope = {"__name__": "__program__", "__builtins__": builtins, "args": args, "world": world}
    exec(compile(program["source"], "program.py", "exec"), scope)
    if callable(scope.get("main")):
        return scope["main"](args)
    return scope.get("result")


def rehearse():
    """The first run of anything is slow: it is done before there is a call that waits for it."""
    program = {"kind": "python", "source": "def main(args):\n    return args['n']\n"}
    message = to_json({"t": "run", "program": program, "args": {"n": 1, "a": ["a", {"b": "b"}]}})
    message = from_json(message.encode("ascii").decode("utf-8"))
    to_json({"t": "done", "value": encode(run(message["program"], decode(message["args"])))})


def prepare():
    """What most programs import is there before they do, where this one waits anyway: in a pool, not when it starts for a call."""
    import select

    if select.select([FROM], [], [], 0.01)[0]:
        return
    for name in ("json", "re", "struct"):
        __import__(name)


def main():
    rehearse()
    say({"t": "hello", "protocol": 1})
    prepare()
    message = hear()
    sys.stdout = sys.stderr = Log()
    try:
        answer = {"t": "done", "value": encode(run(message["program"], decode(message["args"])))}
    except BaseException as error:  # SystemExit too: a program that ends itself has no result
        line, frame = None, error.__traceback__
        while frame is not None:
            if frame.tb_frame.f_code.co_filename == "program.py":
                line = frame.tb_lineno
            frame = frame.tb_next
        at = "" if line is None else f" (line {line})"
        words = "".join("\ufffd" if "\ud800" <= one <= "\udfff" else one for one in f"{error}{at}"[:4000])
        answer = {"t": "failed", "name": type(error).__name__[:128], "message": words}
    say(answer)
    os._exit(0)


main()
