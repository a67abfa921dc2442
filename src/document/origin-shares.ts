import { loadExpressionCompiler } from '../protocol/origin/expression/origin-expression.js';
import { accepts, originClasses } from '../protocol/origin/expression/origin-classes.js';
import {
  type OriginAutomaton,
  patternAutomata,
} from '../protocol/origin/expression/pattern-automaton.js';
import { isSerializedOrigin } from '../protocol/origin/origin.js';
import { readOriginPattern } from '../protocol/origin/origin-pattern.js';
import type { DocumentedOrigins } from './cors-document.js';
import { readExpression } from './read-document.js';

/** Origins that the same policies hold for, before and after. */
export interface OriginShare {
  /** The place of the policy that held for them, in its list; `undefined` where none did. */
  readonly before: number | undefined;
  /** That of the one that holds for them now. */
  readonly after: number | undefined;
  /** The rules that allow them: those of now, where there are any. */
  readonly rules: readonly SharedRule[];
}

/** A rule, and how much of it a share has. */
export interface SharedRule {
  /** As a document has it; `*` is any origin. */
  readonly rule: string;
  /** Whether it is code that is asked, so that nobody knows what it answers. */
  readonly asked: boolean;
  /** Some origin of the share, where the rule allows origins of others, too. */
  readonly example?: string | undefined;
}

/** What two lists of origin rules, each in its order, have in common. */
export interface SharedOrigins {
  readonly shares: readonly OriginShare[];
  /** Rules that were asked before, and others that are asked now: what that changes, nobody knows. */
  readonly incomparable?: { readonly before: readonly string[]; readonly after: readonly string[] };
}

/** More code than anybody asks in one place; each doubles the work. */
const MOST_DECIDERS = 8;

/** As many looks are taken to find out whether an exact origin is one of a pattern, too. */
const MOST_LOOKS = 2_000_000;

/** What a rule for any origin is called. */
const ANY = '*';

type Rules = readonly DocumentedOrigins[];

/** A rule that stands for many origins. */
interface Family {
  readonly text: string;
  readonly automata: readonly OriginAutomaton[];
}

/** Origins that every rule treats alike, and one of them. */
interface Kind {
  readonly example: string | undefined;
  /** The families that allow them. */
  readonly families: ReadonlySet<string>;
}

/** Finds out which origins changed hands between two lists of rules; of both, the first rule that allows one holds. */
export async function shareOrigins(before: Rules, after: Rules): Promise<SharedOrigins> {
  const { families, opaque } = await familiesOf([...before, ...after]);
  const lists = {
    before: before.map((rules) => readerOf(rules, opaque)),
    after: after.map((rules) => readerOf(rules, opaque)),
  };
  const kinds = await kindsOf(families, [...lists.before, ...lists.after]);
  const deciders = {
    before: new Set(lists.before.flatMap((each) => each.deciders)),
    after: new Set(lists.after.flatMap((each) => each.deciders)),
  };
  const all = new Set([...deciders.before, ...deciders.after]);
  const table = new ShareTable();
  for (const said of answersOf([...all])) {
    for (const kind of kinds) {
      const was = holderOf(lists.before, kind, said);
      const is = holderOf(lists.after, kind, said);
      table.add(was, is, kind);
    }
  }
  const shares = table.shares();
  const added = [...deciders.after].filter((name) => !deciders.before.has(name));
  const gone = [...deciders.before].filter((name) => !deciders.after.has(name));
  if (added.length === 0 || gone.length === 0) return { shares };
  const isKnown = ({ rule, asked }: SharedRule) =>
    !asked || !(added.includes(rule) || gone.includes(rule));
  return {
    shares: shares
      .map((share) => ({ ...share, rules: share.rules.filter(isKnown) }))
      .filter(({ rules }) => rules.length > 0),
    incomparable: { before: gone, after: added },
  };
}

/** The rules of one policy, ready to be asked. */
interface Reader {
  readonly any: boolean;
  readonly exact: ReadonlySet<string>;
  readonly families: readonly string[];
  readonly deciders: readonly string[];
}

function readerOf(rules: DocumentedOrigins, opaque: ReadonlySet<string>): Reader {
  const families = [...rules.patterns, ...rules.expressions];
  return {
    any: rules.openTo === 'any',
    exact: new Set(rules.exact),
    families: families.filter((text) => !opaque.has(text)),
    // What has no automaton is as good as code: the same as far as can be seen, where it reads the same.
    deciders: [
      ...rules.resolvers,
      ...rules.functions,
      ...families.filter((text) => opaque.has(text)),
    ],
  };
}

/** Every pattern and expression, once; and those that nothing can be made of. */
async function familiesOf(
  rules: Rules,
): Promise<{ families: Family[]; opaque: ReadonlySet<string> }> {
  const opaque = new Set<string>();
  const families: Family[] = [];
  for (const text of new Set(rules.flatMap(({ patterns }) => patterns))) {
    const read = readOriginPattern(text);
    if ('pattern' in read) families.push({ text, automata: patternAutomata(read.pattern) });
    else opaque.add(text);
  }
  const expressions = new Set(rules.flatMap((each) => each.expressions));
  const compile = expressions.size === 0 ? undefined : await loadExpressionCompiler();
  for (const text of expressions) {
    const regexp = readExpression(text);
    const compiled = regexp === undefined ? undefined : compile?.(regexp);
    if (compiled !== undefined && 'expression' in compiled) {
      families.push({ text, automata: [compiled.expression] });
    } else opaque.add(text);
  }
  return { families, opaque };
}

