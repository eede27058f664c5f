/** Which attack of the simulator is to be found as which type, and what that takes. */
import type { ListKind } from '../lib/history/detectors/threat-list.ts';
import {
  BEACON,
  BREAK_IN,
  CROWD,
  EXPOSURE,
  GUESSING,
  INBOUND_FLOOD,
  OUTBOUND_FLOOD,
  type Requirement,
  SCAN,
  SLOW_GUESSING,
  SLOW_SCAN,
  STROBE,
  UPLOAD,
} from './needs.ts';

export interface Goal extends Requirement {
  readonly scenario: string;
  /** Types of which one is enough. */
  readonly types: readonly string[];
  /** What happens to the log in place of an attack, on the day that would have it: it has no intensity. */
  readonly mishap?: 'silent-interface' | 'lost-records';
  /** Length of the run that the scenario is drawn for, which begins at eight o'clock; the whole day unless told otherwise. */
  readonly minutes?: number;
  /** Whether it is laid on a host that calls few places outside, whichever the simulator has drawn. */
  readonly isOfFewPlaces?: boolean;
  /** Kind of the list that names the place of the scenario, or a database of origins; bad places unless told otherwise. */
  readonly list?: ListKind | 'origins';
  /** Everyday traffic that is not there: what the scenario brings would be nothing new beside it. */
  readonly without?: readonly string[];
  readonly note?: string;
}

/** Everyday traffic of which hosts of all kinds call outside, or are called from there. */
const OUTWARD = [
  ...['web-tier', 'time-service', 'administration', 'kept-alive', 'telemetry', 'api-polling', 'pings'],
  ...['bulk-transfers', 'internet-noise'],
];
const SCANS = ['vertical-scan', 'internal-sweep', 'external-sweep', 'inbound-scan', 'slow-scan'];
const GUESSINGS = ['brute-force', 'password-spray', 'brute-force-success'];

