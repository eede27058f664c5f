/**
 * What has been heard and told of an incident, and what of a finding is news.
 *
 * An incident runs in episodes: activity with breaks of less than the quiet time. In an episode the first finding is told, then only what is
 * more severe than told before, or ten times as much. What comes after a longer break is a new episode and is told again. With each message after
 * the first the break must be ten times as long, up to a week: what keeps coming back is known, and in the digest. Findings may come twice, late
 * and out of order: counts only grow, so what was heard before is never news a second time.
 */
import { type Finding, SEVERITIES, type Severity } from '../findings/finding.ts';
import { claimSeconds, incidentFindingsMax } from '../limits.ts';
import type { Hold } from './route.ts';

export const INCIDENT_MAGIC = 'flowtrap-incident';
export const INCIDENT_VERSION = 1;

/** Why a finding is told. */
export type News = 'new' | 'again' | 'worse' | 'more';

export interface Told {
  readonly severity: Severity;
  /** Conversations of the episode by then. */
  readonly count: number;
  readonly atSeconds: number;
}

export interface Claim {
  /** Version of the finding that is being told. */
  readonly finding: string;
  readonly atSeconds: number;
}

export interface IncidentState {
  readonly magic: typeof INCIDENT_MAGIC;
  readonly version: typeof INCIDENT_VERSION;
  /** First activity ever heard of, and the present episode, Unix seconds; infinities do not survive JSON, so nothing heard is `null`. */
  readonly sinceSeconds: number | null;
  readonly episode: { readonly firstSeconds: number; readonly lastSeconds: number } | null;
  /** Conversations of the episode by the finding that counted them, the highest heard of each. */
  readonly counts: Readonly<Record<string, number>>;
  /** What people know of the episode. */
  readonly told?: Told;
  /** Messages about the incident, over all episodes. */
  readonly messages: number;
  /** Somebody is telling it, or died while doing so. */
  readonly claim?: Claim;
  /** Why the last finding that was news was not told. */
  readonly held?: { readonly why: Hold; readonly atSeconds: number };
}

export const UNHEARD: IncidentState = {
  magic: INCIDENT_MAGIC,
  version: INCIDENT_VERSION,
  sinceSeconds: null,
  episode: null,
  counts: {},
  messages: 0,
};

/** Growth that is worth another message, of what is seen as of the time since. */
const GROWTH = 10;

/** After a week an incident is a new one, however often it was told. */
const QUIET_SECONDS_MAX = 604_800;

export const incidentKey = (incident: string) => `incidents/${incident}.json`;

/** A finding as it stands: what changes with new evidence changes this. */
export const versionOf = ({ id, severity, count }: Finding): string => `${id}/${severity}/${count}`;

/**
 * The state with a finding heard, and whether it is news. `known` has been told or is no more than was; `earlier` belongs to an episode before the
 * present one, of which people have heard since as no less severe.
 */
export function hear(
  state: IncidentState,
  finding: Finding,
  quietSeconds: number,
): { readonly state: IncidentState; readonly news: News | 'known' | 'earlier' } {
  const first = Date.parse(finding.firstSeen) / 1000;
  const last = Math.max(first, Date.parse(finding.lastSeen) / 1000);
  const { episode } = state;
  if (episode !== null && last + quietSeconds < episode.firstSeconds && isNoMore(state, finding)) {
    return { state, news: 'earlier' };
  }
  const isNewEpisode = episode === null || first > episode.lastSeconds + breakOf(state, quietSeconds);
  const heard = isNewEpisode ? begin(state, finding, first, last) : goOn(state, finding, first, last);
  return { state: heard, news: newsOf(heard, finding) };
}

/** Whether people know of the present episode, and of nothing less severe than the finding. */
function isNoMore({ told }: IncidentState, { severity }: Finding): boolean {
  return told !== undefined && SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(told.severity);
}

/** Seconds without activity after which it is told again. */
function breakOf({ messages }: IncidentState, quietSeconds: number): number {
  return Math.min(QUIET_SECONDS_MAX, quietSeconds * GROWTH ** Math.max(0, messages - 1));
}

function begin(state: IncidentState, finding: Finding, first: number, last: number): IncidentState {
  const { told: _, held: __, ...kept } = state;
  return {
    ...kept,
    sinceSeconds: Math.min(state.sinceSeconds ?? first, first),
    episode: { firstSeconds: first, lastSeconds: last },
    counts: { [finding.id]: finding.count },
  };
}

function goOn(state: IncidentState, { id, count }: Finding, first: number, last: number): IncidentState {
  const { firstSeconds, lastSeconds } = state.episode!;
  const known = state.counts[id];
  const isFull = known === undefined && Object.keys(state.counts).length >= incidentFindingsMax;
  const grows = !isFull && count > (known ?? 0);
  if (!grows && first >= firstSeconds && last <= lastSeconds) return state;
  return {
    ...state,
    sinceSeconds: Math.min(state.sinceSeconds ?? first, first),
    episode: { firstSeconds: Math.min(firstSeconds, first), lastSeconds: Math.max(lastSeconds, last) },
    counts: grows ? { ...state.counts, [id]: count } : state.counts,
  };
}

function newsOf(state: IncidentState, finding: Finding): News | 'known' {
  const { told, messages } = state;
  if (told === undefined) return messages > 0 ? 'again' : 'new';
  if (SEVERITIES.indexOf(finding.severity) > SEVERITIES.indexOf(told.severity)) return 'worse';
  return countOf(state) >= GROWTH * Math.max(1, told.count) ? 'more' : 'known';
}

/** Conversations of the episode. */
export function countOf({ counts }: IncidentState): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** Whether somebody is telling it now; an old claim is that of a run that died. */
export function isClaimed({ claim }: IncidentState, nowSeconds: number): boolean {
  return claim !== undefined && Math.abs(nowSeconds - claim.atSeconds) < claimSeconds;
}

export function claimed(state: IncidentState, finding: Finding, nowSeconds: number): IncidentState {
  return { ...state, claim: { finding: versionOf(finding), atSeconds: nowSeconds } };
}

/** The state once a finding has been told: people know of the highest severity and of all conversations by now. */
export function marked(state: IncidentState, { severity }: Finding, nowSeconds: number): IncidentState {
  const { claim: _, held: __, ...kept } = state;
  const before = state.told?.severity ?? severity;
  const highest = SEVERITIES.indexOf(before) > SEVERITIES.indexOf(severity) ? before : severity;
  const told = { severity: highest, count: countOf(state), atSeconds: nowSeconds };
  return { ...kept, told, messages: state.messages + 1 };
}

/** The state once it was decided not to tell a finding. */
export function held(state: IncidentState, why: Hold, nowSeconds: number): IncidentState {
  const { claim: _, ...kept } = state;
  return { ...kept, held: { why, atSeconds: nowSeconds } };
}

/** The state after a claim came to nothing. */
export function released({ claim: _, ...kept }: IncidentState): IncidentState {
  return kept;
}
