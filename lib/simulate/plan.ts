import type { NetworkInterface } from '../flowlog/record.ts';
import { type Block, blockSize, formatIpv4, parseIpv4 } from './addresses.ts';
import type { Host } from './network.ts';
import type { Random } from './random.ts';

/** Regions and their zone prefix (AWS documentation, "Regions and Zones"). */
const REGIONS = [
  ['us-east-1', 'use1'],
  ['us-west-2', 'usw2'],
  ['eu-west-1', 'euw1'],
  ['eu-central-1', 'euc1'],
  ['ap-southeast-2', 'apse2'],
] as const;

/** Where a network lies: its account, region, block of addresses and subnets. */
export interface Plan {
  readonly block: Block;
  readonly account: string;
  readonly vpc: string;
  readonly region: string;
  readonly subnets: readonly { readonly id: string; readonly zone: string; readonly block: Block }[];
}

/** RFC 1918 range, VPC block (AWS allows /16 to /28) and subnets large enough for the hosts. */
export function drawPlan(random: Random, hosts: number): Plan {
  const first = random.choice([
    () => `10.${random.integer(0, 255)}.0.0`,
    () => `172.${random.integer(16, 31)}.0.0`,
    () => '192.168.0.0',
  ])();
  const block = { base: parseIpv4(first), prefix: 16 };
  const [region, zonePrefix] = random.choice(REGIONS);
  const count = random.integer(2, 8);
  const room = 2 * (hosts + 8) + 5 * count;
  const tightest = Math.min(26, Math.floor(32 - Math.log2(room / count)));
  const prefix = random.integer(20, Math.max(20, tightest));
  const step = random.chance(0.5) ? 1 : 65_536 / 2 ** (32 - prefix) / 16;
  const subnets = Array.from({ length: count }, (_, i) => ({
    id: `subnet-0${random.hexadecimal(16)}`,
    zone: `${zonePrefix}-az${(i % 3) + 1}`,
    block: { base: block.base + Math.floor(i * Math.max(1, step)) * 2 ** (32 - prefix), prefix },
  }));
  const account = String(random.integer(100_000_000_000, 999_999_999_999));
  return { block, account, vpc: `vpc-0${random.hexadecimal(16)}`, region, subnets };
}

/** Different addresses spread over the subnets; the first four and the last of each are reserved by AWS. */
export function drawAddresses(random: Random, plan: Plan, count: number): string[] {
  const taken = new Set<string>();
  while (taken.size < count) {
    const { block } = random.choice(plan.subnets);
    taken.add(formatIpv4(block.base + random.integer(4, blockSize(block) - 2)));
  }
  return [...taken];
}

export function drawInterface(random: Random, plan: Plan, address: string, role: Host['role']): NetworkInterface {
  const value = parseIpv4(address);
  const subnet = plan.subnets.find(({ block }) => value >= block.base && value < block.base + blockSize(block))!;
  const managed = role === 'balancer' || role === 'gateway';
  return {
    id: `eni-0${random.hexadecimal(16)}`,
    account: plan.account,
    vpc: plan.vpc,
    subnet: subnet.id,
    zone: subnet.zone,
    region: plan.region,
    ...(managed ? {} : { instance: `i-0${random.hexadecimal(16)}` }),
    ...(role === 'gateway' ? { kind: 'nat_gateway' as const } : {}),
    phaseSeconds: random.integer(0, 599),
    nitro: random.chance(0.8),
  };
}
