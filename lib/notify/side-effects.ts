/**
 * What is no second attack but the trace of one that has been told: a scan meets ports that its host never used before. Such findings of the same
 * host at the same time go to the digest, unless they are more severe than what they are taken to follow from.
 */
import { createHash } from 'node:crypto';
import { type Finding, SEVERITIES, type Severity } from '../findings/finding.ts';
import type { Store } from '../history/store.ts';
import { actorBehavioursMax } from '../limits.ts';
import { change, readJson } from './stored-json.ts';

interface SideEffects {
  /** Types of the told finding. */
  readonly of: readonly string[];
  /** Types that follow from it. */
  readonly mute: readonly string[];
}

const SCANS = ['vertical-scan', 'slow-scan', 'internal-sweep', 'external-sweep'];
const STRANGE_PLACES = [
  ...['unusual-port', 'first-seen-peer', 'first-internet-egress', 'unusual-resolver'],
  ...['unusual-country', 'unusual-network'],
];

/** Guessing stands in no list: who guesses after scanning has gone a step further. */
export const SIDE_EFFECTS: readonly SideEffects[] = [
  // Trying many hosts and ports means meeting new ones, and an open port among them is no login.
  { of: SCANS, mute: [...STRANGE_PLACES, 'lateral-movement', 'odd-protocol'] },
  // A flood over many ports or hosts is not meant to find anything, and its volume is no upload.
  {
    of: ['outbound-flood', 'amplifier'],
    mute: [...SCANS, ...STRANGE_PLACES, 'unusual-upload', 'bulk-exfiltration', 'odd-protocol'],
  },
  // The answers of a flooded host to forged senders look as if it tried them all.
  { of: ['inbound-flood', 'reflected-flood'], mute: [...SCANS, ...STRANGE_PLACES] },
  // Delivering mail to many strangers is a sweep of port 25; which of the two is told first is chance.
  { of: ['external-sweep'], mute: ['spam-bot'] },
  { of: ['spam-bot'], mute: ['external-sweep', ...STRANGE_PLACES] },
  // The place that an implant, a miner or an upload talks to is new, and the talk is long.
  {
    of: [
      'beacon',
      'strobe',
      'mining',
      'bulk-exfiltration',
      'chunked-exfiltration',
      'tor-contact',
      'threat-list-contact',
    ],
    mute: [...STRANGE_PLACES, 'long-connection', 'unusual-upload'],
  },
];

export interface Behaviour {
  readonly incident: string;
  readonly type: string;
  readonly severity: Severity;
  readonly firstSeconds: number;
  readonly lastSeconds: number;
}

/** Seconds around a behaviour in which its side effects are looked for: findings of one attack come from different windows and runs. */
const AROUND_SECONDS = 3_600;

/** The told behaviour that a finding follows from. */
export function causeOf(finding: Finding, told: readonly Behaviour[]): Behaviour | undefined {
  const { firstSeconds, lastSeconds } = behaviourOf(finding);
  const rank = SEVERITIES.indexOf(finding.severity);
  return told.find(
    (behaviour) =>
      behaviour.incident !== finding.incident &&
      SIDE_EFFECTS.some(({ of, mute }) => of.includes(behaviour.type) && mute.includes(finding.type)) &&
      rank <= SEVERITIES.indexOf(behaviour.severity) &&
      firstSeconds <= behaviour.lastSeconds + AROUND_SECONDS &&
      lastSeconds >= behaviour.firstSeconds - AROUND_SECONDS,
  );
}

export function behaviourOf({ incident, type, severity, firstSeen, lastSeen }: Finding): Behaviour {
  return {
    incident,
    type,
    severity,
    firstSeconds: Date.parse(firstSeen) / 1000,
    lastSeconds: Date.parse(lastSeen) / 1000,
  };
}

interface ActorRecord {
  readonly magic: 'flowtrap-actor';
  readonly version: 1;
  /** What was told about the host, newest last. */
  readonly told: readonly Behaviour[];
}

const NOTHING_TOLD: ActorRecord = { magic: 'flowtrap-actor', version: 1, told: [] };

/** The host that a finding is about: its one actor, or the victim of many. */
function subjectOf({ actors, actorCount, targets }: Finding): string {
  const host = actorCount === 1 ? actors[0] : targets.hosts[0];
  return host?.address ?? '-';
}

function actorKey(finding: Finding): string {
  return `incidents/actors/${createHash('sha256').update(subjectOf(finding)).digest('hex').slice(0, 32)}.json`;
}

export async function toldOf(store: Store, finding: Finding): Promise<readonly Behaviour[]> {
  return (await readJson(store, actorKey(finding), NOTHING_TOLD)).value.told;
}

/** Remembers a finding of an incident that has been told, in place of what was known of it. */
export function rememberTold(store: Store, finding: Finding): Promise<void> {
  return change(store, actorKey(finding), NOTHING_TOLD, (record) => {
    const others = record.told.filter(({ incident }) => incident !== finding.incident);
    const known = record.told.find(({ incident }) => incident === finding.incident);
    const told = [...others, extended(behaviourOf(finding), known)].slice(-actorBehavioursMax);
    return { value: { ...record, told }, result: undefined };
  });
}

/** Forms of a finding come in any order; what has been told stays as long and as severe as it was. */
function extended(behaviour: Behaviour, known: Behaviour = behaviour): Behaviour {
  const [rank, before] = [behaviour, known].map(({ severity }) => SEVERITIES.indexOf(severity));
  return {
    ...behaviour,
    severity: SEVERITIES[Math.max(rank, before)],
    firstSeconds: Math.min(behaviour.firstSeconds, known.firstSeconds),
    lastSeconds: Math.max(behaviour.lastSeconds, known.lastSeconds),
  };
}