/** Every origin that is named, one of each class that families tell apart, and one that stands for all others. */
async function kindsOf(families: readonly Family[], readers: readonly Reader[]): Promise<Kind[]> {
  const kinds: Kind[] = [{ example: undefined, families: new Set() }];
  const classes =
    (await originClasses(families.map(({ automata }) => automata))) ??
    // Too many to be compared as sets: then each stands for itself.
    families.map((_, index) => ({ allowedBy: [index], example: undefined }));
  for (const { allowedBy, example } of classes) {
    const texts = allowedBy.flatMap((index) => families[index]?.text ?? []);
    kinds.push({ example, families: new Set(texts) });
  }
  const exact = new Set(readers.flatMap((reader) => [...reader.exact]));
  const isCheap = exact.size * families.length <= MOST_LOOKS;
  for (const origin of exact) {
    const allowing =
      isCheap && isSerializedOrigin(origin)
        ? families.filter(({ automata }) => automata.some((each) => accepts(each, origin)))
        : [];
    kinds.push({ example: origin, families: new Set(allowing.map(({ text }) => text)) });
  }
  return kinds;
}

/** Every way in which the code that is asked may answer: those that say yes. */
function answersOf(names: readonly string[]): readonly ReadonlySet<string>[] {
  if (names.length > MOST_DECIDERS) return [new Set(), ...names.map((name) => new Set([name]))];
  return Array.from(
    { length: 2 ** names.length },
    (_, bits) => new Set(names.filter((_name, index) => (bits & (2 ** index)) !== 0)),
  );
}

interface Holder {
  readonly index: number;
  readonly rule: string;
  readonly asked: boolean;
}

function holderOf(
  list: readonly Reader[],
  { example, families }: Kind,
  said: ReadonlySet<string>,
): Holder | undefined {
  for (const [index, reader] of list.entries()) {
    if (reader.any) return { index, rule: ANY, asked: false };
    if (example !== undefined && reader.exact.has(example))
      return { index, rule: example, asked: false };
    const family =
      families.size === 0 ? undefined : reader.families.find((text) => families.has(text));
    if (family !== undefined) return { index, rule: family, asked: false };
    const decider = said.size === 0 ? undefined : reader.deciders.find((name) => said.has(name));
    if (decider !== undefined) return { index, rule: decider, asked: true };
  }
  return undefined;
}

/** A rule of one side, and what of it a share has. */
interface Part extends Holder {
  /** Where the rule's parts are counted. */
  readonly key: string;
  readonly example: string | undefined;
}

/** Who held for what, and who does now. */
class ShareTable {
  readonly #shares = new Map<
    string,
    { before: number | undefined; after: number | undefined; rules: Map<string, Part> }
  >();
  /** The shares that each rule of each policy has a part in. */
  readonly #parts = new Map<string, Set<string>>();

  add(was: Holder | undefined, is: Holder | undefined, { example }: Kind): void {
    const share = `${was?.index ?? '-'},${is?.index ?? '-'}`;
    const before = this.#note('before', was, share, example);
    const after = this.#note('after', is, share, example);
    // The one that says more precisely who is meant.
    const part = preciseness(before) > preciseness(after) ? before : after;
    if (part === undefined) return;
    let known = this.#shares.get(share);
    if (known === undefined) {
      known = { before: was?.index, after: is?.index, rules: new Map() };
      this.#shares.set(share, known);
    }
    if (!known.rules.has(part.rule)) known.rules.set(part.rule, part);
  }

  #note(
    side: 'before' | 'after',
    holder: Holder | undefined,
    share: string,
    example: string | undefined,
  ): Part | undefined {
    if (holder === undefined) return undefined;
    const key = `${side} ${holder.index} ${holder.rule}`;
    const parts = this.#parts.get(key);
    if (parts === undefined) this.#parts.set(key, new Set([share]));
    else parts.add(share);
    return { ...holder, key, example };
  }

  shares(): OriginShare[] {
    return [...this.#shares.values()].map(({ before, after, rules }) => ({
      before,
      after,
      rules: [...rules.values()].map(({ key, rule, asked, example }) => {
        const isPart = (this.#parts.get(key)?.size ?? 0) > 1;
        const isShown = isPart && !asked && rule !== ANY && rule !== example;
        return { rule, asked, ...(isShown && example !== undefined && { example }) };
      }),
    }));
  }
}

/** How much a rule tells of the origins that it allows: nothing, that they are any, code, a family, the origin itself. */
function preciseness(part: Part | undefined): number {
  if (part === undefined) return 0;
  if (part.rule === ANY) return 1;
  if (part.asked) return 2;
  return part.rule === part.example ? 4 : 3;
}
