import { PRELUDE } from "./harness.js";

/** For one code: a source that shows it, marked where it points, and one like it that does not. */
export interface Fixture {
  readonly shows: string;
  readonly clean: string;
  readonly files?: Record<string, string>;
  /** The name that is offered instead. */
  readonly suggestion?: string;
}

export const after = (shows: string, clean: string, more: Partial<Fixture> = {}): Fixture => ({
  shows: PRELUDE + shows,
  clean: PRELUDE + clean,
  ...more,
});
export const when = (shows: string, clean: string, tool = "fs.read", more: Partial<Fixture> = {}): Fixture =>
  after(`forbid x on ${tool} { when ${shows} }`, `forbid x on ${tool} { when ${clean} }`, more);
export const many = (count: number, of: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => of(i)).join("");
export const bare = (shows: string, clean: string, more: Partial<Fixture> = {}): Fixture => ({ shows, clean, ...more });
