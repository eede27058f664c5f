import type { Label } from '../flowlog/labels.ts';
import { httpFlood, reflector, slowLoris } from './attacks/application-flood.ts';
import { sshBreakIn } from './attacks/break-in.ts';
import { icmpTunnel, miner, ownResolver, spamBot } from './attacks/covert.ts';
import { firstEgress, gatewayTunnel } from './attacks/first-times.ts';
import { guessRdp, guessService, guessSsh } from './attacks/guessing.ts';
import { beacon, bulkExfiltration } from './attacks/implant.ts';
import { inboundFlood } from './attacks/inbound-flood.ts';
import { intrusion } from './attacks/intrusion.ts';
import { exposedAdministration, slowDistributedScan } from './attacks/many-sources.ts';
import { nameExfiltration } from './attacks/name-exfiltration.ts';
import { outboundFlood } from './attacks/outbound-flood.ts';
import {
  chunkedExfiltration,
  lateralMovement,
  listedContact,
  longConnection,
  patientScan,
  slowBeacon,
  strobe,
  unusualPort,
} from './attacks/patient.ts';
import { externalSweep, internalSweep, verticalScan } from './attacks/scan.ts';
import { slowGuessing } from './attacks/slow-guessing.ts';
import { passwordSpray } from './attacks/spray.ts';
import {
  testerDnsFlood,
  testerPortScan,
  testerRdpGuessing,
  testerSshGuessing,
  testerUdpFlood,
} from './attacks/tester.ts';
import { distributedScan, slowScan, udpScan } from './attacks/wide-scan.ts';
import { worm } from './attacks/worm.ts';
import { administration, sourcePolling } from './benign/administration.ts';
import { addressTranslation } from './benign/aggregates.ts';
import { apiPolling, builds, crawling, keptAlive, telemetry } from './benign/automation.ts';
import { pings, serviceDiscovery, traceroutes } from './benign/diagnosis.ts';
import { deadDatagrams, deviceDiscovery } from './benign/discovery.ts';
import { autoscaling, clusterGossip, fleetChecks } from './benign/fleet.ts';
import { automationLogins, fileTransfers } from './benign/logins.ts';
import { mailPolling, mailRelay } from './benign/mail.ts';
import { calls, oneWayMetrics, tunnels } from './benign/media.ts';
import { backscatter, internetNoise } from './benign/noise.ts';
import { directory, fileSharing, lostDevices, staleCredentials } from './benign/office.ts';
import { oneSided } from './benign/one-sided.ts';
import { bulkTransfers, monitoring } from './benign/operations.ts';
import { browsing, peerToPeer, sharedAddress } from './benign/people.ts';
import { errorMessages, latencyProbes, pathMonitoring, pingSweeps } from './benign/probing.ts';
import { longStreams, publicResolvers, refreshingPages } from './benign/regularity.ts';
import { databases, deadBackend, internalCalls, nameService, timeService } from './benign/services.ts';
import { backupNight, throughputTests, uploads } from './benign/uploads.ts';
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
  ['fleet-checks', 0.35, 'one address checks hundreds of machines, some of them gone', fleetChecks],
  ['cluster-gossip', 0.25, 'members of a cluster ask each other every second who is alive', clusterGossip],
  ['autoscaling', 0.35, 'instances come up together and fetch from dozens of places', autoscaling],
  ['ping-sweeps', 0.35, 'whole subnets are pinged, most of whose addresses nobody has', pingSweeps],
  ['latency-probes', 0.35, 'dozens to hundreds of public hosts are pinged once or twice', latencyProbes],
  ['path-monitoring', 0.3, 'paths are pinged or traced every few minutes for ever', pathMonitoring],
  ['error-messages', 0.4, 'ICMP messages to many that nobody ever answers', errorMessages],
  ['device-discovery', 0.4, 'SNMP to a range of addresses, then the ports of a printer', deviceDiscovery],
  ['dead-datagrams', 0.4, 'datagrams to log, time and name servers that are gone', deadDatagrams],
  ['address-translation', 0.15, 'one address with up to tens of thousands of conversations', addressTranslation],
  ['uploads', 0.6, 'folders, artefacts and logs go to object storage and partners', uploads],
  ['backup-night', 0.25, "everybody's backup at the same hour", backupNight],
  ['throughput-tests', 0.3, 'somebody measures the line for some seconds', throughputTests],
  ['automation-logins', 0.5, 'programs that log in over SSH, WinRM, SMB, LDAP or SQL for ever', automationLogins],
  ['file-transfers', 0.3, 'FTP programs: folders of files within minutes', fileTransfers],
  ['refreshing-pages', 0.6, 'pages that load themselves again at even times', refreshingPages],
  ['public-resolvers', 0.5, 'public resolvers asked or pinged, often at even times', publicResolvers],
  ['long-streams', 0.5, 'replication, video and event streams that last for hours', longStreams],
  ['one-sided', 0.3, 'ordinary work of which only one direction is seen', oneSided],
];

