/**
 * A finding as JSON for machines, within the size of a message: lists are shortened and texts of the log cut. The whole finding lies in the
 * findings bucket under `key`.
 */
import { scoreOf, type Threshold } from '../findings/budget.ts';
import type { Finding, Host } from '../findings/finding.ts';
import { machineBytesMax } from '../limits.ts';
import type { News } from './incident-state.ts';
import { accountText, plain } from './wording.ts';

export const MACHINE_VERSION = 1;

const LIST_MAX = 20;
const REASONS_MAX = 5;
const EVIDENCE_MAX = 2;
const TEXT_CHARACTERS_MAX = 300;
/** The longest notation of an IPv6 address has 45. */
const ADDRESS_CHARACTERS_MAX = 45;

export function machineOf(finding: Finding, news: News, threshold: Threshold): string {
  const { id, incident, severity, firstSeen } = finding;
  const key = `findings/day=${firstSeen.slice(0, 10)}/${id}.json`;
  const budget = { score: scoreOf(finding), threshold: threshold.score, daysLearned: threshold.daysLearned };
  const head = { version: MACHINE_VERSION, kind: 'finding', why: news, key, budget };
  const whole = asciiJson({ ...head, finding: shortened(finding) });
  // A finding of a later version may have parts that nobody here knows to shorten.
  if (whole.length <= machineBytesMax) return whole;
  const core = { id, incident, severity, type: text(finding.type), title: text(finding.title) };
  return asciiJson({ ...head, finding: core });
}

/** JSON in ASCII: no reader's terminal or viewer is shown characters that move, hide or reorder text. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function shortened(finding: Finding) {
  const { actors, targets, evidence, sources, witnesses, reasons, nextSteps } = finding;
  return {
    ...finding,
    title: text(finding.title),
    account: accountText(finding.account),
    actors: actors.slice(0, LIST_MAX).map(hostOf),
    targets: {
      ...targets,
      hosts: targets.hosts.slice(0, LIST_MAX).map(hostOf),
      services: targets.services.slice(0, LIST_MAX).map(text),
    },
    observed: fewOf(finding.observed),
    expected: fewOf(finding.expected),
    witnesses: witnesses.slice(0, LIST_MAX).map(text),
    reasons: reasons.slice(0, REASONS_MAX).map((reason) => ({ ...reason, meaning: text(reason.meaning) })),
    evidence: evidence
      .slice(0, EVIDENCE_MAX)
      .map(({ source, ordinal, record }) => ({ source: text(source), ordinal, record: record && text(record) })),
    sources: sources.slice(0, EVIDENCE_MAX).map(text),
    nextSteps: nextSteps.slice(0, LIST_MAX).map(text),
  };
}

const text = (value: string) => plain(value, TEXT_CHARACTERS_MAX);
const hostOf = ({ address, isOurs }: Host): Host => ({ address: plain(address, ADDRESS_CHARACTERS_MAX), isOurs });

function fewOf(figures: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).slice(0, LIST_MAX));
}
