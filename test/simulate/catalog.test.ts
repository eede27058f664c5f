import { describe, expect, it } from 'vitest';
import { LABELS } from '../../lib/flowlog/labels.ts';
import { backgroundScenarios, SCENARIOS, scenarioByName } from '../../lib/simulate/catalog.ts';

describe('SCENARIOS', () => {
  it('has different names, one line of description and a known label for each', () => {
    expect(new Set(SCENARIOS.map(({ name }) => name)).size).toBe(SCENARIOS.length);
    for (const { name, description, label } of SCENARIOS) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(description).toMatch(/^[^\n]{10,90}$/);
      expect(LABELS).toContain(label);
    }
  });

  it('covers each class of attack that the forest knows', () => {
    const labels = new Set(SCENARIOS.map(({ label }) => label));
    for (const label of ['scan', 'brute-force', 'denial-of-service', 'command-and-control', 'exfiltration']) {
      expect(labels).toContain(label);
    }
  });

  it('refuses an unknown name and lists the known ones', () => {
    expect(() => scenarioByName('nope')).toThrow(/unknown scenario "nope": give one of .*ssh-brute-force/);
  });
});

describe('backgroundScenarios', () => {
  it('is the same for the same seed, differs between seeds and holds no attack', () => {
    expect(backgroundScenarios(4)).toEqual(backgroundScenarios(4));
    const drawn = Array.from({ length: 30 }, (_, seed) => backgroundScenarios(seed));
    expect(new Set(drawn.map((names) => names.join())).size).toBe(30);
    for (const name of drawn.flat()) expect(['benign', 'unlabelled']).toContain(scenarioByName(name).label);
  });

  it('sooner or later has every benign behaviour', () => {
    const seen = new Set(Array.from({ length: 60 }, (_, seed) => backgroundScenarios(seed)).flat());
    expect(SCENARIOS.filter(({ name, prevalence }) => prevalence > 0 && !seen.has(name))).toEqual([]);
  });
});
