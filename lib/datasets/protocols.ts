/**
 * Protocols by the names that Argus, Zeek and nfdump print (IANA keywords, lower case, and Argus's own names for what runs over UDP).
 */
import { PROTOCOL } from '../flowlog/fields.ts';
import { Unreadable } from './report.ts';

/** IANA keywords of the numbers from 0; `''` where a number has none that is ever printed. */
const KEYWORDS =
  'hopopt icmp igmp ggp ipv4 st tcp cbt egp igp bbn-rcc nvp pup argus emcon xnet chaos udp mux dcn hmp prm xns-idp trunk-1 trunk-2 leaf-1 leaf-2 rdp irtp iso-tp4 netblt mfe-nsp merit-inp dccp 3pc idpr xtp ddp idpr-cmtp tp++ il ipv6 sdrp ipv6-route ipv6-frag idrp rsvp gre dsr bna esp ah i-nlsp swipe narp mobile tlsp skip ipv6-icmp ipv6-no ipv6-opts - cftp - sat-expak kryptolan rvd ippc - sat-mon visa ipcv cpnx cphb wsn pvp br-sat-mon sun-nd wb-mon wb-expak iso-ip vmtp secure-vmtp vines ttp nsfnet-igp dgp tcf eigrp ospf sprite-rpc larp mtp ax.25 ipip micp scc-sp etherip encap - gmtp ifmp pnni pim aris scps qnx a/n ipcomp snp compaq-peer ipx-in-ip vrrp pgm - l2tp ddx iatp stp srp uti smp sm ptp isis fire crtp crudp sscopmce iplt sps pipe sctp fc rsvp-e2e-ignore - udplite'.split(
    ' ',
  );

const NUMBERS = new Map<string, number>([
  ...KEYWORDS.flatMap((name, number): [string, number][] => (name === '-' ? [] : [[name, number]])),
  ['icmp6', PROTOCOL.icmpv6],
  ['icmpv6', PROTOCOL.icmpv6],
  ['icmp-v6', PROTOCOL.icmpv6],
  ['rtp', PROTOCOL.udp],
  ['rtcp', PROTOCOL.udp],
  ['udt', PROTOCOL.udp],
  ['ipnip', 4],
  ['st2', 5],
  ['ospfigp', 89],
]);

const NOT_IP = new Set([
  'arp',
  'rarp',
  'llc',
  'loop',
  'ipx/spx',
  'ipx',
  'lldp',
  'eapol',
  'pppoe',
  'decnet',
  'man',
  'cdp',
]);

const WITH_PORTS: ReadonlySet<number> = new Set([PROTOCOL.tcp, PROTOCOL.udp, 33, 132, 136]);

/** Whether flow logs give ports for it; all others have 0, ICMP's type and code included. */
export function hasPorts(protocol: number): boolean {
  return WITH_PORTS.has(protocol);
}

/** The IANA number of a name or number. Throws `Unreadable` for others. */
export function protocolNumber(text: string, column: string): number {
  const name = text.trim().toLowerCase();
  const number = NUMBERS.get(name);
  if (number !== undefined) return number;
  if (/^\d{1,3}$/.test(name) && Number(name) < 256) return Number(name);
  throw new Unreadable(NOT_IP.has(name) ? 'not-ip' : 'protocol', column, text);
}
