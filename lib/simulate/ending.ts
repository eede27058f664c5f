import { TCP_FLAG } from '../flowlog/fields.ts';
import type { Random } from './random.ts';

interface Side {
  /** Packets of the closing, and flags that the log records of the last one. */
  readonly packets: number;
  readonly flags: number;
}

interface Close {
  readonly client: Side;
  readonly server: Side;
  /** Whether the client acknowledges the SYN-ACK, as every stack does and a SYN scanner does not. */
  readonly established: boolean;
}

const SILENT: Side = { packets: 0, flags: 0 };
const FIN: Side = { packets: 2, flags: TCP_FLAG.fin };
const RESET: Side = { packets: 1, flags: TCP_FLAG.rst };

/** How connections end on the wire. Each FIN is acknowledged, which makes two packets a side. */
export const ENDINGS = {
  fin: { client: FIN, server: FIN, established: true },
  /** The client closes and resets what still comes, as browsers do. */
  'client-reset': { client: { packets: 2, flags: TCP_FLAG.fin | TCP_FLAG.rst }, server: FIN, established: true },
  'server-reset': { client: SILENT, server: RESET, established: true },
  /** The client resets at once: a connect scan, or a program that was killed. */
  abort: { client: RESET, server: SILENT, established: true },
  /** A SYN scan: the scanner's own system resets the answer it knows nothing of. */
  'half-open': { client: RESET, server: SILENT, established: false },
  none: { client: SILENT, server: SILENT, established: true },
} as const satisfies Record<string, Close>;

export type Ending = keyof typeof ENDINGS;

/** How ordinary connections end (our assumption; browsers and balancers often reset instead of closing). */
export function drawEnding(random: Random): Ending {
  return random.weighted([
    ['fin', 88],
    ['client-reset', 6],
    ['server-reset', 3],
    ['abort', 2],
    ['none', 1],
  ]);
}
