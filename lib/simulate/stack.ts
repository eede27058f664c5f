import type { Random } from './random.ts';

/** What an operating system's TCP/IP shows on the wire. Sizes are IP bytes with headers. */
export interface Stack {
  readonly system: 'linux' | 'windows' | 'device';
  /** First and last ephemeral port. */
  readonly ephemeral: readonly [number, number];
  readonly synBytes: number;
  readonly synAckBytes: number;
  /** A bare acknowledgement: 20 IP + 20 TCP, and 12 more with timestamps. */
  readonly ackBytes: number;
  /** Seconds after the first SYN at which it is sent again. */
  readonly synRetrySeconds: readonly number[];
  /** What a closed port does: answer RST, or drop as a host firewall does. */
  readonly closed: 'reset' | 'drop';
}

/**
 * Linux: ip_local_port_range 32768-60999 and tcp_timestamps on by default (kernel ip-sysctl); retries double from 1 s
 * (RFC 6298), here until the usual 10 s application time-out. Windows: 49152-65535 (RFC 6335, Windows Server 2008 on),
 * no timestamps, three SYN in all. Device: the range of older kernels and lwIP, no timestamps.
 */
export const LINUX: Stack = {
  system: 'linux',
  ephemeral: [32_768, 60_999],
  synBytes: 60,
  synAckBytes: 60,
  ackBytes: 52,
  synRetrySeconds: [1, 3, 7],
  closed: 'reset',
};

export const WINDOWS: Stack = {
  system: 'windows',
  ephemeral: [49_152, 65_535],
  synBytes: 52,
  synAckBytes: 52,
  ackBytes: 40,
  synRetrySeconds: [3, 9],
  closed: 'drop',
};

export const DEVICE: Stack = {
  system: 'device',
  ephemeral: [1_024, 4_999],
  synBytes: 44,
  synAckBytes: 44,
  ackBytes: 40,
  synRetrySeconds: [3, 6],
  closed: 'reset',
};

/** nmap's raw SYN: 24-byte TCP header with the MSS option only; it retries once after about a second. */
export const RAW_SCANNER: Stack = { ...LINUX, ephemeral: [32_768, 65_535], synBytes: 44, synRetrySeconds: [1] };

/** Systems of hosts on the internet (our assumption). */
export function anyStack(random: Random): Stack {
  return random.weighted([
    [LINUX, 6],
    [WINDOWS, 3],
    [DEVICE, 1],
  ]);
}

export function ephemeralPort(random: Random, stack: Stack): number {
  return random.integer(stack.ephemeral[0], stack.ephemeral[1]);
}
