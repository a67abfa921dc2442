import { oncePer } from '../../once-per.js';
import { isSerializedOrigin, splitOrigin } from '../origin.js';
import { loadPublicSuffixes } from '../public-suffix.js';
import { ORIGIN_CHARACTERS } from './alphabet.js';
import { DEAD, type OriginExpression } from './origin-expression.js';

/** A site whose pages an expression admits, and the schemes of the origins there. */
export interface AdmittedSite {
  /** A registrable domain; the host where there is none (`localhost`, addresses, names that no registry knows). */
  readonly site: string;
  readonly schemes: readonly string[];
}

/** More sites, or schemes, than an expression names, so that it cannot be said whose pages it admits. */
export interface OpenEnd {
  /** What is open: names that anybody may get, those under a hoster's suffix, addresses, or schemes. */
  readonly what: 'names' | 'hoster' | 'addresses' | 'schemes';
  /** An origin that the expression admits. */
  readonly example: string;
  /** The hoster's suffix; the domain that names end with, whether they are under it or not; the site of schemes. */
  readonly name: string | undefined;
}

export interface Admitted {
  readonly sites: readonly AdmittedSite[];
  readonly openEnds: readonly OpenEnd[];
}

/** More sites than anybody spells out in one expression. */
const MOST_SITES = 32;

/** As long as a host name may be (RFC 1035). */
const LONGEST_HOST = 253;

const LONGEST_PORT = 5;

/** The parts of an origin, in the order in which they are read from its end. */
type Part = 'port' | 'host' | 'address' | 'colon' | 'slash' | 'scheme' | 'begun';

const PARTS: readonly Part[] = ['port', 'host', 'address', 'colon', 'slash', 'scheme', 'begun'];

const codesOf = (test: RegExp): readonly number[] =>
  ORIGIN_CHARACTERS.filter((character) => test.test(character)).map((each) => each.charCodeAt(0));

