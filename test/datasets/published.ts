/**
 * One conversation as each data set would have written it, with all columns that its authors publish: five packets of 730 bytes from
 * 10.0.0.5:50000 to 198.51.100.9:80 and five of 2,130 bytes back, from 2026-09-21T14:20:00Z on, for two seconds and a bit.
 */
import type { SourceFormat } from '../../lib/datasets/convert.ts';

export interface Published {
  readonly name: string;
  readonly from: SourceFormat;
  /** All columns in their order. */
  readonly columns: readonly string[];
  /** Values of the columns that are read; the others hold 0. */
  readonly values: Readonly<Record<string, string>>;
  /** What stands before the first row, for these columns. */
  readonly head: (columns: readonly string[]) => string;
  readonly separator: string;
  /** Records at the interface of 10.0.0.5. */
  readonly records: readonly string[];
}

/** 2026-09-21T14:20:00Z, the start of a window of ten minutes. */
export const BEGIN = 1_790_000_400;

const words = (text: string) => text.trim().split(/\s+/);
const commas = (text: string) => text.split(',').map((name) => name.trim());

const FORWARD = '10.0.0.5:50000>198.51.100.9:80 5 730';
const BACKWARD = '198.51.100.9:80>10.0.0.5:50000 5 2130';

/** With flags FIN and SYN, answered by FIN and SYN-ACK; and where the set does not tell them. */
const FLAGGED = [`${FORWARD} 3`, `${BACKWARD} 19`];
const UNFLAGGED = [`${FORWARD} -`, `${BACKWARD} -`];

const header = (columns: readonly string[]) => `${columns.join(',')}\n`;

/** CTU-13, capture*.binetflow. */
const ARGUS: Published = {
  name: 'CTU-13',
  from: 'argus',
  columns: commas(
    'StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,Label',
  ),
  values: {
    StartTime: '2026/09/21 14:20:00.500000',
    Dur: '2.250000',
    Proto: 'tcp',
    SrcAddr: '10.0.0.5',
    Sport: '50000',
    DstAddr: '198.51.100.9',
    Dport: '80',
    State: 'FSPA_FSPA',
    TotPkts: '10',
    // Five Ethernet headers of 14 bytes more on each side.
    TotBytes: '3000',
    SrcBytes: '800',
    Label: 'flow=From-Normal-V47-Jist',
  },
  head: header,
  separator: ',',
  records: FLAGGED,
};

const ZEEK_COLUMNS =
  words(`ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state
  local_orig local_resp missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents`);

/** conn.log as Zeek writes it (base/protocols/conn/main.zeek). */
const ZEEK: Published = {
  name: 'Zeek',
  from: 'zeek',
  columns: ZEEK_COLUMNS,
  values: {
    ts: '1790000400.500000',
    'id.orig_h': '10.0.0.5',
    'id.orig_p': '50000',
    'id.resp_h': '198.51.100.9',
    'id.resp_p': '80',
    proto: 'tcp',
    duration: '2.250000',
    history: 'ShADadFf',
    orig_pkts: '5',
    orig_ip_bytes: '730',
    resp_pkts: '5',
    resp_ip_bytes: '2130',
  },
  head: (columns) =>
    `#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#fields\t${columns.join('\t')}\n`,
  separator: '\t',
  records: FLAGGED,
};

/** CIC-IDS2017, TrafficLabelling; the set repeats "Fwd Header Length" and writes a blank before most names. */
const CIC_2017: Published = {
  name: 'CIC-IDS2017',
  from: 'cic',
  columns: commas(
    'Flow ID,Source IP,Source Port,Destination IP,Destination Port,Protocol,Timestamp,Flow Duration,Total Fwd Packets,Total Backward Packets,Total Length of Fwd Packets,Total Length of Bwd Packets,Fwd Packet Length Max,Fwd Packet Length Min,Fwd Packet Length Mean,Fwd Packet Length Std,Bwd Packet Length Max,Bwd Packet Length Min,Bwd Packet Length Mean,Bwd Packet Length Std,Flow Bytes/s,Flow Packets/s,Flow IAT Mean,Flow IAT Std,Flow IAT Max,Flow IAT Min,Fwd IAT Total,Fwd IAT Mean,Fwd IAT Std,Fwd IAT Max,Fwd IAT Min,Bwd IAT Total,Bwd IAT Mean,Bwd IAT Std,Bwd IAT Max,Bwd IAT Min,Fwd PSH Flags,Bwd PSH Flags,Fwd URG Flags,Bwd URG Flags,Fwd Header Length,Bwd Header Length,Fwd Packets/s,Bwd Packets/s,Min Packet Length,Max Packet Length,Packet Length Mean,Packet Length Std,Packet Length Variance,FIN Flag Count,SYN Flag Count,RST Flag Count,PSH Flag Count,ACK Flag Count,URG Flag Count,CWE Flag Count,ECE Flag Count,Down/Up Ratio,Average Packet Size,Avg Fwd Segment Size,Avg Bwd Segment Size,Fwd Header Length,Fwd Avg Bytes/Bulk,Fwd Avg Packets/Bulk,Fwd Avg Bulk Rate,Bwd Avg Bytes/Bulk,Bwd Avg Packets/Bulk,Bwd Avg Bulk Rate,Subflow Fwd Packets,Subflow Fwd Bytes,Subflow Bwd Packets,Subflow Bwd Bytes,Init_Win_bytes_forward,Init_Win_bytes_backward,act_data_pkt_fwd,min_seg_size_forward,Active Mean,Active Std,Active Max,Active Min,Idle Mean,Idle Std,Idle Max,Idle Min,Label',
  ),
  values: {
    'Source IP': '10.0.0.5',
    'Source Port': '50000',
    'Destination IP': '198.51.100.9',
    'Destination Port': '80',
    Protocol: '6',
    // The set's clock has 12 hours.
    Timestamp: '21/9/2026 2:20',
    'Flow Duration': '2250000',
    'Total Fwd Packets': '5',
    'Total Backward Packets': '5',
    // Payload; five IP headers of 20 bytes and the TCP headers come to it.
    'Total Length of Fwd Packets': '490',
    'Total Length of Bwd Packets': '1930',
    'Fwd Header Length': '140',
    'Bwd Header Length': '100',
    Label: 'BENIGN',
  },
  head: (columns) => `${columns.join(', ')}\n`,
  separator: ',',
  records: UNFLAGGED,
};

