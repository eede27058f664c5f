/**
 * A database of the owner's that knows where addresses come from, in the MaxMind DB format (MMDB 2.0,
 * https://maxmind.github.io/MaxMind-DB/): GeoLite2, DB-IP, IPinfo and ip-location-db publish theirs in it, each with names of its own for the
 * same two facts. flowtrap brings none: most licences forbid to pass them on, and they age.
 */
import { Reader } from 'mmdb-lib';
import { NOT_AN_ADDRESS, parseIPv4, parseIPv6 } from '../flowlog/address.ts';
import { originNameMax } from '../limits.ts';

/** What an address is said to belong to: a country, or a network as the internet routes it (autonomous system). */
export const ORIGIN_KINDS = ['country', 'network'] as const;
export type OriginKind = (typeof ORIGIN_KINDS)[number];

export interface Origin {
  readonly kind: OriginKind;
  /** Such as "NL" or "AS60781": names change, these stay. */
  readonly key: string;
  /** The name, up to `originNameMax` characters of it, and the key, such as "Netherlands (NL)". */
  readonly name: string;
}

/** What ends a database, before its description of itself. */
const METADATA_MARKER = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');

type Entry = Readonly<Record<string, unknown>>;

export class OriginDatabase {
  readonly name: string;
  readonly #reader: Reader<Entry>;

  /** Throws, naming the database, when the bytes are none. */
  constructor(name: string, bytes: Uint8Array) {
    this.name = name;
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    try {
      if (buffer.lastIndexOf(METADATA_MARKER) < 0) throw new Error('there is no MaxMind.com mark near its end');
      // What many addresses share is unpacked once, which bounds what pointers to pointers can cost.
      this.#reader = new Reader(buffer, { cache: new Map() });
      const { nodeCount, searchTreeSize } = this.#reader.metadata;
      if (!(nodeCount > 0) || !(searchTreeSize < buffer.length))
        throw new Error(`it is cut after ${buffer.length} bytes`);
    } catch (error) {
      throw new Error(`${name} is no database in the MaxMind DB format (.mmdb): ${(error as Error).message}`);
    }
  }

  /** What is known of an address; throws, naming the database, where that is damaged. */
  of(address: string): Origin[] {
    if (parseIPv4(address) === NOT_AN_ADDRESS) {
      // In a tree of four bytes a longer address would be taken for its beginning.
      if (this.#reader.metadata.ipVersion === 4 || parseIPv6(address) === undefined) return [];
    }
    try {
      const entry = this.#reader.get(address);
      return entry === null ? [] : [countryOf(entry), networkOf(entry)].flatMap((origin) => origin ?? []);
    } catch (error) {
      throw new Error(`${this.name} is damaged, at ${address}: ${(error as Error).message}`);
    }
  }
}

/** MaxMind and DB-IP have {country: {iso_code, names: {en}}}, IPinfo and ip-location-db country_code, older IPinfo a code as country. */
function countryOf({ country, country_code, country_name }: Entry): Origin | undefined {
  const inner = isEntry(country) ? country : {};
  const code = [country_code, inner.iso_code, country].find(
    (value) => typeof value === 'string' && /^[A-Z]{2}$/.test(value),
  );
  const names = isEntry(inner.names) ? inner.names : {};
  const name = [names.en, country_name, country].find((value) => typeof value === 'string' && value !== code);
  return code === undefined ? undefined : originOf('country', code as string, name);
}

/** MaxMind, DB-IP and ip-location-db have autonomous_system_number and …_organization, IPinfo asn ("AS60781") and as_name or name. */
function networkOf(entry: Entry): Origin | undefined {
  const number = [entry.autonomous_system_number, entry.asn].flatMap((value) =>
    typeof value === 'number' || typeof value === 'string' ? (/^(?:AS)?(\d{1,10})$/.exec(`${value}`)?.[1] ?? []) : [],
  )[0];
  const name = entry.autonomous_system_organization ?? entry.as_name ?? entry.name;
  return number === undefined ? undefined : originOf('network', `AS${number}`, name);
}

function originOf(kind: OriginKind, key: string, name: unknown): Origin {
  // Somebody else's text: what could forge a line goes here, what means something to Slack or HTML where it is written.
  const plain =
    typeof name === 'string'
      ? name
          .replace(/[\p{C}\p{Z}]+/gu, ' ')
          .trim()
          .slice(0, originNameMax)
      : '';
  return { kind, key, name: plain === '' ? key : `${plain} (${key})` };
}

const isEntry = (value: unknown): value is Entry => typeof value === 'object' && value !== null;
