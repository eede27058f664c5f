/**
 * Every hard limit, with its unit and its reason. Input comes from outside: nothing here may grow without one.
 */

/** Longest text line taken as a record. All 54 fields with ARNs and four 256-character tags stay under 8 KiB. */
export const lineBytesMax = 16_384;

/** Rows of one batch: small enough that its columns stay in a core's second-level cache, large enough to amortise calls. */
export const batchRows = 1_024;

/** Different identifiers (interfaces, accounts, tags) one run remembers; the rest share one name. */
export const dictionaryEntriesMax = 1_048_576;

/** Bytes of text those identifiers may fill together. */
export const dictionaryBytesMax = 134_217_728;

/** Different addresses outside 0.0.0.0–239.255.255.255 one run remembers (IPv6 mostly); the rest share one. */
export const addressesHeldMax = 4_194_304;

/** Conversations held at once: 168 bytes each and 8 of index. Past it the smallest are folded into rest rows. */
export const conversationsMax = 1_048_576;

/** Seconds of one conversation window. */
export const windowSeconds = 300;

/** Latest time stamp taken as one, 2100-01-01 in Unix seconds; larger values are tried as milliseconds. */
export const timeSecondsMax = 4_102_444_800;

/** Largest packet or byte count taken as one: the whole numbers a double holds exactly. */
export const countMax = 9_007_199_254_740_991;

/** Bytes one object may unpack to. AWS closes objects at 75 MB packed; the densest real logs unpack about 25 to 1. */
export const unpackedBytesMax = 8_589_934_592;

/** Unpacked bytes per packed byte, judged once `unpackRatioFloorBytes` have come out; DEFLATE itself allows 1,032. */
export const unpackRatioMax = 200;

/** A small object may be very repetitive without being an attack. */
export const unpackRatioFloorBytes = 268_435_456;

/** Examples kept per object of lines that could not be parsed. */
export const malformedExamplesMax = 5;

/** Different unknown field names reported per run. */
export const unknownFieldsMax = 100;

/** Fewest hosts in a simulated network: a client, a server, a bastion and a resolver. */
export const simulationHostsMin = 4;
/** Most hosts in a simulated network: a /16 holds them in two subnets, and a slot of theirs about 220,000 records. */
export const simulationHostsMax = 2_000;
/** Longest simulated run: 31 days, more than any history that is looked back on. */
export const simulationMinutesMax = 44_640;

/** Stand-in addresses remembered per interface; a NAT gateway has 1 to 8, a pod host as many as its interface has. */
export const translatedAddressesMax = 64;

/** Bytes of a Parquet object held in memory when its storage offers no ranged reads: three times what AWS closes at. */
export const collectedBytesMax = 268_435_456;

/** Bytes of one CloudWatch Logs payload as JSON. Lambda events end at 6 MB packed; log lines with ids unpack about 10 to 1. */
export const payloadBytesMax = 67_108_864;

/** Different header lines in one object; a concatenation of a whole bucket has a handful. */
export const layoutsMax = 64;

/** Rows of features scored in one call: the matrix of a chunk stays under 1 MB, and the runtime gains nothing from more. */
export const scoreRowsMax = 4_096;

/** Rows of one Parquet row group, which is held in memory decoded; DuckDB writes 122,880, Spark up to a few million. */
export const parquetGroupRowsMax = 8_388_608;

/** Rows of one Parquet object; the 75 MB at which AWS closes one hold some ten million. */
export const parquetRowsMax = 1_000_000_000;

/** Bytes of one unpacked Parquet page; writers aim at 1 MiB. */
export const parquetPageBytesMax = 268_435_456;

/** Hosts, services and objects listed in a finding; all are counted. */
export const findingListMax = 50;

/** Sample records of a finding. */
export const evidenceRecordsMax = 6;

/** Strongest conversations of a finding that its reasons are worked out from, each scored once per feature. */
export const reasonRowsMax = 8;

/** Reasons given for a finding. */
export const reasonsMax = 5;

/** Findings explained per run; a run with more is itself the finding, and says how many there were. */
export const findingsMax = 10_000;

/** Objects whose failure is told in full; all are counted. */
export const failuresListedMax = 100;

/** Rows of labels.csv held at once: about 200 bytes each with their index. */
export const labelRowsMax = 4_194_304;

/** Rows in one group of a written Parquet matrix: 6 MB of features, and few enough groups that the footer stays small. */
export const matrixRowsMax = 32_768;

/** Rows in one group of a summary: 40 columns of them stay under 10 MB while they are written or merged. */
export const summaryGroupRows = 16_384;

/** Fewest conversations a store may be limited to: the row that gathers the rest and one beside it. */
export const conversationsMin = 2;

/** Flows of a data set held back to bring them into order: about 300 bytes each; Zeek logs connections when they end. */
export const reorderFlowsMax = 65_536;

/** Open records of a conversion, about 300 bytes each; past it they are delivered early, as further objects of their slot. */
export const openRecordsMax = 524_288;

/** Flows that go on beyond the open windows; past it the rest of a flow is cut at once. */
export const spanningFlowsMax = 524_288;

/** Longest flow taken as one: a week. Argus reports after an hour at most, Zeek when a connection ends. */
export const flowSecondsMax = 604_800;

/** Addresses whose interface a conversion remembers; they are worked out again when forgotten. */
export const endpointsHeldMax = 262_144;

/** Fragmented packets whose ports are remembered for the fragments that follow. */
export const fragmentsHeldMax = 65_536;

/** Bytes of one captured packet: the largest snapshot length of libpcap. */
export const capturedPacketBytesMax = 262_144;

/** Bytes of one pcapng block: a packet with its options, or a block that is passed over. */
export const captureBlockBytesMax = 16_777_216;

/** Interfaces of one pcapng section. */
export const captureInterfacesMax = 4_096;

/** Different unknown label words reported per conversion. */
export const unknownLabelsMax = 100;

/** Conversations judged in one evaluation: as many as `score` writes in one run, and few enough that two of their numbers make one key. */
export const evaluatedRowsMax = 1_048_576;

/** Bytes of a findings.json that is judged: 10,000 findings of a few kilobytes each, ten times over. */
export const findingsFileBytesMax = 268_435_456;

/** Most resamples of a bootstrap; intervals hardly move after 1,000 (Efron and Tibshirani 1993, section 19.3, advise that many). */
export const resamplesMax = 10_000;

/** Attacks, findings and actor-windows listed one by one in an evaluation; all are counted. */
export const evaluationListMax = 1_000;
