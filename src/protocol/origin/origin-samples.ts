/** Two origins that an expression matches; they differ wherever it leaves the choice of a character. */
export interface OriginSample {
  readonly origin: string;
  readonly twin: string;
}

/** Optional parts multiply; beyond this, not every one is combined with every other. */
const MOST_SAMPLES = 200;

/** Longer than any part of an origin, so that longer repetitions match none. */
const MOST_REPETITIONS = 256;

/** What stands for an open character in an origin, the first that may. */
const CHOICES = Array.from('abcdefghijklmnopqrstuvwxyz1234567890-._~:/');

/** Likewise in its twin. */
const OTHER_CHOICES = Array.from('zyxwvutsrqponmlkjihgfedcba9876543210-._~:/');

/** Escapes, classes, the beginnings of groups, quantifiers and single characters. */
const PIECE =
  /\\(?:[pPu]\{[^}]*\}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|.)|\[(?:\\.|[^\]\\])*\]|\(\?(?:<[=!]|<[^>]*>|[a-z-]*[:=!])|[*+?]\??|\{\d+(?:,\d*)?\}\??|./gs;

/**
 * Origins that an expression matches as a whole: one for every way through its alternatives and optional parts. They
 * show what an expression is about that nobody can read.
 */
export function sampleOrigins(whole: RegExp): readonly OriginSample[] {
  const origins = new Sampler(whole, CHOICES).samples();
  const twins = new Sampler(whole, OTHER_CHOICES).samples();
  return origins.flatMap((origin, index) => {
    const sample = { origin: complete(origin), twin: complete(twins[index] ?? '') };
    return whole.test(sample.origin) && whole.test(sample.twin) ? [sample] : [];
  });
}

/** An expression that begins with `.*` says nothing of a scheme. */
function complete(text: string): string {
  return text.includes('://') ? text : `https://${text}`;
}

class Sampler {
  readonly #pieces: readonly string[];
  readonly #flags: string;
  #next = 0;

  constructor(
    { source, flags }: RegExp,
    private readonly choices: readonly string[],
  ) {
    this.#pieces = source.match(PIECE) ?? [];
    this.#flags = flags;
  }

  /** The samples of alternatives up to the end of their group. */
  samples(): readonly string[] {
    const finished: string[] = [];
    let current: readonly string[] = [''];
    for (let piece = this.#take(); piece !== undefined && piece !== ')'; piece = this.#take()) {
      if (piece === '|') {
        finished.push(...current);
        current = [''];
      } else {
        current = combine(current, this.#repeated(this.#part(piece)));
      }
    }
    return [...finished, ...current];
  }

  #take(): string | undefined {
    const piece = this.#pieces[this.#next];
    this.#next += 1;
    return piece;
  }

  #part(piece: string): readonly string[] {
    if (piece.startsWith('(')) {
      const inside = this.samples();
      return /[=!]$/.test(piece) ? [''] : inside;
    }
    return [this.#character(piece)];
  }

  /** Some character that an escape, a class or a character matches; none for `^`, `$` and the like. */
  #character(piece: string): string {
    try {
      const one = new RegExp(`^(?:${piece})$`, this.#flags);
      return [...this.choices, piece].find((text) => one.test(text)) ?? '';
    } catch {
      // Half of a class of the `v` flag, say. Without it, the sample most likely does not match and is left out.
      return '';
    }
  }

  #repeated(parts: readonly string[]): readonly string[] {
    const least = leastRepetitions(this.#pieces[this.#next]);
    if (least === undefined) return parts;
    this.#next += 1;
    const times = Math.min(Math.max(least, 1), MOST_REPETITIONS);
    const repeated = parts.map((part) => part.repeat(times));
    return least === 0 ? [...repeated, ''] : repeated;
  }
}

/** How often a quantifier wants what stands before it; `undefined` for what is no quantifier. */
function leastRepetitions(piece = ''): number | undefined {
  if (/^[*?]/.test(piece)) return 0;
  if (piece.startsWith('+')) return 1;
  const [, least] = /^\{(\d+)/.exec(piece) ?? [];
  return least === undefined ? undefined : Number(least);
}

/** Each with each; where that would be too many, each at least once. */
function combine(heads: readonly string[], tails: readonly string[]): readonly string[] {
  return heads.length * tails.length <= MOST_SAMPLES
    ? heads.flatMap((head) => tails.map((tail) => head + tail))
    : Array.from(
        { length: Math.max(heads.length, tails.length) },
        (_, index) => `${heads[index % heads.length] ?? ''}${tails[index % tails.length] ?? ''}`,
      );
}
