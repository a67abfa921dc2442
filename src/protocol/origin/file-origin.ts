import type { ConfigurationProblem } from '../configuration-error.js';
import { FILE_ORIGIN } from './origin.js';
import type { OriginRules } from './origin-rules.js';
import { oncePer } from '../once-per.js';

/** What is unsafe about letting pages from files send cookies and read the answers. */
export function checkFileOrigin(rules: OriginRules): readonly ConfigurationProblem[] {
  if (!namesFiles(rules)) return [];
  return [
    {
      code: 'null-origin-with-credentials',
      value: FILE_ORIGIN,
      message: `Every page that an app shell opens from a file sends the origin '${FILE_ORIGIN}', whoever wrote it.`,
      hint: `Remove '${FILE_ORIGIN}', or set credentials: false.`,
    },
  ];
}

const namesFiles = oncePer(({ patterns }: OriginRules) =>
  patterns.some(({ scheme }) => scheme === 'file'),
);
