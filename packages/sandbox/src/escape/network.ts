import type { Attack } from "./attack.js";

const connectAll = (options: string): string => `
const net = process.getBuiltinModule("node:net");
const reach = (options) => new Promise((resolve) => {
  try {
    const socket = net.connect(options);
    socket.on("connect", () => { socket.destroy(); resolve("ESCAPED: connected to " + JSON.stringify(options)); });
    socket.on("error", (error) => resolve(error.code));
    setTimeout(() => { socket.destroy(); resolve("silence"); }, 700);
  } catch (error) { resolve(error.code ?? error.message); }
});
return await Promise.all((${options}).map(reach));`;

const connectAllPython = (family: string, addresses: string): string => `import socket
result = []
for address in ${addresses}:
    try:
        s = socket.socket(socket.${family}, socket.SOCK_STREAM)
        s.settimeout(0.7)
        s.connect(address)
        result.append(f"ESCAPED: connected to {address}")
    except OSError as error:
        result.append(str(error))`;

/** Reaching anything that is not the broker. */
export const NETWORK_ATTACKS: readonly Attack[] = [
  {
    id: "loopback",
    area: "network",
    tries: "connects to a listener on the host's loopback and on its own addresses",
    sources: {
      javascript: connectAll(
        '["127.0.0.1", "localhost", ...args.addresses].map((host) => ({ host, port: args.port }))',
      ),
      python: connectAllPython("AF_INET", '[(host, args["port"]) for host in ["127.0.0.1", *args["addresses"]]]'),
      shell:
        'for host in 127.0.0.1 $ADDRESSES; do timeout 1 bash -c "exec 9<>/dev/tcp/$host/$PORT" && echo "ESCAPED: connected to $host"; done',
    },
  },
  {
    id: "loopback-6",
    area: "network",
    tries: "connects to a listener on the host's loopback by IPv6",
    sources: {
      javascript: connectAll('[{ host: "::1", port: args.port6 }, { host: "::ffff:127.0.0.1", port: args.port }]'),
      python: connectAllPython("AF_INET6", '[("::1", args["port6"]), ("::ffff:127.0.0.1", args["port"])]'),
    },
  },
  {
    id: "metadata",
    area: "network",
    tries: "connects to link-local and metadata addresses",
    sources: {
      javascript: connectAll(
        '["169.254.169.254", "169.254.170.2", "fd00:ec2::254", "100.100.100.200"].map((host) => ({ host, port: 80 }))',
      ),
      python: connectAllPython("AF_INET", '[("169.254.169.254", 80), ("169.254.170.2", 80)]'),
    },
  },
  {
    id: "udp",
    area: "network",
    tries: "sends a datagram to a listener of the host",
    sources: {
      javascript: `const socket = process.getBuiltinModule("node:dgram").createSocket("udp4");
return await new Promise((resolve) => {
  socket.on("error", (error) => resolve(error.code));
  socket.send("x", args.port, "127.0.0.1", (error) => resolve(error?.code ?? "sent"));
});`,
      python: `import socket
result = socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", args["port"]))`,
    },
  },
  {
    id: "unix-path",
    area: "network",
    tries: "connects to a Unix socket of the host by its path, outside its folder and inside it",
    mount: "write",
    sources: {
      javascript: connectAll("[{ path: args.socket }, { path: args.mount + '/host.sock' }]"),
      python: connectAllPython("AF_UNIX", '[args["socket"], args["mount"] + "/host.sock"]'),
    },
    unclaimed: {
      container: "a socket in a folder that was mounted for writing is reached through that folder",
      gvisor: "a socket in a folder that was mounted for writing is reached through that folder",
    },
  },
  {
    id: "unix-abstract",
    area: "network",
    tries: "connects to an abstract Unix socket of the host",
    sources: {
      javascript: connectAll('[{ path: "\\0" + args.abstract }]'),
      python: connectAllPython("AF_UNIX", '["\\0" + args["abstract"]]'),
    },
  },
  {
    id: "raw",
    area: "network",
    tries: "sends ICMP, raw packets and frames to the host's addresses",
    sources: {
      python: `import socket
result = []
for family, kind, protocol, to in (
    (socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP, (args["addresses"] + ["169.254.169.254"])[0]),
    (socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP, (args["addresses"] + ["169.254.169.254"])[0]),
):
    try:
        s = socket.socket(family, kind, protocol)
        s.settimeout(0.7)
        s.sendto(b"\\x08\\x00\\xf7\\xff\\x00\\x00\\x00\\x00", (to, 0))
        s.recv(100)
        result.append(f"ESCAPED: {to} answered a ping")
    except OSError as error:
        result.append(str(error))
try:
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0x0300).bind(("eth0", 0))
    result.append("ESCAPED: listens on eth0")
except OSError as error:
    result.append(str(error))`,
    },
  },
  {
    id: "dns",
    area: "network",
    tries: "resolves a name, by the system and by asking a server itself",
    sources: {
      javascript: `const dns = process.getBuiltinModule("node:dns").promises;
const got = [];
const late = () => new Promise((resolve) => setTimeout(resolve, 700, []));
const resolver = new dns.Resolver({ timeout: 500, tries: 1 });
for (const ask of [() => dns.lookup("example.com"), () => resolver.resolve4("example.com")])
  try {
    const found = await Promise.race([ask(), late()]);
    got.push(found.address ?? found[0] ? "ESCAPED: resolved a name" : "silence");
  } catch (error) { got.push(error.code ?? error.message); }
return got;`,
      python: `import socket
try:
    result = "ESCAPED: resolved " + socket.gethostbyname("example.com")
except OSError as error:
    result = str(error)`,
    },
  },
];
