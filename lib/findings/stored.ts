/**
 * Findings read back from where they are kept: a file may be damaged, foreign or of another version. What a version does not know is let pass.
 */
import { storedFindingBytesMax } from '../limits.ts';
import { FINDING_TYPES } from './catalog.ts';
import { type Finding, SEVERITIES } from './finding.ts';

/** What a value must be: a text that fits, a number, a list or a record of alike values, or an object with these keys (`?` for optional). */
type Schema =
  | { readonly text: (value: string) => boolean; readonly expected: string }
  | 'number'
  | { readonly list: Schema }
  | { readonly record: Schema }
  | { readonly keys: Readonly<Record<string, Schema>> };

const TEXT = { text: () => true, expected: 'a text' };
const DIGEST = pattern(/^[0-9a-f]{32}$/, '32 hexadecimal digits');
const SEVERITY = oneOf(SEVERITIES);
const TIME = {
  text: (value: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value) && !Number.isNaN(Date.parse(value)),
  expected: 'a time such as 2026-01-05T09:00:00Z',
};
const HOSTS = { list: { keys: { address: TEXT } } };

const FINDING: Schema = {
  keys: {
    id: DIGEST,
    incident: DIGEST,
    type: pattern(/^[a-z0-9-]{1,64}$/, 'a word such as vertical-scan'),
    class: oneOf([...new Set(FINDING_TYPES.map((type) => type.class))]),
    severity: SEVERITY,
    title: TEXT,
    account: TEXT,
    actors: HOSTS,
    actorCount: 'number',
    targets: { keys: { hosts: HOSTS, hostCount: 'number', services: { list: TEXT }, serviceCount: 'number' } },
    firstSeen: TIME,
    lastSeen: TIME,
    count: 'number',
    observed: { record: 'number' },
    expected: { record: 'number' },
    probability: 'number',
    witnesses: { list: TEXT },
    reasons: {
      list: { keys: { feature: TEXT, meaning: TEXT, unit: TEXT, value: 'number', benign: 'number', effect: 'number' } },
    },
    evidence: { list: { keys: { source: TEXT, ordinal: 'number', 'record?': TEXT, 'tags?': { list: TEXT } } } },
    sources: { list: TEXT },
    technique: { keys: { id: TEXT, name: TEXT } },
    nextSteps: { list: TEXT },
    'suppressed?': { keys: { owner: TEXT, reason: TEXT, expires: TEXT } },
    'softened?': { keys: { network: TEXT, name: TEXT, reason: TEXT, severityBefore: SEVERITY } },
  },
};

/** The finding in a JSON text; throws, naming place, what was got and what was expected. */
export function parseFinding(text: string): Finding {
  if (text.length > storedFindingBytesMax) {
    throw new Error(`the finding has ${text.length} characters, at most ${storedFindingBytesMax} are read`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error(`the finding is not JSON: ${(cause as Error).message}`, { cause });
  }
  return findingOf(value);
}

/** As `parseFinding`, for a value that is parsed already. */
export function findingOf(value: unknown): Finding {
  expectFits(value, FINDING, '');
  return value as Finding;
}

function pattern(expression: RegExp, expected: string): Schema {
  return { text: (value) => expression.test(value), expected };
}

function oneOf(words: readonly string[]): Schema {
  return { text: (value) => words.includes(value), expected: words.join(', ') };
}

/** Goes as deep as the schema does, never as deep as the value. */
function expectFits(value: unknown, schema: Schema, place: string): void {
  if (schema === 'number') {
    if (typeof value !== 'number') throw wrong(place, value, 'a number');
  } else if ('text' in schema) {
    if (typeof value !== 'string' || !schema.text(value)) throw wrong(place, value, schema.expected);
  } else if ('list' in schema) {
    if (!Array.isArray(value)) throw wrong(place, value, 'a list');
    for (const [i, entry] of value.entries()) expectFits(entry, schema.list, `${place}[${i}]`);
  } else {
    if (!isObject(value)) throw wrong(place, value, 'an object');
    if ('record' in schema) {
      for (const [key, entry] of Object.entries(value)) expectFits(entry, schema.record, `${place}.${key}`);
    } else expectKeys(value, schema.keys, place);
  }
}

function expectKeys(
  value: Readonly<Record<string, unknown>>,
  keys: Readonly<Record<string, Schema>>,
  place: string,
): void {
  for (const [name, schema] of Object.entries(keys)) {
    const key = name.replace('?', '');
    if (key !== name && value[key] === undefined) continue;
    expectFits(value[key], schema, place === '' ? key : `${place}.${key}`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Characters of a place or a wrong value that an error repeats. */
const SHOWN_CHARACTERS_MAX = 80;

function wrong(place: string, value: unknown, expected: string): Error {
  const got = (JSON.stringify(value) ?? 'missing').slice(0, SHOWN_CHARACTERS_MAX);
  const where = place === '' ? 'the finding' : `the finding's "${place.slice(0, SHOWN_CHARACTERS_MAX)}"`;
  return new Error(`${where} is ${got}, expected ${expected}; is it one that this version wrote?`);
}
