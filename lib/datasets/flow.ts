/** What one side of a flow sent. */
import type { Label } from '../flowlog/labels.ts';
export interface Side {
  readonly packets: number;
  /** Bytes of IP packets, headers included, as a flow log counts them. */
  readonly bytes: number;
  /** FIN 1, SYN 2, RST 4, SYN-ACK 18, OR-ed over the flow; `undefined` where the data does not tell. */
  readonly flags: number | undefined;
}

/** A flow as any data set has it: the common form that all readers give and the cutter takes. */
export interface Flow {
  /** Unix seconds of the first packet, with fractions. */
  readonly startSeconds: number;
  readonly durationSeconds: number;
  /** IPv4 or IPv6 in any notation; source is who the data set says opened the flow. */
  readonly source: string;
  readonly destination: string;
  /** 0 where the protocol has none. */
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** IANA number. */
  readonly protocol: number;
  readonly forward: Side;
  /** Absent where the data set records each direction as a flow of its own. */
  readonly backward?: Side;
  /** Absent where the data says nothing at all, as a packet capture does. */
  readonly label?: Label;
}

/** Takes flows one by one. Throws `Unreadable` for one that cannot be used. */
export type FlowSink = (flow: Flow) => void;

/**
 * The same text in memory of its own. A piece of a string keeps the whole string alive: what outlives a row must be detached from it.
 */
export function detached(text: string): string {
  return Buffer.from(text).toString();
}
