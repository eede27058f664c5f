import { describe, expect, it } from 'vitest';
import { forest } from '../../lib/detectors/forest.ts';
import { FINDING_TYPES, typeNamed, typeOf } from '../../lib/findings/catalog.ts';
import { explain } from '../../lib/findings/explain.ts';
import type { Finding } from '../../lib/findings/finding.ts';
import { incidents } from '../../lib/findings/incident.ts';
import type { FindingType, Situation } from '../../lib/findings/types/finding-type.ts';
import { CLASSES, type ModelClass } from '../../lib/model/manifest.ts';
import { always, scene } from './scenes.ts';

const ATTACKS = CLASSES.filter((name) => name !== 'benign');

async function findingsOf(lines: string, name: ModelClass): Promise<Finding[]> {
  const scored = await scene(lines, always(name));
  return Promise.all(
    incidents(new Map([['forest', forest.detect(scored)]])).map((incident) => explain(scored, incident)),
  );
}

const many = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

const ports = (count: number) => many(count, (i) => `a 10.0.0.1:40000 > 10.0.1.1:${i + 1} tcp flags=2`);
const internalHosts = many(8, (i) => `a 10.0.0.1:40000 > 10.0.1.${i}:445 tcp flags=2`);
const strangers = many(8, (i) => `a 10.0.0.1:40000 > 9.9.9.${i}:23 tcp flags=2`);
const fromOutside = many(8, (i) => `a 9.9.9.9:40000 > 10.0.1.${i}:23 tcp flags=2`);
const logins = (count: number) => many(count, (i) => `a 10.0.0.1:40000 > 10.0.1.${i}:22 tcp packets=20 flags=3`);
const crowd = many(6, (i) => `a 9.9.9.${i}:40000 > 10.0.0.1:80 tcp packets=90000`);
const sending = 'a 10.0.0.1:40000 > 9.9.9.9:80 udp packets=900000 for=60';
const received = 'a 9.9.9.9:40000 > 10.0.0.1:80 udp packets=900000 for=60';
const call = 'a 10.0.0.1:40000 > 9.9.9.9:443 tcp packets=30 bytes=90000';

/** For every type: an event of its class that raises it and one that does not; none for the last of a class, which takes all. */
const unasked = 'a 9.9.9.9:53 > 10.0.0.1:40000 udp packets=60000 bytes=60000000 for=60';

const EVENTS: Readonly<Record<string, { class: ModelClass; raises: string; other?: string }>> = {
  'vertical-scan': { class: 'scan', raises: ports(10), other: ports(9) },
  'internal-sweep': { class: 'scan', raises: internalHosts, other: strangers },
  'external-sweep': { class: 'scan', raises: strangers, other: fromOutside },
  'inbound-scan': { class: 'scan', raises: fromOutside, other: strangers },
  'password-spray': { class: 'brute-force', raises: logins(5), other: logins(4) },
  'brute-force': { class: 'brute-force', raises: logins(4), other: logins(5) },
  'inbound-flood': { class: 'denial-of-service', raises: received, other: sending },
  'reflected-flood': { class: 'denial-of-service', raises: unasked, other: sending },
  'outbound-flood': { class: 'denial-of-service', raises: sending, other: crowd },
  beacon: { class: 'command-and-control', raises: call },
  'bulk-exfiltration': { class: 'exfiltration', raises: call },
};

