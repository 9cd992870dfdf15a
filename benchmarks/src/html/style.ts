/** The style of the report: light and dark by what the reader's system says, and narrow enough for a phone. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1d2327; --soft: #5c6770; --line: #d9dee2; --paper: #ffffff; --card: #f6f8f9;
  --met: #146c43; --met-bg: #dff3e8; --miss: #a3261c; --miss-bg: #fbe3e0; --none: #6b5900; --none-bg: #f6efd2;
  --ours: #0b62c4; --limit: #7a858d;
  --c0: #c0561a; --c1: #8a4fbf; --c2: #0f8a80; --c3: #b0307e; --c4: #6d7a00; --c5: #8c6239; --c6: #3f6f9c; --c7: #9a3b3b; --c8: #4f7f4f; --c9: #75618a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6eaed; --soft: #9eabb4; --line: #353d43; --paper: #14181b; --card: #1c2226;
    --met: #7bd8a5; --met-bg: #15372a; --miss: #ff9d92; --miss-bg: #46201c; --none: #e6d37a; --none-bg: #3a3418;
    --ours: #6db3ff; --limit: #8d989f;
    --c0: #f09a63; --c1: #c59af0; --c2: #5fd0c5; --c3: #f07fc0; --c4: #c5d25a; --c5: #cfa77c; --c6: #8fbbe4; --c7: #e08a8a; --c8: #98cf98; --c9: #bda9d2;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem 1rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.4rem; margin: 3rem 0 .5rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.08rem; margin: 2rem 0 .3rem; }
p { margin: .4rem 0; max-width: 50rem; }
.soft, .words { color: var(--soft); }
.small { font-size: .86rem; }
a { color: var(--ours); }
nav ul { list-style: none; margin: 1rem 0; padding: 0; display: flex; flex-wrap: wrap; gap: .3rem .9rem; }
.tally { display: flex; flex-wrap: wrap; gap: .7rem; margin: 1.2rem 0; padding: 0; }
.tally div { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .6rem 1rem; min-width: 8rem; }
.tally b { display: block; font-size: 1.7rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; margin: .6rem 0 1rem; border: 1px solid var(--line); border-radius: .5rem; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; font-variant-numeric: tabular-nums; }
th, td { padding: .38rem .7rem; text-align: right; vertical-align: top; white-space: nowrap; border-bottom: 1px solid var(--line); }
tr:last-child > * { border-bottom: 0; }
th { font-weight: 600; }
thead th { background: var(--card); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; min-width: 11rem; white-space: normal; }
tbody th { font-weight: 400; text-align: left; }
tr.ours > * { background: color-mix(in srgb, var(--ours) 9%, transparent); }
tr.ours > th { font-weight: 600; }
tr.limit > th { color: var(--soft); font-style: italic; }
td .spread { display: block; color: var(--soft); font-size: .78rem; white-space: nowrap; }
td .why { color: var(--soft); font-size: .8rem; white-space: normal; }
table.targets td:nth-child(2), table.targets td:nth-child(3) { white-space: nowrap; }
table.targets .how { display: block; color: var(--soft); font-size: .8rem; }
table.targets th[scope=rowgroup] { background: var(--card); font-weight: 600; }
.badge { display: inline-block; border-radius: 1rem; padding: .05rem .6rem; font-size: .8rem; font-weight: 600; white-space: nowrap; }
.met { color: var(--met); background: var(--met-bg); }
.missed { color: var(--miss); background: var(--miss-bg); }
.unmeasured { color: var(--none); background: var(--none-bg); }
.plots { display: flex; flex-wrap: wrap; gap: 1rem 2rem; align-items: flex-start; }
figure { margin: .8rem 0; flex: 1 1 22rem; max-width: 44rem; min-width: 0; }
figcaption { font-size: .86rem; color: var(--soft); }
svg { width: 100%; height: auto; display: block; font: 11px system-ui, sans-serif; }
svg text { fill: var(--soft); }
svg .axis { stroke: var(--line); fill: none; }
svg .name { fill: var(--ink); }
svg .line { fill: none; stroke-width: 1.7; }
svg .ours-line { fill: none; stroke: var(--ours); stroke-width: 3; }
svg .limit-line { fill: none; stroke: var(--limit); stroke-width: 2; stroke-dasharray: 5 4; }
svg .bar-ours { fill: var(--ours); } svg .bar-peer { fill: var(--c6); opacity: .65; } svg .bar-limit { fill: var(--limit); opacity: .7; }
.legend { list-style: none; margin: .4rem 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: .1rem 1rem; font-size: .84rem; }
.legend svg { display: inline-block; width: 1.8rem; height: .7rem; vertical-align: baseline; margin-right: .35rem; }
ul.plain { padding-left: 1.1rem; } ul.notes li { white-space: pre-wrap; overflow-wrap: anywhere; } li { margin: .2rem 0; max-width: 50rem; }
code, pre { font-family: ui-monospace, "SFMono-Regular", Menlo, Consolas, "Liberation Mono", monospace; font-size: .9em; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .7rem 1rem; overflow-x: auto; }
details { margin: .6rem 0; } summary { cursor: pointer; color: var(--ours); }
@media (max-width: 600px) {
  body { padding: 1rem .8rem 3rem; } h1 { font-size: 1.5rem; } th, td { padding: .35rem .5rem; } .tally div { flex: 1 1 6rem; min-width: 0; }
  table.targets thead { display: none; } table.targets tr { display: block; border-bottom: 1px solid var(--line); padding: .5rem .6rem; }
  table.targets td, table.targets th { display: block; white-space: normal; border: 0; text-align: left; padding: .05rem 0; background: none; }
  table.targets td:nth-child(2)::before { content: "measured "; color: var(--soft); } table.targets td:nth-child(3)::before { content: "limit "; color: var(--soft); }
  th:first-child, td:first-child { min-width: 8rem; }
}
`;
