/**
 * Services that detectors tell apart by their usual port, TCP unless said otherwise (IANA service name registry and the defaults of the products).
 */
import { PROTOCOL } from '../flowlog/fields.ts';

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Where people or tools log in interactively: FTP, SSH, Telnet, rlogin, RDP, VNC, WinRM. */
export const LOGIN_PORTS: ReadonlySet<number> = new Set([
  21,
  22,
  23,
  513,
  2222,
  2323,
  3389,
  ...range(5900, 5903),
  5985,
  5986,
]);

/** FTP programs open hundreds of alike sessions for a folder of files, and a longer one for a large file. */
export const FTP_PORT = 21;

/** Where programs log in again and again: mail, LDAP, SMB and databases. */
export const PROGRAM_LOGIN_PORTS: ReadonlySet<number> = new Set([
  110, 139, 143, 389, 445, 465, 587, 636, 993, 995, 1433, 1521, 3306, 5432, 5984, 6379, 9042, 9200, 11_211, 27_017,
]);

/**
 * Whether logins on a port can be told from a program's work. Programs log in to the second kind anew for every question, as flat as any
 * guessing; strangers should not be there at all.
 */
export function isLoginService(service: number, clientIsOurs: boolean): boolean {
  const port = service & 0xffff;
  return isTcp(service) && (LOGIN_PORTS.has(port) || (!clientIsOurs && PROGRAM_LOGIN_PORTS.has(port)));
}

/** Whether guessing can be told from work there, by strangers at least: by FTP every file of a folder is a session as short as a try. */
export function isGuessedAt(service: number): boolean {
  return isLoginService(service, false) && portOf(service) !== FTP_PORT;
}

/** What takes over or reads out a host for whoever gets in, and is nobody's public service. */
export const ADMINISTRATION_PORTS: ReadonlySet<number> = new Set([
  22, 23, 135, 139, 389, 445, 873, 1433, 1521, 2049, 2375, 2379, 3306, 3389, 5432, 5601, 5900, 5901, 5984, 5985, 5986,
  6379, 6443, 7077, 8088, 9042, 9200, 9300, 10_250, 11_211, 27_017, 50_070,
]);

/** Over which one host of a network administers another, and intruders go from host to host (Elastic's and Microsoft's hunting guides). */
export const LATERAL_PORTS: ReadonlySet<number> = new Set([22, 23, 135, 139, 445, 3389, 5900, 5901, 5985, 5986]);

/** Where programs look for printers, all over a network (LPD, IPP, JetDirect), or for the figures of hosts (node_exporter has JetDirect's port). */
export const PRINTER_PORTS: ReadonlySet<number> = new Set([515, 631, 9100]);

/** UDP services that answer more than they are asked (CISA alert TA14-017A). */
export const AMPLIFIER_PORTS: ReadonlySet<number> = new Set([
  17, 19, 53, 69, 111, 123, 137, 161, 389, 520, 1434, 1900, 3702, 5353, 5683, 10_001, 11_211,
]);

/** Ports that systems keep for well-known services (RFC 6335). */
const SYSTEM_PORTS_BELOW = 1_024;

/** Above them, and no amplifiers of the alert: OpenVPN, L2TP, IKE through NAT, SIP, game servers (Steam, Quake), BACnet (IANA, the defaults of the products). */
const USER_UDP_PORTS: ReadonlySet<number> = new Set([1194, 1701, 4500, 5060, 27_015, 27_960, 47_808]);

/** Whether a UDP port is of a service that scanners look for; programs take others as they come, and change them. */
export function isKnownUdpService(service: number): boolean {
  const port = portOf(service);
  return isUdp(service) && (port < SYSTEM_PORTS_BELOW || AMPLIFIER_PORTS.has(port) || USER_UDP_PORTS.has(port));
}

/** Where people's mail is fetched from: POP3 and IMAP, plain and over TLS. */
export const MAILBOX_PORTS: ReadonlySet<number> = new Set([110, 143, 993, 995]);

/** Where mail is brought to, by other servers and by programs of people (RFC 6409, RFC 8314). */
export const MAIL_DELIVERY_PORTS: ReadonlySet<number> = new Set([25, 465, 587]);

/** Service words (port | protocol << 16) of mail between servers, and of all that a mail server listens on. */
export const MAIL_DELIVERY = (PROTOCOL.tcp << 16) | 25;
export const MAIL_SERVICES: ReadonlySet<number> = new Set(
  [25, 110, 143, 465, 587, 993, 995].map((port) => (PROTOCOL.tcp << 16) | port),
);

/** Service word of HTTP without TLS. */
export const HTTP = (PROTOCOL.tcp << 16) | 80;

/** Service word and bytes of NTP, over IPv4 and over IPv6: 48 of its own (RFC 5905), 28 or 48 of headers. */
const NTP = (PROTOCOL.udp << 16) | 123;
const NTP_BYTES: readonly number[] = [76, 96];

/** Mean bytes of TCP packets that hold no data: SYNs with all their options and less. */
const BARE_BYTES_MAX = 60;

/**
 * Whether calls only ask for the time, which is done by the clock, or carry no data either way, such as resets that answer strangers; by the mean
 * bytes of a packet each way. A question of some bytes among bare acknowledgements looks like none, but its answer does not.
 */
export function isTimeOrNothing(service: number, sentBytesPerPacket: number, receivedBytesPerPacket: number): boolean {
  if (service === NTP && NTP_BYTES.includes(sentBytesPerPacket)) return true;
  return isTcp(service) && Math.max(sentBytesPerPacket, receivedBytesPerPacket) <= BARE_BYTES_MAX;
}

export function isTcp(service: number): boolean {
  return service >>> 16 === PROTOCOL.tcp;
}

export function isUdp(service: number): boolean {
  return service >>> 16 === PROTOCOL.udp;
}

export function isIcmp(service: number): boolean {
  return service >>> 16 === PROTOCOL.icmp || service >>> 16 === PROTOCOL.icmpv6;
}

export const portOf = (service: number): number => service & 0xffff;
