import { findEngine, type EngineOptions } from "../backends/container/engine.js";
import { buildFor, type BuiltImage } from "./build.js";

/** What became of the images, or why there is no engine to give them to. */
export type BuiltImages =
  | {
      readonly ok: true;
      /** The engine that has them: `docker 28.2.2 at /var/run/docker.sock`. */
      readonly engine: string;
      readonly images: readonly BuiltImage[];
    }
  | { readonly ok: false; readonly why: string; readonly remedy: string };

/**
 * Builds the images that the tiers `container` and `gvisor` need and that are not there yet: the running Node on an empty
 * root, and a shell and Python from packages of this machine's distribution, which apt-get fetches and checks. No registry
 * is asked, and nothing of an image runs. It never rejects; it takes some seconds, or half a minute.
 */
export async function buildImages(options: EngineOptions = {}): Promise<BuiltImages> {
  const found = await findEngine(options);
  if (!found.ok) return found;
  const { engine } = found;
  return {
    ok: true,
    engine: `${engine.kind} ${engine.version} at ${engine.socket}`,
    images: await buildFor(engine),
  };
}
