/**
 * The two ends of a flow as the VPC sees them: an address of the VPC is a host with one interface, any other is outside.
 */
import { createHash } from 'node:crypto';
import { AddressBook, canonicalIPv6, formatIPv4, NOT_AN_ADDRESS, parseIPv4 } from '../flowlog/address.ts';
import type { NetworkSet } from '../flowlog/network.ts';
import type { NetworkInterface } from '../flowlog/record.ts';
import { endpointsHeldMax } from '../limits.ts';
import { detached } from './flow.ts';

export interface Endpoint {
  /** In its canonical notation. */
  readonly address: string;
  readonly ipv6: boolean;
  /** Absent outside the VPC. */
  readonly interface?: NetworkInterface;
}

/** Where converted logs say they come from: the account of AWS's own examples. */
const PLACE = {
  account: '123456789012',
  region: 'us-east-1',
  zone: 'use1-az1',
  vpc: 'vpc-0f10a7da7a5e75000',
  subnet: 'subnet-0f10a7da7a5e75000',
  phaseSeconds: 0,
  nitro: true,
} as const;

export class Endpoints {
  readonly #vpc: NetworkSet;
  #book = new AddressBook();
  #known = new Map<string, Endpoint>();

  constructor(vpc: NetworkSet) {
    this.#vpc = vpc;
  }

  /** The end with this address, `undefined` when the text is no address. Always the same for the same text. */
  of(text: string): Endpoint | undefined {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const address = canonical(text);
    if (address === undefined) return undefined;
    if (this.#known.size >= endpointsHeldMax) {
      this.#known = new Map();
      this.#book = new AddressBook();
    }
    const isInside = this.#vpc.has(this.#book.parse(address), this.#book);
    const own = isInside ? { ...PLACE, id: interfaceIdOf(address) } : undefined;
    const endpoint = { address, ipv6: address.includes(':'), interface: own };
    this.#known.set(detached(text), endpoint);
    return endpoint;
  }
}

function canonical(text: string): string | undefined {
  const value = parseIPv4(text);
  return value === NOT_AN_ADDRESS ? canonicalIPv6(text) : formatIPv4(value);
}

/** `eni-` and 17 hexadecimal digits that follow from the address. */
export function interfaceIdOf(address: string): string {
  return `eni-${createHash('sha256').update(address).digest('hex').slice(0, 17)}`;
}
