import type { Label } from '../flowlog/labels.ts';
import { guessRdp, guessService, guessSsh } from './attacks/guessing.ts';
import { beacon, bulkExfiltration } from './attacks/implant.ts';
import { inboundFlood } from './attacks/inbound-flood.ts';
import { outboundFlood } from './attacks/outbound-flood.ts';
import { externalSweep, internalSweep, verticalScan } from './attacks/scan.ts';
import { administration, sourcePolling } from './benign/administration.ts';
import { apiPolling, builds, crawling, keptAlive, telemetry } from './benign/automation.ts';
import { pings, serviceDiscovery, traceroutes } from './benign/diagnosis.ts';
import { mailPolling, mailRelay } from './benign/mail.ts';
import { calls, oneWayMetrics, tunnels } from './benign/media.ts';
import { backscatter, internetNoise } from './benign/noise.ts';
import { directory, fileSharing, lostDevices, staleCredentials } from './benign/office.ts';
import { bulkTransfers, monitoring } from './benign/operations.ts';
import { browsing, peerToPeer, sharedAddress } from './benign/people.ts';
import { databases, deadBackend, internalCalls, nameService, timeService } from './benign/services.ts';
import { healthChecks, loadTest, webTier } from './benign/web.ts';
import { Random } from './random.ts';
import type { World } from './world.ts';

export interface Scenario {
  readonly name: string;
  readonly label: Label;
  /** Share of networks that have it, for benign behaviours (our assumption); attacks run only when asked for. */
  readonly prevalence: number;
  readonly description: string;
  readonly install: (world: World, random: Random) => void;
}

type Row = readonly [string, number, string, Scenario['install']];

const BENIGN: readonly Row[] = [
  ['web-tier', 0.85, 'internet clients, load balancers and the applications behind them', webTier],
  ['health-checks', 0.85, 'load balancers check every target every 5 to 30 s', healthChecks],
  ['load-test', 0.3, 'dense but answered requests for some minutes', loadTest],
  ['name-service', 0.8, 'every host asks an own DNS server, which asks the internet', nameService],
  ['time-service', 0.9, 'NTP from port 123 and from ephemeral ports', timeService],
  ['databases', 0.9, 'pools that stay open for hours and connections for one query', databases],
  ['internal-calls', 0.9, 'calls between services, caches and message queues', internalCalls],
  ['dead-backend', 0.5, 'retries of a client whose server is gone', deadBackend],
  ['monitoring', 0.85, 'one host asks many others on several ports; some are dead', monitoring],
  ['bulk-transfers', 0.7, 'backups and copies, inside and to object storage', bulkTransfers],
  ['administration', 0.9, 'people at SSH and RDP, and automation over many hosts', administration],
  ['source-polling', 0.5, 'git fetch over SSH on a schedule', sourcePolling],
  ['mail-polling', 0.6, 'IMAP and POP clients with short equal sessions', mailPolling],
  ['mail-relay', 0.5, 'mail to and from many servers on port 25', mailRelay],
  ['browsing', 0.7, 'users at workstations visit many destinations', browsing],
  ['shared-address', 0.5, 'a whole office behind one address', sharedAddress],
  ['peer-to-peer', 0.4, 'many peers on high ports, half of them gone', peerToPeer],
  ['kept-alive', 0.8, 'chat, push and long polling: small and regular', keptAlive],
  ['telemetry', 0.9, 'agents and updates on a schedule', telemetry],
  ['builds', 0.5, 'bursts of short downloads from many mirrors', builds],
  ['crawling', 0.25, 'new web hosts without end, a tenth of them gone', crawling],
  ['api-polling', 0.7, 'one question to one API for ever', apiPolling],
  ['pings', 0.8, 'ICMP echo by people and programs', pings],
  ['traceroutes', 0.5, 'UDP to rising ports and ICMP from every hop', traceroutes],
  ['service-discovery', 0.5, 'mDNS, LLMNR and SSDP to multicast addresses', serviceDiscovery],
  ['calls', 0.5, 'voice and video: hundreds of datagrams a second each way', calls],
  ['tunnels', 0.4, 'VPN tunnels: one flow for hours in which everything hides', tunnels],
  ['one-way-metrics', 0.5, 'log and metric datagrams that nobody answers', oneWayMetrics],
  ['file-sharing', 0.5, 'SMB and NFS mounts', fileSharing],
  ['directory', 0.4, 'LDAP and Kerberos log-ins', directory],
  ['stale-credentials', 0.25, 'a program whose old password fails again and again', staleCredentials],
  ['lost-devices', 0.4, 'desktops that look for printers which are gone', lostDevices],
  ['backscatter', 0.6, 'SYN-ACK and RST of connections that we never opened', backscatter],
];

const NOISE: Scenario = {
  name: 'internet-noise',
  label: 'unlabelled',
  prevalence: 0.95,
  description: 'strangers from the internet that try a port or two',
  install: internetNoise,
};

const ATTACKS: readonly (readonly [string, Label, string, Scenario['install']])[] = [
  ['vertical-scan', 'scan', 'one actor tries many ports of one host', verticalScan],
  ['external-sweep', 'scan', 'a compromised host looks for one port all over the internet', externalSweep],
  ['internal-sweep', 'scan', 'a compromised host looks for a few ports inside the network', internalSweep],
  ['ssh-brute-force', 'brute-force', 'password guessing over SSH, inbound, inside or outbound', guessSsh],
  ['rdp-brute-force', 'brute-force', 'password guessing over RDP, inbound, inside or outbound', guessRdp],
  [
    'service-brute-force',
    'brute-force',
    'password guessing at FTP, Telnet, SMB, WinRM, databases or mail',
    guessService,
  ],
  ['outbound-flood', 'denial-of-service', 'a compromised host floods public targets', outboundFlood],
  ['inbound-flood', 'denial-of-service', 'many public sources flood one of our hosts', inboundFlood],
  ['beacon', 'command-and-control', 'an implant asks its server for orders', beacon],
  ['bulk-exfiltration', 'exfiltration', 'a host uploads 100 MB to 50 GB to one public server', bulkExfiltration],
];

/**
 * Every behaviour there is: the one table. A new one is a function in a file and a line here.
 *
 * Each range is drawn per seed and stated beside its draw with its source (a tool's default, an RFC, a measurement);
 * a range without a source is our assumption, chosen wide rather than right.
 */
export const SCENARIOS: readonly Scenario[] = [
  ...BENIGN.map(([name, prevalence, description, install]) => ({
    name,
    label: 'benign' as const,
    prevalence,
    description,
    install,
  })),
  NOISE,
  ...ATTACKS.map(([name, label, description, install]) => ({ name, label, prevalence: 0, description, install })),
];

/** Throws for a name that is not in the table, and lists those that are. */
export function scenarioByName(name: string): Scenario {
  const scenario = SCENARIOS.find((candidate) => candidate.name === name);
  if (scenario) return scenario;
  const known = SCENARIOS.map((candidate) => candidate.name).join(', ');
  throw new Error(`unknown scenario ${JSON.stringify(name)}: give one of ${known}`);
}

/** Names of the benign behaviours that the network of this seed has: a background for any attack. */
export function backgroundScenarios(seed: number): string[] {
  const random = new Random(seed).fork('background');
  return SCENARIOS.filter(({ name, prevalence }) => random.fork(name).chance(prevalence)).map(({ name }) => name);
}
