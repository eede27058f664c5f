/**
 * Chains: several stages of an intrusion on one host of ours within a day are one story, and worse than its parts.
 *
 * Sees: a host of ours that does things of two stages or more (looks around, gets in elsewhere, is controlled, sends data out or floods), or
 * whose password was guessed and that does one of these afterwards. GuardDuty's attack sequences look at a day of one account in the same way.
 * Looks alike: a scanner that is also a jump host; trusted networks soften its parts, and with them the chain. What strangers try on a host
 * without getting in is the weather and begins no chain, but is told among the parts.
 */
import { typeNamed } from '../findings/catalog.ts';
import { fillIn } from '../findings/explain.ts';
import { type Finding, type Host, SEVERITIES, type Severity } from '../findings/finding.ts';
import { identify } from '../findings/identity.ts';
import { evidenceRecordsMax, findingListMax } from '../limits.ts';
import { DAY_SECONDS, dayOf } from './hours.ts';
import { worst } from './join.ts';

/** Stages of what a host does, by class or, where one is named, by type. Types that are not here prove no intrusion. */
const STAGES: Readonly<Record<string, string>> = {
  scan: 'discovery',
  'brute-force': 'access',
  'lateral-movement': 'access',
  'command-and-control': 'control',
  'tor-contact': 'control',
  'threat-list-contact': 'control',
  exfiltration: 'action',
  'denial-of-service': 'action',
  mining: 'action',
  'spam-bot': 'action',
};

/** What makes its target an actor: somebody got in. */
const BREAK_IN = 'brute-force-success';

/** What may be the weather does not count as a stage. */
const STAGE_SEVERITIES: readonly Severity[] = SEVERITIES.slice(SEVERITIES.indexOf('medium'));

/** What one login alone may be, but not beside another stage. */
const STAGE_AT_ANY_SEVERITY = 'lateral-movement';

const STAGES_MIN = 2;
const PARTS_MAX = findingListMax;

/** A finding as a stage of one host; without `stage` it only belongs to the story. */
interface Step {
  readonly finding: Finding;
  readonly stage: string | undefined;
}

/** The chains among findings that have been judged; suppressed ones are no stages. */
export function chains(findings: readonly Finding[]): Finding[] {
  const steps = new Map<string, { host: Host; steps: Step[] }>();
  for (const finding of findings) {
    if (finding.suppressed !== undefined || finding.parts !== undefined) continue;
    for (const { host, stage } of rolesOf(finding)) {
      const known = steps.get(host.address) ?? { host, steps: [] };
      steps.set(host.address, known);
      known.steps.push({ finding, stage });
    }
  }
  return [...steps.values()].flatMap(({ host, steps }) =>
    days(steps)
      .filter(isChain)
      .map((day) => chainOf(host, day)),
  );
}

/** Hosts of ours that a finding is about, with the stage that it is for each. */
function rolesOf(finding: Finding): { host: Host; stage: string | undefined }[] {
  const { actors, targets, type } = finding;
  const counts = STAGE_SEVERITIES.includes(finding.severity) || type === STAGE_AT_ANY_SEVERITY;
  const stage = counts ? (STAGES[type] ?? STAGES[finding.class]) : undefined;
  const acting = actors.filter(({ isOurs }) => isOurs).map((host) => ({ host, stage }));
  // Of many targets at once each is hit by chance.
  if (targets.hostCount > 1 && type !== BREAK_IN) return acting;
  const hit = targets.hosts.filter(({ isOurs }) => isOurs);
  return [...acting, ...hit.map((host) => ({ host, stage: type === BREAK_IN ? 'entry' : undefined }))];
}

/**
 * Stages in the order of time, cut where more than a day has passed since the first, each day with what else belongs to its story. What is no stage,
 * such as the weather, neither begins a day nor ends one.
 */
