/**
 * A letter as plain text for people, and as the subject of an e-mail.
 */
import { emailCharactersMax } from '../limits.ts';
import type { Letter, Section } from './letter.ts';
import { ascii, cut } from './wording.ts';

/** SNS refuses subjects of 100 characters, and from some regions those that are not ASCII. */
const SUBJECT_CHARACTERS_MAX = 99;

const NAME_WIDTH = 11;

/** `flowtrap HIGH: …` in ASCII, at most 99 characters. */
export function subjectOf({ mark, title }: Letter): string {
  const text = ascii(`flowtrap ${mark}: ${title}`);
  return text.length <= SUBJECT_CHARACTERS_MAX ? text : `${text.slice(0, SUBJECT_CHARACTERS_MAX - 3)}...`;
}

export function emailOf({ mark, title, sections, nextSteps, thread }: Letter): string {
  const steps = nextSteps.map((step, i) => `${i + 1}. ${step}`);
  const lines = [
    `${mark}  ${title}`,
    '',
    ...sections.flatMap(sectionLines),
    ...(steps.length > 0 ? ['', 'Next steps', ...steps] : []),
    '',
    `Incident ${thread}`,
  ];
  return cut(`${lines.join('\n')}\n`, emailCharactersMax);
}

function sectionLines({ name, lines }: Section): string[] {
  return lines.map((text, i) => `${(i === 0 ? name : '').padEnd(NAME_WIDTH)}${text}`.trimEnd());
}
