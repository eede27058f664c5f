import type { Random } from './random.ts';
import { DEVICE, LINUX, type Stack, WINDOWS } from './stack.ts';

/** What a host is there for; behaviours choose hosts by it. */
export const ROLE_NAMES = [
  'app',
  'database',
  'cache',
  'queue',
  'resolver',
  'mail',
  'monitor',
  'bastion',
  'build',
  'batch',
  'crawler',
  'workstation',
  'remote-access',
  'file-server',
  'backup',
  'device',
] as const;

export type Role = (typeof ROLE_NAMES)[number];

interface RoleTraits {
  /** Range of the share among hosts, before normalising (our assumption: server estates with some desktops). */
  readonly weight: readonly [number, number];
  readonly systems: readonly (readonly [Stack, number])[];
  /** One of these sets of TCP ports is listened on (IANA registered, and the defaults of common software). */
  readonly ports: readonly (readonly number[])[];
  /** Probability that the ports are open to the internet. */
  readonly publicPorts: number;
}

const SERVER = [
  [LINUX, 8],
  [WINDOWS, 2],
] as const;

export const ROLES: Record<Role, RoleTraits> = {
  app: {
    weight: [3, 9],
    systems: SERVER,
    ports: [[80], [8080], [8000], [3000], [8443], [443], [5000], [9090, 8080]],
    publicPorts: 0.1,
  },
  database: {
    weight: [1, 3],
    systems: SERVER,
    ports: [[5432], [3306], [1433], [27_017], [1521], [9042]],
    publicPorts: 0.05,
  },
  cache: { weight: [0, 2], systems: [[LINUX, 1]], ports: [[6379], [11_211]], publicPorts: 0.02 },
  queue: { weight: [0, 2], systems: [[LINUX, 1]], ports: [[5672], [9092], [4222], [61_613]], publicPorts: 0 },
  resolver: { weight: [0.5, 1.5], systems: SERVER, ports: [[53]], publicPorts: 0 },
  mail: {
    weight: [0, 2],
    systems: SERVER,
    ports: [
      [25, 143, 993],
      [25, 587, 993, 995],
      [25, 110, 995],
    ],
    publicPorts: 0.9,
  },
  monitor: { weight: [0.5, 1.5], systems: [[LINUX, 1]], ports: [[9090], [3000], [10_050]], publicPorts: 0 },
  bastion: { weight: [0.5, 1.5], systems: SERVER, ports: [[22]], publicPorts: 0.95 },
  build: { weight: [0, 3], systems: SERVER, ports: [[8080], [8081]], publicPorts: 0.05 },
  batch: { weight: [0, 6], systems: SERVER, ports: [[8088], [7077], []], publicPorts: 0 },
  crawler: { weight: [0, 1], systems: [[LINUX, 1]], ports: [[]], publicPorts: 0 },
  workstation: {
    weight: [0, 9],
    systems: [
      [WINDOWS, 7],
      [LINUX, 3],
    ],
    ports: [[]],
    publicPorts: 0,
  },
  'remote-access': { weight: [0, 1.5], systems: [[LINUX, 1]], ports: [[443], [1194], [51_820]], publicPorts: 0.9 },
  'file-server': { weight: [0, 2], systems: SERVER, ports: [[445, 139], [2049], [21, 445]], publicPorts: 0.1 },
  backup: { weight: [0, 1], systems: SERVER, ports: [[873], [9102], [445]], publicPorts: 0 },
  device: {
    weight: [0, 5],
    systems: [
      [DEVICE, 3],
      [LINUX, 1],
    ],
    ports: [[80, 23], [1883], [80, 554], [9100, 161]],
    publicPorts: 0.05,
  },
};

/** Ports through which an administrator enters a host of that system. */
export function managementPorts(random: Random, stack: Stack): number[] {
  if (stack.system === 'windows') return [3389, 445, ...(random.chance(0.7) ? [135, 5985] : [])];
  if (stack.system === 'device') return random.chance(0.5) ? [23] : [22];
  return [22];
}

/** Roles that a network of this many hosts must have before the rest is drawn by weight. */
const FIRST: readonly Role[] = ['app', 'bastion', 'database', 'resolver', 'app', 'monitor'];

/** One role per host. Weights differ by seed, so one network is an office, the next a web farm. */
export function drawRoles(random: Random, hosts: number): Role[] {
  const roles = FIRST.slice(0, hosts);
  const weights = ROLE_NAMES.map((role) => {
    const [low, high] = ROLES[role].weight;
    // The square favours the low end: most estates lack most kinds of hosts.
    return [role, low + (high - low) * random.uniform() ** 2] as const;
  });
  while (roles.length < hosts) roles.push(random.weighted(weights));
  return roles;
}
