/**
 * An incident becomes a finding: named, graded and explained. Sample records are added by whoever can read the sources again.
 */
import { W } from '../conversations/row.ts';
import { type Scored, wordOf } from '../detectors/scored.ts';
import { FEATURES } from '../features/catalog.ts';
import { fillMatrix } from '../features/matrix.ts';
import { ABSENT_TEXT } from '../flowlog/dictionary.ts';
import { evidenceRecordsMax, findingListMax, reasonRowsMax, reasonsMax } from '../limits.ts';
import { featureEffects } from '../model/attribution.ts';
import { noveltyOf } from '../model/novelty.ts';
import { typeOf } from './catalog.ts';
import type { Evidence, Finding, Host, Reason } from './finding.ts';
import { identify } from './identity.ts';
import type { Incident } from './incident.ts';
import { columnOf, measure } from './measure.ts';
import { severityOf } from './severity.ts';
import type { FindingType, Situation } from './types/finding-type.ts';

export async function explain(scored: Scored, incident: Incident): Promise<Finding> {
  const measures = measure(scored, incident);
  const host = hostOf(scored);
  const actor = host(incident.actor);
  const { actorIsVictim, named } = incident;
  const situation: Situation = { measures, actorIsOurs: actor.isOurs, actorIsVictim, named };
  const type = typeOf(incident.class, situation);
  const actors = incident.actorIsVictim ? byCount(measures.clients) : [incident.actor];
  const hosts = byCount(measures.servers).map(host);
  const services = byCount(measures.services).map(serviceName);
  const targets = {
    hosts: hosts.slice(0, findingListMax),
    hostCount: hosts.length,
    services: services.slice(0, findingListMax),
    serviceCount: services.length,
  };
  const strongest = strongestPositions(scored, incident);
  const matrix = matrixOf(scored, strongest.slice(0, reasonRowsMax));
  const novelty = typicalNovelty(scored, matrix);
  const role = {
    actorIsOurs: actor.isOurs,
    answered: measures.answered,
    isSmall: type.isSmall?.(situation),
    isExchange: type.isExchange?.(situation),
  };
  const words = {
    actor: actor.address,
    targets: hosts.length === 1 ? hosts[0].address : `${hosts.length} hosts`,
    service: services.length === 1 ? services[0] : `${services.length} services`,
  };
  return {
    ...identify({
      kind: type.class === 'other-attack' ? type.type : type.class,
      role: incident.actorIsVictim ? 'victim' : 'actor',
      actor: actor.address,
      scope: host(incident.scope).address,
      began: incident.began,
    }),
    type: type.type,
    class: type.class,
    severity: severityOf(type.severity, role, incident.witnesses),
    title: fillIn(type.title, words),
    account: accountOf(scored, strongest[0]),
    actors: actors.slice(0, findingListMax).map(host),
    actorCount: actors.length,
    targets,
    firstSeen: isoTime(measures.firstSeconds),
    lastSeen: isoTime(measures.lastSeconds),
    count: measures.conversations,
    observed: { ...type.observed?.(measures), ...incident.observed, ...(novelty !== undefined && { novelty }) },
    expected: {
      ...type.expected,
      ...incident.expected,
      ...thresholdOf(scored, type),
      ...(novelty !== undefined && { novelty: 1 }),
    },
    probability: Number(measures.probability.toFixed(4)),
    witnesses: incident.witnesses,
    reasons: await reasonsOf(scored, incident, matrix),
    evidence: evidenceOf(scored, strongest),
    sources: sourcesOf(scored, incident),
    technique: type.technique,
    nextSteps: type.nextSteps.map((step) => fillIn(step, words)),
  };
}

/** The forest's threshold, where it knows the class. */
function thresholdOf({ classifier }: Scored, { class: name }: FindingType): { readonly probability?: number } {
  const probability = name === 'other-attack' ? undefined : classifier.manifest.thresholds[name];
  return probability === undefined ? {} : { probability };
}

function hostOf({ conversations, ours }: Scored): (code: number) => Host {
  const { addresses } = conversations.names;
  return (code) => ({ address: addresses.format(code), isOurs: ours.has(code, addresses) });
}

function byCount(counts: ReadonlyMap<number, number>): number[] {
  return [...counts.entries()].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([key]) => key);
}

const PROTOCOL_NAMES: Readonly<Record<number, string>> = {
  1: 'icmp',
  6: 'tcp',
  17: 'udp',
  47: 'gre',
  50: 'esp',
  58: 'icmpv6',
};

/** "22/tcp"; protocols without ports by their name, or number, alone. */
export function serviceName(service: number): string {
  const protocol = service >>> 16;
  const name = PROTOCOL_NAMES[protocol] ?? `protocol ${protocol}`;
  return protocol === 6 || protocol === 17 ? `${service & 0xffff}/${name}` : name;
}

