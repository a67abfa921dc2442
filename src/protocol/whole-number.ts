/** Whether a value is a whole number; text that reads as one is none. */
export function isWholeNumber(value: unknown): value is number {
  return Number.isInteger(value);
}
