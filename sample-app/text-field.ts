const LONGEST_TEXT = 500;

/** The text that a request's body holds under this name; `undefined` where it holds none, or one too long. */
export function textField(body: unknown, name: string): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const value = (body as Record<string, unknown>)[name];
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' || text.length > LONGEST_TEXT ? undefined : text;
}
