import type { Sandbox } from "@writ/runtime";
import { code, module, sandboxes } from "@writ/sandbox";

/** How the desk's tools run behind walls, and where its names lead to on this machine. */
export function walls(pages: { readonly address: string }): Sandbox {
  return sandboxes({
    tools: {
      "web.fetch": module(new URL("./sandboxed/fetch-page.js", import.meta.url), "fetchPage"),
      "report.make": module(new URL("./sandboxed/order-report.js", import.meta.url), "orderReport"),
      "shell.run": code("shell", "cmd"),
    },
    hosts: { at: { "parcels.example": pages.address, "desk.acme.example": pages.address } },
  });
}
