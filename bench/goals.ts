/** Which attack of the simulator is to be found as which type, and what of GuardDuty's list has no place here. */
export interface Goal {
  readonly scenario: string;
  /** Types of which one is enough. */
  readonly types: readonly string[];
  /** Everyday traffic that is not there: what the scenario brings would be nothing new beside it. */
  readonly without?: readonly string[];
  readonly note?: string;
}

const SCANS = ['vertical-scan', 'internal-sweep', 'external-sweep', 'inbound-scan', 'slow-scan'];
/** Everyday traffic of which hosts of all kinds call outside, or are called from there. */
const OUTWARD = [
  ...['web-tier', 'time-service', 'administration', 'kept-alive', 'telemetry', 'api-polling', 'pings'],
  ...['bulk-transfers', 'internet-noise'],
];
const GUESSING = ['brute-force', 'password-spray', 'brute-force-success'];

export const ATTACKS: readonly Goal[] = [
  { scenario: 'tester-port-scan', types: ['vertical-scan'], note: "GuardDuty's tester: nmap -sT -Pn" },
  { scenario: 'vertical-scan', types: SCANS },
  {
    scenario: 'external-sweep',
    types: ['external-sweep', 'slow-scan'],
    note: 'nine net failures in five minutes, or 14 in a week',
  },
  {
    scenario: 'internal-sweep',
    types: ['internal-sweep', 'slow-scan'],
    note: 'the same; at 0.1× five contacts may be all',
  },
  { scenario: 'patient-scan', types: ['slow-scan'], note: '14 net failures' },
  {
    scenario: 'distributed-scan',
    types: ['distributed-scan', 'inbound-scan'],
    note: '30 sources of one service in five minutes, or 40 in a day; below, everyday noise is as much',
  },
  {
    scenario: 'slow-distributed-scan',
    types: ['distributed-scan'],
    note: '40 sources of one service in a day, or 100 of one host and three times the usual',
  },
  {
    scenario: 'tester-ssh-guessing',
    types: GUESSING,
    note: "GuardDuty's tester: crowbar; at 0.1× two rounds, as flat as a program that fetches",
  },
  { scenario: 'tester-rdp-guessing', types: GUESSING, note: "GuardDuty's tester: hydra" },
  { scenario: 'ssh-brute-force', types: GUESSING },
  { scenario: 'service-brute-force', types: GUESSING },
  {
    scenario: 'password-spray',
    types: GUESSING,
    note: 'ten alike sessions in five minutes, and the forest; mail and databases only from strangers',
  },
  {
    scenario: 'ssh-break-in',
    types: ['brute-force-success'],
    note: 'ten alike sessions and one four times as long, and the forest; tries and session in one window need a longer series',
  },
  {
    scenario: 'slow-guessing',
    types: GUESSING,
    note: '30 alike sessions in six hours and three usual days; strangers in the digest',
  },
  { scenario: 'tester-udp-flood', types: ['outbound-flood'], note: "GuardDuty's tester: 400,000 datagrams" },
  { scenario: 'tester-dns-flood', types: ['outbound-flood'], note: "GuardDuty's tester: the same to port 53" },
  {
    scenario: 'outbound-flood',
    types: ['outbound-flood', 'inbound-flood'],
    note: '600 packets/s; pings that are answered may be told the other way round',
  },
  {
    scenario: 'inbound-flood',
    types: ['inbound-flood', 'reflected-flood', 'distributed-scan'],
    note: '600 packets/s, or 50 sources of bare packets; requests that are served are not told from users',
  },
  { scenario: 'reflector', types: ['amplifier'], note: '128 kB of answers in five minutes' },
  { scenario: 'beacon', types: ['beacon'] },
  {
    scenario: 'slow-beacon',
    types: ['beacon'],
    note: 'eight contacts, six hours unless the forest agrees',
  },
  { scenario: 'strobe', types: ['strobe', 'beacon'], note: 'one connection a second for six hours; less is a beacon' },
  { scenario: 'long-connection', types: ['long-connection'], note: 'four hours' },
  {
    scenario: 'bulk-exfiltration',
    types: ['bulk-exfiltration', 'unusual-upload', 'chunked-exfiltration'],
    note: '100 MB in an hour and ten times the usual',
  },
  {
    scenario: 'chunked-exfiltration',
    types: ['chunked-exfiltration', 'unusual-upload', 'bulk-exfiltration'],
    note: 'six hours, 50 MB',
  },
  { scenario: 'lateral-movement', types: ['lateral-movement'], note: 'three usual days; SMB from three hosts on' },
  { scenario: 'unusual-port', types: ['unusual-port'], note: 'three usual days; digest only' },
  { scenario: 'listed-contact', types: ['threat-list-contact'], note: "the user's list" },
  {
    scenario: 'first-egress',
    types: ['first-internet-egress'],
    without: OUTWARD,
    note: 'three usual days, in which the host called nobody outside',
  },
  {
    scenario: 'listed-contact',
    types: ['first-seen-peer'],
    without: OUTWARD.filter((name) => name !== 'time-service'),
    note: 'three usual days, with one to five places; digest only',
  },
  { scenario: 'own-resolver', types: ['unusual-resolver'], note: 'three usual days' },
  { scenario: 'icmp-tunnel', types: ['icmp-tunnel'], note: '50 kB in five minutes' },
  { scenario: 'gateway-tunnel', types: ['odd-protocol'], note: '50 kB and three usual days' },
  { scenario: 'spam-bot', types: ['spam-bot'], note: 'ten strangers' },
  { scenario: 'miner', types: ['mining'], note: 'half an hour' },
  {
    scenario: 'exposed-administration',
    types: ['exposed-administration'],
    note: 'three strangers answered; digest only; not counted where the host is exposed in everyday traffic already',
  },
];

