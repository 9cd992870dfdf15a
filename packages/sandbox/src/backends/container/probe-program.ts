/**
 * JavaScript that tries the walls of a container from inside. `args` is `{ secret, port, pid, disk }` of the host; the
 * result names each wall with `true` where it held and in words what could be done where it did not, and has the
 * release of the kernel that answered as `kernel`.
 */
export const TRY_WALLS = String.raw`
const load = (name) => process.getBuiltinModule(name);
const fs = load("node:fs"), net = load("node:net"), dgram = load("node:dgram"), os = load("node:os");
const found = {};
const broken = (name, what) => { if (typeof found[name] !== "string") found[name] = what; };
const refused = (name, what, act) => {
  try { act(); broken(name, what); } catch { found[name] ??= true; }
};
for (const path of [args.secret, "/etc/shadow", "/proc/" + args.pid + "/environ", "/proc/1/root" + args.secret])
  refused("no-host-files", "could read " + path, () => fs.readFileSync(path));
const environments = ["/proc/1/environ", "/proc/self/environ"].map((path) => {
  try { return fs.readFileSync(path, "utf8"); } catch { return ""; }
});
const given = ["", "PATH", "HOME", "HOSTNAME", "TERM", "container", "PWD"];
const names = [...Object.keys(process.env), ...environments.join("\0").split("\0").map((item) => item.split("=")[0])];
const strange = names.filter((name) => !given.includes(name));
found["no-host-environment"] = strange.length === 0 || "has variables that nobody gave it";
const seen = fs.readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name)).length;
found["no-host-processes"] = seen < 8 || "sees " + seen + " processes";
const status = fs.readFileSync("/proc/self/status", "utf8");
const none = (name) => new RegExp("^" + name + ":\\s+0+$", "m").test(status);
if (process.getuid() === 0 || process.geteuid() === 0) broken("no-new-privileges", "is root");
else if (!none("CapEff") || !none("CapPrm") || !none("CapBnd")) broken("no-new-privileges", "has capabilities");
else if (/^NoNewPrivs:\s+0$/m.test(status)) broken("no-new-privileges", "may gain privileges");
else found["no-new-privileges"] = true;
found["system-calls-filtered"] = /^Seccomp:\s+2$/m.test(status) || "has no filter";
const root = fs.readFileSync("/proc/self/mounts", "utf8").split("\n").find((line) => line.split(" ")[1] === "/");
found["read-only-root"] = root !== undefined && root.split(" ")[3].split(",").includes("ro") || "its root is mounted for writing";
for (const path of ["/x", "/etc/x", "/dev/x", "/writ/x", "/usr/x", "/proc/sys/kernel/core_pattern"])
  refused("read-only-root", "could write " + path, () => fs.writeFileSync(path, "x"));
for (const folder of ["/tmp", "/run", "/var/tmp", "/dev/shm"]) {
  const path = folder + "/fill";
  refused("disk-limit", "could write more to " + folder + " than it may", () => {
    try { for (let i = 0; i <= args.disk; i += 1048576) fs.appendFileSync(path, Buffer.alloc(1048576, 1)); }
    finally { fs.rmSync(path, { force: true }); }
  });
}
const reach = (options) => new Promise((resolve) => {
  try {
    const socket = net.connect(options);
    socket.on("connect", () => resolve("could connect to " + JSON.stringify(options)));
    socket.on("error", () => resolve(true));
    socket.setTimeout(1000, () => resolve(true));
  } catch { resolve(true); }
});
const send = (port, address) => new Promise((resolve) => {
  try {
    const socket = dgram.createSocket("udp4");
    socket.on("error", () => resolve(true));
    // A datagram to the container's own loopback can be sent, and reaches nobody: the host looks what arrives.
    socket.send("x", port, address, (error) => resolve(error || address === "127.0.0.1" ? true : "could send a datagram"));
  } catch { resolve(true); }
});
const outside = Object.values(os.networkInterfaces()).flat().filter((one) => one !== undefined && !one.internal);
const answers = await Promise.all([
  reach({ host: "127.0.0.1", port: args.port }), reach({ host: "::1", port: args.port }),
  reach({ host: "169.254.169.254", port: 80 }), reach({ path: args.socket }), reach({ path: "\0" + args.abstract }),
  send(args.port, "127.0.0.1"), send(53, "192.0.2.1"),
]);
found["no-network"] = outside.length === 0 ? answers.find((answer) => answer !== true) ?? true : "has a network interface";
found.kernel = os.release();
return found;
`;

/** Starts programs that wait until no more can be started, or all were; gives how many. */
export const START_MANY = String.raw`
const { spawn } = process.getBuiltinModule("node:child_process");
let started = 0;
for (let i = 0; i < args.many; i++) {
  let child;
  try { child = spawn(process.execPath, ["-e", "0"], { stdio: "ignore" }); } catch { break; }
  child.on("error", () => undefined);
  if (child.pid === undefined) break;
  // Stopped before it comes to anything, it costs a process and next to no memory.
  process.kill(child.pid, "SIGSTOP");
  started += 1;
}
return started;
`;

/** Takes memory until it is refused or ended. */
export const TAKE_MEMORY =
  "const held = []; for (let i = 0; i < 16; i++) held.push(Buffer.alloc(args.piece, 1)); return 1;";
