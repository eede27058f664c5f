/**
 * What a message says, before anybody decides how it looks: e-mail and chat are made from the same letter.
 */
import { scoreOf, scoreText, type Threshold } from '../findings/budget.ts';
import type { Finding } from '../findings/finding.ts';
import { messageRecordCharactersMax } from '../limits.ts';
import type { News } from './incident-state.ts';
import { accountText, figureTexts, hostText, listText, plain, timeText } from './wording.ts';

export interface Section {
  readonly name: string;
  readonly lines: readonly string[];
  /** Words of the log itself; chats leave them out. */
  readonly isFromLog?: boolean;
}

export interface Letter {
  /** Word that comes first: a severity, or DIGEST. */
  readonly mark: string;
  readonly title: string;
  /** Same for all messages about one incident. */
  readonly thread: string;
  readonly sections: readonly Section[];
  readonly nextSteps: readonly string[];
  readonly keywords: readonly string[];
}

/** Characters of a title and of any other line. */
const TITLE_CHARACTERS_MAX = 200;
const LINE_CHARACTERS_MAX = 600;

/** Reasons and steps told; the finding has them all. */
const REASONS_MAX = 3;
const STEPS_MAX = 5;

/** Stages of a chain told; the finding has them all. */
const PARTS_MAX = 8;

const WHY: Readonly<Record<News, string>> = {
  new: 'This is the first message about this incident.',
  again: 'It was told before, has been quiet since, and has come back.',
  worse: 'It is more severe than what was told before.',
  more: 'It has grown at least tenfold since the last message.',
};

export function findingLetter(finding: Finding, news: News, threshold: Threshold): Letter {
  const { severity, title, incident, id, type, technique, witnesses, nextSteps } = finding;
  return {
    mark: severity.toUpperCase(),
    title: plain(title, TITLE_CHARACTERS_MAX),
    thread: incident,
    sections: [
      line('Why now', WHY[news]),
      line('Who', whoText(finding)),
      line('When', `${timeText(finding.firstSeen)} to ${timeText(finding.lastSeen)}, ${finding.count} conversations`),
      line('What', figureTexts(finding).join(', ')),
      ...partsSection(finding),
      { name: 'Why', lines: reasonTexts(finding) },
      line('Seen by', witnesses.join(', ')),
      ...softenedSection(finding),
      ...budgetSection(finding, threshold),
      ...recordSection(finding),
      line('Reference', `${type}, ${technique.id} ${technique.name}, finding ${id}`),
    ].map(clean),
    nextSteps: nextSteps.slice(0, STEPS_MAX).map((step) => plain(step, LINE_CHARACTERS_MAX)),
    keywords: [severity, type, technique.id].map((word) => plain(word, 40)),
  };
}

function line(name: string, text: string): Section {
  return { name, lines: [text] };
}

function clean({ name, lines, isFromLog }: Section): Section {
  const charactersMax = isFromLog ? messageRecordCharactersMax : LINE_CHARACTERS_MAX;
  return { name, lines: lines.map((text) => plain(text, charactersMax)), isFromLog };
}

function whoText({ actors, actorCount, targets, account }: Finding): string {
  const { hosts, hostCount, services, serviceCount } = targets;
  const actor = listText(actors.map(hostText), actorCount, 'host');
  const owner = `account ${accountText(account)}`;
  // What is about an interface or the log has no other end.
  if (hostCount === 0) return `${actor}, ${owner}`;
  const ends = `${actor} → ${listText(hosts.map(hostText), hostCount, 'host')}`;
  return [ends, listText(services, serviceCount, 'service'), owner].join(', ');
}

function partsSection({ parts = [] }: Finding): Section[] {
  if (parts.length === 0) return [];
  const told = parts
    .slice(0, PARTS_MAX)
    .map(({ firstSeen, severity, title }) => `${timeText(firstSeen)} ${title} (${severity})`);
  const rest = parts.length - told.length;
  return [{ name: 'Parts', lines: rest === 0 ? told : [...told, `and ${rest} more`] }];
}

function reasonTexts({ reasons }: Finding): string[] {
  return reasons.slice(0, REASONS_MAX).map(({ meaning, effect }) => `${meaning} (+${Math.round(effect * 100)} points)`);
}

function softenedSection({ softened }: Finding): Section[] {
  if (softened === undefined) return [];
  const { name, network, reason, severityBefore } = softened;
  return [line('Trusted', `${name} (${network}) is trusted: ${reason}. Without that it would be ${severityBefore}.`)];
}

/** What the alert budget asks for here, once it asks for anything. */
function budgetSection(finding: Finding, { score, daysLearned }: Threshold): Section[] {
  if (score === 0) return [];
  const own = scoreText(scoreOf(finding));
  return [
    line('Budget', `It scores ${own}; here alerts begin at ${scoreText(score)}, learned over ${daysLearned} days.`),
  ];
}

function recordSection({ evidence }: Finding): Section[] {
  const sample = evidence.find(({ record }) => record !== undefined);
  if (sample === undefined) return [];
  return [{ name: 'Record', lines: [sample.record!, `${sample.source}:${sample.ordinal}`], isFromLog: true }];
}
