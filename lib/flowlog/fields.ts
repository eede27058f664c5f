/**
 * The one table of flow-log fields: everything AWS can write into a VPC or transit gateway flow log.
 * Text parser, Parquet reader, simulator, help and docs read it; nothing else lists fields.
 *
 * Sources: Amazon VPC User Guide, "Flow log records" (versions 2 to 5); aws-cdk-lib LogFormat (version 7);
 * AWS What's New of 2026-06-10 and the EC2 CreateFlowLogs API (versions 8 to 11); Transit Gateways guide,
 * "Transit Gateway Flow Log records" (version 6).
 */

/**
 * How a field is held in a column.
 *
 * | kind    | column       | absent     | holds |
 * |---------|--------------|------------|-------|
 * | text    | Uint32Array  | 0          | id in the run's text dictionary |
 * | address | Uint32Array  | 0xFFFFFFFF | address code, see address.ts |
 * | integer | Int32Array   | -1         | small whole number (port, protocol, flags) |
 * | count   | Float64Array | -1         | packets or bytes |
 * | time    | Float64Array | -1         | Unix seconds |
 * | keyword | Uint8Array   | 0          | index in KEYWORDS |
 */
export type FieldKind = 'text' | 'address' | 'integer' | 'count' | 'time' | 'keyword';

/** The closed vocabularies of `action`, `log-status`, `flow-direction` and `type`; the index is the stored value. */
export const KEYWORDS = [
  '-',
  'ACCEPT',
  'REJECT',
  'OK',
  'NODATA',
  'SKIPDATA',
  'ingress',
  'egress',
  'IPv4',
  'IPv6',
  'EFA',
] as const;

export const KEYWORD = {
  absent: 0,
  accept: 1,
  reject: 2,
  ok: 3,
  noData: 4,
  skipData: 5,
  ingress: 6,
  egress: 7,
  ipv4: 8,
  ipv6: 9,
  efa: 10,
} as const;

/** Bits of `tcp-flags`. VPC flow logs record FIN, SYN, RST and SYN-ACK only; transit gateways also PSH, ACK, URG. */
export const TCP_FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32 } as const;

/** IANA protocol numbers that the code names. */
export const PROTOCOL = { icmp: 1, tcp: 6, udp: 17, gre: 47, esp: 50, icmpv6: 58 } as const;

export interface Field {
  readonly name: string;
  /** Version of the record format that introduced it; 6 is the transit gateway's own set. */
  readonly version: number;
  readonly kind: FieldKind;
  /** Logical Parquet type that AWS writes. */
  readonly parquet: 'STRING' | 'INT_32' | 'INT_64';
  /** Whether conversations are built from it; other fields are checked and passed over unless asked for. */
  readonly used: boolean;
  readonly meaning: string;
}

type Row = readonly [string, number, FieldKind, Field['parquet'], 'used' | 'kept', string];

