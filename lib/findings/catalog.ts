/**
 * The one table of finding types: how an incident becomes one, what it means, how it maps to ATT&CK and what to do next. Types of
 * one class are tried in order; the last of each class takes what is left.
 */
import type { Signal } from '../detectors/detector.ts';
import type { Measures } from './measure.ts';

/** What types are told apart by. */
export interface Situation {
  readonly measures: Measures;
  readonly actorIsOurs: boolean;
  readonly actorIsVictim: boolean;
}

export interface FindingType {
  readonly type: string;
  readonly class: Signal['class'];
  /** Whether an incident of the class is of this type. */
  readonly fits: (situation: Situation) => boolean;
  /** Sentence with the placeholders {actor}, {targets}, {service}. */
  readonly title: string;
  readonly meaning: string;
  readonly technique: { readonly id: string; readonly name: string };
  /** Figures shown as observed, and what benign traffic or the published test expects of them. */
  readonly observed: (measures: Measures) => Readonly<Record<string, number>>;
  readonly expected: Readonly<Record<string, number>>;
  readonly nextSteps: readonly string[];
}

const perSecond = (amount: number, { activeSeconds }: Measures) => round(amount / activeSeconds);
const round = (value: number) => Number(value.toPrecision(4));
const failedShare = ({ failures, conversations }: Measures) => round(failures / conversations);
const mostlyOurs = ({ serversOfOurs, servers }: Measures) => serversOfOurs * 2 > servers.size;

/** Four in five conversations of a normal host succeed: theta 0 of the threshold random walk (Jung and others 2004). */
const WALK_FAILED_SHARE = 0.2;

const scanFigures = (measures: Measures) => ({
  hosts: measures.servers.size,
  services: measures.services.size,
  conversations: measures.conversations,
  failedShare: failedShare(measures),
  contactsPerSecond: perSecond(measures.conversations, measures),
});

const guessFigures = (measures: Measures) => ({
  attempts: measures.attempts,
  hosts: measures.servers.size,
  attemptsPerSecond: perSecond(measures.attempts, measures),
});

const floodFigures = (measures: Measures) => ({
  packetsPerSecond: perSecond(measures.packetsSent, measures),
  bytesPerSecond: perSecond(measures.bytesSent, measures),
  flowsPerSecond: perSecond(measures.flows, measures),
  sources: measures.clients.size,
});

/** A vertical scan asks one host for many services; nmap's smallest preset asks for 100, a person for a handful. */
const VERTICAL_SERVICES_MIN = 10;

const ISOLATE =
  'If nobody in charge can explain it, isolate {actor} with a security group that allows nothing, keep its disk and memory, and rotate its credentials.';
const OWNER =
  'Ask the owner of {actor} whether a scanner, monitoring or migration tool runs there; if so, put it on record as trusted.';

