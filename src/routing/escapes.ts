/** Decodes all escapes once. Where some are malformed or none of UTF-8, those stay as they are. */
export function decodeEscapes(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/(?:%[\da-f]{2})+/gi, (escapes) => {
      try {
        return decodeURIComponent(escapes);
      } catch {
        // The ASCII among them means the same in every encoding.
        return escapes.replace(/%[0-7][\da-f]/gi, decodeURIComponent);
      }
    });
  }
}
