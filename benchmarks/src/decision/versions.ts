import { readFile } from "node:fs/promises";
import { join } from "node:path";

const PEERS = [
  "@bufbuild/cel",
  "@casl/ability",
  "@cedar-policy/cedar-wasm",
  "@marcbachmann/cel-js",
  "@microsoft/agent-governance-sdk",
  "casbin",
  "json-logic-engine",
  "json-logic-js",
  "json-rules-engine",
] as const;
const MODULES = join(import.meta.dirname, "..", "..", "node_modules");

/** The versions of the peers that are installed. */
export async function peerVersions(): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries(await Promise.all(PEERS.map(async (name) => [name, await versionOf(name)] as const)));
}

async function versionOf(name: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(MODULES, name, "package.json"), "utf8"));
  if (typeof manifest !== "object" || manifest === null || !("version" in manifest)) return "unknown";
  return String(manifest.version);
}
