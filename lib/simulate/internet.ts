import { blockSize, formatIpv4, parseBlock, publicIpv4, publicIpv6 } from './addresses.ts';
import type { Peer } from './network.ts';
import type { Random } from './random.ts';
import { anyStack, LINUX, RAW_SCANNER, type Stack } from './stack.ts';

/** Some of AWS's own published ranges (ip-ranges.json) by service name. */
const SERVICES = {
  S3: ['52.216.0.0/15', '54.231.0.0/16', '3.5.0.0/19'],
  EC2: ['3.208.0.0/12', '18.204.0.0/14', '34.192.0.0/12', '52.0.0.0/15'],
  CLOUDFRONT: ['13.32.0.0/15', '99.84.0.0/16', '143.204.0.0/16'],
  DYNAMODB: ['52.94.0.0/22', '52.119.224.0/20'],
  AMAZON: ['52.46.128.0/19', '54.239.0.0/17'],
} as const;

export type Service = keyof typeof SERVICES;

const SERVICE_BLOCKS = Object.entries(SERVICES).flatMap(([service, blocks]) =>
  blocks.map((text) => ({ service, block: parseBlock(text) })),
);

function serviceOf(address: number): string | undefined {
  return SERVICE_BLOCKS.find(({ block }) => address >= block.base && address < block.base + blockSize(block))?.service;
}

/** A public address of no special kind. */
export function internetPeer(random: Random, stack: Stack = anyStack(random), ipv6 = false): Peer {
  const value = publicIpv4(random);
  const service = serviceOf(value);
  return {
    name: 'internet',
    address: formatIpv4(value),
    ...(ipv6 ? { address6: publicIpv6(random) } : {}),
    stack,
    reach: 'internet',
    ...(service ? { service } : {}),
  };
}

export function internetPeers(random: Random, count: number, ipv6 = false): Peer[] {
  return Array.from({ length: Math.max(1, Math.round(count)) }, () => internetPeer(random, anyStack(random), ipv6));
}

/** A public endpoint of an AWS service. */
export function servicePeer(random: Random, service: Service): Peer {
  const block = parseBlock(random.choice(SERVICES[service]));
  const address = formatIpv4(block.base + random.integer(1, blockSize(block) - 2));
  return { name: service, address, stack: LINUX, reach: 'internet', service };
}

/** Public web servers: a third on AWS, and dual-stack ones where the network has IPv6 (our assumption). */
export function webPeer(random: Random, ipv6 = false): Peer {
  if (random.chance(0.35)) return servicePeer(random, random.choice(['EC2', 'CLOUDFRONT', 'S3', 'AMAZON'] as const));
  return internetPeer(random, LINUX, ipv6 && random.chance(0.3));
}

export function scannerPeer(random: Random): Peer {
  return internetPeer(random, random.chance(0.6) ? RAW_SCANNER : LINUX);
}
