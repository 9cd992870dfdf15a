import { chmod, readdir, rm } from "node:fs/promises";
import { holdFolder, type HeldFolder } from "../broker/files/held-folder.js";

/** Removes a folder that a program may have closed against its owner. No link in it is followed. */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch {
    const folder = await holdFolder(path);
    try {
      await openFolders(folder);
    } finally {
      await folder.close();
    }
    await rm(path, { recursive: true, force: true });
  }
}

async function openFolders(folder: HeldFolder): Promise<void> {
  await chmod(folder.path, 0o700);
  for (const entry of await readdir(folder.path, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const below = await folder.below(entry.name);
    try {
      await openFolders(below);
    } finally {
      await below.close();
    }
  }
}
