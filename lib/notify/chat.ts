/**
 * A letter as a custom notification of Amazon Q Developer in chat applications (docs.aws.amazon.com/chatbot, "Custom notifications"). Anything
 * that is not this schema is dropped there without a word. Messages about one incident share a thread, where the channel allows threads.
 */
import { escapedCut } from './chat-text.ts';
import type { Letter } from './letter.ts';

/** The page gives no limits; these stay below what Slack takes. */
const TITLE_CHARACTERS_MAX = 250;
const DESCRIPTION_CHARACTERS_MAX = 4_000;
const STEP_CHARACTERS_MAX = 400;
const ITEMS_MAX = 10;

export function chatOf({ mark, title, thread, sections, nextSteps, keywords }: Letter): string {
  const paragraphs = sections
    .filter(({ isFromLog, lines }) => isFromLog !== true && lines.length > 0)
    .map(({ name, lines }) => ({ name, text: lines.join('\n') }));
  return JSON.stringify({
    version: '1.0',
    source: 'custom',
    content: {
      textType: 'client-markdown',
      title: escapedCut(`${mark}: ${title}`, TITLE_CHARACTERS_MAX),
      description: describe(paragraphs),
      nextSteps: nextSteps.slice(0, ITEMS_MAX).map((step) => escapedCut(step, STEP_CHARACTERS_MAX)),
      keywords: keywords.slice(0, ITEMS_MAX).map((word) => escapedCut(word, STEP_CHARACTERS_MAX)),
    },
    metadata: { threadId: thread, summary: escapedCut(title, TITLE_CHARACTERS_MAX), eventType: 'flowtrap' },
  });
}

/** Paragraphs as long as there is room; each keeps its name. */
function describe(paragraphs: readonly { readonly name: string; readonly text: string }[]): string {
  let description = '';
  for (const { name, text } of paragraphs) {
    const room = DESCRIPTION_CHARACTERS_MAX - description.length - name.length - 8;
    if (room < 40) break;
    description += `${description === '' ? '' : '\n'}*${name}*  ${escapedCut(text, room)}`;
  }
  return description;
}
