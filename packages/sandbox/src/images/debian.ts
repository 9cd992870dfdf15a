import { existsSync } from "node:fs";
import { lstat, mkdir, mkdtemp, readdir, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command } from "./command.js";
import { SandboxError } from "../sandbox-error.js";
import type { TarEntry } from "./tar.js";

/** What a shell and Python are made of. Apt adds what these need, and nothing else. */
export const PACKAGES: readonly string[] =
  "python3 dash bash coreutils findutils diffutils grep sed mawk tar gzip".split(" ");

/** Folders that programs do not need. */
const LEFT_OUT = ["usr/share/doc", "usr/share/man", "usr/share/info", "usr/share/locale", "usr/share/lintian", "var"];
/** Packages that come along and that nothing in the image calls. */
const NOT_UNPACKED = /^(dpkg|base-files)_/;
/** Debian's merged /usr, whichever of both places a package names; and what a package sets up only when installed. */
const LINKS: readonly TarEntry[] = [
  ...["bin", "sbin", "lib", "lib64"].map((name): TarEntry => ({ kind: "link", path: name, target: `usr/${name}` })),
  { kind: "link", path: "usr/bin/awk", target: "mawk" },
];
const BELOW_USR = /^(bin|sbin|lib|lib64)(?=\/|$)/;

/** Packages of this machine's distribution, laid out as a root in a folder that {@link dispose} removes. */
export interface DebianRoot {
  readonly folder: string;
  readonly entries: readonly TarEntry[];
  /** Packages with their versions, as `name_version_architecture`. */
  readonly packages: readonly string[];
  dispose(): Promise<void>;
}

/** Why a Debian root cannot be made here; undefined where it can. */
export function whyNoDebian(): string | undefined {
  if (!existsSync("/usr/bin/apt-get") || !existsSync("/usr/bin/dpkg-deb"))
    return "Python and a shell are put together from packages of Debian or Ubuntu, and this machine has no apt-get";
  return undefined;
}

/**
 * Fetches packages with apt-get, which checks their signatures, and unpacks them. Nothing of them is run or installed,
 * and it needs no root. Rejects with a {@link SandboxError} `image_failed`.
 */
export async function debianRoot(packages: readonly string[] = PACKAGES): Promise<DebianRoot> {
  const why = whyNoDebian();
  if (why !== undefined) throw new SandboxError("image_failed", why);
  const base = await mkdtemp(join(tmpdir(), "writ-image-"));
  const dispose = (): Promise<void> => rm(base, { recursive: true, force: true });
  try {
    const fetched = await fetchPackages(base, packages);
    const folder = join(base, "root");
    await mkdir(folder);
    for (const name of fetched.filter((one) => !NOT_UNPACKED.test(one)))
      await command("dpkg-deb", ["--extract", join(base, "cache", "archives", name), folder]);
    for (const path of LEFT_OUT) await rm(join(folder, path), { recursive: true, force: true });
    const entries: TarEntry[] = [...LINKS];
    await walk(folder, "", entries);
    const versions = fetched.map((name) => decodeURIComponent(name.replace(/\.deb$/, "")));
    return { folder, entries, packages: versions, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function fetchPackages(base: string, packages: readonly string[]): Promise<string[]> {
  await mkdir(join(base, "cache", "archives", "partial"), { recursive: true });
  // With no package taken as installed, apt-get fetches all that these need.
  await writeFile(join(base, "status"), "");
  const settings = [
    `Dir::State::status=${join(base, "status")}`,
    `Dir::State::extended_states=${join(base, "extended_states")}`,
    `Dir::Cache=${join(base, "cache")}`,
    `Dir::Log=${join(base, "log")}`,
    "Debug::NoLocking=1",
    "APT::Install-Recommends=0",
    "APT::Sandbox::User=",
    "Acquire::Retries=2",
    "Acquire::http::Timeout=20",
  ];
  const options = settings.flatMap((setting) => ["--option", setting]);
  await command("apt-get", [...options, "--yes", "--download-only", "install", ...packages]);
  const names = await readdir(join(base, "cache", "archives"));
  return names.filter((name) => name.endsWith(".deb")).toSorted();
}

/** The path of a file in a root with Debian's merged /usr, where /bin and /lib are links. */
export function merged(path: string): string {
  return path.replace(BELOW_USR, "usr/$1");
}

/** What is in the folder, in the order of its names; devices, sockets and pipes are left out. */
async function walk(folder: string, below: string, entries: TarEntry[]): Promise<void> {
  for (const name of (await readdir(join(folder, below))).toSorted()) {
    const path = below === "" ? name : `${below}/${name}`;
    const source = join(folder, path);
    const [found, inside] = [await lstat(source), merged(path)];
    if (found.isSymbolicLink()) entries.push({ kind: "link", path: inside, target: await readlink(source) });
    else if (found.isDirectory()) {
      entries.push({ kind: "folder", path: inside, mode: 0o755 });
      await walk(folder, path, entries);
    } else if (found.isFile()) entries.push({ kind: "file", path: inside, mode: found.mode, source, size: found.size });
  }
}
