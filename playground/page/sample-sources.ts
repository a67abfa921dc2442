import type { DecidingRule } from '../../src/document/explanation/cors-explanation.js';

/** Code of the bookshop, as it stands in a file. */
export interface SampleSource {
  readonly file: string;
  readonly code: string;
}

/** What `scripts/build-playground.js` found in `sample-app/`. */
declare const SAMPLE_SOURCES: {
  readonly handlers: Readonly<Record<string, SampleSource>>;
  /** By name; `''` are the module's defaults, `paths` what is beside controllers. */
  readonly policies: Readonly<Record<string, string>>;
};

/** The code that decided: the decorators above the handler, and the policy that they name. */
export function sourcesOf({ handler, said = '', entry }: DecidingRule): readonly SampleSource[] {
  const above = handler === undefined ? undefined : SAMPLE_SOURCES.handlers[handler];
  const name = /policies\.(\w+)$/.exec(said)?.[1];
  const isDefault = name === undefined && said.startsWith('CorsModule.');
  const policies = [
    entry === undefined ? undefined : SAMPLE_SOURCES.policies['paths'],
    name === undefined ? undefined : SAMPLE_SOURCES.policies[name],
    isDefault ? SAMPLE_SOURCES.policies[''] : undefined,
  ];
  return [
    ...(above ? [above] : []),
    ...policies.flatMap((code) =>
      code === undefined ? [] : [{ file: 'sample-app/bookshop-policies.ts', code }],
    ),
  ];
}
