import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFinding } from '../../lib/findings/stored.ts';
import { storedFindingBytesMax } from '../../lib/limits.ts';
import { FINDING } from './finding.ts';

const text = (changes: object) => JSON.stringify({ ...FINDING, ...changes });

describe('a stored finding', () => {
  it('is read back as it was written', () => {
    expect(parseFinding(JSON.stringify(FINDING))).toEqual(FINDING);
  });

  it('may say more than this version knows', () => {
    expect(parseFinding(text({ novelty: true }))).toMatchObject({ novelty: true });
  });

  it.each([
    ['what is not JSON', '{', 'the finding is not JSON'],
    ['a list', '[]', 'the finding is [], expected an object'],
    ['null', 'null', 'the finding is null, expected an object'],
    [
      'one without an incident',
      JSON.stringify({ ...FINDING, incident: undefined }),
      '"incident" is missing, expected 32 hexadecimal digits',
    ],
    ['a foreign id', text({ id: '../../etc/passwd' }), '"id" is "../../etc/passwd", expected 32 hexadecimal digits'],
    ['an unknown severity', text({ severity: 'fatal' }), '"severity" is "fatal", expected low, medium, high, critical'],
    ['an unknown class', text({ class: 'constructor' }), '"class" is "constructor", expected '],
    ['a type that is no word', text({ type: '<b>' }), '"type" is "<b>", expected a word'],
    ['a time that is none', text({ firstSeen: '2026-13-45T00:00:00Z' }), '"firstSeen" is "2026-13-45T00:00:00Z"'],
    ['a suppression without owner', text({ suppressed: {} }), '"suppressed.owner" is missing, expected a text'],
    ['actors that are no hosts', text({ actors: [{}] }), '"actors[0].address" is missing, expected a text'],
    ['targets without hosts', text({ targets: {} }), '"targets.hosts" is missing, expected a list'],
    ['figures that are no numbers', text({ observed: { hosts: '2' } }), '"observed.hosts" is "2", expected a number'],
    ['steps that are no text', text({ nextSteps: [7] }), '"nextSteps[0]" is 7, expected a text'],
  ])('refuses %s, with place, what was got and expected', (_, given, message) => {
    expect(() => parseFinding(given)).toThrow(message);
  });

  it('refuses one of a size that no finding has', () => {
    expect(() => parseFinding(' '.repeat(storedFindingBytesMax + 1))).toThrow(`at most ${storedFindingBytesMax}`);
  });

  it('is refused with an error, and nothing else, whatever part of it is damaged', () => {
    const keys = fc.constantFrom(...Object.keys(FINDING));
    fc.assert(
      fc.property(keys, fc.jsonValue(), (key, value) => {
        try {
          expect(parseFinding(text({ [key]: value }))).toBeTypeOf('object');
        } catch (error) {
          expect((error as Error).constructor).toBe(Error);
        }
      }),
    );
  });
});