const ROWS = [
  ['version', 2, 'integer', 'INT_32', 'kept', 'highest version among the chosen fields'],
  ['account-id', 2, 'text', 'STRING', 'used', 'owner of the interface, 12 digits, or the word unknown'],
  [
    'interface-id',
    2,
    'text',
    'STRING',
    'used',
    'the interface that observed the flow; absent on a regional NAT gateway',
  ],
  [
    'srcaddr',
    2,
    'address',
    'STRING',
    'used',
    'source; on the side of the interface always its primary private address',
  ],
  [
    'dstaddr',
    2,
    'address',
    'STRING',
    'used',
    'destination; on the side of the interface always its primary private address',
  ],
  ['srcport', 2, 'integer', 'INT_32', 'used', 'source port, 0 for protocols without ports'],
  ['dstport', 2, 'integer', 'INT_32', 'used', 'destination port, 0 for protocols without ports'],
  ['protocol', 2, 'integer', 'INT_32', 'used', 'IANA protocol number'],
  ['packets', 2, 'count', 'INT_64', 'used', 'packets in the aggregation window, this direction'],
  ['bytes', 2, 'count', 'INT_64', 'used', 'bytes in the aggregation window, this direction'],
  ['start', 2, 'time', 'INT_64', 'used', 'first packet, Unix seconds, up to 60 s late'],
  ['end', 2, 'time', 'INT_64', 'used', 'last packet, Unix seconds, up to 60 s late'],
  ['action', 2, 'keyword', 'STRING', 'used', 'ACCEPT or REJECT by security group, network ACL or closed connection'],
  ['log-status', 2, 'keyword', 'STRING', 'used', 'OK, NODATA (no traffic) or SKIPDATA (records were lost)'],
  ['vpc-id', 3, 'text', 'STRING', 'kept', 'VPC of the interface'],
  ['subnet-id', 3, 'text', 'STRING', 'kept', 'subnet of the interface'],
  ['instance-id', 3, 'text', 'STRING', 'kept', 'instance of the interface; absent for managed interfaces'],
  ['tcp-flags', 3, 'integer', 'INT_32', 'used', 'FIN 1, SYN 2, RST 4, SYN-ACK 18, OR-ed over the window'],
  ['type', 3, 'keyword', 'STRING', 'kept', 'IPv4, IPv6 or EFA'],
  ['pkt-srcaddr', 3, 'address', 'STRING', 'used', 'source that the packet carried'],
  ['pkt-dstaddr', 3, 'address', 'STRING', 'used', 'destination that the packet carried'],
  ['region', 4, 'text', 'STRING', 'kept', 'region of the interface'],
  ['az-id', 4, 'text', 'STRING', 'kept', 'availability zone of the interface'],
  ['sublocation-type', 4, 'text', 'STRING', 'kept', 'wavelength, outpost or localzone'],
  ['sublocation-id', 4, 'text', 'STRING', 'kept', 'identifier of the sublocation'],
  ['pkt-src-aws-service', 5, 'text', 'STRING', 'kept', 'AWS service of a public packet source'],
  ['pkt-dst-aws-service', 5, 'text', 'STRING', 'kept', 'AWS service of a public packet destination'],
  ['flow-direction', 5, 'keyword', 'STRING', 'kept', 'ingress or egress as the interface sees it'],
  ['traffic-path', 5, 'integer', 'INT_32', 'kept', 'way out of the interface, 1 to 8, egress only'],
  ['ecs-cluster-arn', 7, 'text', 'STRING', 'kept', 'ECS cluster'],
  ['ecs-cluster-name', 7, 'text', 'STRING', 'kept', 'ECS cluster name'],
  ['ecs-container-instance-arn', 7, 'text', 'STRING', 'kept', 'ECS container instance, EC2 launch type only'],
  ['ecs-container-instance-id', 7, 'text', 'STRING', 'kept', 'ECS container instance, EC2 launch type only'],
  ['ecs-container-id', 7, 'text', 'STRING', 'kept', 'first container'],
  ['ecs-second-container-id', 7, 'text', 'STRING', 'kept', 'second container'],
  ['ecs-service-name', 7, 'text', 'STRING', 'kept', 'ECS service'],
  ['ecs-task-definition-arn', 7, 'text', 'STRING', 'kept', 'ECS task definition'],
  ['ecs-task-arn', 7, 'text', 'STRING', 'kept', 'ECS task'],
  ['ecs-task-id', 7, 'text', 'STRING', 'kept', 'ECS task'],
  ['reject-reason', 8, 'text', 'STRING', 'kept', 'BPA (block public access) or EC (encryption controls)'],
  ['resource-id', 9, 'text', 'STRING', 'used', 'regional NAT gateway; names the observer where interface-id is absent'],
  ['encryption-status', 10, 'integer', 'INT_32', 'kept', '0 none, 1 Nitro, 2 application, 3 both'],
  ['instance-tag', 11, 'text', 'STRING', 'kept', 'value of the first chosen instance tag, percent-encoded'],
  ['instance-tag-2', 11, 'text', 'STRING', 'kept', 'value of the second chosen instance tag, percent-encoded'],
  ['interface-tag', 11, 'text', 'STRING', 'kept', 'value of the first chosen interface tag, percent-encoded'],
  ['interface-tag-2', 11, 'text', 'STRING', 'kept', 'value of the second chosen interface tag, percent-encoded'],
  ['asg-tag', 11, 'text', 'STRING', 'kept', 'value of the first chosen auto scaling group tag, percent-encoded'],
  ['asg-tag-2', 11, 'text', 'STRING', 'kept', 'value of the second chosen auto scaling group tag, percent-encoded'],
  ['interface-type', 11, 'text', 'STRING', 'kept', 'kind of the observing interface, such as nat_gateway'],
  ['next-hop-interface-id', 11, 'text', 'STRING', 'kept', 'interface at the other end'],
  ['next-hop-subnet-id', 11, 'text', 'STRING', 'kept', 'subnet at the other end'],
  ['next-hop-az-id', 11, 'text', 'STRING', 'kept', 'availability zone at the other end'],
  ['next-hop-vpc-id', 11, 'text', 'STRING', 'kept', 'VPC at the other end'],
  ['next-hop-interface-type', 11, 'text', 'STRING', 'kept', 'kind of the interface at the other end'],
  ['resource-type', 6, 'text', 'STRING', 'kept', 'TransitGateway or the kind of attachment'],
  ['tgw-id', 6, 'text', 'STRING', 'kept', 'transit gateway'],
  ['tgw-attachment-id', 6, 'text', 'STRING', 'used', 'attachment that observed the flow'],
  ['tgw-src-vpc-account-id', 6, 'text', 'STRING', 'kept', 'account of the source VPC'],
  ['tgw-dst-vpc-account-id', 6, 'text', 'STRING', 'kept', 'account of the destination VPC'],
  ['tgw-src-vpc-id', 6, 'text', 'STRING', 'kept', 'source VPC'],
  ['tgw-dst-vpc-id', 6, 'text', 'STRING', 'kept', 'destination VPC'],
  ['tgw-src-subnet-id', 6, 'text', 'STRING', 'kept', 'source subnet'],
  ['tgw-dst-subnet-id', 6, 'text', 'STRING', 'kept', 'destination subnet'],
  ['tgw-src-eni', 6, 'text', 'STRING', 'kept', 'source attachment interface'],
  ['tgw-dst-eni', 6, 'text', 'STRING', 'kept', 'destination attachment interface'],
  ['tgw-src-az-id', 6, 'text', 'STRING', 'kept', 'source availability zone'],
  ['tgw-dst-az-id', 6, 'text', 'STRING', 'kept', 'destination availability zone'],
  ['tgw-pair-attachment-id', 6, 'text', 'STRING', 'kept', 'attachment at the other end'],
  ['packets-lost-no-route', 6, 'count', 'INT_64', 'kept', 'packets lost, no route'],
  ['packets-lost-blackhole', 6, 'count', 'INT_64', 'kept', 'packets lost, black hole'],
  ['packets-lost-mtu-exceeded', 6, 'count', 'INT_64', 'kept', 'packets lost, larger than the MTU'],
  ['packets-lost-ttl-expired', 6, 'count', 'INT_64', 'kept', 'packets lost, time to live expired'],
] as const satisfies readonly Row[];

