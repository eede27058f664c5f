/** How figures of the model pages are counted. Needs uv, as training does. */
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../bin/cli.ts';
import { python } from './python.ts';

const folder = temporaryFolder();

interface Figures {
  readonly calls: Readonly<Record<string, number>>;
  readonly asked: { readonly floods: readonly boolean[]; readonly logins: readonly boolean[] };
  readonly covered: Readonly<Record<string, readonly boolean[]>>;
  readonly beside: Readonly<Record<string, number | readonly boolean[]>>;
  readonly pages: Readonly<Record<string, boolean>>;
}

let figures: Figures;

beforeAll(() => {
  figures = python('figures.py', folder) as Figures;
}, 300_000);

describe('what attacks are called', () => {
  it('counts an attack that is also called by another class apart from one that is not', () => {
    expect(figures.calls).toMatchObject({ noticed: 4, ownOnly: 1, ownAndOther: 2, otherOnly: 1 });
  });

  it('is right where the likeliest of the raised classes is the own one', () => {
    expect(figures.calls.likeliestOwn).toBe(2);
  });
});

describe('what is asked for', () => {
  it('asks of a flood for packets, or for half as many flows', () => {
    expect(figures.asked.floods).toEqual([true, true, false]);
  });

  it('asks of guessing for connections to a login port', () => {
    expect(figures.asked.logins).toEqual([true, false, false]);
  });
});

describe('the conversations that a finding is about', () => {
  it('are those of its actors, targets, services and windows', () => {
    expect(figures.covered.whole).toEqual([true, false, false, false, false, false]);
  });

  it('are not bounded by a list that the finding gives in part', () => {
    expect(figures.covered['part of the actors']).toEqual([true, true, false, false, false, false]);
    expect(figures.covered['part of the hosts']).toEqual([true, false, true, false, false, false]);
    expect(figures.covered['part of the services']).toEqual([true, false, false, true, true, false]);
  });

  it('reach from its first to its last window', () => {
    expect(figures.covered['two windows']).toEqual([true, false, false, false, false, true]);
  });
});

describe('findings beside the forest', () => {
  it('are false where no conversation is an attack, with suspects and without', () => {
    expect(figures.beside).toMatchObject({ scan: 2, withoutSuspects: 1, guessing: 1 });
  });

  it('cover what findings of the class are about, and nothing where there are none', () => {
    expect(figures.beside.covered).toEqual([false, true, false]);
    expect(figures.beside.nothing).toEqual([false, false, false]);
  });
});

describe('generated pages', () => {
  it('are what the results beside them give', () => {
    expect(figures.pages).toEqual({ 'models/MODEL_CARD.md': true, 'docs/networks.md': true });
  });
});
