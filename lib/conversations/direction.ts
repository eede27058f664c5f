/**
 * Who is the client: decided for every record by itself, so that records may arrive in any order and be split among any
 * number of workers. Both directions of a connection come to the same answer wherever flags or ports tell; where nothing
 * tells, the sender is taken for the client and `settle.ts` joins the two halves once all records are in.
 */
import { PROTOCOL, TCP_FLAG } from '../flowlog/fields.ts';

/** What the decision rests on; higher is better. */
export const BASIS = { sender: 0, portRange: 1, servicePort: 2, flags: 3 } as const;

/**
 * How far each basis can be trusted, 0 to 1: how often it names the client right over many simulated networks, rounded down (`npm run bench:direction`, see
 * docs/architecture.md). In single networks, whose programs use any port at both ends, it is less.
 */
export const CONFIDENCE: readonly number[] = [0.9, 0.95, 0.99, 1];

/**
 * Service ports at and above 1,024 that are common enough to outrank any other port there. From the IANA service name
 * registry and the defaults of the named products.
 */
export const SERVICE_PORTS: readonly number[] = [
  1080, 1194, 1433, 1434, 1521, 1701, 1723, 1812, 1813, 1883, 1900, 2049, 2181, 2375, 2376, 2379, 2380, 3000, 3128,
  3260, 3268, 3269, 3306, 3389, 3478, 4369, 4444, 4500, 4789, 5000, 5060, 5061, 5222, 5223, 5228, 5353, 5355, 5432,
  5439, 5601, 5671, 5672, 5678, 5800, 5900, 5901, 5938, 5984, 5985, 5986, 6000, 6081, 6379, 6443, 6660, 6667, 6697,
  6881, 7000, 7001, 7077, 7199, 7474, 7687, 8000, 8001, 8006, 8008, 8009, 8080, 8081, 8086, 8088, 8089, 8090, 8125,
  8126, 8161, 8443, 8444, 8500, 8600, 8834, 8880, 8883, 8888, 9000, 9001, 9042, 9060, 9080, 9090, 9092, 9093, 9094,
  9098, 9100, 9160, 9182, 9200, 9243, 9300, 9418, 9443, 9999, 10000, 10250, 10255, 11211, 15672, 16443, 25565, 27017,
  27018, 27019, 28015, 29092, 30303, 50000, 50070, 51820, 61613, 61616,
];

/** Start of the range that Linux takes client ports from (ip_local_port_range 32768 60999); Windows starts at 49,152. */
export const CLIENT_PORTS_FROM = 32_768;

const WELL_KNOWN = 3;
const LISTED = 2;

/** How much a port looks like a service's: 3 below 1,024, 2 listed, 1 below the client range, 0 in it. */
export const PORT_RANK: Uint8Array = new Uint8Array(65_536).map((_, port) => {
  if (port < 1_024) return WELL_KNOWN;
  return port < CLIENT_PORTS_FROM ? 1 : 0;
});
for (const port of SERVICE_PORTS) PORT_RANK[port] = LISTED;

/**
 * Basis of the decision and, in bit 2 (value 4), whether the destination is the client. `flags` is -1 where the log has
 * none; `cumulative` says that a record's flags may hold ACK of its own (transit gateway records do), so that SYN with ACK does not
 * mark an answer.
 */
export function direct(
  protocol: number,
  sourcePort: number,
  destinationPort: number,
  flags: number,
  cumulative: boolean,
): number {
  if (protocol === PROTOCOL.tcp && flags > 0 && (flags & TCP_FLAG.syn) !== 0) {
    if ((flags & TCP_FLAG.ack) === 0) return BASIS.flags;
    if (!cumulative) return BASIS.flags | DESTINATION_IS_CLIENT;
  }
  const source = PORT_RANK[sourcePort];
  const destination = PORT_RANK[destinationPort];
  if (source === destination) return BASIS.sender;
  const basis = source > LISTED - 1 || destination > LISTED - 1 ? BASIS.servicePort : BASIS.portRange;
  return source > destination ? basis | DESTINATION_IS_CLIENT : basis;
}

export const DESTINATION_IS_CLIENT = 4;
export const BASIS_MASK = 3;
