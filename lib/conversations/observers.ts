/**
 * What is known of the interfaces that observe conversations, whatever the order of their records.
 */
import type { Names } from '../flowlog/batch.ts';
import { ABSENT_TEXT } from '../flowlog/dictionary.ts';
import { translatedAddressesMax } from '../limits.ts';

/** Observers and accounts are text ids. */
export interface Observers {
  readonly names: Names;
  readonly accounts: Map<number, number>;
  readonly translators: Map<number, Set<number>>;
}

/** Notes the account of an observer. Of several, as records without an interface have, the first by name is kept, and any before none. */
export function noteAccount({ accounts, names }: Observers, observer: number, account: number): void {
  const known = accounts.get(observer);
  if (known === account || (known !== undefined && account === ABSENT_TEXT)) return;
  const { text } = names;
  if (known === undefined || known === ABSENT_TEXT || text.text(account) < text.text(known)) {
    accounts.set(observer, account);
  }
}

/** Notes an address, by its code, that an observer stands in with for those of packets. */
export function noteTranslator({ translators }: Observers, observer: number, address: number): void {
  const known = translators.get(observer);
  if (known === undefined) translators.set(observer, new Set([address]));
  else if (known.size < translatedAddressesMax) known.add(address);
}
