/** Colours hold 3:1 for shapes and 4.5:1 for text against the background of their theme. */
const LIGHT = `
  --paper: #ffffff; --ink: #1b1f27; --muted: #566071; --line: #e3e6ec; --soft: #f5f6f9; --shade: #f2c14e66;
  --link: #1d57b8; --limit: #1b1f27;
  --updated: #2f6bd0; --created: #0f8074; --good: #2e7d4f; --unchanged: #808a9c; --skipped: #968d78; --superseded: #8467b5;
  --planned: #0f7fa3; --invalid: #bd6a00; --rejected: #cf2f3a; --failed: #7d1d3f; --pending: #566071;`;
const DARK = `
  --paper: #14171d; --ink: #e8eaf0; --muted: #a3adbd; --line: #2b313c; --soft: #1c2028; --shade: #b98a2a66;
  --link: #8ab4ff; --limit: #e8eaf0;
  --updated: #6ba1f7; --created: #3fbfae; --good: #5cc08a; --unchanged: #8791a3; --skipped: #a89d86; --superseded: #b29be0;
  --planned: #4fb7d8; --invalid: #f0a23c; --rejected: #ff7a78; --failed: #e58fb0; --pending: #a3adbd;`;

/** The style of the page. */
export const STYLE = `
:root { color-scheme: light dark;${LIGHT} }
@media screen and (prefers-color-scheme: dark) { :root:not(.paper) {${DARK} } }
:root.paper { color-scheme: light; }
* { box-sizing: border-box; }
html { font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  background: var(--paper); color: var(--ink); -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 1120px; padding: 32px 24px 64px; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 4px; letter-spacing: -0.01em; text-wrap: balance; }
h2 { font-size: 1.15rem; margin: 44px 0 4px; }
p { margin: 4px 0 12px; max-width: 75ch; }
.muted, .says, figcaption { color: var(--muted); }
code { font: 0.92em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.note { border-left: 3px solid var(--invalid); background: var(--soft); padding: 8px 14px; margin: 16px 0; max-width: none; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 1px; margin: 24px 0 0;
  border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
dl div { box-shadow: 0 0 0 1px var(--line); padding: 12px 16px; }
dt { color: var(--muted); font-size: 0.87rem; }
dd { margin: 0; font-size: 1.3rem; font-variant-numeric: tabular-nums; }
dd small { display: block; font-size: 0.87rem; color: var(--muted); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; font-size: 0.87rem; color: var(--muted); }
tbody th { font-weight: 400; font-size: inherit; color: inherit; overflow-wrap: break-word; }
tbody th code { overflow-wrap: break-word; }
.shares { display: flex; gap: 2px; height: 22px; margin: 14px 0 0; border-radius: 6px; overflow: hidden; }
.shares span { flex: 0 0 4px; }
.next h2 { margin-top: 32px; }
.next p { margin: 12px 0 4px; }
.command { margin: 4px 0 0; padding: 10px 14px; background: var(--soft); border: 1px solid var(--line); border-radius: 6px;
  white-space: pre-wrap; overflow-wrap: anywhere; user-select: all; -webkit-user-select: all; }
@media (min-width: 900px) { .nights { display: grid; grid-template-columns: 1fr 1fr; gap: 0 32px; } .nights figure { min-width: 0; } }
.nights + .scroll { margin-top: 28px; }
.technical { margin-top: 40px; }
.technical > summary { font-size: 1.15rem; font-weight: 600; }
em { font-style: normal; font-size: 0.87rem; font-weight: 600; white-space: nowrap; margin-left: 8px; padding: 1px 8px;
  border: 1px solid currentColor; border-radius: 10px; }
.new { color: var(--rejected); }
.repaired { color: var(--good); }
.when { white-space: nowrap; }
.time { order: 1; }
.n { text-align: right; white-space: nowrap; }
td.wide { width: 36%; }
.bar { display: block; height: 12px; margin-top: 5px; min-width: 2px; border-radius: 2px; background: var(--updated); }
.swatch { display: inline-block; width: 11px; height: 11px; border-radius: 2px; margin-right: 7px; }
figure { margin: 36px 0 0; }
figure h2 { margin: 0 0 4px; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 20px; margin: 8px 0 0; padding: 0; list-style: none; font-size: 0.9rem;
  font-variant-numeric: tabular-nums; }
.legend output { display: inline-block; min-width: 4.5ch; margin-left: 6px; font-weight: 600; }
.chart { border-radius: 6px; min-height: 190px; margin-top: 6px; }
.unit { font-size: 0.87rem; color: var(--muted); margin: 10px 0 0; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 3px; }
details { margin: 8px 0; }
summary { cursor: pointer; color: var(--link); width: fit-content; max-width: 100%; }
.scroll { overflow-x: auto; max-height: 420px; overflow-y: auto; margin-top: 6px; }
.cause { border-bottom: 1px solid var(--line); margin: 0; }
.cause summary { color: var(--ink); width: 100%; padding: 10px 0; display: grid; gap: 0 14px;
  grid-template-columns: 1ch 5.5ch 1fr; }
.cause summary::before { content: "\\25b8"; color: var(--link); }
.cause[open] summary::before { content: "\\25be"; }
.cause summary::-webkit-details-marker { display: none; }
.cause summary b { text-align: right; font-variant-numeric: tabular-nums; }
.cause summary code { font-weight: 600; }
.cause summary span { overflow-wrap: anywhere; }
.cause[open] { padding-bottom: 12px; }
.search { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; margin: 8px 0; }
input { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--muted); border-radius: 6px;
  padding: 6px 10px; width: min(340px, 100%); }
button { font: inherit; color: var(--link); background: var(--paper); border: 1px solid var(--muted); border-radius: 6px;
  padding: 6px 14px; margin-top: 12px; cursor: pointer; }
.whole td, .whole th { overflow-wrap: anywhere; }
.whole td:nth-child(4) span { font-weight: 600; }
[hidden] { display: none !important; }
footer { margin-top: 56px; padding-top: 12px; border-top: 1px solid var(--line); color: var(--muted); font-size: 0.87rem; }
.u-cursor-x { border-color: var(--muted) !important; }
@media (max-width: 560px) { body { padding: 20px 16px 48px; } h1 { font-size: 1.3rem; } td.wide { display: none; } th.wide { display: none; } .scroll td { min-width: 8ch; } .scroll td.n { min-width: 0; } .scroll tbody th { min-width: 10ch; }
  .scroll th, .scroll td { padding-right: 8px; }
  .cards thead { display: none; } .cards table, .cards tbody { display: block; }
  .cards tr { display: block; padding: 8px 0; border-bottom: 1px solid var(--line); }
  .cards th, .cards td, .cards td.n { display: grid; grid-template-columns: 10ch 1fr; border: 0; padding: 1px 0; text-align: left;
    white-space: normal; overflow-wrap: anywhere; min-width: 0; }
  .cards th::before, .cards td::before { content: attr(data-label); color: var(--muted); }
  .cause summary { grid-template-columns: 1ch auto 1fr; } }
@media print { body { max-width: none; padding: 0; } .search { display: none; } figure, .cause, tr { break-inside: avoid; }
  .scroll { max-height: none; overflow: visible; } }
`;
