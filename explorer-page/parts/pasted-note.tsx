import type { PastedQuestion, QuestionField } from '../../src/explorer/paste/paste-reading.js';
import { Notice } from '../components/notice.js';

const FIELDS: Readonly<Record<QuestionField, string>> = {
  origin: 'the origin of the page',
  url: 'the URL',
  method: 'the method',
  headers: 'the headers that the page sets',
  credentials: 'the credentials',
  mode: 'the mode',
};

/** What was made of a paste, and what it left open. */
export function PastedNote({ pasted }: { readonly pasted: PastedQuestion }) {
  const { from, missing, remarks } = pasted;
  return (
    <Notice tone={missing.length > 0 ? 'warn' : 'quiet'}>
      <p>Read as {from}.</p>
      {missing.length > 0 && (
        <p>
          It does not tell {missing.map((field) => FIELDS[field]).join(', ')}: check the form, and
          correct what is wrong.
        </p>
      )}
      {remarks.map((remark) => (
        <p key={remark}>{remark}</p>
      ))}
    </Notice>
  );
}
