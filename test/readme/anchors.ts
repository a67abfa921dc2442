/** Headings of a Markdown text as GitHub and GitLab name their anchors: a second one of the same words ends with -1. */
export function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const { 1: heading = '' } of withoutCode(text).matchAll(/^#{1,6} (.+)$/gm)) {
    const anchor = anchorOf(heading);
    let name = anchor;
    for (let count = 1; anchors.has(name); count++) name = `${anchor}-${count}`;
    anchors.add(name);
  }
  return anchors;
}

/** The targets of its links and pictures. */
export function linksOf(text: string): string[] {
  const prose = withoutCode(text).replace(/`[^`\n]*`/g, '');
  return [
    ...[...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(({ 1: target = '' }) => target),
    ...[...prose.matchAll(/ (?:src|srcset|href)="([^"]+)"/g)].map(({ 1: target = '' }) => target),
  ];
}

/** Fenced blocks may hold lines that look like headings and links. */
function withoutCode(text: string): string {
  return text.replace(/^```[^]*?^```$/gm, '').replace(/^( {4}|\t).*$/gm, '');
}

function anchorOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('\\', '')
    .trim()
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Mark}\p{Number}_\- ]/gu, '')
    .replaceAll(' ', '-');
}