const NOISE: Scenario = {
  name: 'internet-noise',
  label: 'unlabelled',
  prevalence: 0.95,
  description: 'strangers from the internet that try a port or two',
  install: internetNoise,
};

type AttackRow = readonly [string, Label, string, Scenario['install']];

/** One of each kind, in the form that people have in mind: what a run without names has. */
const ORDINARY: readonly AttackRow[] = [
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

/** Variants, what takes hours, and what is told by other things than its class. */
const OTHERS: readonly AttackRow[] = [
  ['ssh-break-in', 'brute-force', 'passwords are guessed over SSH until one is right', sshBreakIn],
  ['slow-distributed-scan', 'scan', 'a botnet scans one host over the whole run', slowDistributedScan],
  ['patient-scan', 'scan', 'one contact every few minutes to every hour', patientScan],
  ['slow-beacon', 'command-and-control', 'an implant that calls every ten minutes to two hours', slowBeacon],
  ['strobe', 'command-and-control', 'connections to one place every second, without end', strobe],
  ['long-connection', 'command-and-control', 'a remote shell that stays open for hours', longConnection],
  ['chunked-exfiltration', 'exfiltration', 'uploads in equal pieces, again and again', chunkedExfiltration],
  ['lateral-movement', 'other-attack', 'logins from host to host that were never made before', lateralMovement],
  ['unusual-port', 'other-attack', 'a remote port that the host never used', unusualPort],
  ['listed-contact', 'other-attack', 'contact with an address that lists may name', listedContact],
  ['own-resolver', 'other-attack', 'name servers outside, plain or encrypted', ownResolver],
  ['icmp-tunnel', 'other-attack', 'data in pings', icmpTunnel],
  ['spam-bot', 'other-attack', 'mail straight to the servers of many strangers', spamBot],
  ['miner', 'other-attack', 'a quiet connection to the port of a mining pool', miner],
  ['exposed-administration', 'other-attack', 'strangers talk to an open database or shell', exposedAdministration],
  ['slow-scan', 'scan', 'ports or hosts one by one, seconds to minutes apart', slowScan],
  ['distributed-scan', 'scan', 'many strangers share the ports of one host between them', distributedScan],
  ['udp-scan', 'scan', 'UDP ports of one host, or one UDP port of many', udpScan],
  ['worm', 'scan', 'infected hosts sweep for one port and infect others inside', worm],
  ['password-spray', 'brute-force', 'one or two passwords at each of many hosts', passwordSpray],
  ['http-flood', 'denial-of-service', 'whole HTTP requests without end, from us or to us', httpFlood],
  ['slow-loris', 'denial-of-service', 'hundreds of connections kept open with a line now and then', slowLoris],
  ['reflector', 'denial-of-service', 'one of our hosts answers large to forged small questions', reflector],
  ['slow-guessing', 'brute-force', 'a password every minute to every half hour, for hours', slowGuessing],
  ['first-egress', 'other-attack', 'a host that stays inside fetches from the internet', firstEgress],
  ['gateway-tunnel', 'other-attack', 'GRE, ESP or IP in IP with a stranger', gatewayTunnel],
  ['intrusion', 'command-and-control', 'one host looks around inside, calls home and sends data out', intrusion],
  ['dns-exfiltration', 'exfiltration', 'data leaves as questions for names to a server outside', nameExfiltration],
];

/** The runs of GuardDuty's own tester, at its size times intensity. */
const DRILLS: readonly AttackRow[] = [
  ['tester-port-scan', 'scan', 'nmap -sT -Pn: 1,000 ports of one internal host', testerPortScan],
  ['tester-ssh-guessing', 'brute-force', 'crowbar: 20 rounds of keys at one internal host', testerSshGuessing],
  ['tester-rdp-guessing', 'brute-force', 'hydra: each user with 256 passwords at one internal host', testerRdpGuessing],
  ['tester-udp-flood', 'denial-of-service', '400,000 datagrams of 256 bytes to port 80', testerUdpFlood],
  ['tester-dns-flood', 'denial-of-service', '400,000 datagrams of 256 bytes to port 53', testerDnsFlood],
];

/**
 * Every behaviour there is: the one table. A new one is a function in a file and a line here.
 *
 * Each range is drawn per seed and stated beside its draw with its source (a tool's default, an RFC, a measurement);
 * a range without a source is our assumption, chosen wide rather than right, and a default of a tool for which no page is named is from general
 * knowledge.
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
  ...[...ORDINARY, ...OTHERS, ...DRILLS].map(([name, label, description, install]) => ({
    name,
    label,
    prevalence: 0,
    description,
    install,
  })),
];

/** Names of the attacks of a run that names none. */
export const ORDINARY_ATTACKS: readonly string[] = ORDINARY.map(([name]) => name);

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