export const FINDING_TYPES: readonly FindingType[] = [
  {
    type: 'vertical-scan',
    class: 'scan',
    fits: ({ measures }) =>
      measures.services.size >= VERTICAL_SERVICES_MIN && measures.services.size > measures.servers.size,
    title: '{actor} scans the ports of {targets}',
    meaning:
      'One host asked another for many services, most of which do not answer: it is finding out what runs there.',
    technique: { id: 'T1046', name: 'Network Service Discovery' },
    observed: scanFigures,
    expected: { failedShare: WALK_FAILED_SHARE, services: VERTICAL_SERVICES_MIN },
    nextSteps: [OWNER, 'Look at the services that answered: those are what the scanner now knows.', ISOLATE],
  },
  {
    type: 'internal-sweep',
    class: 'scan',
    fits: ({ measures, actorIsOurs }) => actorIsOurs && mostlyOurs(measures),
    title: '{actor} sweeps internal hosts for {service}',
    meaning:
      'A host of yours tried one or a few services on many internal addresses and mostly failed: worms and intruders look for their next host like this.',
    technique: { id: 'T1018', name: 'Remote System Discovery' },
    observed: scanFigures,
    expected: { failedShare: WALK_FAILED_SHARE },
    nextSteps: [OWNER, 'Check the hosts that answered for logins or new processes after the first contact.', ISOLATE],
  },
  {
    type: 'external-sweep',
    class: 'scan',
    fits: ({ actorIsOurs }) => actorIsOurs,
    title: '{actor} sweeps the internet for {service}',
    meaning:
      'A host of yours tried one service on many internet addresses and mostly failed: infected hosts spread like this, and your addresses will be reported for it.',
    technique: { id: 'T1595.001', name: 'Active Scanning: Scanning IP Blocks' },
    observed: scanFigures,
    expected: { failedShare: WALK_FAILED_SHARE },
    nextSteps: [OWNER, 'Block the port outbound for {actor} and look for the process that opens it.', ISOLATE],
  },
  {
    type: 'inbound-scan',
    class: 'scan',
    fits: () => true,
    title: '{actor} scans {targets} from outside',
    meaning:
      'A stranger tried many of your hosts or services. The internet does this all day; what matters is what answered.',
    technique: { id: 'T1595.001', name: 'Active Scanning: Scanning IP Blocks' },
    observed: scanFigures,
    expected: { failedShare: WALK_FAILED_SHARE },
    nextSteps: [
      'Check that every service that answered is meant to be public.',
      'Close what is not: security group first, network ACL for whole ranges.',
    ],
  },
  {
    type: 'password-spray',
    class: 'brute-force',
    fits: ({ measures }) => measures.servers.size >= 5,
    title: '{actor} tries passwords for {service} on {targets}',
    meaning:
      'One host made many short, alike sessions to a login service on several hosts: a few passwords against many doors.',
    technique: { id: 'T1110.003', name: 'Brute Force: Password Spraying' },
    observed: guessFigures,
    expected: {},
    nextSteps: [
      'Search the login logs of the targets for a success from {actor} after the first attempt.',
      'Close {service} to everyone who does not need it; require keys or a second factor.',
      OWNER,
    ],
  },
  {
    type: 'brute-force',
    class: 'brute-force',
    fits: () => true,
    title: '{actor} guesses passwords for {service} on {targets}',
    meaning: 'One host made many short, alike sessions to a login service: somebody is trying passwords.',
    technique: { id: 'T1110.001', name: 'Brute Force: Password Guessing' },
    observed: guessFigures,
    expected: {},
    nextSteps: [
      'Search the login logs of {targets} for a success from {actor} after the first attempt.',
      'Close {service} to everyone who does not need it; require keys or a second factor.',
      OWNER,
    ],
  },
  {
    type: 'inbound-flood',
    class: 'denial-of-service',
    fits: ({ actorIsVictim, actorIsOurs }) => actorIsVictim || !actorIsOurs,
    title: 'flood on {targets}, {service}',
    meaning: 'A host of yours receives far more packets or connections than it can have asked for.',
    technique: { id: 'T1498', name: 'Network Denial of Service' },
    observed: floodFigures,
    expected: {},
    nextSteps: [
      'Check whether the service still answers its users.',
      'Drop the sources in the network ACL if they are few, else put the service behind AWS Shield, a load balancer or CloudFront.',
    ],
  },
  {
    type: 'reflected-flood',
    class: 'denial-of-service',
    fits: ({ measures, actorIsOurs }) => actorIsOurs && measures.packetsSent === 0,
    title: '{actor} is flooded with answers it never asked for, {service}',
    meaning:
      'A host of yours receives datagrams from servers it never spoke to: somebody asks them in its name, so that their answers hit it.',
    technique: { id: 'T1498.002', name: 'Network Denial of Service: Reflection Amplification' },
    observed: (measures) => ({
      packetsPerSecond: perSecond(measures.packetsReceived, measures),
      bytesPerSecond: perSecond(measures.bytesReceived, measures),
      sources: measures.servers.size,
    }),
    expected: {},
    nextSteps: [
      'Check whether {actor} still answers its users.',
      'Drop the source ports in the network ACL; if that is not enough, put the host behind AWS Shield.',
    ],
  },
  {
    type: 'outbound-flood',
    class: 'denial-of-service',
    fits: () => true,
    title: '{actor} floods {targets}, {service}',
    meaning:
      'A host of yours sends far more packets or connections than any user of the service would: it takes part in an attack.',
    technique: { id: 'T1498.001', name: 'Network Denial of Service: Direct Network Flood' },
    observed: floodFigures,
    expected: {},
    nextSteps: [
      'Stop the traffic now: deny egress to the targets in the security group.',
      'If it is a load test, tell the owner to announce it and put it on record as trusted.',
      ISOLATE,
    ],
  },
  {
    type: 'beacon',
    class: 'command-and-control',
    fits: () => true,
    title: '{actor} calls {targets} at regular times, {service}',
    meaning:
      'A host of yours makes small, alike connections to one place again and again: implants ask for orders like this, and so do updaters and chat programs.',
    technique: { id: 'T1071', name: 'Application Layer Protocol' },
    observed: (measures) => ({
      connections: measures.attempts,
      secondsBetween: round(measures.activeSeconds / Math.max(1, measures.attempts)),
      bytesSentPerConnection: round(measures.bytesSent / Math.max(1, measures.attempts)),
      bytesReceivedPerConnection: round(measures.bytesReceived / Math.max(1, measures.attempts)),
    }),
    expected: {},
    nextSteps: [
      'Find out who owns {targets} and which process on {actor} calls it.',
      'See which other hosts of yours talk to it: few make it worse.',
      ISOLATE,
    ],
  },
  {
    type: 'bulk-exfiltration',
    class: 'exfiltration',
    fits: () => true,
    title: '{actor} uploads in bulk to {targets}, {service}',
    meaning: 'A host of yours sent far more data to one place than it received from there.',
    technique: { id: 'T1048', name: 'Exfiltration Over Alternative Protocol' },
    observed: (measures) => ({
      bytesSent: measures.bytesSent,
      bytesReceived: measures.bytesReceived,
      bytesPerSecond: perSecond(measures.bytesSent, measures),
    }),
    expected: {},
    nextSteps: [
      'Ask the owner of {actor} whether a backup, migration or release went out at that time.',
      'Find out who owns {targets}; if nobody knows it, block it and look at what {actor} could read.',
      ISOLATE,
    ],
  },
];

/** The type of an incident; every class ends in a type that fits all. */
export function typeOf(className: Signal['class'], situation: Situation): FindingType {
  const type = FINDING_TYPES.find((candidate) => candidate.class === className && candidate.fits(situation));
  if (type === undefined) throw new Error(`no finding type for class "${className}"`);
  return type;
}
