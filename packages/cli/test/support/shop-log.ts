import { join } from "node:path";
import { compile, memoryHost } from "@writ/policy";
import { createGuard, memoryStore } from "@writ/runtime";
import { fileAudit } from "@writ/runtime/node";

/** The tool that the shop had when its log was written. */
export const NOTES = `
tool note.write(body: Text) {
  effect write
  risk low
}

allow write on note.write { for staff }
`;

/** The log of a day at the shop, as a guard writes it, in the folder `audit` of another; gives the folder. */
export async function shopLog(
  cwd: string,
  policy: string,
  options: { readonly sealTo?: string } = {},
): Promise<string> {
  const { bundle } = await compile("shop.policy", memoryHost({ "shop.policy": policy + NOTES }));
  if (bundle === undefined) throw new Error("the shop's policy has errors");
  const folder = join(cwd, "audit");
  const guard = await createGuard({
    policy: bundle,
    audit: await fileAudit(folder, options),
    state: memoryStore(),
  });
  const session = await guard.session({ user: { id: "ann", groups: ["staff"] } });
  session.heard("user", "Pay 90 euros to landlord-7 and 30 to plumber-2");
  await session.call({ tool: "bank.transfer", args: { to: "landlord-7", euros: 90 } }, () => null);
  await session.call({ tool: "mail.read", args: {} }, () => "Hello!");
  await session.call({ tool: "bank.transfer", args: { to: "plumber-2", euros: 30 } }, () => null);
  await session.call({ tool: "note.write", args: { body: "paid" } }, () => null);
  await guard.close();
  return folder;
}
