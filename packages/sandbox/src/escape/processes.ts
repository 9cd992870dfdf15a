import type { Attack } from "./attack.js";

const MIB = 1024 * 1024;
const SHORT = { time: 800 };

/** Other processes, and more than its share of the machine. */
export const PROCESS_ATTACKS: readonly Attack[] = [
  {
    id: "see",
    area: "processes",
    tries: "lists the host's processes",
    sources: {
      javascript: `const fs = process.getBuiltinModule("node:fs");
return fs.readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name)).map((pid) => {
  try { return fs.readFileSync("/proc/" + pid + "/cmdline", "latin1"); } catch { return ""; }
});`,
      python: `import glob
result = []
for path in glob.glob("/proc/[0-9]*/cmdline"):
    try:
        result.append(open(path).read())
    except OSError:
        pass`,
      shell: "cat /proc/[0-9]*/cmdline",
    },
  },
  {
    id: "signal",
    area: "processes",
    tries: "kills a process of the host, and all that it may",
    sources: {
      javascript: `for (const pid of [args.victim, args.pid]) try { process.kill(pid, "SIGKILL"); } catch {}
try { process.kill(-1, "SIGKILL"); } catch {}`,
      python: `import os
for pid in (args["victim"], args["pid"], -1):
    try:
        os.kill(pid, 9)
    except OSError:
        pass`,
      shell: 'kill -9 "$VICTIM" "$PID"; kill -9 -1',
    },
  },
  {
    id: "ptrace",
    area: "processes",
    tries: "traces a process of the host, and reads its memory",
    sources: {
      python: `import ctypes
libc = ctypes.CDLL(None, use_errno=True)
result = "ESCAPED: attached" if libc.ptrace(16, args["victim"], 0, 0) == 0 else str(ctypes.get_errno())
try:
    open(f"/proc/{args['victim']}/mem", "rb")
    result = "ESCAPED: opened its memory"
except OSError:
    pass`,
    },
  },
  {
    id: "user-namespace",
    area: "processes",
    tries: "makes a user namespace of its own, to be root in it",
    sources: {
      python: `import ctypes
libc = ctypes.CDLL(None, use_errno=True)
result = "ESCAPED: is root of a namespace" if libc.unshare(0x10000000) == 0 else str(ctypes.get_errno())`,
      shell: "unshare -Ur true && echo ESCAPED: is root of a namespace",
    },
    unclaimed: { gvisor: "the namespace is one of gVisor's own kernel, and none of the host's" },
  },
  {
    id: "privileges",
    area: "processes",
    tries: "gains privileges by a setuid program, or by what it was started with",
    sources: {
      javascript: `const status = process.getBuiltinModule("node:fs").readFileSync("/proc/self/status", "utf8");
return /^NoNewPrivs:\\s+0/m.test(status) || /^CapEff:\\s+0*[1-9a-f]/m.test(status) ? "ESCAPED: " + status : "none";`,
      python: `import re
status = open("/proc/self/status").read()
result = "ESCAPED: " + status if re.search(r"^NoNewPrivs:\\s+0|^CapEff:\\s+0*[1-9a-f]", status, re.M) else "none"`,
      shell:
        'while read -r key value; do case "$key $value" in "NoNewPrivs: 0") echo ESCAPED: may gain privileges;; esac; done </proc/self/status; mount -t tmpfs none /tmp && echo ESCAPED: mounted; su -c id </dev/null',
    },
  },
  {
    id: "other-sandbox",
    area: "processes",
    tries: "finds what a sandbox before it left in /tmp and /dev/shm",
    sources: {
      javascript: `const fs = process.getBuiltinModule("node:fs");
const found = ["/tmp", "/dev/shm"].flatMap((path) => { try { return fs.readdirSync(path); } catch { return []; } });
for (const path of ["/tmp/left", "/dev/shm/left"]) try { fs.writeFileSync(path, "x"); } catch {}
return found.includes("left") ? "ESCAPED: found what another left" : found;`,
      python: `import os
result = "ESCAPED: found what another left" if os.path.exists("/tmp/left") else "nothing"
open("/tmp/left", "w").write("x")`,
      shell: "[ -e /tmp/left ] && echo ESCAPED: found what another left; echo x >/tmp/left",
    },
  },
  {
    id: "fork-bomb",
    area: "processes",
    tries: "starts processes without end",
    limits: SHORT,
    sources: {
      javascript: `const { spawn } = process.getBuiltinModule("node:child_process");
let made = 0;
for (let i = 0; i < 400; i++) { const child = spawn("/bin/sleep", [args.nap], { detached: true, stdio: "ignore" }); child.on("error", () => {}); if (child.pid) made++; }
return made > 100 ? "ESCAPED: " + made + " processes" : made;`,
      python: `import os
made = 0
try:
    for i in range(400):
        if os.fork() == 0:
            os.execv("/bin/sleep", ["sleep", args["nap"]])
        made += 1
except OSError:
    pass
result = f"ESCAPED: {made} processes" if made > 100 else made`,
      shell: 'bomb() { bomb | bomb & }; bomb; while :; do sleep "$NAP" & done',
    },
  },
  {
    id: "daemon",
    area: "processes",
    tries: "leaves a process behind that outlives the call",
    sources: {
      javascript: `const { spawn } = process.getBuiltinModule("node:child_process");
const child = spawn("/bin/sleep", [args.nap], { detached: true, stdio: "ignore" });
await new Promise((resolve) => { child.on("error", resolve); child.on("spawn", resolve); });`,
      python: `import os
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 256)
        os.execv("/bin/sleep", ["sleep", args["nap"]])
    os._exit(0)
os.wait()`,
      shell: '(setsid sleep "$NAP" >/dev/null 2>&1 </dev/null &) ; exit 0',
    },
  },
  {
    id: "memory-bomb",
    area: "processes",
    tries: "takes 1 GiB of memory, inside the heap and outside it",
    limits: { time: 10_000, memory: 128 * MIB },
    sources: {
      javascript: `const held = [];
for (let i = 0; i < 64; i++) held.push(new Uint8Array(16 * 1024 * 1024).fill(1));
return "ESCAPED: has " + held.length * 16 + " MiB";`,
      python: `held = []
for i in range(64):
    held.append(bytearray(b"1") * (16 * 1024 * 1024))
result = "ESCAPED: has 1 GiB"`,
      shell:
        'x=0123456789abcdef; i=0; while [ $i -lt 26 ]; do x="$x$x"; i=$((i+1)); done; echo "ESCAPED: has ${#x} bytes"',
    },
  },
  {
    id: "heap-bomb",
    area: "processes",
    tries: "fills the heap with small objects",
    limits: { time: 20_000, memory: 128 * MIB },
    ends: ["memory", "failed", "timeout"],
    sources: {
      javascript: 'const held = []; for (;;) held.push({ a: held.length, b: [held.length], c: "x" + held.length });',
      python: "held = []\nwhile True:\n    held.append([len(held)])",
    },
  },
  {
    id: "descriptor-bomb",
    area: "processes",
    tries: "opens files without end",
    sources: {
      javascript: `const fs = process.getBuiltinModule("node:fs");
let open = 0;
try { for (; open < 5000; open++) fs.openSync("/tmp/f", "w"); } catch {}
return open >= 5000 ? "ESCAPED: 5000 open files" : open;`,
      python: `held = []
try:
    while len(held) < 5000:
        held.append(open("/tmp/f", "w"))
except OSError:
    pass
result = "ESCAPED: 5000 open files" if len(held) >= 5000 else len(held)`,
    },
  },
  {
    id: "disk-bomb",
    area: "processes",
    tries: "fills /tmp, /dev/shm and the root with 256 MiB",
    limits: { time: 20_000, disk: 16 * MIB },
    sources: {
      javascript: `const fs = process.getBuiltinModule("node:fs");
let written = 0;
for (const path of ["/tmp/fill", "/dev/shm/fill", "/fill", "/dev/fill"])
  try { for (let i = 0; i < 256; i++) { fs.appendFileSync(path, Buffer.alloc(1024 * 1024, 1)); written++; } } catch {}
return written > 64 ? "ESCAPED: wrote " + written + " MiB" : written;`,
      python: `written = 0
for path in ("/tmp/fill", "/dev/shm/fill", "/fill"):
    try:
        with open(path, "wb", buffering=0) as file:
            for i in range(256):
                written += file.write(b"1" * (1024 * 1024))
    except OSError:
        pass
result = f"ESCAPED: wrote {written} bytes" if written > 64 * 1024 * 1024 else written`,
      shell:
        'for d in /tmp /dev/shm / /dev; do head -c 268435456 /dev/zero >$d/fill && echo "ESCAPED: wrote 256 MiB to $d"; done',
    },
  },
  {
    id: "spin",
    area: "processes",
    tries: "runs for ever",
    limits: SHORT,
    ends: ["timeout"],
    sources: {
      javascript: "for (;;);",
      python: "while True: pass",
      shell: "while :; do :; done",
    },
  },
  {
    id: "native-spin",
    area: "processes",
    tries: "runs for ever inside functions of the language itself",
    limits: SHORT,
    ends: ["timeout"],
    sources: {
      javascript: 'const text = "a".repeat(2_000_000); for (;;) text.indexOf("a".repeat(1000) + "b"); ',
      python: 'import re\nre.match(r"(a+)+$", "a" * 64 + "b")',
    },
  },
  {
    id: "ignore-sigterm",
    area: "processes",
    tries: "sleeps for ever and ignores every signal that it may",
    limits: SHORT,
    ends: ["timeout", "failed"],
    sources: {
      javascript:
        'for (const name of ["SIGTERM", "SIGINT", "SIGHUP"]) globalThis.process?.on(name, () => {}); await new Promise(() => setInterval(() => {}, 1000));',
      python: "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: time.sleep(60)",
      shell: "trap '' TERM INT HUP; while :; do sleep \"$NAP\"; done",
    },
  },
];
