import { VersioningType, type VersioningOptions } from '@nestjs/common';

import type { ConstraintStrategies, ConstraintStrategy } from './fastify-instance.js';
import type { Registration } from './fastify-registrations.js';

/** One thing that the headers of an actual request could say: a value for each constraint that they decide. */
export type Guess = Readonly<Record<string, unknown>>;

type Constraints = Registration['constraints'];

/** The only constraint that a preflight and its actual request agree on. */
export const HOST = 'host';

/** Those that find-my-way has by itself. */
const BUILT_IN = ['version', HOST];

/** The instance's strategies as far as they can be used to find the route of an actual request. */
export function actualStrategies(
  configured: ConstraintStrategies,
  versioning: VersioningOptions | undefined,
): ConstraintStrategies {
  const strategies: Record<string, ConstraintStrategy> = {};
  for (const [name, strategy] of Object.entries(configured)) {
    // Three parameters mean that it answers through a callback; a table answers at once.
    if (strategy.deriveConstraint.length === 3) continue;
    // A copy, for find-my-way writes to it and Fastify's configuration is frozen.
    strategies[name] = { ...strategy };
  }
  if (strategies['version'] && versioning?.type === VersioningType.CUSTOM) {
    strategies['version'] = {
      ...strategies['version'],
      // The adapter's own keeps to itself what the extractor throws, and fails the request later.
      deriveConstraint: versioning.extractor,
    };
  }
  return strategies;
}

/** Those constraints of a route that can be told for an actual request; Fastify keeps strategies added later to itself. */
export function knownConstraints(
  constraints: Constraints,
  strategies: ConstraintStrategies,
): Constraints {
  return Object.fromEntries(
    Object.entries(constraints).filter(([name]) => name in strategies || BUILT_IN.includes(name)),
  );
}

/** Everything that the headers of actual requests could say to these routes, and saying nothing. */
export function allGuesses(registrations: readonly Registration[]): readonly Guess[] {
  const valuesByName = new Map<string, Set<unknown>>();
  for (const { constraints } of registrations) {
    for (const [name, value] of Object.entries(constraints)) {
      if (name === HOST) continue;
      let values = valuesByName.get(name);
      if (values === undefined) valuesByName.set(name, (values = new Set([undefined])));
      // A list of versions is served for each of them.
      for (const one of name === 'version' ? [value].flat() : [value]) values.add(one);
    }
  }
  let guesses: readonly Guess[] = [{}];
  for (const [name, values] of valuesByName) {
    guesses = guesses.flatMap((guess) => [...values].map((value) => ({ ...guess, [name]: value })));
  }
  return guesses;
}

/** Strategies that take the value of every constraint from the guess that a look-up is given. */
export function guessingStrategies(
  guesses: readonly Guess[],
  strategies: ConstraintStrategies,
): ConstraintStrategies {
  const guessing: Record<string, ConstraintStrategy> = { ...strategies };
  for (const name of Object.keys(guesses[0] ?? {})) {
    guessing[name] = {
      name,
      storage: () =>
        name === 'version' && strategies[name] ? strategies[name].storage() : createMap(),
      deriveConstraint: (_request, guess) => (guess as Guess)[name], // look-ups are given nothing else
    };
  }
  return guessing;
}

/** Finds what was registered with the very same value. */
function createMap(): ReturnType<ConstraintStrategy['storage']> {
  return new Map<unknown, unknown>();
}
