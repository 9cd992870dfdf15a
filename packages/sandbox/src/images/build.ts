import { Readable } from "node:stream";
import { engineWords, type Engine } from "../backends/container/engine.js";
import { SandboxError } from "../sandbox-error.js";
import { whyNoDebian } from "./debian.js";
import { imageContents, imageTag, repository, type ImageName } from "./image.js";
import { writeTar } from "./tar.js";

/** The images there are to build. */
export const IMAGES: readonly ImageName[] = ["node", "tools"];

/** What became of an image. */
export type BuiltImage =
  | {
      readonly name: ImageName;
      readonly ok: true;
      readonly reference: string;
      /** Whether it was there before. */
      readonly before: boolean;
      readonly made: readonly string[];
      readonly ms: number;
      /** Images of other versions that are not used any more. */
      readonly stale: readonly string[];
    }
  | { readonly name: ImageName; readonly ok: false; readonly why: string };

/** How an image is called that programs of this Writ and this Node run in. */
export async function imageReference(name: ImageName): Promise<string> {
  return `${repository(name)}:${await imageTag(name)}`;
}

/** Whether an engine has an image of this very name. Rejects where it does not answer. */
export async function hasImage(engine: Engine, reference: string): Promise<boolean> {
  const found = await engine.docker.listImages({ abortSignal: AbortSignal.timeout(30_000) });
  return found.some((image) => image.RepoTags?.includes(reference) === true);
}

/** Images of the same name for another Node, other runners or another format. */
export async function staleImages(engine: Engine, name: ImageName): Promise<string[]> {
  const [reference, found] = [await imageReference(name), await engine.docker.listImages()];
  const tags = found.flatMap((image) => image.RepoTags ?? []);
  return tags.filter((tag) => tag.startsWith(`${repository(name)}:`) && tag !== reference);
}

/**
 * Builds what is not there yet, without any registry: the files go to the engine as they are. It never rejects; an
 * image that cannot be built says why.
 */
export async function buildFor(engine: Engine, names: readonly ImageName[] = IMAGES): Promise<BuiltImage[]> {
  const built: BuiltImage[] = [];
  for (const name of names) {
    try {
      built.push(await buildImage(engine, name));
    } catch (error) {
      built.push({ name, ok: false, why: error instanceof SandboxError ? error.message : engineWords(error) });
    }
  }
  return built;
}

async function buildImage(engine: Engine, name: ImageName): Promise<BuiltImage> {
  const started = performance.now();
  const reference = await imageReference(name);
  const done = async (before: boolean, made: readonly string[]): Promise<BuiltImage> => ({
    name,
    ok: true,
    reference,
    before,
    made,
    ms: performance.now() - started,
    stale: await staleImages(engine, name),
  });
  if (await hasImage(engine, reference)) return await done(true, []);
  const why = name === "tools" ? whyNoDebian() : undefined;
  if (why !== undefined) return { name, ok: false, why };
  const contents = await imageContents(name);
  try {
    await importImage(engine, name, Readable.from(writeTar(contents.entries)));
  } finally {
    await contents.dispose();
  }
  if (!(await hasImage(engine, reference)))
    throw new SandboxError("image_failed", "the engine took the image and does not have it");
  return await done(false, contents.made);
}

/** Progress comes as lines of JSON, and so does a failure, under status 200. */
async function importImage(engine: Engine, name: ImageName, tar: Readable): Promise<void> {
  const [repo, tag] = [repository(name), await imageTag(name)];
  const answer = await engine.docker.importImage(tar, { repo, tag });
  let said = "";
  for await (const chunk of answer) if (said.length < 65_536) said += String(chunk);
  const failure = /"error"\s*:\s*"([^"]*)"/.exec(said)?.[1];
  if (failure !== undefined) throw new SandboxError("image_failed", `the engine did not take the image: ${failure}`);
  if (engine.kind === "docker") return;
  // Podman 4 takes the name of an import and leaves its tag out.
  const id = /"status"\s*:\s*"(sha256:[0-9a-f]{64})"/.exec(said)?.[1];
  if (id === undefined) throw new SandboxError("image_failed", "the engine did not say what it made of the image");
  await engine.docker.getImage(id).tag({ repo, tag });
  await engine.docker
    .getImage(`${repo}:latest`)
    .remove()
    .catch(() => undefined); // a name more does no harm
}
