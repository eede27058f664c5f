/** What GuardDuty finds in flow logs, and the types that stand for it here. */
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
    '`brute-force-success`, `beacon`, `strobe`, `long-connection`, `internal-sweep`, `slow-scan`, `distributed-scan`, `lateral-movement`, `inbound-flood`, `reflected-flood`, `amplifier`, `icmp-tunnel`, `chunked-exfiltration`, `first-internet-egress`, `unusual-country`, `unusual-network`, `interface-silent`, all of them for IPv6 as well',
  ],
];