const SLASH = codesOf(/\//);
const DIGIT = codesOf(/\d/);
/** What the URL standard forbids in a domain is left out. Easy to read ones come first, for the examples. */
const HOST = [...codesOf(/[a-z]/), ...codesOf(/[A-Z\d]/), ...codesOf(/[^A-Za-z\d/%:<>?@[\\\]^|#]/)];

/** What may come next within each part, and the part that it then is. */
const GRAMMAR: Readonly<
  Record<Part, readonly { readonly codes: readonly number[]; readonly then: Part }[]>
> = {
  port: [
    { codes: DIGIT, then: 'port' },
    { codes: codesOf(/:/), then: 'host' },
  ],
  host: [
    { codes: SLASH, then: 'slash' },
    { codes: HOST, then: 'host' },
    { codes: codesOf(/\]/), then: 'address' },
  ],
  address: [
    { codes: codesOf(/[0-9a-f:.]/), then: 'address' },
    { codes: codesOf(/\[/), then: 'host' },
  ],
  slash: [{ codes: SLASH, then: 'colon' }],
  colon: [{ codes: codesOf(/:/), then: 'scheme' }],
  scheme: [
    { codes: codesOf(/[a-z]/), then: 'begun' },
    { codes: codesOf(/[\d+.-]/), then: 'scheme' },
  ],
  begun: [
    { codes: codesOf(/[a-z]/), then: 'begun' },
    { codes: codesOf(/[\d+.-]/), then: 'scheme' },
  ],
};

/** A state of the automaton in a part of an origin. */
type Place = number;

interface Step {
  readonly code: number;
  readonly to: Place;
}

/** An automaton restricted to serialized origins; only what leads to a match is left of it. */
class OriginReader {
  readonly #steps: (readonly Step[] | undefined)[] = [];
  /** The step toward the beginning of a shortest match; `null` where it begins here. */
  readonly #onwards = new Map<Place, Step | null>();

  constructor(private readonly expression: OriginExpression) {
    const before = new Map<Place, { from: Place; step: Step }[]>();
    const seen = new Set([this.at('port'), this.at('host')]);
    const ends: Place[] = [];
    for (const place of seen) {
      const steps = this.#stepsFrom(place);
      this.#steps[place] = steps;
      if (this.isBeginning(place)) ends.push(place);
      for (const step of steps) {
        seen.add(step.to);
        const earlier = before.get(step.to);
        if (earlier === undefined) before.set(step.to, [{ from: place, step }]);
        else earlier.push({ from: place, step });
      }
    }
    for (const end of ends) this.#onwards.set(end, null);
    for (const [place] of this.#onwards) {
      for (const { from, step } of before.get(place) ?? []) {
        if (!this.#onwards.has(from)) this.#onwards.set(from, step);
      }
    }
  }

  /** The place at the end of an origin, with a port to be read or without. */
  at(part: 'port' | 'host'): Place {
    return this.expression.end * PARTS.length + PARTS.indexOf(part);
  }

  partOf(place: Place): Part {
    return PARTS[place % PARTS.length] ?? 'host';
  }

  /** Whether an origin that begins here is matched. */
  isBeginning(place: Place): boolean {
    return (
      this.partOf(place) === 'begun' && this.expression.accepts(Math.floor(place / PARTS.length))
    );
  }

  /** The steps from a place that lead to a match. */
  stepsFrom(place: Place): readonly Step[] {
    return (this.#steps[place] ?? []).filter(({ to }) => this.#onwards.has(to));
  }

  /** A shortest text that completes an origin which was read to a place. */
  completion(place: Place): string {
    let text = '';
    let step = this.#onwards.get(place);
    while (step != null) {
      text = String.fromCharCode(step.code) + text;
      step = this.#onwards.get(step.to);
    }
    return text;
  }

  /** The place after text was read from its end, if that leads to a match. */
  follow(text: string, end: Place): Place | undefined {
    let place: Place | undefined = end;
    for (let index = text.length - 1; index >= 0 && place !== undefined; index -= 1) {
      const code = text.charCodeAt(index);
      place = this.stepsFrom(place).find((step) => step.code === code)?.to;
    }
    return place;
  }

  /** An origin with the scheme of the web, if that one is matched as well. */
  withWebScheme(origin: string): string {
    return (
      ['http', 'https']
        .map((scheme) => origin.replace(/^[^:]*/, scheme))
        .find((other) => this.expression.matches(other)) ?? origin
    );
  }

  /** Every place that is reached from others. */
  reach(from: Iterable<Place>): ReadonlySet<Place> {
    const reached = new Set(from);
    for (const place of reached) for (const { to } of this.stepsFrom(place)) reached.add(to);
    return reached;
  }

  #stepsFrom(place: Place): readonly Step[] {
    const state = Math.floor(place / PARTS.length);
    return GRAMMAR[this.partOf(place)].flatMap(({ codes, then }) =>
      codes.flatMap((code) => {
        const next = this.expression.step(state, code);
        return next === DEAD ? [] : [{ code, to: next * PARTS.length + PARTS.indexOf(then) }];
      }),
    );
  }
}

/** Texts that were read from the end, and the places that each has led to. */
type Frontier = Map<string, Set<Place>>;

function addTo(frontier: Frontier, text: string, place: Place): void {
  const places = frontier.get(text);
  if (places === undefined) frontier.set(text, new Set([place]));
  else places.add(place);
}

/** Endings that say at a glance whose an origin is. */
const STRANGERS = [
  '.evil.net',
  'evil.net',
  'evil.com',
  '.net',
  '.com',
  '.org',
  '.co.uk',
  '.dev',
  '.io',
];

const admittedSites = oncePer(readAdmittedSites);

/** Finds out whose pages an expression admits: the sites of all serialized origins that it matches. */
export function findAdmittedSites(expression: OriginExpression): Promise<Admitted> {
  return admittedSites(expression);
}

/** It reads hosts from their end until it is known which site they belong to, along all ways at once. */
async function readAdmittedSites(expression: OriginExpression): Promise<Admitted> {
  const ownershipOf = await loadPublicSuffixes();
  const reader = new OriginReader(expression);
  const hostEnds = hostEndsOf(reader);
  /** The places before the names of each site, or what stands before those. */
  const sites = new Map<string, Set<Place>>();
  const openEnds: OpenEnd[] = [];
  const start: Frontier = new Map([['', new Set(hostEnds.keys())]]);
  /** What ends with a hoster's suffix is looked at for each hoster on its own. */
  const searches: { hoster: string | undefined; frontier: Frontier }[] = [
    { hoster: undefined, frontier: start },
  ];
  for (let search = searches.shift(); search !== undefined; search = searches.shift()) {
    const { hoster } = search;
    let { frontier } = search;
    const found: Frontier = new Map();
    /** What stands under sites: it may end with the suffix of a hoster all the same (`s3.amazonaws.com`). */
    let under: Frontier = new Map();
    const hosters = new Map<string, Frontier>();
    let common = hoster ?? '';
    const count = () => sites.size + found.size + hosters.size + frontier.size;
    const isOpen = () =>
      count() > MOST_SITES || [...frontier.keys()].some((text) => text.length > LONGEST_HOST);
    const addName = (suffix: string, character: string, place: Place) => {
      const names: Frontier = hosters.get(suffix) ?? new Map<string, Set<Place>>();
      hosters.set(suffix, names);
      addTo(names, character + suffix, place);
    };
    while (frontier.size + under.size > 0 && !isOpen()) {
      if (count() === 1) common = [...frontier.keys()].join('');
      const longerNames: Frontier = new Map();
      forEachStep(reader, under, (text, character, place) => {
        if (character === '/') return;
        const isLabel = character === '.' && isLabels(text);
        if (isLabel && ownershipOf(text).site === undefined) addName(text, character, place);
        else addTo(longerNames, character + text, place);
      });
      const longer: Frontier = new Map();
      under = longerNames;
      forEachStep(reader, frontier, (text, character, place) => {
        const isWhole = character === '/';
        if (isWhole && !/[^.]/.test(text)) return;
        if (isWhole || (character === '.' && isLabels(text))) {
          const { site, isHosters } = ownershipOf(text);
          const own = site ?? (isWhole ? text.replace(/\.$/, '') : undefined);
          if (own !== undefined) {
            addTo(found, own, place);
            if (!isWhole) addTo(under, character + text, place);
            return;
          }
          if (isHosters && text !== hoster) {
            addName(text, character, place);
            return;
          }
        }
        addTo(longer, character + text, place);
      });
      frontier = longer;
      // Labels that are not spelled out are names that the holder of the site gives.
      if (under.size > MOST_SITES || [...under.keys()].some((text) => text.length > LONGEST_HOST)) {
        under = new Map();
      }
    }
    if (isOpen()) {
      const texts = [...found.keys(), ...frontier.keys(), ...hosters.keys()];
      const own = common.replace(/^[-.]+/, '');
      const name =
        texts.some(isLabels) && own.includes('.') && ownershipOf(own).site === own
          ? own
          : undefined;
      const endings = hoster === undefined ? [...STRANGERS, ...texts] : texts;
      const example = exampleOf(reader, hostEnds, endings, name);
      if (hoster !== undefined) {
        openEnds.push({ what: 'hoster', example, name: hoster });
        for (const places of [...found.values(), ...frontier.values()]) {
          for (const place of places) addTo(sites, hoster, place);
        }
        continue;
      }
      openEnds.push({ what: texts.some(isLabels) ? 'names' : 'addresses', example, name });
      break;
    }
    for (const [site, places] of found) for (const place of places) addTo(sites, site, place);
    for (const [suffix, names] of hosters) searches.push({ hoster: suffix, frontier: names });
  }

  const admitted: AdmittedSite[] = [];
  for (const [site, places] of sites) {
    const schemes = schemesBefore(reader, places);
    if (schemes === undefined) {
      const example = exampleOf(reader, hostEnds, [site, `a.${site}`]);
      openEnds.push({ what: 'schemes', example, name: site });
      break;
    }
    admitted.push({ site, schemes });
  }
  return { sites: admitted, openEnds };
}

/** Whether text ends a name, and does so with whole labels: no part of an address. */
function isLabels(text: string): boolean {
  return /[^.]/.test(text) && !/(?:^|\.)\d+\.?$|\]/.test(text);
}

function forEachStep(
  reader: OriginReader,
  frontier: Frontier,
  visit: (text: string, character: string, place: Place) => void,
): void {
  for (const [text, places] of frontier) {
    for (const place of places) {
      for (const { code, to } of reader.stepsFrom(place)) {
        // The case of a host makes no difference to whose it is.
        visit(text, String.fromCharCode(code).toLowerCase(), to);
      }
    }
  }
}

/** The places at the end of a host, and the port that stands after each. */
function hostEndsOf(reader: OriginReader): ReadonlyMap<Place, string> {
  const ends = new Map([[reader.at('host'), '']]);
  let ports: ReadonlyMap<Place, string> = new Map([[reader.at('port'), '']]);
  for (let length = 0; length <= LONGEST_PORT; length += 1) {
    const longer = new Map<Place, string>();
    for (const [place, port] of ports) {
      for (const { code, to } of reader.stepsFrom(place)) {
        const text = String.fromCharCode(code) + port;
        if (reader.partOf(to) === 'port') longer.set(to, text);
        else if (port !== '' && !ends.has(to)) ends.set(to, text);
      }
    }
    ports = longer;
  }
  return ends;
}

/** The schemes of all origins that go on from some places; `undefined` where there is no end of them. */
function schemesBefore(
  reader: OriginReader,
  places: ReadonlySet<Place>,
): readonly string[] | undefined {
  const schemes: string[] = [];
  const entries = new Set<Place>();
  for (const place of reader.reach(places)) {
    if (reader.partOf(place) !== 'colon') continue;
    for (const { to } of reader.stepsFrom(place)) entries.add(to);
  }
  let frontier: Frontier = new Map([['', entries]]);
  while (frontier.size > 0) {
    const longer: Frontier = new Map();
    for (const [text, each] of frontier) {
      if ([...each].some((place) => reader.isBeginning(place))) schemes.push(text);
    }
    forEachStep(reader, frontier, (text, character, place) => {
      addTo(longer, character + text, place);
    });
    frontier = longer;
    const isLong = [...frontier.keys()].some((text) => text.length > LONGEST_HOST);
    if (isLong || schemes.length + frontier.size > MOST_SITES) return undefined;
  }
  return schemes;
}

function isUnder(host: string, domain: string | undefined): boolean {
  return domain !== undefined && `.${host}`.endsWith(`.${domain}`);
}

/**
 * An origin that is matched and whose host ends with one of some texts; as plain a one as there is, and none under
 * the domain that is the expression's own.
 */
function exampleOf(
  reader: OriginReader,
  hostEnds: ReadonlyMap<Place, string>,
  endings: readonly string[],
  own?: string,
): string {
  const examples = endings.flatMap((text) =>
    [...hostEnds].flatMap(([end, port]) => {
      const place = reader.follow(text, end);
      return place === undefined ? [] : [`${reader.completion(place)}${text}${port}`];
    }),
  );
  const origins = examples
    .map((origin) => reader.withWebScheme(origin))
    .filter((origin) => isSerializedOrigin(origin) && !isUnder(splitOrigin(origin).host, own));
  return origins.find((origin) => PLAIN.test(origin)) ?? origins[0] ?? examples[0] ?? '';
}

/** An origin whose labels everybody may have. */
const PLAIN =
  /^[a-z+-]+:\/\/(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)*[a-z\d](?:[a-z\d-]*[a-z\d])?(?::\d+)?$/;
