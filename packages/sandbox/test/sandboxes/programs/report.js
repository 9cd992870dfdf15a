/** Counts the lines of a file below the call's folder, and writes what it found beside it. */
export async function report({ folder }, { files }) {
  const text = await files.readText(`${folder}/orders.csv`);
  const lines = text.trim().split("\n").length;
  await files.write(`${folder}/report.txt`, `lines: ${lines}\n`);
  return { lines };
}