export type FieldName = (typeof ROWS)[number][0];

export const FIELDS: readonly (Field & { readonly name: FieldName })[] = ROWS.map(
  ([name, version, kind, parquet, use, meaning]) => ({ name, version, kind, parquet, used: use === 'used', meaning }),
);

const BY_NAME = new Map<string, (typeof FIELDS)[number]>(FIELDS.map((field) => [field.name, field]));

/**
 * The field of a header or column name; `undefined` when AWS has added one since.
 * Headers have hyphens, Parquet columns and comma-separated exports underscores, format strings `${name}`.
 */
export function fieldByName(name: string): (typeof FIELDS)[number] | undefined {
  const bare = name.startsWith('${') && name.endsWith('}') ? name.slice(2, -1) : name;
  return BY_NAME.get(bare.trim().toLowerCase().replaceAll('_', '-'));
}

/** Fields that conversations are built from: what readers fill unless told otherwise. */
export const USED_FIELDS: readonly FieldName[] = FIELDS.filter((field) => field.used).map((field) => field.name);

/** The default format: the 14 fields of version 2 in their fixed order. */
export const DEFAULT_FORMAT: readonly FieldName[] = FIELDS.slice(0, 14).map((field) => field.name);

/** Default order of transit gateway records (36 fields). */
export const TRANSIT_GATEWAY_FORMAT: readonly FieldName[] = [
  'version',
  'resource-type',
  'account-id',
  ...FIELDS.filter((field) => field.name.startsWith('tgw-')).map((field) => field.name),
  'srcaddr',
  'dstaddr',
  'srcport',
  'dstport',
  'protocol',
  'packets',
  'bytes',
  'start',
  'end',
  'log-status',
  'type',
  ...FIELDS.filter((field) => field.name.startsWith('packets-lost-')).map((field) => field.name),
  'tcp-flags',
  'region',
  'flow-direction',
  'pkt-src-aws-service',
  'pkt-dst-aws-service',
];
