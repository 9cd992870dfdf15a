/** For taking back what was taken: where that fails too, what stays behind refuses more, never less. */
export async function quietly(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch {
    // a reservation, mark or approval that stays taken admits nothing
  }
}
