import { newObjects } from '../../lib/aws/events.ts';
import { command, wordOption } from '../command.ts';
import { defaultFormat, FORMAT_OPTION, FORMATS, print, printJson } from '../output.ts';
import { summaryLines } from '../summary-text.ts';
import { visible } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

export const redriveCommand = command({
  name: 'redrive',
  summary: 'put back into a queue what failed too often and was laid aside in its dead-letter queue',
  usage: 'QUEUE [OPTIONS]',
  details: [
    "QUEUE is the name, URL or ARN of the queue of a stage, as the stack's outputs give it; its dead-letter queue is found from it. Why an object failed lies in the findings bucket under failed/.",
    'Repeating is harmless: an object that was read already gives the same findings.',
  ],
  options: {
    'dry-run': { type: 'boolean', meaning: 'say how many messages lie aside, move none' },
    format: FORMAT_OPTION,
  },
  examples: [
    { meaning: 'How many messages lie aside', line: 'flowtrap redrive flowtrap-detect --dry-run' },
    { meaning: 'Once their cause is mended', line: 'flowtrap redrive flowtrap-detect' },
  ],
  async run({ positionals, values }) {
    const format = wordOption(values.format ?? defaultFormat(), 'format', FORMATS);
    const [queue, ...others] = positionals;
    if (queue === undefined) throw new UsageError('no QUEUE given: name the queue of a stage');
    if (others.length > 0) throw new UsageError(`one QUEUE at a time, got ${positionals.length}`);
    // Loaded when needed: the SDK is a third of the start-up time.
    const { redrive } = await import('../../lib/aws/redrive.ts');
    const dryRun = values['dry-run'] === true;
    const objects: string[] = [];
    const { waiting, moved } = await redrive(queue, { dryRun, onMoved: (body) => objects.push(...namesIn(body)) });
    const result = { queue, waiting, moved, objects };
    if (format === 'json') await printJson(result);
    else await print(summaryLines(Object.entries({ ...result, objects: objects.map(visible) })));
    return 0;
  },
});

/** Objects that a message speaks of; one that is no event has moved all the same and is not named. */
function namesIn(body: string): string[] {
  try {
    return newObjects(body).map(({ bucket, key }) => `s3://${bucket}/${key}`);
  } catch {
    return [];
  }
}
