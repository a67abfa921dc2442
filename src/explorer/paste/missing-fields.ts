import type { PageQuestion } from '../../document/explanation/cors-explanation.js';
import { QUESTION_FIELDS, type QuestionField } from './paste-reading.js';

const NAMES: Readonly<Record<QuestionField, string>> = {
  origin: 'the page’s origin (it stands in the address bar)',
  url: 'the URL',
  method: 'the method',
  headers: 'which headers the page set',
  credentials: 'whether cookies were to be sent',
  mode: 'the mode',
};

export function missingFields(question: Partial<PageQuestion>): readonly QuestionField[] {
  return QUESTION_FIELDS.filter((field) => question[field] === undefined);
}

/** At most one sentence. */
export function missingRemark(what: string, missing: readonly QuestionField[]): readonly string[] {
  const names = missing.map((field) => NAMES[field]);
  const last = names.pop();
  if (last === undefined) return [];
  const all = names.length === 0 ? last : `${names.join(', ')} and ${last}`;
  return [`${what} does not tell ${all}: fill in what differs from fetch()’s defaults.`];
}
