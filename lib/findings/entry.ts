/**
 * Entries of lists that people write, such as suppressions: objects with a few texts, checked key by key.
 */
import { enclosingNetwork } from '../flowlog/network.ts';
import { settingTextCharactersMax } from '../limits.ts';

/** What is wrong with the value of a key; `undefined` when nothing is. */
export type Check = (value: unknown) => string | undefined;

export interface EntryKeys {
  readonly required: Readonly<Record<string, Check>>;
  readonly optional: Readonly<Record<string, Check>>;
}

/** What is wrong with a list of entries, with the place of the first fault such as `[2].expires`; `undefined` when nothing is. */
export function listFault(value: unknown, entriesMax: number, keys: EntryKeys): string | undefined {
  if (!Array.isArray(value)) return 'expected a list';
  if (value.length > entriesMax) return `has ${value.length} entries, at most ${entriesMax}`;
  for (const [index, entry] of value.entries()) {
    const fault = entryFault(entry, keys);
    if (fault !== undefined) return `[${index}]${fault}`;
  }
  return undefined;
}

function entryFault(entry: unknown, { required, optional }: EntryKeys): string | undefined {
  const known = { ...required, ...optional };
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    return ` is ${shown(entry)}, expected an object with ${Object.keys(required).join(', ')}`;
  }
  for (const [key, value] of Object.entries(entry)) {
    if (!Object.hasOwn(known, key))
      return ` has the unknown key "${key}", expected one of: ${Object.keys(known).join(', ')}`;
    const fault = known[key](value);
    if (fault !== undefined) return `.${key} is ${shown(value)}, ${fault}`;
  }
  const missing = Object.keys(required).find((key) => !Object.hasOwn(entry, key));
  return missing === undefined ? undefined : `.${missing} is missing, ${required[missing](undefined)}`;
}

/** Characters of a wrong value that an error repeats. */
const SHOWN_CHARACTERS_MAX = 80;

/** A value as an error repeats it. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= SHOWN_CHARACTERS_MAX ? text : `${text.slice(0, SHOWN_CHARACTERS_MAX)}…`;
}

/** A text that says something, in one line. */
export const isSentence: Check = (value) => {
  const fits = typeof value === 'string' && value.trim() !== '' && value.length <= settingTextCharactersMax;
  return fits && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value)
    ? undefined
    : `expected one line of text, at most ${settingTextCharactersMax} characters`;
};

/** An address or a network in CIDR notation; an address in the middle of a network is more likely a slip than a network. */
export const isNetwork: Check = (value) => {
  if (typeof value !== 'string') return 'expected an address or a network such as "10.0.0.0/8"';
  try {
    const network = enclosingNetwork(value);
    return network === undefined ? undefined : `expected the address alone, or the network "${network}"`;
  } catch {
    return 'expected an address or a network such as "10.0.0.0/8" or "fd00::/8"';
  }
};
