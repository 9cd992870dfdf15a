/** Points of a line, and what the axes say. */
export interface Graph {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

const [WIDTH, HEIGHT, MARGIN] = [640, 240, 48];

/** A line as SVG; the y axis begins at 0, so that nothing looks steeper than it is. */
export function svg({ title, x, y, points }: Graph): string {
  const { right, top } = bounds(points);
  const at = (px: number, py: number): string =>
    `${(MARGIN + (px / right) * (WIDTH - 2 * MARGIN)).toFixed(1)},${(HEIGHT - MARGIN - (py / top) * (HEIGHT - 2 * MARGIN)).toFixed(1)}`;
  const [zero, end, up] = [at(0, 0), at(right, 0), at(0, top)];
  const text = (px: number, py: number, words: string, anchor = "middle"): string =>
    `<text x="${px}" y="${py}" text-anchor="${anchor}">${escape(words)}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>
${text(WIDTH / 2, 20, title)}
<polyline points="${up} ${zero} ${end}" fill="none" stroke="black"/>
${text(MARGIN - 6, HEIGHT - MARGIN, "0", "end")}
${text(MARGIN - 6, MARGIN + 4, round(top), "end")}
${text(WIDTH - MARGIN, HEIGHT - MARGIN + 16, round(right))}
${text(WIDTH / 2, HEIGHT - 12, x)}
${text(MARGIN, MARGIN - 10, y, "start")}
<polyline points="${points.map(([px, py]) => at(px, py)).join(" ")}" fill="none" stroke="#1a6" stroke-width="2"/>
</svg>
`;
}

/** The same with characters: a column a point, at most so many. */
export function ascii({ title, x, y, points }: Graph, columns = 60, rows = 10): string {
  const { right, top } = bounds(points);
  const step = Math.max(1, Math.ceil(points.length / columns));
  const shown = points.filter((_, i) => i % step === 0 || i === points.length - 1);
  const heights = shown.map(([, py]) => Math.max(1, Math.round((py / top) * rows)));
  const lines = Array.from({ length: rows }, (_, i) => {
    const row = rows - i;
    return `${(row === rows ? round(top) : "").padStart(8)} |${heights.map((height) => (height >= row ? "#" : " ")).join("")}`;
  });
  const axis = `${"0".padStart(8)} +${"-".repeat(shown.length)} ${round(right)} ${x}`;
  return [`${title} (${y})`, ...lines.map((line) => line.trimEnd()), axis].join("\n");
}

function bounds(points: Graph["points"]): { readonly right: number; readonly top: number } {
  return {
    right: Math.max(1, ...points.map(([px]) => px)),
    top: Math.max(Number.MIN_VALUE, ...points.map(([, py]) => py)),
  };
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1);
}

function escape(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
