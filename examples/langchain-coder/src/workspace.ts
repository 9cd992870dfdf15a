import { readFile, realpath, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { tool } from "langchain";
import { z } from "zod";

/**
 * The tools of a workspace. The policy says which paths are good; a policy compares paths as text, so each tool looks
 * by itself where the path leads before it opens anything.
 */
export function workspaceTools(root: string) {
  const path = z.string().describe("An absolute path in the workspace.");
  return [
    tool(async (args) => readFile(await beneath(root, args.path), "utf8"), {
      name: "read_file",
      description: "Reads a file of the workspace.",
      schema: z.object({ path }),
    }),
    tool(
      async (args) => {
        await writeFile(await beneath(root, args.path), args.text);
        return "written";
      },
      {
        name: "write_file",
        description: "Writes a file of the workspace.",
        schema: z.object({ path, text: z.string() }),
      },
    ),
    tool(
      async (args) => {
        await rm(await beneath(root, args.path));
        return "deleted";
      },
      { name: "delete_file", description: "Deletes a file of the workspace.", schema: z.object({ path }) },
    ),
  ];
}

/** Where a path leads, symbolic links followed; throws where that is outside of the workspace. */
async function beneath(root: string, path: string): Promise<string> {
  const real = await realpath(path).catch(async () => join(await realpath(dirname(path)), basename(path)));
  if (!real.startsWith(`${await realpath(root)}${sep}`)) throw new Error("the path leads out of the workspace");
  return real;
}
