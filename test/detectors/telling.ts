/** What a detector says of record lines, in words. */
import type { Detector } from '../../lib/detectors/detector.ts';
import { addressOf, always, type Judge, scene } from '../findings/scenes.ts';

/** Something that is there from the first window on, so that what comes later is new. */
export const EARLIER = 'a 10.9.9.9:40000 > 10.9.9.8:443 tcp packets=9 flags=3';

/** "type by actor" of every signal, each once, in order; `?` where it is not enough alone. */
export async function told(detector: Detector, lines: string, judge: Judge = always('benign')): Promise<string[]> {
  const scored = await scene(lines, judge);
  const words = detector
    .detect(scored)
    .map(
      ({ type, class: name, actor, suffices }) =>
        `${type ?? name}${suffices ? '' : '?'} by ${addressOf(scored, actor)}`,
    );
  return [...new Set(words)].sort();
}

export const many = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

/** A question and its answer. */
export function exchange(
  client: string,
  server: string,
  words: { protocol?: string; sent?: string; received?: string; at?: number },
): string {
  const { protocol = 'tcp', sent = 'packets=10 bytes=2000', received = 'packets=10 bytes=4000', at = 0 } = words;
  const flags = protocol === 'tcp' ? ['flags=3', 'flags=19'] : ['', ''];
  return `a ${client} > ${server} ${protocol} ${sent} ${flags[0]} at=${at}
    a ${server} > ${client} ${protocol} ${received} ${flags[1]} at=${at}`;
}
