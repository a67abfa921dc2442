import type { CorsExplanation, CorsFix, CorsStep } from './explanation/cors-explanation.js';
import { short } from './explanation/short-text.js';
import { printable } from './printable.js';

/** How the text is colored; without, it is not. */
export type ExplanationColors = Readonly<
  Record<'good' | 'bad' | 'faint' | 'strong', (text: string) => string>
>;

const PLAIN: ExplanationColors = {
  good: (text) => text,
  bad: (text) => text,
  faint: (text) => text,
  strong: (text) => text,
};

/** An explanation for people: the answer first, then the steps, the rule, and what to write. */
export function explanationText(
  explanation: CorsExplanation,
  colors: ExplanationColors = PLAIN,
): string {
  const { summary, allowed, steps, advice, fixes, rule } = explanation;
  const { good, bad, faint } = colors;
  const lines = [
    (allowed ? good : bad)(printable(summary)),
    '',
    ...steps.flatMap((step, index) => stepLines(step, index + 1, colors)),
  ];
  if (rule !== undefined) {
    const where = rule.said === undefined ? 'a built-in default' : `said by ${rule.said}`;
    const holder = rule.route === undefined ? rule.entry : `${rule.handler ?? ''} (${rule.route})`;
    const route = holder === undefined ? '' : `, for ${holder}`;
    lines.push('', `Decided by  ${rule.field}: ${printable(rule.value)}`);
    lines.push(printable(`            ${where}${route}`));
  }
  if (explanation.console !== undefined) {
    lines.push('', 'The console of a browser says', `  ${faint(printable(explanation.console))}`);
  }
  if (fixes.length > 0)
    lines.push('', 'To change it', ...fixes.flatMap((fix) => fixLines(fix, colors)));
  for (const each of advice) lines.push('', printable(each));
  return lines.join('\n');
}

function stepLines(
  { name, passed, sentence, section, sent, received }: CorsStep,
  index: number,
  { good, bad, faint }: ExplanationColors,
): string[] {
  const lines = [
    `${String(index).padStart(2)} ${passed ? good('✓') : bad('✗')} ${name}: ${printable(sentence)}`,
  ];
  if (sent !== undefined) {
    lines.push(
      faint(`     > ${sent.method} ${printable(short(sent.url))}`),
      ...fieldLines('>', sent.headers, faint),
    );
  }
  if (received !== undefined) {
    const status =
      received.status === null ? 'what the application answers' : String(received.status);
    lines.push(faint(`     < ${status}`), ...fieldLines('<', received.headers, faint));
  }
  if (!passed) lines.push(faint(`     ${section}`));
  return lines;
}

function fieldLines(
  sign: string,
  headers: Readonly<Record<string, string>>,
  faint: ExplanationColors['faint'],
): string[] {
  return Object.entries(headers).map(([name, value]) =>
    faint(`     ${sign} ${name}: ${printable(short(value))}`),
  );
}

function fixLines({ code, sentence }: CorsFix, { strong }: ExplanationColors): string[] {
  return ['', `  ${strong(printable(code))}`, `  ${printable(sentence)}`];
}
