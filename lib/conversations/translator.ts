/**
 * Conversations of one store in the terms of another: each has its own ids, address codes and source numbers.
 */
import { BOOK_BASE, NOT_AN_ADDRESS } from '../flowlog/address.ts';
import type { Conversations } from './conversations.ts';

/** Numbers of one store in terms of another's names and sources. */
export interface Translator {
  text(id: number): number;
  address(code: number): number;
  source(index: number): number;
}

/** Enters what `to` does not know yet. */
export function translator(from: Conversations, to: Conversations): Translator {
  const sources = from.sources.map((name) => to.source(name));
  const source = (index: number) => sources[index];
  if (from.names === to.names) return { text: (id) => id, address: (code) => code, source };
  return {
    text: (id) => to.names.text.intern(from.names.text.text(id)),
    address: (code) => {
      const known = to.names.addresses.parse(from.names.addresses.format(code));
      // What stands for all addresses past the book's limit is no address itself.
      return known === NOT_AN_ADDRESS ? BOOK_BASE : known;
    },
    source,
  };
}
