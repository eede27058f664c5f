/**
 * A letter as the body of a POST to a Slack webhook: Block Kit within its limits (docs.slack.dev/reference/block-kit).
 *
 * A webhook cannot answer in a thread: it never learns the time stamp of its own message. So every message stands alone and names its incident;
 * threads need Amazon Q Developer (`chat.ts`) or a Slack app.
 */
import { escapedCut } from './chat-text.ts';
import type { Letter } from './letter.ts';

/** Characters: of a header 150; of a section 3,000, kept lower since a payload from about 13,000 on is refused as a whole. */
const HEADER_CHARACTERS_MAX = 150;
const SECTION_CHARACTERS_MAX = 1_500;
const FALLBACK_CHARACTERS_MAX = 300;
const CONTEXT_CHARACTERS_MAX = 300;

/** Sections of a message and of its steps: far below 50 blocks, and together below 10,000 characters. */
const SECTIONS_MAX = 4;
const STEP_SECTIONS_MAX = 1;

export function slackOf(letter: Letter): string {
  const { mark, title, sections, nextSteps, thread, keywords } = letter;
  const shown = sections.filter(({ isFromLog, lines }) => isFromLog !== true && lines.length > 0);
  const texts = shown.map(({ name, lines }) => `*${name}*  ${escapedCut(lines.join('\n'), LINES_CHARACTERS_MAX)}`);
  const steps = nextSteps.map((step) => `• ${escapedCut(step, STEP_CHARACTERS_MAX)}`);
  const blocks = [
    {
      type: 'header',
      text: { type: 'plain_text', text: escapedCut(`${mark}: ${title}`, HEADER_CHARACTERS_MAX), emoji: false },
    },
    ...pack(texts, SECTIONS_MAX).map(section),
    ...pack(steps, STEP_SECTIONS_MAX).map(section),
    {
      type: 'context',
      elements: [markdown(escapedCut(`incident ${thread} · ${keywords.join(' · ')}`, CONTEXT_CHARACTERS_MAX))],
    },
  ];
  return JSON.stringify({ text: escapedCut(`${mark}: ${title}`, FALLBACK_CHARACTERS_MAX), blocks });
}

const LINES_CHARACTERS_MAX = 1_200;
const STEP_CHARACTERS_MAX = 400;

/** Paragraphs joined into as few texts as their limit allows; what has no room is left out. */
function pack(paragraphs: readonly string[], textsMax: number): string[] {
  const texts: string[] = [];
  for (const paragraph of paragraphs) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + paragraph.length < SECTION_CHARACTERS_MAX) {
      texts[texts.length - 1] = `${last}\n${paragraph}`;
    } else if (texts.length < textsMax) texts.push(paragraph);
  }
  return texts;
}

/** `verbatim` keeps Slack from making links, channels and mentions of what looks like them. */
function markdown(text: string) {
  return { type: 'mrkdwn', text, verbatim: true };
}

function section(text: string) {
  return { type: 'section', text: markdown(text) };
}
