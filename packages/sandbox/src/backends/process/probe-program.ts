/**
 * JavaScript that tries the walls of a box from inside. `args` is `{ secret, port, pid }` of the host, and
 * `shared` where it has no namespaces of its own; the result names
 * each wall with `true` where it held, and in words what could be done where it did not.
 */
export const TRY_WALLS = String.raw`
const load = (name) => process.getBuiltinModule(name);
const fs = load("node:fs"), net = load("node:net"), dgram = load("node:dgram"), child = load("node:child_process");
const found = {};
const refused = (name, what, act) => {
  if (typeof found[name] === "string") return;
  try { act(); found[name] = what; } catch (error) { found[name] = true; }
};
for (const path of [args.secret, "/etc/shadow", "/etc/passwd", "/proc/" + args.pid + "/environ"])
  refused("no-host-files", "could read " + path, () => fs.readFileSync(path));
const environments = ["/proc/1/environ", "/proc/self/environ"].map((path) => {
  try { return fs.readFileSync(path, "utf8"); } catch { return ""; }
});
const names = new Set([...Object.keys(process.env), ...environments.join("\0").split("\0").map((item) => item.split("=")[0])]);
const strange = [...names].filter((name) => !["", "PATH", "HOME", "LANG", "OPENSSL_CONF", "PWD"].includes(name));
found["no-host-environment"] = strange.length === 0 || "has variables of the host";
let seen = [];
try { seen = fs.readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name)); } catch {}
if (seen.length >= 8) found["no-host-processes"] = "sees " + seen.length + " processes";
// Without a PID namespace the host's numbers mean the host's processes.
if (args.shared) refused("no-host-processes", "could signal the host", () => process.kill(args.pid, 0));
else found["no-host-processes"] ??= true;
if (args.shared)
  for (const change of [() => fs.chmodSync(args.secret, 0o600), () => fs.utimesSync(args.secret, 1, 1), () => fs.truncateSync(args.secret)])
    refused("no-host-files", "could change a file of the host", change);
const status = fs.readFileSync("/proc/self/status", "utf8");
found["no-new-privileges"] =
  (/^NoNewPrivs:\s+1$/m.test(status) && /^CapEff:\s+0+$/m.test(status) && /^CapPrm:\s+0+$/m.test(status) && /^CapInh:\s+0+$/m.test(status)) ||
  "may gain privileges";
found["system-calls-filtered"] = /^Seccomp:\s+2$/m.test(status) || "has no filter";
refused("no-new-processes", "could start a program", () => {
  const { error } = child.spawnSync(process.execPath, ["--version"]);
  if (error) throw error;
});
for (const path of ["/x", "/dev/x", "/dev/shm/x", "/writ/x", "/usr/x", ...(args.shared ? ["/tmp/x", "/var/tmp/x"] : []), "/proc/sys/kernel/core_pattern"])
  refused("read-only-root", "could write " + path, () => fs.writeFileSync(path, "x"));
refused("disk-limit", "could write 64 MiB to /tmp", () => {
  try { for (let i = 0; i < 64; i++) fs.appendFileSync("/tmp/fill", Buffer.alloc(1024 * 1024, 1)); }
  finally { fs.rmSync("/tmp/fill", { force: true }); }
});
const reach = (options) => new Promise((resolve) => {
  try {
    const socket = net.connect(options);
    socket.on("connect", () => resolve("could connect to " + JSON.stringify(options)));
    socket.on("error", () => resolve(true));
    socket.setTimeout(1000, () => resolve(true));
  } catch { resolve(true); }
});
const send = () => new Promise((resolve) => {
  try {
    const socket = dgram.createSocket("udp4");
    socket.on("error", () => resolve(true));
    socket.send("x", args.port, "127.0.0.1", (error) => resolve(error ? true : "could send a datagram"));
  } catch { resolve(true); }
});
const answers = await Promise.all([
  reach({ host: "127.0.0.1", port: args.port }), reach({ host: "::1", port: args.port }), reach({ path: "\0writ" }), send(),
]);
found["no-network"] = answers.find((answer) => answer !== true) ?? true;
return found;
`;
