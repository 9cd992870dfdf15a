const MAX_TEXT = 300;
const MAX_LINE = 100;

/**
 * A text that nobody vouches for as lines of comments: without control, direction or invisible characters, short, and
 * on every line marked as what it is, so that it cannot pass for a remark of ours.
 */
export function quotedComment(text: string): string[] {
  const plain = text
    .slice(0, 10 * MAX_TEXT)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Zs}\p{Default_Ignorable_Code_Point}]+/gu, " ")
    .trim();
  if (plain === "") return [];
  const short = plain.length > MAX_TEXT ? `${plain.slice(0, MAX_TEXT).replace(/[\uD800-\uDBFF]$/, "")}...` : plain;
  const lines: string[] = [];
  for (const word of short.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < MAX_LINE) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => `# it says: ${line}`);
}

/** A text literal of a policy in ASCII, so that nothing in it looks like something else. */
export function literal(text: string): string {
  return JSON.stringify(text).replace(
    /[^ -~]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
