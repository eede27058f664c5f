/**
 * TCP flags as a flow log records them: FIN 1, SYN 2, RST 4, and 18 for a packet with SYN and ACK; an ACK of any other packet is not
 * recorded (Amazon VPC User Guide, "Flow log records").
 */
import { TCP_FLAG } from '../flowlog/fields.ts';

export const SYN_ACK = TCP_FLAG.syn | TCP_FLAG.ack;

/** Of the first packet of a side. */
export const OPENING = SYN_ACK;
/** Of the last. */
export const CLOSING = TCP_FLAG.fin | TCP_FLAG.rst;

/** Flags of one packet. */
export function packetFlags(header: number): number {
  const closing = header & CLOSING;
  return (header & TCP_FLAG.syn) === 0 ? closing : closing | (header & SYN_ACK);
}

/** Flags of one side from the OR of its packets' flags: whether its SYN answered another must be known beforehand. */
export function sideFlags(seen: number, answers: boolean): number {
  const closing = seen & CLOSING;
  if ((seen & TCP_FLAG.syn) === 0) return closing;
  return closing | (answers ? SYN_ACK : TCP_FLAG.syn);
}

const BY_LETTER: Readonly<Record<string, number>> = {
  F: TCP_FLAG.fin,
  S: TCP_FLAG.syn,
  R: TCP_FLAG.rst,
  P: TCP_FLAG.psh,
  A: TCP_FLAG.ack,
  U: TCP_FLAG.urg,
  // ECE, CWR and unset places are of no concern.
  E: 0,
  C: 0,
  '.': 0,
};

/** The OR of flags written as letters, as Argus and nfdump do; `undefined` when other letters are among them. */
export function lettersFlags(letters: string): number | undefined {
  let flags = 0;
  for (const letter of letters) {
    const flag = BY_LETTER[letter];
    if (flag === undefined) return undefined;
    flags |= flag;
  }
  return flags;
}