/** CIC-IDS2017 as corrected by Engelen, Rimmer and Joosen, 2021. */
const CIC_CORRECTED: Published = {
  name: 'corrected CIC-IDS2017',
  from: 'cic',
  columns: commas(
    'id,Flow ID,Src IP,Src Port,Dst IP,Dst Port,Protocol,Timestamp,Flow Duration,Total Fwd Packet,Total Bwd packets,Total Length of Fwd Packet,Total Length of Bwd Packet,Fwd Packet Length Max,Fwd Packet Length Min,Fwd Packet Length Mean,Fwd Packet Length Std,Bwd Packet Length Max,Bwd Packet Length Min,Bwd Packet Length Mean,Bwd Packet Length Std,Flow Bytes/s,Flow Packets/s,Flow IAT Mean,Flow IAT Std,Flow IAT Max,Flow IAT Min,Fwd PSH Flags,Bwd PSH Flags,Fwd URG Flags,Bwd URG Flags,Fwd RST Flags,Bwd RST Flags,Fwd Header Length,Bwd Header Length,Fwd Packets/s,Bwd Packets/s,FIN Flag Count,SYN Flag Count,RST Flag Count,PSH Flag Count,ACK Flag Count,Down/Up Ratio,ICMP Code,ICMP Type,Total TCP Flow Time,Label,Attempted Category',
  ),
  values: {
    'Src IP': '10.0.0.5',
    'Src Port': '50000',
    'Dst IP': '198.51.100.9',
    'Dst Port': '80',
    Protocol: '6',
    Timestamp: '2026-09-21 14:20:00.500000',
    'Flow Duration': '2250000',
    'Total Fwd Packet': '5',
    'Total Bwd packets': '5',
    'Total Length of Fwd Packet': '490',
    'Total Length of Bwd Packet': '1930',
    'Fwd RST Flags': '0',
    'Bwd RST Flags': '0',
    'Fwd Header Length': '140',
    'Bwd Header Length': '100',
    'FIN Flag Count': '2',
    'SYN Flag Count': '2',
    Label: 'BENIGN',
  },
  head: header,
  separator: ',',
  records: FLAGGED,
};

/** NF sets of the University of Queensland, version 3: the 43 columns of version 2 and the times. */
const NETFLOW: Published = {
  name: 'NF sets, version 3',
  from: 'netflow-csv',
  columns:
    words(`FLOW_START_MILLISECONDS FLOW_END_MILLISECONDS IPV4_SRC_ADDR L4_SRC_PORT IPV4_DST_ADDR L4_DST_PORT PROTOCOL L7_PROTO
    IN_BYTES IN_PKTS OUT_BYTES OUT_PKTS TCP_FLAGS CLIENT_TCP_FLAGS SERVER_TCP_FLAGS FLOW_DURATION_MILLISECONDS DURATION_IN DURATION_OUT
    MIN_TTL MAX_TTL LONGEST_FLOW_PKT SHORTEST_FLOW_PKT MIN_IP_PKT_LEN MAX_IP_PKT_LEN SRC_TO_DST_SECOND_BYTES DST_TO_SRC_SECOND_BYTES
    RETRANSMITTED_IN_BYTES RETRANSMITTED_IN_PKTS RETRANSMITTED_OUT_BYTES RETRANSMITTED_OUT_PKTS SRC_TO_DST_AVG_THROUGHPUT
    DST_TO_SRC_AVG_THROUGHPUT NUM_PKTS_UP_TO_128_BYTES NUM_PKTS_128_TO_256_BYTES NUM_PKTS_256_TO_512_BYTES NUM_PKTS_512_TO_1024_BYTES
    NUM_PKTS_1024_TO_1514_BYTES TCP_WIN_MAX_IN TCP_WIN_MAX_OUT ICMP_TYPE ICMP_IPV4_TYPE DNS_QUERY_ID DNS_QUERY_TYPE DNS_TTL_ANSWER
    FTP_COMMAND_RET_CODE Label Attack`),
  values: {
    FLOW_START_MILLISECONDS: '1790000400500',
    FLOW_END_MILLISECONDS: '1790000402750',
    IPV4_SRC_ADDR: '10.0.0.5',
    L4_SRC_PORT: '50000',
    IPV4_DST_ADDR: '198.51.100.9',
    L4_DST_PORT: '80',
    PROTOCOL: '6',
    IN_BYTES: '730',
    IN_PKTS: '5',
    OUT_BYTES: '2130',
    OUT_PKTS: '5',
    CLIENT_TCP_FLAGS: '27',
    SERVER_TCP_FLAGS: '27',
    Attack: 'Benign',
  },
  head: header,
  separator: ',',
  records: FLAGGED,
};

