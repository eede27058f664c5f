/**
 * Findings as Detection Findings (class 2004) of the Open Cybersecurity Schema Framework, version 1.5.0, with the cloud profile
 * (schema.ocsf.io/1.5.0/classes/detection_finding), as Security Lake and SIEMs take them.
 */
import type { Finding, Host, Severity } from './finding.ts';

export const OCSF_VERSION = '1.5.0';

const CATEGORY = { uid: 2, name: 'Findings' } as const;
const CLASS = { uid: 2004, name: 'Detection Finding' } as const;
/** Every finding is written whole: creating is the one activity. */
const ACTIVITY = { id: 1, name: 'Create' } as const;

const SEVERITY_IDS: Readonly<Record<Severity, number>> = { low: 2, medium: 3, high: 4, critical: 5 };
const STATUS = { new: { id: 1, name: 'New' }, suppressed: { id: 3, name: 'Suppressed' } } as const;
const ANALYTIC = { behavioural: { id: 2, name: 'Behavioral' }, learning: { id: 4, name: 'Learning (ML/DL)' } } as const;
const DIRECTION = {
  unknown: { id: 0, name: 'Unknown' },
  inbound: { id: 1, name: 'Inbound' },
  outbound: { id: 2, name: 'Outbound' },
  lateral: { id: 3, name: 'Lateral' },
} as const;
const IP_ADDRESS = { id: 2, name: 'IP Address' } as const;

/** Protocol numbers of the services that findings name. */
const PROTOCOL_NUMBERS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, gre: 47, esp: 50, icmpv6: 58 };

/** One finding as an OCSF event; `productVersion` is that of flowtrap. */
export function ocsfOf(finding: Finding, productVersion: string) {
  const { title, count, severity, technique, sources, nextSteps } = finding;
  const status = finding.suppressed === undefined ? STATUS.new : STATUS.suppressed;
  const [first, last] = [Date.parse(finding.firstSeen), Date.parse(finding.lastSeen)];
  return {
    activity_id: ACTIVITY.id,
    activity_name: ACTIVITY.name,
    category_uid: CATEGORY.uid,
    category_name: CATEGORY.name,
    class_uid: CLASS.uid,
    class_name: CLASS.name,
    type_uid: CLASS.uid * 100 + ACTIVITY.id,
    type_name: `${CLASS.name}: ${ACTIVITY.name}`,
    severity_id: SEVERITY_IDS[severity],
    severity: severity[0].toUpperCase() + severity.slice(1),
    status_id: status.id,
    status: status.name,
    is_alert: true,
    time: last,
    start_time: first,
    end_time: last,
    count,
    message: title,
    // What is unlike anything trained on, the forest guesses at.
    confidence_score: Math.round((finding.probability / Math.max(1, finding.observed.novelty ?? 0)) * 100),
    metadata: {
      version: OCSF_VERSION,
      profiles: ['cloud'],
      product: { name: 'flowtrap', vendor_name: 'flowtrap', version: productVersion },
      uid: finding.id,
    },
    cloud: { provider: 'AWS', ...(finding.account === '-' ? {} : { account: { uid: finding.account } }) },
    finding_info: {
      uid: finding.id,
      title,
      types: [finding.type],
      first_seen_time: first,
      last_seen_time: last,
      data_sources: sources,
      analytic: analyticOf(finding),
      attacks: [attackOf(technique)],
    },
    evidences: evidencesOf(finding),
    observables: observablesOf(finding),
    remediation: { desc: nextSteps.join(' ') },
    unmapped: {
      incident: finding.incident,
      class: finding.class,
      observed: finding.observed,
      expected: finding.expected,
      probability: finding.probability,
      witnesses: finding.witnesses,
      reasons: finding.reasons,
      suppressed: finding.suppressed,
      softened: finding.softened,
    },
  };
}

/** `T1110.001`, "Brute Force: Password Guessing" names technique and sub-technique at once. */
function attackOf({ id, name }: Finding['technique']) {
  const [techniqueId] = id.split('.');
  if (techniqueId === id) return { technique: { uid: id, name } };
  const [techniqueName, ...rest] = name.split(': ');
  return {
    technique: { uid: techniqueId, name: techniqueName },
    sub_technique: { uid: id, name: rest.join(': ') || name },
  };
}

function analyticOf({ witnesses, class: name }: Finding) {
  const type = witnesses.includes('forest') ? ANALYTIC.learning : ANALYTIC.behavioural;
  return { name: `${name}: ${witnesses.join(', ')}`, type_id: type.id, type: type.name };
}

/** The records that show it, each with those of the finding's ends and services that stand in it. */
function evidencesOf(finding: Finding) {
  const records = finding.evidence.map((data) => ({ ...endsIn(finding, data.record), data }));
  if (records.length > 0) return records;
  return finding.actorCount + finding.targets.hostCount > 0 ? [endsIn(finding, undefined)] : [];
}

/** Without a record, only what is the same in all of them. */
function endsIn({ actors, actorCount, targets }: Finding, record: string | undefined) {
  const cells = new Set(record?.split(/[\s,]+/));
  const inRecord = <T>(all: readonly T[], count: number, cellOf: (one: T) => string): T | undefined =>
    record === undefined ? (count === 1 ? all[0] : undefined) : all.find((one) => cells.has(cellOf(one)));
  const actor = inRecord(actors, actorCount, ({ address }) => address);
  const target = inRecord(targets.hosts, targets.hostCount, ({ address }) => address);
  const service = inRecord(targets.services, targets.serviceCount, cellOfService) ?? '';
  return {
    ...(actor === undefined ? {} : { src_endpoint: { ip: actor.address } }),
    ...(target === undefined ? {} : { dst_endpoint: { ip: target.address, ...portOf(service) } }),
    connection_info: connectionOf(actors[0], targets.hosts[0], service),
  };
}

/** What a record has of a service: its port, or the number of a protocol without ports. */
function cellOfService(service: string): string {
  const [port, protocol] = service.split('/');
  return protocol === undefined ? String(PROTOCOL_NUMBERS[service] ?? service.replace('protocol ', '')) : port;
}

function portOf(service: string): { readonly port?: number } {
  const [port, protocol] = service.split('/');
  return protocol === undefined ? {} : { port: Number(port) };
}

function connectionOf(actor: Host | undefined, target: Host | undefined, service: string) {
  const direction = directionOf(actor, target);
  const name = service.split('/').at(-1)!;
  const number = PROTOCOL_NUMBERS[name];
  return {
    direction_id: direction.id,
    direction: direction.name,
    ...(number === undefined ? {} : { protocol_num: number, protocol_name: name }),
  };
}

function directionOf(actor: Host | undefined, target: Host | undefined) {
  if (actor === undefined || target === undefined) return DIRECTION.unknown;
  if (actor.isOurs) return target.isOurs ? DIRECTION.lateral : DIRECTION.outbound;
  return target.isOurs ? DIRECTION.inbound : DIRECTION.unknown;
}

function observablesOf({ actors, targets }: Finding) {
  const observable = (name: string) => (host: Host) => ({
    name,
    type_id: IP_ADDRESS.id,
    type: IP_ADDRESS.name,
    value: host.address,
  });
  return [
    ...actors.map(observable('evidences.src_endpoint.ip')),
    ...targets.hosts.map(observable('evidences.dst_endpoint.ip')),
  ];
}
