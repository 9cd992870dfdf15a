import type { Backend, Probe } from "../../src/backend.js";
import { containerBackend, gvisorBackend } from "../../src/backends/container/container-backend.js";
import type { EngineOptions } from "../../src/backends/container/engine.js";
import { buildImages } from "../../src/images/build-images.js";

/** A tier of containers on an engine of this machine, to be tried before it is used. */
export interface TestTier {
  readonly name: string;
  readonly backend: Backend;
  /** Sees to its images; then what the probe found. */
  ready(): Promise<Probe>;
}

/**
 * The engine that is found where a user's would be, and Podman beside it where the run of the tests started one. On an
 * engine that was started for the tests the images are built; on somebody's own nothing is left behind.
 */
export function testTiers(): TestTier[] {
  const podman = process.env["WRIT_TEST_PODMAN"];
  return [
    tier("container", (engine) => containerBackend({ engine })),
    tier("gvisor", (engine) => gvisorBackend({ engine })),
    ...(podman === undefined ? [] : [tier("container by podman", (engine) => containerBackend({ engine }), podman)]),
  ];
}

function tier(name: string, make: (engine: EngineOptions) => Backend, socket?: string): TestTier {
  const backend = make({ socket });
  const ready = async (): Promise<Probe> => {
    if (process.env["WRIT_EXPECT_TIERS"] !== undefined) await buildImages({ socket });
    return await backend.probe();
  };
  return { name, backend, ready };
}
