import { tool } from "@langchain/core/tools";
import { compile, memoryHost } from "@writ/policy";
import { createGuard, memoryAudit, memoryStore, type GuardOptions } from "@writ/runtime";
import type { ScriptedCall } from "@writ/testing";
import { z } from "zod";
import { z as z3 } from "zod/v3";

const POLICY = `policy acme.desk @ 1
use std.identity
use std.tiers

role manager { user.groups has "managers" }

tool note (x: Text) -> Text                { effect write  risk low }
tool vault (x: Text) -> Text               { effect read   risk low }
tool page (x: Text) -> Text                { effect read   risk low }
tool pay_send (to: Id, amount: Int) -> Text     { effect pay    risk low }

allow notes on note, page {}
ask payments on pay_send { when amount > 0  from manager }
output clean on page { redact result with email }
`;

export const HIDDEN = "eve@secret.example";
export const identity = () => ({ user: { id: "ann", groups: [] }, agent: { id: "desk" } });

export async function parts(more: Partial<GuardOptions> = {}) {
  const { bundle } = await compile("desk.policy", memoryHost({ "desk.policy": POLICY }));
  if (bundle === undefined) throw new Error("the policy has an error");
  const audit = memoryAudit();
  const guard = await createGuard({ policy: bundle, audit, state: memoryStore(), ...more });
  const did: unknown[] = [];
  const plain = (name: string) =>
    tool(
      async ({ x }) => {
        did.push([name, x]);
        return `${name} ${x} ${name === "page" ? HIDDEN : ""}`;
      },
      { name, description: name, schema: z.object({ x: z.string() }) },
    );
  // zod 3, as older tools have.
  const pay = tool(
    async ({ to, amount }) => {
      did.push(["pay_send", to, amount]);
      return `paid ${amount} to ${to}`;
    },
    { name: "pay_send", description: "Pays.", schema: z3.object({ to: z3.string(), amount: z3.number() }) },
  );
  return { guard, audit, did, tools: [plain("note"), plain("vault"), plain("page"), pay] };
}

export const call = (id: string, name: string, args: ScriptedCall["args"]): ScriptedCall => ({ id, name, args });