function days(steps: readonly Step[]): Step[][] {
  const rising = [...steps].sort((a, b) => timeOf(a) - timeOf(b) || (a.finding.id < b.finding.id ? -1 : 1));
  const starts: number[] = [];
  for (const step of rising) {
    const isOver = starts.length === 0 || timeOf(step) - starts.at(-1)! > DAY_SECONDS;
    if (step.stage !== undefined && isOver) starts.push(timeOf(step));
  }
  return starts.map((start, i) => {
    const [after, before] = [(starts[i - 1] ?? Number.NEGATIVE_INFINITY) + DAY_SECONDS, start + DAY_SECONDS];
    return rising.filter((step) => {
      const at = timeOf(step);
      return at <= before && (step.stage === undefined ? at > Math.max(after, start - DAY_SECONDS) : at >= start);
    });
  });
}

const timeOf = ({ finding }: Step) => Date.parse(finding.firstSeen) / 1000;

function isChain(steps: readonly Step[]): boolean {
  const stages = new Set(steps.flatMap(({ stage }) => stage ?? []));
  return stages.size >= STAGES_MIN;
}

function chainOf(host: Host, steps: readonly Step[]): Finding {
  const parts = [...new Map(steps.map(({ finding }) => [finding.id, finding])).values()];
  const type = typeNamed('attack-chain');
  const stages = [...new Set(steps.flatMap(({ stage }) => stage ?? []))];
  const others = new Map(parts.flatMap(({ targets }) => targets.hosts).map((other) => [other.address, other]));
  others.delete(host.address);
  // Parts list their targets up to a limit; the longest of them says how many there are at least.
  const hostCount = others.size + Math.max(...parts.map(({ targets }) => targets.hostCount - targets.hosts.length));
  const services = [...new Set(parts.flatMap(({ targets }) => targets.services))];
  const words = {
    actor: host.address,
    targets: hostCount === 1 && others.size === 1 ? [...others.keys()][0] : `${hostCount} hosts`,
    service: services.length === 1 ? services[0] : `${services.length} services`,
  };
  const witnesses = [...new Set(parts.flatMap(({ witnesses }) => witnesses))];
  return {
    ...identify({
      kind: type.type,
      role: 'actor',
      actor: host.address,
      scope: '-',
      began: dayOf(timeOf(steps.find(({ stage }) => stage !== undefined)!)),
    }),
    type: type.type,
    class: type.class,
    severity: severityOf(parts, witnesses),
    title: fillIn(type.title, words),
    account: parts[0].account,
    actors: [host],
    actorCount: 1,
    targets: {
      hosts: [...others.values()].slice(0, findingListMax),
      hostCount,
      services: services.slice(0, findingListMax),
      serviceCount: services.length,
    },
    firstSeen: parts[0].firstSeen,
    lastSeen: parts.reduce((last, { lastSeen }) => (lastSeen > last ? lastSeen : last), ''),
    count: parts.reduce((sum, { count }) => sum + count, 0),
    observed: { stages: stages.length, findings: parts.length },
    expected: { stages: STAGES_MIN - 1 },
    probability: Math.max(...parts.map(({ probability }) => probability)),
    witnesses,
    reasons: [],
    evidence: parts.flatMap(({ evidence }) => evidence.slice(0, 1)).slice(0, evidenceRecordsMax),
    sources: [...new Set(parts.flatMap(({ sources }) => sources))].sort().slice(0, findingListMax),
    technique: type.technique,
    nextSteps: type.nextSteps.map((step) => fillIn(step, words)),
    parts: parts
      .slice(0, PARTS_MAX)
      .map(({ id, type, title, severity, firstSeen }) => ({ id, type, title, severity, firstSeen })),
  };
}

/** One step above the worst part; what a single witness has seen stays at medium here too, however many parts it makes of it. */
function severityOf(parts: readonly Finding[], witnesses: readonly string[]): Severity {
  const highest = SEVERITIES.indexOf(worst(parts.map(({ severity }) => severity)));
  if (witnesses.length < 2) return SEVERITIES[Math.max(highest, SEVERITIES.indexOf('medium'))];
  return SEVERITIES[Math.min(highest + 1, SEVERITIES.length - 1)];
}