export const ATTACKS: readonly Goal[] = [
  { scenario: 'tester-port-scan', types: ['vertical-scan'], note: "GuardDuty's tester: nmap -sT -Pn" },
  {
    scenario: 'vertical-scan',
    types: SCANS,
    ...SCAN,
    note: 'nine net failures in five minutes, or 14 in a week',
  },
  {
    scenario: 'external-sweep',
    types: ['external-sweep', 'slow-scan'],
    ...SCAN,
    note: 'the same',
  },
  {
    scenario: 'internal-sweep',
    types: ['internal-sweep', 'slow-scan'],
    ...SCAN,
    note: 'the same; at 0.1× five contacts may be all',
  },
  {
    scenario: 'patient-scan',
    types: ['slow-scan'],
    ...SLOW_SCAN,
    note: '14 net failures',
  },
  {
    scenario: 'distributed-scan',
    types: ['distributed-scan', 'inbound-scan'],
    ...CROWD,
    note: '30 sources of one service in five minutes, or 40 in a day; below, everyday noise is as much',
  },
  {
    scenario: 'distributed-scan',
    types: ['distributed-scan', 'inbound-scan'],
    minutes: 60,
    ...CROWD,
    note: 'the same within an hour, as the forest was trained on it',
  },
  {
    scenario: 'slow-distributed-scan',
    types: ['distributed-scan'],
    ...CROWD,
    note: '40 sources in a day, of one service or at services that nobody tried before; or 100 of one host and three times the usual',
  },
  {
    scenario: 'tester-ssh-guessing',
    types: GUESSINGS,
    ...GUESSING,
    note: "GuardDuty's tester: crowbar; at 0.1× two rounds",
  },
  {
    scenario: 'tester-rdp-guessing',
    types: GUESSINGS,
    ...GUESSING,
    note: "GuardDuty's tester: hydra",
  },
  { scenario: 'ssh-brute-force', types: GUESSINGS, ...GUESSING },
  { scenario: 'service-brute-force', types: GUESSINGS, ...GUESSING },
  {
    scenario: 'password-spray',
    types: GUESSINGS,
    ...GUESSING,
    note: 'ten alike sessions in five minutes, and the forest; mail and databases only from strangers',
  },
  {
    scenario: 'ssh-break-in',
    types: ['brute-force-success'],
    ...BREAK_IN,
    note: 'ten alike sessions and one four times as long, and the forest; tries and session in one window need a longer series',
  },
  {
    scenario: 'slow-guessing',
    types: GUESSINGS,
    ...SLOW_GUESSING,
    note: '30 alike sessions in six hours and three usual days; strangers in the digest',
  },
  {
    scenario: 'tester-udp-flood',
    types: ['outbound-flood'],
    ...OUTBOUND_FLOOD,
    note: "GuardDuty's tester: 400,000 datagrams",
  },
  {
    scenario: 'tester-dns-flood',
    types: ['outbound-flood'],
    ...OUTBOUND_FLOOD,
    note: "GuardDuty's tester: the same to port 53",
  },
  {
    scenario: 'outbound-flood',
    types: ['outbound-flood', 'inbound-flood'],
    ...OUTBOUND_FLOOD,
    note: '600 packets/s; pings that are answered may be told the other way round',
  },
  {
    scenario: 'inbound-flood',
    types: ['inbound-flood', 'reflected-flood', 'distributed-scan'],
    ...INBOUND_FLOOD,
    note: '600 packets/s, or 50 sources of bare packets; requests that are served are told from users from ten a second on',
  },
  { scenario: 'reflector', types: ['amplifier'], note: '128 kB of answers in five minutes' },
  { scenario: 'beacon', types: ['beacon'], ...BEACON },
  {
    scenario: 'slow-beacon',
    types: ['beacon'],
    ...BEACON,
    note: 'eight contacts, six hours unless the forest agrees',
  },
  {
    scenario: 'strobe',
    types: ['strobe', 'beacon'],
    ...STROBE,
    note: 'one connection a second for six hours; less is a beacon',
  },
  { scenario: 'long-connection', types: ['long-connection'], note: 'four hours' },
  {
    scenario: 'bulk-exfiltration',
    types: ['bulk-exfiltration', 'unusual-upload', 'chunked-exfiltration'],
    ...UPLOAD,
    note: '100 MB in an hour and ten times the usual',
  },
  {
    scenario: 'chunked-exfiltration',
    types: ['chunked-exfiltration', 'unusual-upload', 'bulk-exfiltration'],
    ...UPLOAD,
    note: 'six hours, 50 MB',
  },
  { scenario: 'lateral-movement', types: ['lateral-movement'], note: 'three usual days; SMB from three hosts on' },
  { scenario: 'unusual-port', types: ['unusual-port'], note: 'three usual days; digest only' },
  { scenario: 'listed-contact', types: ['threat-list-contact'], note: "the user's list" },
  { scenario: 'listed-contact', types: ['tor-contact'], list: 'tor', note: "the user's list of relays" },
  {
    scenario: 'first-egress',
    types: ['first-internet-egress'],
    without: OUTWARD,
    note: 'three usual days, in which the host called nobody outside',
  },
  {
    scenario: 'listed-contact',
    types: ['first-seen-peer'],
    isOfFewPlaces: true,
    note: 'three usual days of a host that calls one to five places; digest only',
  },
  ...['unusual-country', 'unusual-network'].map((type) => ({
    scenario: 'listed-contact',
    types: [type],
    isOfFewPlaces: true,
    list: 'origins' as const,
    note: "the user's database; three usual days of a host that calls one to five places; digest only",
  })),
  { scenario: 'own-resolver', types: ['unusual-resolver'], note: 'three usual days' },
  { scenario: 'icmp-tunnel', types: ['icmp-tunnel'], note: '50 kB in five minutes' },
  { scenario: 'gateway-tunnel', types: ['odd-protocol'], note: '50 kB and three usual days' },
  { scenario: 'spam-bot', types: ['spam-bot'], note: 'ten strangers' },
  { scenario: 'miner', types: ['mining'], note: 'half an hour' },
  {
    scenario: 'exposed-administration',
    types: ['exposed-administration'],
    ...EXPOSURE,
    note: 'three strangers answered in a day; digest only; not counted where the host is exposed in everyday traffic already',
  },
  {
    scenario: 'intrusion',
    types: ['attack-chain'],
    otherwise: 'fewer than two of its stages are found',
    note: 'a sweep, a beacon and an upload of one host; two stages that are found make a chain',
  },
  {
    scenario: 'an interface falls silent',
    types: ['interface-silent'],
    mishap: 'silent-interface',
    note: 'one interface without records for six hours; digest only; has no intensity',
  },
  {
    scenario: 'records are lost',
    types: ['logging-gap'],
    mishap: 'lost-records',
    note: 'one SKIPDATA line; digest only; has no intensity',
  },
];

/** Types that no attack is for, and why. */
export const NOT_FOUND: Readonly<Record<string, string>> = {
  'unfamiliar-traffic': 'a statement about the model, and no attack; tested on made-up histories',
};
