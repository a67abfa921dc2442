/** Fetch, "extract header list values", for headers that list names. */
export function listIn(headers: Readonly<Record<string, string>>, name: string): string[] {
  return (headers[name] ?? '')
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '');
}
