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

/** Bytes from the first line of a batch on that stay at hand while it is filled: 1,024 lines of a kilobyte; NODATA in between may be any number. */
export const heldLinesBytesMax = 1_048_576;

/** Bytes of lines kept for the sample records of findings: two of some 100 bytes for each of a quarter of a million conversations. */
export const keptLinesBytesMax = 67_108_864;

/** Different addresses outside 0.0.0.0–239.255.255.255 one run remembers (IPv6 mostly); the rest share one. */
export const addressesHeldMax = 4_194_304;

/** Conversations held at once: 168 bytes each and 8 of index. Past it the smallest are folded into rest rows. */
export const conversationsMax = 1_048_576;

/** Networks counted where neither end of a conversation is ours; those of a VPC come first and often. */
export const strangerNetworksMax = 4_096;

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

/** Findings kept of an hour of the history, which holds eight days of them at once: about 2.5 kB each. */
export const hourFindingsMax = 1_000;

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

/** Milliseconds to connect to AWS; within a region it takes a few. */
export const connectMillisecondsMax = 5_000;

/** Milliseconds without a byte on a connection to AWS before it is given up and the request tried again. */
export const requestMillisecondsMax = 30_000;

/** Attempts at a conditional write of S3 while others write the same key; they conflict for milliseconds only. */
export const conflictsMax = 8;

/** Objects that one event may speak of; S3 sends one, a hand-made event for a back-fill may have many. */
export const eventObjectsMax = 1_000;

/** Bytes of an event's text: what an SQS message holds. */
export const eventBytesMax = 1_048_576;

/** Findings of an object that are written at once. */
export const findingWritesMax = 16;

/** Messages put back by one call of redrive. */
export const redrivenMax = 100_000;

/** Suppressions, and trusted networks, of one settings file: each is a reviewed line that somebody owns. */
export const suppressionsMax = 1_000;
export const trustedNetworksMax = 1_000;

/** Characters of a name, reason, owner or pattern in the settings. */
export const settingTextCharactersMax = 256;

/** Alerts a day per behaviour: more than one every half hour nobody reads. */
export const alertsPerDayMax = 50;

/** Days whose scores the alert budget remembers, and fewest before it holds anything back: a working week has its days. */
export const budgetDaysMax = 14;
export const budgetDaysMin = 3;

/** Highest scores kept per behaviour and day: all that the largest budget can ask for over all days, `alertsPerDayMax × budgetDaysMax`. */
export const budgetScoresMax = 700;

/** Seconds after which a claim to tell is taken for that of a run that died; the notify function ends long before. */
export const claimSeconds = 120;

/** Times a conditional write is tried again after somebody else was faster. */
export const claimTriesMax = 8;

/** Findings whose counts one incident remembers per run of activity; further ones do not add to its count. */
export const incidentFindingsMax = 200;

/** Behaviours remembered per host, by which side effects are known. */
export const actorBehavioursMax = 20;

/** Findings that one digest reads; it says how many there were beyond. */
export const digestFindingsMax = 10_000;

/** Days before its own whose findings a digest looks through for those that came late: as far back as history is looked at. */
export const digestDaysBackMax = 7;

/** Lines of each list in a digest; all are counted. */
export const digestListMax = 10;

/**
 * Characters of a plain message, and bytes of one for machines: SNS takes 256 KiB for all bodies of a message together, among which the
 * first stands twice and the second four times.
 */
export const emailCharactersMax = 16_000;
export const machineBytesMax = 24_000;

/** Characters of a message to a chat: Slack refuses blocks from about 13,000 on as a whole. */
export const chatCharactersMax = 12_000;

/** Characters of one line of a log shown in a message. */
export const messageRecordCharactersMax = 500;

/** Bytes of one stored finding: 50 hosts, services and sources each, and six sample records of 16 KiB. */
export const storedFindingBytesMax = 1_048_576;

/** Seconds that the functions are given to find the attacks of the canary; they need a few, a queue that is full some minutes. */
export const canaryPatienceSeconds = 600;

/** Milliseconds of one call of a webhook; Slack answers within one or two seconds. */
export const webhookMillisecondsMax = 10_000;

/** Attempts at a webhook, for then the queue's next delivery would repeat the e-mail too. */
export const webhookTriesMax = 3;

/**
 * Rows of tracks (client, server, service, hour) held at once, about: some 350 bytes each with what is made of them. More rows mean more passes
 * over fewer hosts each; one host has at most `trackHostRowsMax` an hour.
 */
export const trackRowsMax = 524_288;

/** Tracks of one host of ours kept for one hour: a proxy has some thousand. Others are counted, so that no host fills the memory of a pass. */
export const trackHostRowsMax = 4_096;

/** Rows of one row group of a track file, about: small enough that a pass reads little more than its own hosts. */
export const trackGroupRows = 2_048;

/** Row groups of a track file, a power of two. */
export const trackGroupsMax = 64;

/** Contact moments of a track: at one a minute, all of nearly three days. */
export const momentsMax = 4_096;

/** Services of strangers of which is known how many hosts of ours call them: about 200 bytes each. */
export const placesMax = 262_144;

/** Interfaces whose hours are known: a VPC with more than a few ten thousand is split among several installations. */
export const interfacesMax = 65_536;

/** Hosts named of an hour with the most conversations unlike all training; all are counted. */
export const unfamiliarHostsMax = 10;

/** Days of a host's baseline, and days with traffic before it speaks. */
export const baselineDaysMax = 30;
export const baselineLearningDays = 3;

/** Hosts of ours whose baseline is kept, about 400 bytes each a day. */
export const baselineHostsMax = 262_144;

/** Services of strangers in a day of a host's baseline; a host with more is no longer told by them. */
export const baselineServicesMax = 64;

/** Days that one run looks at one after another, each from its end: a year of logs. */
export const replayedDaysMax = 400;

/** Summaries that could not be used and are told in full; all are counted. */
export const skippedListedMax = 100;

/** Entries of one of the user's lists of addresses: the largest public feeds of single addresses have some hundred thousand. */
export const listEntriesMax = 1_000_000;

/** Bytes of one list of addresses: a million networks in text. */
export const listBytesMax = 67_108_864;

/** Bytes of all databases of origins together: one of countries or networks has 8 to 20 million, those that know cities 60 to 130. */
export const originDatabasesBytesMax = 268_435_456;

/** Characters of the name of a country or network: as much as a title bears. */
export const originNameMax = 60;
