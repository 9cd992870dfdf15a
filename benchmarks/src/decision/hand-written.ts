import type { Workload } from "./rule.js";

/**
 * The limit: what somebody who knows each tool and trusts the shape of its arguments would write by hand, as the text of
 * a script that gives the function. The lists of hosts and tables become one lookup, tests are merged and ordered by what they cost, and
 * nothing is checked that the rules do not ask for.
 */
export function handWritten(workload: Workload): string {
  return workload.shape === "dense" ? dense(workload) : spread(workload);
}

function spread({ tools }: Workload): string {
  const bodies = tools.map(({ name }, i) => ({ name, ...bodyOf(i) }));
  return `"use strict"; (() => {
${bodies.map(({ table }) => table ?? "").join("\n")}
const TOOLS = new Map([
${bodies.map(({ name, body }) => `["${name}", (call) => {\n${body}\n}],`).join("\n")}
]);
return (call) => {
  const tool = TOOLS.get(call.tool);
  return tool !== undefined && tool(call);
};
})()
`;
}

const list = (length: number, text: (j: number) => string): string[] => Array.from({ length }, (_, j) => text(j));
const lookup = (name: string, entries: readonly (readonly [readonly string[], number])[]): string =>
  `const ${name} = new Map(${JSON.stringify(entries.flatMap(([keys, to]) => keys.map((key) => [key, to])))});`;
const anyRole = (test: string): string =>
  `for (let j = 0; j < call.roles.length; j += 1) { const role = call.roles[j]; ${test} }`;

/** One text for each kind of tool-kinds.ts. */
function bodyOf(i: number): { readonly table?: string; readonly body: string } {
  switch (i % 5) {
    case 0: {
      const folder = `/workspace/p${i}/`;
      return {
        body: `const { path, mode, size } = call.args;
if (size > ${1_000_000 * (1 + (i % 5))}) return false;
if (path.startsWith("${folder}")) {
  if (path.startsWith(".secrets/", ${folder.length})) return false;
  if (mode === "r" || mode === "rw") return true;
}
if (path.startsWith("/etc/app${i}/")) ${anyRole(`if (role === "admin" || role === "sre") return true;`)}
return mode === "r" && call.user === "svc-${i}";`,
      };
    }
    case 1:
      return {
        table: lookup(`HOSTS_${i}`, [
          [list(20, (j) => `api${j}.t${i}.example.com`), 1],
          [list(10, (j) => `bad${j}.t${i}.example.net`), 2],
          [[`api${i}.internal.example`], 3],
        ]),
        body: `const { host, method, path, bytes } = call.args;
if (bytes > 5000000) return false;
const group = HOSTS_${i}.get(host);
if (group === 1) return method === "GET" || method === "HEAD" || (method === "POST" && path.startsWith("/v1/t${i}/"));
if (group === 3) ${anyRole(`if (role === "net_admin") return true;`)}
return false;`,
      };
    case 2:
      return {
        body: `const { amount, currency, to } = call.args;
if (currency === "RUB" || currency === "KPW" || currency === "IRR" || to === "acct-blocked-${i}") return false;
if (!(amount >= 0)) return false;
if (amount <= ${100 * (1 + (i % 10))} && (currency === "USD" || currency === "EUR")) return true;
if (amount < 10000) ${anyRole(`if (role === "finance") return true;`)}
return amount < 1000000 && call.user === "cfo";`,
      };
    case 3:
      return {
        table: lookup(`DOMAINS_${i}`, [
          [list(10, (j) => `corp${j}.t${i}.example.com`), 1],
          [list(5, (j) => `evil${j}.t${i}.example.net`), 2],
        ]),
        body: `const { domain, attachments } = call.args;
if (attachments > 10) return false;
const group = DOMAINS_${i}.get(domain);
if (group !== undefined) return group === 1;
${anyRole(`if (role === "admin" || (attachments <= 3 && (role === "support" || role === "sales"))) return true;`)}
return false;`,
      };
    default:
      return {
        table: `const TABLES_${i} = new Set(${JSON.stringify(list(12, (j) => `app${i}_t${j}`))});`,
        body: `const { table, operation, rows } = call.args;
if (operation === "drop" || rows > 10000) return false;
if (operation === "select" && TABLES_${i}.has(table)) return true;
const write = operation === "insert" || operation === "update";
${anyRole(`if (role === "dba" || (role === "service" && write && table.startsWith("app${i}_"))) return true;`)}
return false;`,
      };
  }
}

/** Who may open what, by name; the folders that nobody may, by their first three parts. */
function dense({ rules }: Workload): string {
  const grants: [string, string][] = [];
  const secrets: string[] = [];
  for (const { effect, when } of rules) {
    const user = when.find(({ op }) => op === "equal");
    const under = when.find(({ op }) => op === "under");
    if (under?.op !== "under") throw new Error("a rule of the dense workload names a folder");
    if (effect === "forbid") secrets.push(`${under.folder}/`);
    else if (user?.op === "equal") grants.push([user.value, `${under.folder}/`]);
  }
  return `"use strict"; (() => {
const FOLDERS = new Map(${JSON.stringify(grants)});
const SECRETS = new Set(${JSON.stringify(secrets)});
return (call) => {
  if (call.tool !== "fs_open") return false;
  const { path, mode } = call.args;
  if (mode !== "r" && mode !== "rw") return false;
  const folder = FOLDERS.get(call.user);
  if (folder === undefined || !path.startsWith(folder)) return false;
  const at = path.indexOf("/.secrets/");
  return at < 0 || !SECRETS.has(path.slice(0, at + 10));
};
})()
`;
}
