const page = (title: string, body: string, script = ""): string => `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${title}</title>
<style>
  body { font: 16px/1.5 system-ui; max-width: 42rem; margin: 2rem auto; padding: 0 1rem; }
  .card { border: 1px solid #999; border-radius: .5rem; padding: .5rem 1rem; margin: .5rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
  .user { color: #246; } .assistant { color: #222; } button { margin-right: .5rem; }
</style>
<h1>${title}</h1>${body}
<script type="module">
const $ = (id) => document.getElementById(id);
const add = (to, tag, text, name = "") => {
  const made = document.createElement(tag);
  made.textContent = text; // never as markup: a model may have written it
  made.className = name;
  to.append(made);
  return made;
};
const ask = async (path, body) => {
  const answer = await fetch(path, body === undefined ? {} :
    { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  return answer.json();
};
${script}</script></html>`;

export const WELCOME = page(
  "A shop",
  `<p><a href="/sign-in/ann" target="_blank">Sign in as Ann, who chats</a> (support)</p>
<p><a href="/sign-in/mia" target="_blank">Sign in as Mia, who decides</a> (manager)</p>`,
);

export const CHAT = page(
  "Chat",
  `<div id="said"></div><form id="form"><input id="text" size="40" value="refund 120 to c9"> <button>Send</button></form>`,
  `
const draw = (messages) => {
  $("said").replaceChildren();
  for (const { role, parts } of messages) for (const part of parts) {
    if (part.text !== undefined) { add($("said"), "p", role + ": " + part.text, role); continue; }
    const card = add($("said"), "div", part.tool + ": " + part.state, "card");
    if (part.asked === undefined) continue;
    for (const { name, text } of part.asked.show) add(card, "div", name + ": " + text);
    for (const { because, from } of part.asked.demands) add(card, "div", (because ?? "") + " (" + from.join(", ") + ")");
    if (part.state === "approval-requested")
      add(card, "button", "Go on, if somebody agreed").onclick = async () => draw(await ask("/chat/wake", {}));
  }
};
$("form").onsubmit = async (event) => {
  event.preventDefault();
  draw(await ask("/chat/say", { text: $("text").value }));
};
draw(await ask("/chat/messages"));
`,
);

export const DESK = page(
  "What waits for a manager",
  `<div id="waits"></div><button id="again">Look again</button>`,
  `
const draw = async () => {
  $("waits").replaceChildren();
  for (const { id, shown, text } of await ask("/desk/approvals")) {
    const card = add($("waits"), "div", text, "card");
    add(card, "div", "");
    for (const grant of [true, false])
      add(card, "button", grant ? "Agree" : "Refuse").onclick = async () => {
        await ask("/desk/word", { id, shown, grant });
        await draw();
      };
  }
};
$("again").onclick = draw;
await draw();
`,
);