describe('finding types', () => {
  it('have an event each', () => {
    const types = FINDING_TYPES.filter(({ fits }) => fits !== undefined);
    expect(Object.keys(EVENTS)).toEqual(types.map(({ type }) => type));
  });

  it.each(Object.entries(EVENTS))('%s is raised by its event and not by its neighbour', async (type, events) => {
    expect((await findingsOf(events.raises, events.class)).map((finding) => finding.type)).toEqual([type]);
    if (events.other === undefined) return;
    const others = (await findingsOf(events.other, events.class)).map((finding) => finding.type);
    expect(others).toHaveLength(1);
    expect(others).not.toContain(type);
  });

  it('tell a flood from many sources once, with all of them', async () => {
    const [finding, ...others] = await findingsOf(crowd, 'denial-of-service');
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ type: 'inbound-flood', actorCount: 6, title: 'flood on 10.0.0.1, 80/tcp' });
    expect(finding.targets).toMatchObject({ hosts: [{ address: '10.0.0.1', isOurs: true }], hostCount: 1 });
  });

  it.each(Object.entries(EVENTS))('%s leaves no placeholder open', async (_, { class: name, raises }) => {
    const [finding] = await findingsOf(raises, name);
    for (const sentence of [finding.title, ...finding.nextSteps]) expect(sentence).not.toMatch(/[{}]|undefined|NaN/);
    expect(finding.nextSteps.length).toBeGreaterThan(0);
  });

  it.each(Object.entries(EVENTS))(
    '%s observes finite figures under plain names',
    async (_, { class: name, raises }) => {
      const [{ observed, expected }] = await findingsOf(raises, name);
      expect(Object.keys(observed).length).toBeGreaterThan(0);
      for (const [figure, value] of Object.entries({ ...observed, ...expected })) {
        expect(figure).toMatch(/^[a-z][A-Za-z]+$/);
        expect([figure, Number.isFinite(value) && value >= 0]).toEqual([figure, true]);
      }
    },
  );

  it.each(Object.entries(EVENTS))(
    '%s expects only what it observes, and the threshold',
    async (_, { class: name, raises }) => {
      const [{ observed, expected }] = await findingsOf(raises, name);
      for (const figure of Object.keys(expected)) expect([...Object.keys(observed), 'probability']).toContain(figure);
    },
  );
});

describe('the catalog', () => {
  const lastOf = (name: ModelClass): FindingType => FINDING_TYPES.findLast((type) => type.class === name)!;
  const NOTHING = { services: new Map(), servers: new Map(), clients: new Map(), serversOfOurs: 0 };
  const situation = (actorIsOurs: boolean, actorIsVictim: boolean, ...named: string[]) =>
    ({ measures: NOTHING, actorIsOurs, actorIsVictim, named: new Set(named) }) as unknown as Situation;

  it.each(ATTACKS)('ends class %s with a type that fits everything', (name) => {
    for (const actorIsOurs of [true, false]) {
      for (const actorIsVictim of [true, false]) {
        const one = situation(actorIsOurs, actorIsVictim);
        expect(lastOf(name).fits!(one)).toBe(true);
        expect(typeOf(name, one).class).toBe(name);
      }
    }
  });

  it('takes the type that a detector has named, if it is of the class', () => {
    expect(typeOf('brute-force', situation(true, false, 'brute-force-success')).type).toBe('brute-force-success');
    expect(typeOf('brute-force', situation(true, false, 'mining')).type).toBe('brute-force');
    expect(typeOf('other-attack', situation(true, false, 'mining')).type).toBe('mining');
  });

  it('refuses other attacks that nobody has named, and names that it does not have', () => {
    expect(() => typeOf('other-attack', situation(true, false))).toThrow('no finding type for class "other-attack"');
    expect(() => typeNamed('worm')).toThrow('no finding type "worm"');
    expect(typeNamed('slow-scan').class).toBe('scan');
  });

  it('names each type once', () => {
    const types = FINDING_TYPES.map(({ type }) => type);
    expect(new Set(types).size).toBe(types.length);
    for (const type of types) expect(type).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it('uses no placeholders but those that are filled', () => {
    const filled = ['{actor}', '{targets}', '{service}'];
    for (const { type, title, nextSteps, meaning } of FINDING_TYPES) {
      const used = [title, ...nextSteps].flatMap((sentence) => sentence.match(/\{.*?\}/g) ?? []);
      // What a database of origins is needed for.
      const fillable = ['unusual-country', 'unusual-network'].includes(type) ? [...filled, '{origin}'] : filled;
      for (const placeholder of used) expect(fillable).toContain(placeholder);
      expect(meaning).not.toContain('{');
    }
  });

  it('maps every type to a technique of ATT&CK by its identifier', () => {
    for (const { technique } of FINDING_TYPES) {
      // A chain of findings has no technique of its own but a tactic.
      expect(technique.id).toMatch(/^T(A\d{4}|\d{4}(\.\d{3})?)$/);
      expect(technique.name).not.toBe('');
      // A sub-technique is named after its technique.
      expect(technique.name.includes(':')).toBe(technique.id.includes('.'));
    }
  });
});
