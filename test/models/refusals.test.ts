/** What training refuses. Needs uv, as training does. */
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../bin/cli.ts';
import { python } from './python.ts';

const folder = temporaryFolder();

/** Message of each refusal. */
let said: Readonly<Record<string, string>>;

beforeAll(() => {
  said = python('refusals.py', folder) as Readonly<Record<string, string>>;
}, 300_000);

describe('training', () => {
  it('refuses matrices of different feature tables, and says which', () => {
    expect(said.hash).toBe(
      `seed 2 has feature table ${'b'.repeat(64)}, seed 1 ${'a'.repeat(64)}; write all matrices with one build (models/data.py)`,
    );
  });

  it('refuses a side of the split, or a capture, of another feature table', () => {
    expect(said.sideHash).toContain(`seed 2 has feature table ${'b'.repeat(64)}, seed 1 ${'a'.repeat(64)}`);
    expect(said.captureHash).toContain(`ours has feature table ${'b'.repeat(64)}, seed 1 ${'a'.repeat(64)}`);
    expect(said.judgedHash).toBe(
      `the shipped model has feature table ${said.shippedHash}, the matrices ${'a'.repeat(64)}; write them with this build`,
    );
  });

  it('refuses a matrix of another version', () => {
    expect(said.version).toContain('has matrix version 9, expected 1; write it again');
  });

  it('refuses a matrix without labels, and one with labels that it does not know', () => {
    expect(said.unlabelled).toContain('has no labels; write it again with flowtrap features --labels');
    expect(said.label).toContain('no class for the label "worm"');
  });

  it('refuses an empty folder', () => {
    expect(said.empty).toContain('no matrix in ');
  });

  it('refuses to train when a class is missing, and names it', () => {
    expect(said.class).toContain('no training row of command-and-control, exfiltration, expected all of benign, scan');
  });

  it('refuses a network on both sides of the split, simulated or captured', () => {
    expect(said.split).toBe('the network seed 1 is in train and in validation, expected on one side of the split only');
    expect(said.capture).toBe('the network ours is in train and in test, expected on one side of the split only');
  });

  it('takes different networks on the sides of the split', () => {
    expect(said.apart).toBe('not refused');
  });

  it('refuses to go without captures unless told to', () => {
    expect(said.captures).toContain('no capture in ');
    expect(said.captures).toContain('--simulated-only');
    expect(said.absent).toContain('does not exist; name the folder of captures with --captures');
  });

  it('refuses a capture that is not the one it knows', () => {
    expect(said.changed).toMatch(/wrong\.xz has SHA-256 [0-9a-f]{64}, expected a{64}/);
  });
});
