import { ORIGIN_CHARACTERS } from './alphabet.js';
import { compileOriginExpression, DEAD, type OriginExpression } from './origin-expression.js';
import type { OriginAutomaton } from './pattern-automaton.js';

/** Origins that are allowed by the same ones of some rules. */
export interface OriginClass {
  /** The rules that allow them, by their places, in order; never none. */
  readonly allowedBy: readonly number[];
  /** One of them; as plain a one as there is. */
  readonly example: string;
}

/**
 * What {@link isSerializedOrigin} says, as an expression: hosts of the web are lower case, default ports are left out.
 * Hosts with empty labels are left out as well, since DNS has none; what an IP address and punycode may be is left open.
 */
const SERIALIZED_ORIGIN =
  /^(?!.*(?:\.\.|\/\.))(?:(?!https?:|file:)[a-z][a-z0-9+.-]*:\/\/[A-Za-z0-9._~-]+|http(?:(?!.*:80$)|s(?!.*:443$)):\/\/(?:[a-z0-9!"$&'()*+,\-.;=_`{}~]+|\[[0-9a-f:.]+\]))(?::(?:0|[1-9]\d{0,4}))?$/;

/** Easy to read ones come first, for the examples. */
const CODES = [/[a-z]/, /\d/, /[^a-z\d]/].flatMap((kind) =>
  ORIGIN_CHARACTERS.filter((character) => kind.test(character)).map((each) => each.charCodeAt(0)),
);

/** Steps of single automata: spent within a second or two. */
const WORK = 60_000_000;

/** A place within an origin: the states of all automata that may still accept it. */
interface Place {
  /** That of the automaton of all origins, then the automata's places in the list and their states, by turns. */
  readonly states: readonly number[];
  readonly later: Place | undefined;
  readonly code: number;
}

/**
 * Sorts all serialized origins by which rules allow them: walks the automata of all rules at once. So one rule covers
 * another where no class is allowed by the other alone.
 *
 * @param rules the automata of each rule, of which one has to accept
 * @returns every class but that of the origins that no rule allows; `undefined` where it would take too long to know
 */
export async function originClasses(
  rules: readonly (readonly OriginAutomaton[])[],
): Promise<readonly OriginClass[] | undefined> {
  const automata = rules.flatMap((each, rule) => each.map((automaton) => ({ automaton, rule })));
  const all = await serializedOrigins();
  const found = new Map<string, OriginClass>();
  const seen = new Set<string>();
  const start = [all.end, ...automata.flatMap(({ automaton }, index) => [index, automaton.end])];
  const places: Place[] = [{ states: start, later: undefined, code: 0 }];
  let work = 0;
  // More are added at its end on the way.
  for (const place of places) {
    const { states } = place;
    note(place);
    work += (states.length * CODES.length) / 2;
    if (work > WORK) return undefined;
    for (const code of CODES) {
      const origin = all.step(states[0] ?? DEAD, code);
      if (origin === DEAD) continue;
      let next: number[] | undefined;
      for (let at = 1; at < states.length; at += 2) {
        const index = states[at] ?? 0;
        const state = automata[index]?.automaton.step(states[at + 1] ?? DEAD, code) ?? DEAD;
        if (state === DEAD) continue;
        if (next === undefined) next = [origin, index, state];
        else next.push(index, state);
      }
      if (next === undefined) continue;
      const key = next.join();
      if (seen.has(key)) continue;
      seen.add(key);
      places.push({ states: next, later: place, code });
    }
  }
  return [...found.values()];

  function note(place: Place): void {
    const { states } = place;
    if (!all.accepts(states[0] ?? DEAD)) return;
    const allowedBy = new Set<number>();
    for (let at = 1; at < states.length; at += 2) {
      const each = automata[states[at] ?? 0];
      if (each?.automaton.accepts(states[at + 1] ?? DEAD) === true) allowedBy.add(each.rule);
    }
    if (allowedBy.size === 0) return;
    const members = [...allowedBy].sort((a, b) => a - b);
    const key = members.join();
    if (!found.has(key)) found.set(key, { allowedBy: members, example: originAt(place) });
  }
}

/** Whether an automaton's rule allows an origin; it takes a look at each character, once. */
export function accepts(automaton: OriginAutomaton, origin: string): boolean {
  let state = automaton.end;
  for (let index = origin.length - 1; index >= 0 && state !== DEAD; index -= 1) {
    state = automaton.step(state, origin.charCodeAt(index));
  }
  return automaton.accepts(state);
}

function originAt(place: Place): string {
  let text = '';
  for (let at = place; at.later !== undefined; at = at.later) text += String.fromCharCode(at.code);
  return text;
}

let known: Promise<OriginExpression> | undefined;

function serializedOrigins(): Promise<OriginExpression> {
  known ??= compileOriginExpression(SERIALIZED_ORIGIN).then((compiled) => {
    if ('expression' in compiled) return compiled.expression;
    throw new Error(compiled.reason);
  });
  return known;
}