/** Types that no scenario of the table is for, and why. */
export const NOT_FOUND: Readonly<Record<string, string>> = {
  'tor-contact': 'as `threat-list-contact`, of a list of the kind `tor`',
  'interface-silent': 'the simulator does not switch interfaces off; tested on made-up histories',
  'logging-gap': "told wherever the log has SKIPDATA lines, which the simulator's have by chance",
  'unfamiliar-traffic': 'a statement about the model, and no attack; tested on made-up histories',
  'attack-chain': 'made of other findings; see lib/history/chain.ts',
};

export const GUARD_DUTY: readonly (readonly [string, string])[] = [
  ['Backdoor:EC2/C&CActivity.B', '`threat-list-contact` (your lists), `beacon` (no list)'],
  [
    'Backdoor:EC2/DenialOfService.Tcp, .Udp, .Dns, .UdpOnTcpPorts, .UnusualProtocol',
    '`outbound-flood`, which names service and protocol',
  ],
  ['Backdoor:EC2/Spambot', '`spam-bot`'],
  ['Behavior:EC2/NetworkPortUnusual', '`unusual-port`'],
  ['Behavior:EC2/TrafficVolumeUnusual', '`unusual-upload`, `bulk-exfiltration`'],
  ['CryptoCurrency:EC2/BitcoinTool.B', '`mining` (port and long connection, or your lists)'],
  ['DefenseEvasion:EC2/UnusualDNSResolver, UnusualDoHActivity, UnusualDoTActivity', '`unusual-resolver`'],
  ['Impact:EC2/PortSweep', '`external-sweep`, `slow-scan`'],
  [
    'Impact:EC2/WinRMBruteForce, UnauthorizedAccess:EC2/RDPBruteForce, SSHBruteForce',
    '`brute-force`, `password-spray`, on any login port',
  ],
  [
    'Recon:EC2/PortProbeUnprotectedPort, PortProbeEMRUnprotectedPort',
    '`exposed-administration`, told by the answer and not by who asks',
  ],
  ['Recon:EC2/Portscan', '`vertical-scan`'],
  [
    'Trojan:EC2/BlackholeTraffic, DropPoint',
    "`threat-list-contact`, with a list of such places; AWS's own lists are not public",
  ],
  ['UnauthorizedAccess:EC2/MaliciousIPCaller.Custom', '`threat-list-contact`'],
  ['UnauthorizedAccess:EC2/TorClient, TorRelay', '`tor-contact`, with a list of relays'],
  [
    '—',
    '`brute-force-success`, `beacon`, `strobe`, `long-connection`, `internal-sweep`, `slow-scan`, `distributed-scan`, `lateral-movement`, `inbound-flood`, `reflected-flood`, `amplifier`, `icmp-tunnel`, `chunked-exfiltration`, `first-internet-egress`, `interface-silent`, all of them for IPv6 as well',
  ],
];
