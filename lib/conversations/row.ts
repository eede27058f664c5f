/**
 * Layout of one conversation in memory. A row is ROW_WORDS 32-bit words; the first numbers are 64-bit floats, the
 * rest unsigned integers. All of a row lies together because a record touches nearly all of it.
 *
 * "Forward" is client to server. Sums and squares are whole numbers below 2^53, so that adding is exact in any order.
 */

/** Indices of 64-bit floats within a row. */
export const F = {
  forwardPackets: 0,
  forwardBytes: 1,
  backwardPackets: 2,
  backwardBytes: 3,
  /** Sum and sum of squares of log16(packets) over forward flows, then of log16(bytes). */
  packetsLogSum: 4,
  packetsLogSquares: 5,
  bytesLogSum: 6,
  bytesLogSquares: 7,
  /** Seconds between start and end, added over forward flows. */
  durationSum: 8,
} as const;

/** Indices of 32-bit words within a row; they begin after the floats. */
export const W = {
  hash: 18,
  observer: 19,
  client: 20,
  server: 21,
  /** Server port, protocol in the upper half. */
  service: 22,
  /** Start of the window in Unix seconds. */
  window: 23,
  forwardFlows: 24,
  backwardFlows: 25,
  forwardRejects: 26,
  backwardRejects: 27,
  /** Forward flows with SYN: connections opened. */
  opens: 28,
  /** Backward flows with RST: connections refused or cut by the server. */
  resets: 29,
  /** Forward flags, backward flags << 8, basis of direction << 16, marks << 24. */
  flags: 30,
  forwardFirst: 31,
  backwardFirst: 32,
  last: 33,
  /** Smallest client port, largest << 16. */
  clientPorts: 34,
  /** Occupied slots of 5 seconds, forward flows, 30 slots a word. */
  slotsLow: 35,
  slotsHigh: 36,
  /** Linear-counting sketch of client ports, 64 bits. */
  portsLow: 37,
  portsHigh: 38,
  /** Packets of the smallest and the largest forward flow. */
  packetsMin: 39,
  packetsMax: 40,
  /** First forward record: source index and ordinal; then the first backward one. */
  forwardSource: 41,
  forwardOrdinal: 42,
  backwardSource: 43,
  backwardOrdinal: 44,
  /** Conversations folded into this rest row; 0 in an ordinary row. */
  members: 45,
} as const;

export const ROW_WORDS = 46;
export const ROW_FLOATS = ROW_WORDS / 2;

/** Bits of the marks in `W.flags`. */
export const MARK = {
  /** The log has TCP flags. */
  flagged: 1,
  /** Packet-level and interface-level addresses differ: seen at a translator, load balancer or pod host. */
  translated: 2,
  /** The log has no starts: records count by their ends, and say nothing of durations and gaps. */
  untimed: 4,
} as const;

/** Time of "never", so that minima need no special case. */
export const NEVER = 0xffff_ffff;

/** Whether a word of client ports holds one. */
export function isOnePort(clientPorts: number): boolean {
  return (clientPorts & 0xffff) === clientPorts >>> 16;
}

/** Number of bits that are set in a word, as sketches of ports and slots are read. */
export function bits(word: number): number {
  let v = word - ((word >>> 1) & 0x5555_5555);
  v = (v & 0x3333_3333) + ((v >>> 2) & 0x3333_3333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

/** Protocol and client port of the row that begins at word `at`: its service if its server were the client. The row must have one client port. */
export function turnedService(words: Uint32Array, at: number): number {
  return ((words[at + W.service] & 0xff_0000) | (words[at + W.clientPorts] & 0xffff)) >>> 0;
}

/** Unix seconds of the first record of the row that begins at word `at`. */
export function firstSeen(words: Uint32Array, at: number): number {
  return Math.min(words[at + W.forwardFirst], words[at + W.backwardFirst]);
}

/** Seconds per slot; AWS states times to within 60 s, finer slots would show nothing. */
export const SLOT_SECONDS = 5;

/**
 * 16 · log2(value), rounded down within a sixteenth of an octave, linear between powers of two: an integer, so that sums of it are exact.
 * 0 for values up to 1. A difference of 16 is a factor of two.
 */
export function log16(value: number): number {
  let scaled = value;
  let octaves = 0;
  if (scaled >= 2_147_483_648) {
    scaled /= 16_777_216;
    octaves = 24;
  }
  const whole = scaled | 0;
  if (whole <= 1) return octaves << 4;
  const exponent = 31 - Math.clz32(whole);
  return ((octaves + exponent) << 4) + (((whole << (31 - exponent)) >>> 27) & 15);
}