/** CIDDS-001 and -002: one direction a row. */
const CIDDS: Published = {
  name: 'CIDDS',
  from: 'netflow-csv',
  columns: commas(
    'Date first seen,Duration,Proto,Src IP Addr,Src Pt,Dst IP Addr,Dst Pt,Packets,Bytes,Flows,Flags,Tos,class,attackType,attackID,attackDescription',
  ),
  values: {
    'Date first seen': '2026-09-21 14:20:00.500',
    Duration: '2.250',
    Proto: 'TCP  ',
    'Src IP Addr': '10.0.0.5',
    'Src Pt': '50000',
    'Dst IP Addr': '198.51.100.9',
    'Dst Pt': '80',
    Packets: '5',
    Bytes: '     730',
    Flags: '.AP.SF',
    class: 'normal',
    attackType: '---',
  },
  head: header,
  separator: ',',
  records: FLAGGED.slice(0, 1),
};

/** UGR'16: one direction a row, no header. */
const UGR: Published = {
  name: "UGR'16",
  from: 'netflow-csv',
  columns: words('te td sa da sp dp pr flg fwd stos pkt byt lbl'),
  values: {
    // The end of the flow.
    te: '2026-09-21 14:20:02',
    td: '2.000',
    sa: '10.0.0.5',
    da: '198.51.100.9',
    sp: '50000',
    dp: '80',
    pr: 'TCP',
    flg: '.AP.SF',
    pkt: '5',
    byt: '730',
    lbl: 'background',
  },
  head: () => '',
  separator: ',',
  records: FLAGGED.slice(0, 1),
};

/** UNSW-NB15_1.csv to _4.csv, in the order of UNSW-NB15_features.csv, no header. */
const UNSW: Published = {
  name: 'UNSW-NB15',
  from: 'unsw-nb15',
  columns:
    words(`srcip sport dstip dsport proto state dur sbytes dbytes sttl dttl sloss dloss service Sload Dload Spkts Dpkts swin dwin
    stcpb dtcpb smeansz dmeansz trans_depth res_bdy_len Sjit Djit Stime Ltime Sintpkt Dintpkt tcprtt synack ackdat is_sm_ips_ports
    ct_state_ttl ct_flw_http_mthd is_ftp_login ct_ftp_cmd ct_srv_src ct_srv_dst ct_dst_ltm ct_src_ltm ct_src_dport_ltm
    ct_dst_sport_ltm ct_dst_src_ltm attack_cat Label`),
  values: {
    srcip: '10.0.0.5',
    sport: '50000',
    dstip: '198.51.100.9',
    dsport: '80',
    proto: 'tcp',
    dur: '2.25',
    sbytes: '730',
    dbytes: '2130',
    Spkts: '5',
    Dpkts: '5',
    Stime: '1790000400',
    attack_cat: '',
    Label: '0',
  },
  head: () => '',
  separator: ',',
  records: UNFLAGGED,
};

export const PUBLISHED: readonly Published[] = [ARGUS, ZEEK, CIC_2017, CIC_CORRECTED, NETFLOW, CIDDS, UGR, UNSW];

export function publishedOf(name: string): Published {
  return PUBLISHED.find((one) => one.name === name)!;
}

/** A row with some values changed; columns that nobody reads hold `rest`. */
export function rowText(
  { columns, values, separator }: Published,
  changes: Readonly<Record<string, string>> = {},
  rest = '0',
): string {
  return columns.map((name) => changes[name] ?? values[name] ?? rest).join(separator);
}

/** A file of these rows. */
export function fileText(published: Published, rows: readonly string[]): string {
  return published.head(published.columns) + rows.map((row) => `${row}\n`).join('');
}