export function fillIn(sentence: string, words: Readonly<Record<string, string>>): string {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => words[name] ?? name);
}

export function isoTime(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

/** Account of the interface that saw the conversation at a position, `-` where the log does not say. */
function accountOf(scored: Scored, position: number): string {
  const { words, accounts, names } = scored.conversations;
  const observer = words[wordOf(scored, position) + W.observer];
  return names.text.text(accounts.get(observer) ?? ABSENT_TEXT);
}

/** Positions by probability of the incident's class, highest first; equal ones by who and when, not by the order of reading. */
function strongestPositions(scored: Scored, incident: Incident): number[] {
  const { classes } = scored.classifier.manifest;
  const { words } = scored.conversations;
  const column = columnOf(classes, incident.class);
  const probability = (position: number) => (column < 0 ? 0 : scored.probabilities[position * classes.length + column]);
  const byKey = (a: number, b: number) => {
    const [atA, atB] = [wordOf(scored, a), wordOf(scored, b)];
    const word = KEY_WORDS.find((word) => words[atA + word] !== words[atB + word]);
    return word === undefined ? a - b : words[atA + word] - words[atB + word];
  };
  return [...incident.positions].sort((a, b) => probability(b) - probability(a) || byKey(a, b));
}

const KEY_WORDS = [W.window, W.server, W.service, W.client];

/** Features of the conversations at some positions, row by row. */
function matrixOf({ conversations, context, rows }: Scored, positions: readonly number[]): Float32Array {
  const width = FEATURES.length;
  const matrix = new Float32Array(positions.length * width);
  for (const [index, position] of positions.entries()) {
    const one = matrix.subarray(index * width, (index + 1) * width);
    fillMatrix(one, conversations, rows, position, position + 1, context);
  }
  return matrix;
}

/** Median novelty of the strongest conversations: above 1 they are unlike anything trained on, and the forest is guessing. */
function typicalNovelty({ classifier }: Scored, matrix: Float32Array): number | undefined {
  const { novelty } = classifier.manifest;
  if (novelty === undefined || matrix.length === 0) return undefined;
  const rising = noveltyOf(novelty, matrix).sort();
  return rounded(rising[rising.length >> 1]);
}

async function reasonsOf(scored: Scored, incident: Incident, matrix: Float32Array): Promise<Reason[]> {
  const { classifier } = scored;
  const column = columnOf(classifier.manifest.classes, incident.class);
  if (column < 0) return [];
  const width = FEATURES.length;
  const count = matrix.length / width;
  const effects = await featureEffects(classifier, matrix, column);
  const order = [...effects.keys()].filter((feature) => effects[feature] >= EFFECT_MIN);
  order.sort((a, b) => effects[b] - effects[a] || a - b);
  return order.slice(0, reasonsMax).map((feature) => {
    const { name, meaning, unit } = FEATURES[feature];
    let sum = 0;
    for (let row = 0; row < count; row++) sum += matrix[row * width + feature];
    const benign = classifier.manifest.benignMedians[feature];
    return {
      feature: name,
      meaning,
      unit,
      value: rounded(sum / count),
      benign: rounded(benign),
      effect: rounded(effects[feature]),
    };
  });
}

/** Effects under one point of probability are noise of single trees. */
const EFFECT_MIN = 0.01;

const rounded = (value: number) => Number(value.toPrecision(4));

/** First record each way of the strongest conversations. */
function evidenceOf(scored: Scored, positions: readonly number[]): Evidence[] {
  const { words, sources } = scored.conversations;
  const evidence: Evidence[] = [];
  for (const position of positions) {
    if (evidence.length >= evidenceRecordsMax) break;
    const at = wordOf(scored, position);
    if (words[at + W.forwardFlows] > 0) {
      evidence.push({ source: sources[words[at + W.forwardSource]], ordinal: words[at + W.forwardOrdinal] });
    }
    if (words[at + W.backwardFlows] > 0) {
      evidence.push({ source: sources[words[at + W.backwardSource]], ordinal: words[at + W.backwardOrdinal] });
    }
  }
  return evidence.slice(0, evidenceRecordsMax);
}

/** Objects of the first record each way of all its conversations. */
function sourcesOf(scored: Scored, incident: Incident): string[] {
  const { words, sources } = scored.conversations;
  const found = new Set<string>();
  for (const position of incident.positions) {
    const at = wordOf(scored, position);
    if (words[at + W.forwardFlows] > 0) found.add(sources[words[at + W.forwardSource]]);
    if (words[at + W.backwardFlows] > 0) found.add(sources[words[at + W.backwardSource]]);
  }
  return [...found].sort().slice(0, findingListMax);
}
