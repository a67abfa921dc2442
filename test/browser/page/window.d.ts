/** What the tests call in a page, by name. */
interface Window {
  embed: Readonly<Record<string, (url: string) => unknown>>;
  canPrefetch: () => boolean;
  showsImage: (url: string) => Promise<boolean>;
}
